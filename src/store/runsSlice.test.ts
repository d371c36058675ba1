import { describe, expect, test } from "vitest";

import { InputError } from "../errors";
import { pointOf, runOf, trainedTo } from "./fakeKept";
import { newsPauseMs } from "./newsBatch";
import { curveOf } from "./runProgress";
import { createReadyPage, settle } from "./testPage";
import { memory, pageInTraining, pageToTrain } from "./trainingPage";

describe("starting", () => {
  test("creates the drafted run and trains it to its end", async () => {
    const page = await pageToTrain();
    page.state().planRun({ name: "Mugs", lr: 1e-3 });
    await page.state().startRun();
    expect(page.callsOf("createRun")[0]?.args.plan).toMatchObject({
      ...{ name: "Mugs", lr: 1e-3 },
      parent: { kind: "bundled", id: "small" },
      data: { kind: "set", setId: "s1" },
    });
    expect(page.callsOf("train")[0]?.args).toEqual({ runId: "r1", maxSteps: null });
    expect(page.persistCalls).toBe(1);
    expect(page.state()).toMatchObject({
      ...{ training: null, chosenRun: "r1" },
      runs: [{ id: "r1", status: "finished", weightBytes: 40 }],
    });
    expect(page.state().notices[0]?.text).toMatch(/“Mugs” has finished/);
  });

  test("shows what comes in; the kept part of the curve moves to the run", async () => {
    const { page, step, call } = await pageInTraining();
    expect(page.state().training).toMatchObject({ runId: "r1", status: "starting" });
    step(1);
    step(2);
    expect(page.state().training).toMatchObject({ status: "training", stepsPerSecond: 10 });
    page.clock.now += newsPauseMs;
    call.progress({ kind: "saved", stage: "slots", step: 2, bytes: 8 });
    step(3);
    const { runs, training } = page.state();
    expect(training).toMatchObject({ points: [{ step: 3 }] });
    expect(training?.savedAt).toBeGreaterThan(1000);
    expect(runs[0] && curveOf(runs[0], training).map((point) => point.step)).toEqual([1, 2, 3]);
  });

  test("100 steps that come at once change the page twice", async () => {
    const { page, call, answer, ended } = await pageInTraining();
    let changes = 0;
    page.store.subscribe((now, before) => {
      if (now.training !== before.training) changes++;
    });
    for (let n = 1; n <= 100; n++) {
      const news = { point: pointOf(n), stepsPerSecond: 100, secondsLeft: 1, memory };
      call.progress({ kind: "step", ...news });
    }
    expect(changes).toBe(1);
    page.state().pauseRun();
    answer(100, "paused");
    await ended;
    expect(page.state().runs[0]?.curve).toHaveLength(100);
  });

  test("two presses start one run", async () => {
    const page = await pageToTrain();
    page.held.add("createRun");
    void page.state().startRun();
    void page.state().startRun();
    await settle();
    expect(page.callsOf("createRun")).toHaveLength(1);
    page.callsOf("createRun")[0]?.answer(runOf("r1", page.state().draft));
    await settle();
    expect(page.callsOf("train")).toHaveLength(1);
  });

  test("says why it cannot, and what the engine says against a plan", async () => {
    const page = await pageToTrain();
    page.state().chooseSet(null);
    await page.state().startRun();
    expect(page.callsOf("createRun")).toHaveLength(0);
    expect(page.state().notices[0]?.text).toMatch(/Choose a set/);
    page.state().chooseSet("s1");
    page.held.add("createRun");
    const starting = page.state().startRun();
    await settle();
    page.callsOf("createRun")[0]?.fail(new InputError("run: the set has gone."));
    await starting;
    expect(page.state().notices.at(-1)?.text).toBe("run: the set has gone.");
    expect(page.state().training).toBeNull();
    page.held.clear();
    await page.state().startRun();
    expect(page.state().runs).toHaveLength(1);
  });
});

