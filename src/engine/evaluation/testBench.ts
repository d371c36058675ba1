/** For tests: a session around small models, sets in memory, sprites that are drawn here, and the numbers of a hand computation. */
import { vi } from "vitest";

import { tinyConfig } from "../../../tests/tinyConfig";
import { createSchedule } from "../../diffusion/schedule";
import { mulberry32 } from "../../math/random";
import { initParams } from "../../nn/params";
import type { ModelConfig } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import { createMemoryStore } from "../../storage/fileStore";
import { testConfig } from "../../train/testRun";
import type { LoadedModel } from "../modelLoading";
import type { Args, ModelSource, Pixels, Progress } from "../protocol";
import type { EvaluationTable, ModelRef } from "../protocol/training";
import { createQueue } from "../queue";
import { createSceneStudio } from "../sceneStudio";
import type { SessionContext } from "../sessionContext";
import type { OpenedSet } from "./evaluationPictures";
import { createEvaluationHandlers, type EvaluationSources } from "./handlers";

/** A model whose weights are a seed's. */
export function makeModel(id: string, config: ModelConfig = testConfig, seed = 1): LoadedModel {
  const params = initParams(modelSpec(config), mulberry32(seed));
  const info = {
    ...{ id, name: config.name, hash: `${seed}`, resolution: config.resolution },
    ...{ numSlots: config.slot_dict.num_slots, slotSize: config.slot_dict.slot_size },
    ...{ numIterations: 1, parameterCount: 1, weightBytes: 4, fromCache: true },
    ...{ initKind: config.slot_dict.init, predTarget: config.diffusion.pred_target },
  };
  const preview = { weight: [], bias: [] };
  return { info, config, params, schedule: createSchedule(config.diffusion), preview };
}

/** Pixels a side of the pictures of sets. */
export const side = 16;
const idOf = (source: ModelSource): string => (source.kind === "file" ? "file" : source.id);
/** A bundled model. */
export const ref = (id: string): ModelRef => ({ kind: "bundled", id });
/** Scenes 0, 1, ... of one seed. */
export const scenes = (count: number) =>
  ({ kind: "scenes", scenes: "sprites", seed: 4, count }) as const;

/** A set of random pictures; the first `numHeldOut` are held out, and have masks where asked for. */
export function makeSet(numHeldOut: number, numTraining: number, hasMask: boolean): OpenedSet {
  const rgbOf = (seed: number): Uint8Array => {
    const rng = mulberry32(seed);
    return Uint8Array.from({ length: 3 * side * side }, () => 256 * rng());
  };
  const ids = () => (hasMask ? Uint8Array.from({ length: side * side }, (_, i) => i % 3) : null);
  const part = (first: number, count: number) => {
    const pictures = Array.from({ length: count }, (_, i) => ({ name: `${first + i}.png` }));
    return { count, read: (index: number) => rgbOf(first + index), ids, pictures };
  };
  return {
    info: { name: "mine", resolution: [side, side] },
    heldOut: part(0, numHeldOut),
    training: part(numHeldOut, numTraining),
  };
}

/** A session around one loaded model, with a queue as the worker's. */
export function openBench(loaded: LoadedModel | null, set: OpenedSet = makeSet(3, 4, true)) {
  const queue = createQueue();
  const state = { loaded, turns: 0 };
  const studio = createSceneStudio();
  const render = vi.fn<typeof studio.render>((...args) => studio.render(...args));
  const files = createMemoryStore();
  const turn: SessionContext["turn"] = (job, signal) => {
    state.turns++;
    return queue.run(job, signal);
  };
  const context: SessionContext = {
    assertRunning: () => undefined,
    loaded: () => state.loaded,
    model: () => {
      throw new Error("not asked for");
    },
    files: () => Promise.resolve(files),
    studio: { ...studio, render },
    turn,
    now: () => 0,
  };
  /** Every model but "tiny" has the weights of seed 1. */
  const config = (source: ModelSource) => (idOf(source) === "tiny" ? tinyConfig : testConfig);
  const load = vi.fn<EvaluationSources["load"]>((source) =>
    Promise.resolve(makeModel(idOf(source), config(source))),
  );
  const open: EvaluationSources["open"] = (source) =>
    Promise.resolve({
      ...{ id: idOf(source), config: config(source), hash: "1" },
      ...{ blob: new Blob(), fromCache: true },
    });
  const openSet = () => Promise.resolve(set);
  const handlers = createEvaluationHandlers(context, { openSet, open, load });
  const evaluate = (
    args: Partial<Args<"evaluate">>,
    report: (progress: Progress<"evaluate">) => void = () => undefined,
    signal = new AbortController().signal,
  ): Promise<EvaluationTable> =>
    handlers.evaluate(
      { models: [ref("a")], data: scenes(5), seeds: 1, reconstruct: false, ...args },
      { signal, report },
    );
  return { context, state, turn, render, load, handlers, evaluate };
}

/** As the metrics see a picture. */
export const toPicture = ({ width, height, data }: Pixels) => ({
  ...{ width, height, channels: 3 },
  values: Array.from(
    data.filter((_, i) => i % 4 !== 3),
    (value) => value / 255,
  ),
});

/** Their sum by their number. */
export const meanOf = (values: number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** s / sqrt(n), s over n - 1. */
export function errorOf(values: number[]): number {
  const squares = values.map((value) => (value - meanOf(values)) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / (values.length - 1) / values.length);
}
