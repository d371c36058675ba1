import { expect, test } from "vitest";

import type { EvaluationTable } from "../engine/protocol/training";
import { modelInfo, tableOf } from "./fakeAnswers";
import { createFakeBrowser, setOf } from "./fakeKept";
import { ablationsFile, measuredFile } from "./measureFiles";
import { whyNotAblate, whyNotMeasure } from "./measurePlan";
import { createReadyPage, settle } from "./testPage";

const small = { kind: "bundled", id: "small" } as const;
const estimate = (mean: number) => ({ mean, standardError: 0.1 });

/** A table of one model and its pictures' rows. */
function tableWith(fgAri: number): EvaluationTable {
  const table = tableOf([small]);
  const [model] = table.models;
  if (!model) throw new Error("a table of one model has one");
  const rows = [
    { name: "a, b.png", metrics: { fgAri, psnr: 20 } },
    { name: "c.png", metrics: { psnr: 30 } },
  ];
  const times = { segmentMs: 4, drawMs: 8 };
  return { ...table, models: [{ ...model, metrics: { fgAri: estimate(fgAri) }, rows, times }] };
}

test("the model in use is measured as planned, each picture with its numbers", async () => {
  const page = await createReadyPage(0, { held: ["evaluate"] });
  page.state().planMeasure({ count: 8, seeds: 2, isSwapped: true });
  const measuring = page.state().measure();
  const [call] = page.callsOf("evaluate");
  expect(call?.args).toEqual({
    models: [small],
    data: { kind: "scenes", scenes: "clevr", seed: 1000, count: 8 },
    ...{ seeds: 2, reconstruct: true, compose: true, hasRows: true },
  });
  call?.progress({ model: 0, done: 4, total: 8 });
  expect(page.state().measurement).toEqual({
    status: "running",
    progress: { title: "The small one", done: 4, total: 8 },
  });
  call?.answer(tableWith(0.5));
  await measuring;
  expect(page.state().measurement).toEqual({ status: "done", result: tableWith(0.5) });
});

test("a plan's numbers stay in their ranges", async () => {
  const page = await createReadyPage(0);
  page.state().planMeasure({ count: 1e6, seeds: 0 });
  expect(page.state().measurePlan).toMatchObject({ count: 1000, seeds: 1 });
  page.state().planMeasure({ count: NaN, seeds: 2.4 });
  expect(page.state().measurePlan).toMatchObject({ count: 1000, seeds: 2 });
  page.state().setAblationCount(1);
  expect(page.state().ablationCount).toBe(2);
});

test("what cannot be measured is said, and not asked for", async () => {
  const browser = { ...createFakeBrowser(), sets: [setOf("s1", 3)] };
  const page = await createReadyPage(0, { browser });
  const plan = (setId: string) =>
    page.state().planMeasure({ pictures: { kind: "set", setId, part: "heldOut" } });
  plan("gone");
  await page.state().measure();
  expect(page.state().notices).toMatchObject([
    { tone: "info", text: "This set is no longer here. Choose other pictures." },
  ]);
  expect(page.callsOf("evaluate")).toEqual([]);
  plan("s1");
  expect(whyNotMeasure(page.state())).toBeNull();
  page.state().planMeasure({ model: { kind: "opened", id: "mine" } });
  expect(whyNotMeasure(page.state())).toContain("no longer open");
});

test("cancelled, nothing is left of a measurement; a failure is told", async () => {
  const page = await createReadyPage(0, { held: ["evaluate"] });
  void page.state().measure();
  page.state().cancelMeasure();
  await settle();
  expect(page.callsOf("evaluate")[0]?.signal?.aborted).toBe(true);
  expect(page.state()).toMatchObject({ measurement: { status: "none" }, notices: [] });
  const failing = page.state().measure();
  page.callsOf("evaluate")[1]?.fail(new Error("gpu: lost."));
  await failing;
  expect(page.state().measurement).toEqual({ status: "failed", message: "gpu: lost." });
});