describe("pausing", () => {
  test("waits for the checkpoint: the engine's answer is what is kept", async () => {
    const { page, ended, call, step, answer } = await pageInTraining();
    step(1);
    page.state().pauseRun();
    expect(page.state().training?.status).toBe("stopping");
    expect(call.signal?.aborted).toBe(true);
    step(2); // the step under way
    await settle();
    expect(page.state().training?.status).toBe("stopping");
    answer(2, "paused");
    await ended;
    expect(page.state()).toMatchObject({ training: null, runs: [{ status: "paused", step: 2 }] });
    expect(page.state().runs[0]?.curve).toHaveLength(2);
    expect(page.state().notices).toEqual([]);
  });

  test("an engine that answers a pause with a cancellation has kept the run all the same", async () => {
    const { page, ended, call, run } = await pageInTraining();
    page.browser.runs = [trainedTo(run, 4)];
    page.state().pauseRun();
    call.fail(new DOMException("Paused.", "AbortError"));
    await ended;
    expect(page.state()).toMatchObject({ training: null, runs: [{ status: "paused", step: 4 }] });
    expect(page.state().notices).toEqual([]);
  });

  test("before the run has been created, nothing is trained", async () => {
    const page = await pageToTrain();
    page.held.add("createRun");
    const ended = page.state().startRun();
    page.state().pauseRun();
    await settle();
    page.callsOf("createRun")[0]?.answer(runOf("r1", page.state().draft));
    await ended;
    expect(page.callsOf("train")).toHaveLength(0);
    expect(page.state().runs).toMatchObject([{ id: "r1", status: "new" }]);
  });

  test("a paused run goes on, or takes one step", async () => {
    const page = await pageToTrain();
    await page.state().startRun();
    page.browser.runs = [trainedTo(runOf("r1", page.state().draft), 10)];
    await page.state().refreshRuns();
    await page.state().resumeRun("r1", 1);
    expect(page.callsOf("train").at(-1)?.args).toEqual({ runId: "r1", maxSteps: 1 });
    expect(page.state().runs).toMatchObject([{ status: "paused", step: 11 }]);
    await page.state().resumeRun("r1");
    expect(page.state().runs).toMatchObject([{ status: "finished" }]);
    await page.state().resumeRun("r1");
    expect(page.callsOf("train")).toHaveLength(3);
    expect(page.state().notices.at(-1)?.text).toMatch(/has finished/);
  });

  test("one run at a time", async () => {
    const { page } = await pageInTraining();
    await page.state().resumeRun("r1");
    expect(page.callsOf("train")).toHaveLength(1);
    expect(page.state().notices[0]?.text).toMatch(/is training/);
    await page.state().startRun();
    expect(page.callsOf("createRun")).toHaveLength(1);
  });
});

describe("what goes wrong", () => {
  test("a run that diverged says why and keeps its last good checkpoint", async () => {
    const { page, ended, call, run } = await pageInTraining();
    call.answer({ ...trainedTo(run, 5, "diverged"), message: "The loss ran away." });
    await ended;
    expect(page.state().runs).toMatchObject([{ status: "diverged", step: 5 }]);
    const text = "“Set s1” stopped. The loss ran away.";
    expect(page.state().notices).toMatchObject([{ tone: "error", text }]);
  });

  test("an error leaves the run as its last checkpoint has it", async () => {
    const { page, ended, call, run, step } = await pageInTraining();
    step(8);
    page.browser.runs = [trainedTo(run, 7)];
    call.fail(new Error("gpu: the device was lost."));
    await ended;
    expect(page.state()).toMatchObject({ training: null, runs: [{ step: 7 }] });
    expect(page.state().notices).toMatchObject([
      { tone: "error", text: "gpu: the device was lost." },
    ]);
  });

  test("a hidden page writes a checkpoint, once however it is left, and only while it trains", async () => {
    const { page, ended, answer } = await pageInTraining();
    page.held.add("saveRun");
    page.hide();
    page.hide();
    expect(page.callsOf("saveRun").map(({ args }) => args)).toEqual([{ runId: "r1" }]);
    page.callsOf("saveRun")[0]?.fail(new Error("storage: no room."));
    await settle();
    expect(page.state().notices).toMatchObject([{ tone: "error", text: "storage: no room." }]);
    page.hide();
    expect(page.callsOf("saveRun")).toHaveLength(2);
    answer(1, "paused");
    await ended;
    page.hide();
    expect(page.callsOf("saveRun")).toHaveLength(2);
  });
});

describe("reload", () => {
  test("runs and the chosen one are there again, and go on where they stopped", async () => {
    const { page, ended, answer } = await pageInTraining();
    page.state().pauseRun();
    answer(3, "paused");
    await ended;
    const kept = Object.fromEntries(page.kept);
    const next = await createReadyPage(0, { browser: page.browser, kept });
    expect(next.state()).toMatchObject({ chosenRun: "r1", runs: [{ status: "paused", step: 3 }] });
    await next.state().resumeRun("r1", 2);
    expect(next.state().runs[0]?.curve.map((point) => point.step)).toEqual([1, 2, 3, 4, 5]);
  });
});
