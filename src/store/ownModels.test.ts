import { describe, expect, test } from "vitest";

import { modelInfo } from "./fakeAnswers";
import { runOf } from "./fakeKept";
import { settle } from "./testPage";
import { pageInTraining, pageToTrain } from "./trainingPage";

describe("a trained model", () => {
  test("is loaded into the playground and is the next plan's parent", async () => {
    const page = await pageToTrain();
    await page.state().startRun();
    await page.state().useRun("r1");
    expect(page.callsOf("loadModel").at(-1)?.args.source).toEqual({ kind: "run", id: "r1" });
    expect(page.state()).toMatchObject({
      model: { status: "ready", info: modelInfo("r1") },
      inUse: { kind: "run", id: "r1" },
      draft: { parent: { kind: "run", id: "r1" } },
    });
  });

  test("one that has no weights yet says so", async () => {
    const page = await pageToTrain();
    page.browser.runs = [runOf("r1", page.state().draft)];
    await page.state().refreshRuns();
    await page.state().useRun("r1");
    expect(page.callsOf("loadModel")).toHaveLength(1);
    expect(page.state().notices[0]?.text).toMatch(/no model yet/);
  });

  test("a deleted run stays loaded, and is no one's parent any more", async () => {
    const page = await pageToTrain();
    await page.state().startRun();
    await page.state().useRun("r1");
    await page.state().deleteRun("r1");
    expect(page.state()).toMatchObject({
      ...{ runs: [], chosenRun: null },
      model: { status: "ready", info: { id: "r1" } },
      draft: { parent: { kind: "bundled", id: "small" } },
    });
  });

  test("a run in training is paused before it is deleted", async () => {
    const { page, call, answer } = await pageInTraining();
    const deleted = page.state().deleteRun("r1");
    await settle();
    expect(call.signal?.aborted).toBe(true);
    expect(page.callsOf("deleteRun")).toHaveLength(0);
    answer(1, "paused");
    await deleted;
    expect(page.state()).toMatchObject({ runs: [], training: null });
  });
});

describe("loading another model while training", () => {
  test("pauses first and says so; the model is loaded once the checkpoint is written", async () => {
    const { page, ended, answer } = await pageInTraining();
    const loaded = page.state().loadBundled("large");
    await settle();
    expect(page.state().notices[0]?.text).toMatch(/“Set s1” pauses/);
    expect(page.callsOf("loadModel")).toHaveLength(1);
    answer(2, "paused");
    await Promise.all([ended, loaded]);
    expect(page.callsOf("loadModel")).toHaveLength(2);
    expect(page.state()).toMatchObject({ runs: [{ step: 2 }], model: { info: { id: "large" } } });
  });

  test("one that was cancelled meanwhile is not loaded", async () => {
    const { page, answer } = await pageInTraining();
    const loading = page.state().loadBundled("large");
    page.state().cancelLoading();
    answer(2, "paused");
    await loading;
    expect(page.callsOf("loadModel")).toHaveLength(1);
    expect(page.state().model).toMatchObject({ status: "ready", info: { id: "small" } });
  });
});
