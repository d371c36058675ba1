import { expect, test } from "vitest";

import type { Look, TrainProgress } from "../engine/protocol/training";
import { firstDraft } from "./draft";
import { pointOf, runOf, trainedTo } from "./fakeKept";
import { curveOf, type Live, newTraining, takeNews, thinPoints } from "./runProgress";

const plan = firstDraft({ kind: "bundled", id: "small" });
const memory = { numTensors: 1, tensorBytes: 4, gpuBytes: null };
const step = (n: number): TrainProgress => ({
  kind: "step",
  point: pointOf(n),
  stepsPerSecond: 10,
  secondsLeft: 5,
  memory,
});
const lookAt = (n: number): Look => ({
  scores: { stage: "slots", step: n, loss: 1, psnr: null, fgAri: 0.5, mIoU: 0.4 },
  numSlots: 3,
  pictures: [],
});
const saved = (n: number): TrainProgress => ({ kind: "saved", stage: "slots", step: n, bytes: 8 });
const start = (): Live => ({ training: newTraining("r1"), run: runOf("r1", plan) });
const steps = ({ training, run }: Live) => ({
  live: training.points.map((point) => point.step),
  kept: run?.curve.map((point) => point.step),
});

test("steps, latents and looks show in the live part", () => {
  const computing = takeNews(start(), { kind: "latents", done: 1, total: 4 }, 0);
  expect(computing.training).toMatchObject({ status: "starting", latents: { done: 1, total: 4 } });
  const look = lookAt(0);
  const trained = [step(1), { kind: "look", look } as const].reduce(
    (live, news) => takeNews(live, news, 0),
    computing,
  );
  expect(trained.training).toMatchObject({
    ...{ status: "training", latents: null, stepsPerSecond: 10, secondsLeft: 5, memory, look },
    looks: [look.scores],
  });
  expect(steps(trained)).toEqual({ live: [1], kept: [] });
});

test("a checkpoint takes what it holds into the run; what came after stays live, nothing twice", () => {
  const news = [step(1), step(2), { kind: "look", look: lookAt(2) } as const, step(3), saved(2)];
  const live = news.reduce((last, one) => takeNews(last, one, 77), start());
  expect(steps(live)).toEqual({ live: [3], kept: [1, 2] });
  expect(live.training).toMatchObject({ savedAt: 77, looks: [] });
  expect(live.run).toMatchObject({ step: 2, looks: [{ step: 2 }], lastLook: { numSlots: 3 } });
  expect(live.run && curveOf(live.run, live.training).map((point) => point.step)).toEqual([
    1, 2, 3,
  ]);
});

test("points of an earlier stage are in any checkpoint of a later one", () => {
  const early = { ...pointOf(900), stage: "vqvae" } as const;
  const first = takeNews(start(), { ...step(1), point: early } as TrainProgress, 0);
  const live = takeNews(first, saved(1), 0);
  expect(live.training.points).toEqual([]);
  expect(live.run?.curve).toEqual([early]);
});

test("a run that is pausing keeps saying so while its last step comes in", () => {
  const stopping: Live = { ...start(), training: { ...newTraining("r1"), status: "stopping" } };
  expect(takeNews(stopping, step(1), 0).training.status).toBe("stopping");
  const latents = { kind: "latents", done: 1, total: 2 } as const;
  expect(takeNews(stopping, latents, 0).training.status).toBe("stopping");
});

test("a curve of 10,000 steps is thinned evenly, its newest point kept", () => {
  let live = start();
  for (let n = 1; n <= 10_001; n++) live = takeNews(live, step(n), 0);
  const { points } = live.training;
  expect(points.length).toBeLessThanOrEqual(1000);
  expect(points.length).toBeGreaterThan(400);
  expect(points.at(-1)?.step).toBe(10_001);
  const long = thinPoints(trainedTo(runOf("r1", plan), 5000).curve, 1000).map((p) => p.step);
  expect(long.slice(0, -1).every((n, i) => n === 8 * (i + 1))).toBe(true);
});

test("the curve of another run is its own", () => {
  const run = trainedTo(runOf("r2", plan), 2);
  const { training } = takeNews(start(), step(9), 0);
  expect(curveOf(run, training)).toEqual(run.curve);
});