test("an ablation shows each point when it is there, and keeps them when it is stopped", async () => {
  const page = await createReadyPage(0, { held: ["evaluate"] });
  page.state().setAblationCount(4);
  const ablating = page.state().ablate("iterations");
  const answer = async (fgAri: number) => {
    page.callsOf("evaluate").at(-1)?.answer(tableWith(fgAri));
    await settle();
  };
  await answer(0.1);
  await answer(0.2);
  expect(page.callsOf("evaluate").map(({ args }) => args.change)).toEqual(
    [1, 2, 3].map((iterations) => ({ iterations })),
  );
  expect(page.callsOf("evaluate")[0]?.args).toMatchObject({ seeds: 1, data: { count: 4 } });
  expect(page.state().ablations.iterations).toMatchObject({
    ...{ status: "running", total: 6, title: "The small one" },
    points: [
      { value: 1, sampler: null, metrics: { fgAri: estimate(0.1) } },
      { value: 2, metrics: { fgAri: estimate(0.2) }, times: { segmentMs: 4, drawMs: 8 } },
    ],
  });
  page.state().cancelAblation();
  await ablating;
  expect(page.state().ablations.iterations).toMatchObject({ status: "stopped" });
  expect(page.state().ablations.iterations?.points).toHaveLength(2);
  expect(page.state().notices).toEqual([]);
});

test("steps are measured with each sampler; a newer ablation takes over", async () => {
  const page = await createReadyPage(0, { answers: { evaluate: () => tableWith(0.3) } });
  page.held.add("evaluate");
  const first = page.state().ablate("iterations");
  await settle();
  page.held.clear();
  await page.state().ablate("steps");
  await first;
  const { iterations, steps } = page.state().ablations;
  expect(iterations).toMatchObject({ status: "stopped", points: [] });
  expect(steps).toMatchObject({ status: "done", total: 15 });
  expect(steps?.points.slice(0, 4).map(({ value, sampler }) => [value, sampler])).toEqual([
    [2, "dpm-solver++"],
    [2, "ddim"],
    [2, "ddpm"],
    [5, "dpm-solver++"],
  ]);
});

test("learned slots keep their number; drawn ones may be any", async () => {
  const learned = await createReadyPage(0);
  expect(whyNotAblate(learned.state(), "slots")).toContain("has learned each of its 3 slots");
  expect(whyNotAblate(learned.state(), "iterations")).toBeNull();
  const loadModel = () => modelInfo("small", { initKind: "gaussian" });
  const drawn = await createReadyPage(0, { answers: { loadModel } });
  expect(whyNotAblate(drawn.state(), "slots")).toBeNull();
});

test("files hold the table, each picture, or everything but the pixels", async () => {
  const page = await createReadyPage(0, { answers: { evaluate: () => tableWith(0.5) } });
  page.state().saveMeasured("table");
  expect(page.saved).toEqual([]);
  await page.state().measure();
  for (const which of ["table", "pictures", "json"] as const) page.state().saveMeasured(which);
  expect(page.saved).toEqual([
    "measured-small.csv",
    "measured-small-pictures.csv",
    "measured-small.json",
  ]);
  expect(await measuredFile(tableWith(0.5), "pictures").file.text()).toBe(
    'model,picture,fgAri,psnr\r\nsmall,"a, b.png",0.5,20\r\nsmall,c.png,,30\r\n',
  );
  const json: unknown = JSON.parse(await measuredFile(tableWith(NaN), "json").file.text());
  expect(json).toMatchObject({ models: [{ metrics: { fgAri: { mean: null } } }] });
  expect(json).not.toHaveProperty("models.0.pictures");
});

test("ablations go into one CSV, a line a metric", async () => {
  const page = await createReadyPage(0, { answers: { evaluate: () => tableWith(0.5) } });
  await page.state().ablate("iterations");
  page.state().saveAblations();
  expect(page.saved).toEqual(["ablations.csv"]);
  const text = await ablationsFile(page.state().ablations).file.text();
  const [header = "", first, ...rest] = text.trimEnd().split("\r\n");
  expect(header.split(",")).toHaveLength(10);
  expect(first).toBe("The small one,iterations,1,,fgAri,0.5,0.1,4,8,");
  expect(rest).toHaveLength(5);
});
