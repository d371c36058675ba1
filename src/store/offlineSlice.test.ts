/** Versions of the page: told, taken when asked for, and never in the middle of something. */
import { expect, test } from "vitest";

import type { OfflineShell, VersionNews } from "./services";
import { createTestPage } from "./testPage";

/** A browser that keeps the page, in the test's hands. */
function fakeOffline() {
  const fake = { tell: (_news: VersionNews): void => undefined, taken: 0 };
  const offline: OfflineShell = {
    keep: (onNews) => Promise.resolve(void (fake.tell = onNews)),
    takeNewest: () => void fake.taken++,
  };
  return Object.assign(fake, { offline });
}

test("a version that waits is told of, and taken when the visitor says so", async () => {
  const fake = fakeOffline();
  const { state } = createTestPage({ services: { offline: fake.offline } });
  await state().keepOffline();
  expect(state().version).toBe("current");
  fake.tell("waiting");
  expect([state().version, fake.taken]).toEqual(["waiting", 0]);
  await state().takeVersion();
  expect(fake.taken).toBe(1);
});

test("it is told of again after it was put off, and so is one that another window took", async () => {
  const fake = fakeOffline();
  const { state } = createTestPage({ services: { offline: fake.offline } });
  await state().keepOffline();
  fake.tell("waiting");
  state().dismissVersion();
  expect(state().version).toBe("current");
  fake.tell("elsewhere");
  expect(state().version).toBe("elsewhere");
});

test("a browser that does not keep the page is no error", async () => {
  const keep = () => Promise.reject(new Error("SecurityError"));
  const closed = createTestPage({ services: { offline: { keep, takeNewest: () => undefined } } });
  await closed.state().keepOffline();
  const none = createTestPage();
  await none.state().keepOffline();
  expect([closed.state().notices, none.state().notices]).toEqual([[], []]);
});
