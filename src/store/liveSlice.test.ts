import { expect, test } from "vitest";

import { InputError } from "../errors";
import { encodingOf, modelInfo, pixels } from "./fakeAnswers";
import type { FrameSource, TakenFrame } from "./liveState";
import { createReadyPage, settle, type TestPage } from "./testPage";

/** A camera in the test's hands: a frame is taken when it is there and somebody asks. */
function fakeCamera() {
  const closed: number[] = [];
  const asked: (readonly number[])[] = [];
  let waiting: ((frame: TakenFrame) => void) | null = null;
  const source: FrameSource = {
    next: (size, signal) =>
      new Promise((resolve, reject) => {
        asked.push(size);
        waiting = resolve;
        signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      }),
    toFile: () => Promise.resolve(new Blob(["7"], { type: "image/png" })),
  };
  const give = async (value: number, numSkipped = 0): Promise<void> => {
    const display = { width: 1, height: 1, close: () => void closed.push(value) };
    waiting?.({ input: pixels(value), display, waitedMs: 5, numSkipped });
    waiting = null;
    await settle();
  };
  return { source, give, closed, asked, isAsked: () => waiting !== null };
}

/** A page whose clock the test turns. */
async function livePage(setup: Parameters<typeof createReadyPage>[1] = {}) {
  const clock = { now: 0 };
  const page = await createReadyPage(0, { ...setup, services: { now: () => clock.now } });
  const camera = fakeCamera();
  return Object.assign(page, { clock, camera });
}

const shownValue = (page: TestPage): number | undefined =>
  page.state().liveFrame?.encoding.slots[0];

test("one frame is encoded at a time, and then the newest", async () => {
  const page = await livePage({ held: ["encode"] });
  const { camera, clock } = page;
  void page.state().startLive(camera.source);
  await settle();
  expect([page.state().live.status, camera.asked]).toEqual(["running", [[1, 1]]]);
  await camera.give(1);
  expect(camera.isAsked()).toBe(false); // nobody asks for a frame while one is encoded
  const [call] = page.callsOf("encode");
  expect(call?.args).toEqual({ input: pixels(1), seed: 0, groundTruth: null });
  clock.now = 40;
  call?.answer(encodingOf(1));
  await settle();
  expect(shownValue(page)).toBe(1);
  expect(page.state().liveStats).toEqual({
    ...{ numShown: 1, numDropped: 0, framesPerSecond: null, latencyMs: 45 },
  });
  await camera.give(2, 3);
  clock.now = 140;
  page.callsOf("encode")[1]?.answer(encodingOf(2));
  await settle();
  expect(shownValue(page)).toBe(2);
  expect(page.state().liveStats).toEqual({
    ...{ numShown: 2, numDropped: 3, framesPerSecond: 10, latencyMs: 75 },
  });
});

test("paused, the frame stays; resumed, the same source goes on", async () => {
  const page = await livePage();
  const { camera } = page;
  void page.state().startLive(camera.source);
  await settle();
  await camera.give(1);
  page.state().pauseLive();
  await settle();
  expect([page.state().live.status, shownValue(page)]).toEqual(["paused", 1]);
  await camera.give(2);
  expect(shownValue(page)).toBe(1);
  void page.state().resumeLive();
  await settle();
  await camera.give(3);
  expect([page.state().live.status, shownValue(page)]).toEqual(["running", 3]);
  expect(page.state().liveStats.numShown).toBe(2);
});

test("bitmaps are let go of, each once the page shows another", async () => {
  const page = await livePage();
  const { camera } = page;
  void page.state().startLive(camera.source);
  await settle();
  for (const value of [1, 2, 3]) await camera.give(value);
  expect(camera.closed).toEqual([1]);
  page.state().stopLive();
  expect(camera.closed).toEqual([1, 2, 3]);
  expect(page.state()).toMatchObject({ live: { status: "off" }, liveFrame: null });
  await page.state().resumeLive();
  expect(page.state().live.status).toBe("off"); // its source is gone
});

test("another model takes over without a stop, at its own size", async () => {
  let resolution: [number, number] = [1, 1];
  const page = await livePage({ answers: { loadModel: () => modelInfo("m", { resolution }) } });
  const { camera } = page;
  void page.state().startLive(camera.source);
  await settle();
  page.held.add("encode");
  await camera.give(1);
  resolution = [2, 2];
  await page.state().loadBundled("large");
  page.callsOf("encode").at(-1)?.fail(new InputError("encode: expected a picture of 2×2."));
  page.held.clear();
  await settle();
  expect([page.state().live.status, camera.asked.at(-1)]).toEqual(["running", [2, 2]]);
  await camera.give(2);
  expect(shownValue(page)).toBe(2);
  expect([page.state().notices, camera.closed]).toEqual([[], [1]]);
});

test("a change of backend is waited for", async () => {
  const page = await livePage();
  const { camera } = page;
  void page.state().startLive(camera.source);
  await settle();
  page.held.add("encode");
  await camera.give(1);
  page.held.clear();
  await page.state().switchBackend("wasm");
  await settle();
  await camera.give(2);
  expect([page.state().live.status, shownValue(page)]).toEqual(["running", 2]);
});

test("a failure ends it with its reason", async () => {
  const page = await livePage({ held: ["encode"] });
  const { camera } = page;
  void page.state().startLive(camera.source);
  await settle();
  await camera.give(1);
  page.callsOf("encode")[0]?.fail(new Error("gpu: lost."));
  await settle();
  expect(page.state().live).toEqual({ status: "failed", message: "gpu: lost." });
  expect(camera.closed).toEqual([1]);
});

test("the frame on show becomes a scene", async () => {
  const page = await livePage();
  const { camera } = page;
  await page.state().snapshotLive();
  expect(page.state().notices).toMatchObject([{ text: "There is no frame yet." }]);
  void page.state().startLive(camera.source);
  await settle();
  await camera.give(1);
  await page.state().snapshotLive();
  expect(page.state().scenes).toMatchObject([{ letter: "A", title: "Frame 1" }]);
  expect(page.scene("A").encoding).toMatchObject({ status: "ready", input: pixels(7) });
});
