/** A model's card: read when asked for, the latest alone. */
import { expect, test } from "vitest";

import { createTestPage } from "./testPage";

test("is read from where the model says it lies, and put away", async () => {
  const asked: string[] = [];
  const fetchBytes = (url: string): Promise<Blob> => {
    asked.push(url);
    return Promise.resolve(new Blob(["# The card"]));
  };
  const page = createTestPage({ services: { fetchBytes } });
  await page.state().openCard("small");
  expect(asked).toEqual(["models/small/card.md"]);
  const title = "The small one";
  expect(page.state().card).toEqual({ status: "ready", title, text: "# The card" });
  page.state().closeCard();
  expect(page.state().card).toEqual({ status: "none" });
});

test("says why it could not be read", async () => {
  const fetchBytes = () => Promise.reject(new Error("card.md: got status 404."));
  const page = createTestPage({ services: { fetchBytes } });
  await page.state().openCard("small");
  expect(page.state().card).toMatchObject({
    status: "failed",
    message: "card.md: got status 404.",
  });
});

test("that was put away before it came stays away", async () => {
  let answer = (_: Blob): void => undefined;
  const fetchBytes = () => new Promise<Blob>((resolve) => (answer = resolve));
  const page = createTestPage({ services: { fetchBytes } });
  const opened = page.state().openCard("small");
  expect(page.state().card).toEqual({ status: "loading", title: "The small one" });
  page.state().closeCard();
  answer(new Blob(["late"]));
  await opened;
  expect(page.state().card).toEqual({ status: "none" });
});
