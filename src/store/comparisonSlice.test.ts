import { expect, test } from "vitest";

import { tableOf } from "./fakeAnswers";
import { createReadyPage, settle } from "./testPage";

const small = { kind: "bundled", id: "small" } as const;
const large = { kind: "bundled", id: "large" } as const;
const scenes = { kind: "scenes", scenes: "textured", seed: 5, count: 4 } as const;

test("models are compared on the same pictures, with the name of the one under way", async () => {
  const page = await createReadyPage(0, { held: ["evaluate"] });
  const comparing = page.state().compare([small, large], scenes, 3);
  const [call] = page.callsOf("evaluate");
  expect(call?.args).toEqual({ models: [small, large], data: scenes, seeds: 3, reconstruct: true });
  call?.progress({ model: 1, done: 2, total: 4 });
  expect(page.state().comparison).toEqual({
    status: "running",
    progress: { title: "The large one", done: 2, total: 4 },
  });
  call?.answer(tableOf([small, large]));
  await comparing;
  expect(page.state().comparison).toEqual({ status: "done", result: tableOf([small, large]) });
});

test("a failure is told, and shown where the table would be", async () => {
  const page = await createReadyPage(0, { held: ["evaluate"] });
  const comparing = page.state().compare([small], scenes, 1);
  page.callsOf("evaluate")[0]?.fail(new Error("set: a chunk is missing."));
  await comparing;
  const message = "set: a chunk is missing.";
  expect(page.state().comparison).toEqual({ status: "failed", message });
  expect(page.state().notices).toMatchObject([{ tone: "error", text: message }]);
});

test("cancelled, nothing is left of it; a table that is there stays", async () => {
  const page = await createReadyPage(0, { held: ["evaluate"] });
  void page.state().compare([small], scenes, 1);
  page.callsOf("evaluate")[0]?.progress({ model: 0, done: 1, total: 4 });
  page.callsOf("evaluate")[0]?.progress({ model: 0, done: 2, total: 4 });
  page.state().cancelComparison();
  await settle();
  expect(page.callsOf("evaluate")[0]?.signal?.aborted).toBe(true);
  expect(page.state()).toMatchObject({ comparison: { status: "none" }, notices: [] });
  page.held.clear();
  await page.state().compare([small], scenes, 1);
  page.state().cancelComparison();
  expect(page.state().comparison.status).toBe("done");
});

test("a newer comparison takes over", async () => {
  const page = await createReadyPage(0, { held: ["evaluate"] });
  void page.state().compare([small], scenes, 1);
  void page.state().compare([large], scenes, 1, false);
  const [older, newer] = page.callsOf("evaluate");
  expect(older?.signal?.aborted).toBe(true);
  older?.progress({ model: 0, done: 4, total: 4 });
  newer?.progress({ model: 0, done: 1, total: 4 });
  await settle();
  expect(page.state().comparison).toMatchObject({ progress: { title: "The large one", done: 1 } });
  expect(newer?.args.reconstruct).toBe(false);
});

test("the end of its engine ends it without a message", async () => {
  const page = await createReadyPage(0, { held: ["evaluate"] });
  void page.state().compare([small], scenes, 1);
  await page.state().switchBackend("wasm");
  await settle();
  expect(page.state()).toMatchObject({ comparison: { status: "none" }, notices: [] });
});
