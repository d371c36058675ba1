import { describe, expect, test } from "vitest";

import { CheckpointError } from "../errors";
import { settle } from "./testPage";
import { pageToTrain } from "./trainingPage";

describe("the plan", () => {
  test("a preset sets what it is about and keeps the visitor's name", async () => {
    const page = await pageToTrain();
    page.state().planRun({ name: "Mugs", numSlots: 4 });
    page.state().usePreset("domain");
    expect(page.state().draft).toMatchObject({
      ...{ name: "Mugs", learn: "vqvae", batch: 8, numSlots: null },
      data: { kind: "set", setId: "s1" },
    });
    page.state().usePreset("none of these");
    expect(page.state().notices[0]?.text).toMatch(/no preset/);
  });

  test("from nothing it draws sprites; back again, it takes the loaded model and the set", async () => {
    const page = await pageToTrain();
    page.state().usePreset("nothing");
    expect(page.state().draft).toMatchObject({
      ...{ name: "Sprites from nothing", isFromScratch: true, batch: 16 },
      data: { kind: "scenes", scenes: "sprites" },
    });
    page.state().usePreset("quick");
    expect(page.state().draft).toMatchObject({
      ...{ name: "Set s1", isFromScratch: false, batch: 8 },
      data: { kind: "set", setId: "s1" },
      parent: { kind: "bundled", id: "small" },
    });
  });
});

describe("the first-stage check", () => {
  test("asks about the pictures that are held out", async () => {
    const page = await pageToTrain();
    await page.state().checkFirstStage();
    expect(page.callsOf("checkFirstStage")[0]?.args).toEqual({
      model: { kind: "bundled", id: "small" },
      data: { kind: "set", setId: "s1", part: "heldOut" },
    });
    expect(page.state().firstStage).toMatchObject({ status: "done", result: { numPictures: 4 } });
  });

  test("a newer one takes over; a failure is told", async () => {
    const page = await pageToTrain();
    page.held.add("checkFirstStage");
    void page.state().checkFirstStage();
    page.state().usePreset("nothing");
    const second = page.state().checkFirstStage();
    await settle();
    const [older, newer] = page.callsOf("checkFirstStage");
    expect(older?.signal?.aborted).toBe(true);
    expect(newer?.args.data).toMatchObject({ kind: "scenes", count: 64 });
    newer?.fail(new CheckpointError("checkpoint: truncated."));
    await second;
    expect(page.state().firstStage).toEqual({
      status: "failed",
      message: "checkpoint: truncated.",
    });
    expect(page.state().notices).toHaveLength(1);
  });
});
