import { expect, test } from "vitest";

import type { Run, RunPoint } from "../../../engine/protocol/training";
import type { Training } from "../../../store/trainingState";
import { lookCurve, lossCurve, measureCurve, runPlace, splitAt, stageMarks } from "./curve";

const point = (stage: RunPoint["stage"], step: number, loss = 1): RunPoint => ({
  stage,
  step,
  loss,
  lr: 1e-4,
});

const run: Run = {
  id: "r",
  plan: {
    name: "r",
    parent: { kind: "bundled", id: "clevr64" },
    isFromScratch: false,
    data: { kind: "set", setId: "s" },
    learn: "vqvae",
    numSlots: null,
    steps: { vqvae: 100, binding: 0, slots: 50 },
    lr: 1e-4,
    unetFactor: 2,
    batch: 8,
    seed: 0,
    lookEvery: 25,
  },
  status: "paused",
  message: "",
  name: "r",
  parentName: "CLEVR 64",
  createdAt: 0,
  seconds: 0,
  stage: "slots",
  step: 2,
  curve: [point("vqvae", 1), point("vqvae", 100), point("slots", 1), point("slots", 2)],
  looks: [
    { stage: "vqvae", step: 100, loss: 0.1, psnr: 30, fgAri: null, mIoU: null },
    { stage: "slots", step: 2, loss: null, psnr: NaN, fgAri: 0.5, mIoU: null },
  ],
  lastLook: null,
  hash: null,
  weightBytes: 0,
};

const training: Training = {
  runId: "r",
  status: "training",
  latents: null,
  points: [point("slots", 2, 9), point("slots", 3)],
  stepsPerSecond: null,
  secondsLeft: null,
  memory: null,
  look: null,
  looks: [],
  savedAt: null,
};

test("stages follow each other on one axis, those without steps left out", () => {
  expect(stageMarks(run.plan.steps)).toEqual([
    { stage: "vqvae", x: 0 },
    { stage: "slots", x: 100 },
  ]);
});

test("a resumed curve goes on where the checkpoint ends, and no step is there twice", () => {
  const curve = lossCurve(run, training);
  expect(curve.map(({ x }) => x)).toEqual([1, 100, 101, 102, 103]);
  expect(curve[3]?.loss).toBe(1); // the checkpoint's, not the live one of the same step
});

test("what another run is doing does not show", () => {
  expect(lossCurve(run, { ...training, runId: "other" })).toHaveLength(4);
  expect(runPlace(run, { ...training, runId: "other" })).toEqual({ done: 102, total: 150 });
});

test("the place of a run is that of its newest step, and its end when it is finished", () => {
  expect(runPlace(run, training)).toEqual({ done: 103, total: 150 });
  expect(runPlace({ ...run, status: "finished" }, null)).toEqual({ done: 150, total: 150 });
});

test("a measure is drawn only from looks that have it", () => {
  const looks = lookCurve(run, []);
  expect(measureCurve(looks, "psnr")).toEqual([{ x: 100, y: 30 }]);
  expect(measureCurve(looks, "fgAri")).toEqual([{ x: 102, y: 0.5 }]);
  expect(measureCurve(looks, "mIoU")).toEqual([]);
});

test("lines end with their stage: its last step is its own, the next is the following stage's", () => {
  const points = [1, 99, 100, 101, 150].map((x) => ({ x, y: 0 }));
  const parts = splitAt(points, [0, 100]).map((part) => part.map(({ x }) => x));
  expect(parts).toEqual([
    [1, 99, 100],
    [101, 150],
  ]);
  expect(splitAt([{ x: 0, y: 1 }], [])).toHaveLength(1);
});
