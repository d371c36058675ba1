import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createTestPage } from "./testPage";
import { infoMs } from "./viewSlice";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("theme and overlay are remembered for the next visit", () => {
  const first = createTestPage();
  first.state().setTheme("dark");
  first.state().setOverlay({ opacity: 3, hasFill: false });
  const next = createTestPage({ kept: Object.fromEntries(first.kept) });
  expect(next.state()).toMatchObject({
    theme: "dark",
    overlay: { opacity: 1, hasFill: false, hasOutlines: true },
  });
});

test("an overlay kept before truth could be shown is still taken, with the truth", () => {
  const old = '{"opacity":0.2,"hasFill":true,"hasOutlines":false}';
  const kept = { "slotdiffusion-playground.overlay": old };
  expect(createTestPage({ kept }).state().overlay).toEqual({
    ...{ opacity: 0.2, hasFill: true, hasOutlines: false },
    hasTruth: true,
  });
});

test.each(["{", '"pink"', "null", '{"__proto__":{"opacity":1}}'])(
  "what storage holds of others (%s) is passed over",
  (value) => {
    const prefix = "slotdiffusion-playground.";
    const kept = { [`${prefix}theme`]: value, [`${prefix}overlay`]: value };
    expect(createTestPage({ kept }).state()).toMatchObject({
      theme: "system",
      overlay: { opacity: 0.5, hasFill: true, hasOutlines: true },
    });
  },
);

test("a browser that keeps nothing is no error", () => {
  const closed = () => {
    throw new Error("SecurityError");
  };
  for (const storage of [null, { getItem: closed, setItem: closed }]) {
    const { state } = createTestPage({ services: { storage } });
    state().setTheme("light");
    expect(state().theme).toBe("light");
  }
});

test("news vanishes by itself, errors stay until they are dismissed", () => {
  const { state } = createTestPage();
  state().notify("info", "news");
  state().notify("error", "trouble");
  vi.advanceTimersByTime(infoMs - 1);
  expect(state().notices).toHaveLength(2);
  vi.advanceTimersByTime(1e6);
  expect(state().notices).toMatchObject([{ tone: "error", text: "trouble" }]);
  state().dismiss(state().notices[0]?.id ?? 0);
  expect(state().notices).toEqual([]);
});

test("a notice said again is shown once, for its full time", () => {
  const { state } = createTestPage();
  state().notify("info", "full");
  vi.advanceTimersByTime(infoMs - 1);
  state().notify("info", "full");
  expect(state().notices).toHaveLength(1);
  vi.advanceTimersByTime(infoMs - 1);
  expect(state().notices).toHaveLength(1);
});

test("solo is on and off by turns, and moves to another slot", () => {
  const { state } = createTestPage();
  state().toggleSolo({ sceneId: "a", index: 1 });
  state().toggleSolo({ sceneId: "a", index: 2 });
  expect(state().solo).toEqual({ sceneId: "a", index: 2 });
  state().toggleSolo({ sceneId: "a", index: 2 });
  expect(state().solo).toBeNull();
});

test("the page is remembered; a link to an experiment opens where it can be played", () => {
  const first = createTestPage();
  expect(first.state().page).toBe("play");
  first.state().setPage("train");
  const kept = Object.fromEntries(first.kept);
  expect(createTestPage({ kept }).state().page).toBe("train");
  expect(createTestPage({ kept, url: "https://example.org/#1.abc" }).state().page).toBe("play");
  expect(createTestPage({ kept: { "slotdiffusion-playground.page": '"moon"' } }).state().page).toBe(
    "play",
  );
});
