/** For tests: a session's training handlers over files in memory, a small model to start from, and a set of sprites. */
import { exportParams } from "../../checkpoint/load";
import { writeSafetensors } from "../../checkpoint/safetensors";
import { addAll, newSet, sprites } from "../../data/pictureSets/testSets";
import { gaussianArray, mulberry32 } from "../../math/random";
import { disposeParams, initParams } from "../../nn/params";
import type { ModelConfig } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import { createMemoryStore, type FileStore } from "../../storage/fileStore";
import { testConfig } from "../../train/testRun";
import type { Run, RunPlan, TrainProgress } from "../protocol/training";
import { createQueue } from "../queue";
import { createSceneStudio } from "../sceneStudio";
import type { SessionContext } from "../sessionContext";

import { createTrainingHandlers, type TrainingSources } from "./handlers";
import { runFile } from "./runFiles";
import * as runStore from "./runStore";

/** A plan of few steps from the run "parent"; fields can be set. */
export const testPlan = (setId: string, change: Partial<RunPlan> = {}): RunPlan => ({
  ...{ name: "test run", parent: { kind: "run", id: "parent" }, isFromScratch: false },
  ...{ data: { kind: "set", setId }, learn: "all", numSlots: null },
  ...{ steps: { vqvae: 0, binding: 0, slots: 6 }, lr: 1e-3, unetFactor: 2, batch: 2 },
  ...{ seed: 3, lookEvery: 4 },
  ...change,
});

/** Writes a trained run with random weights. */
export async function writeParent(
  files: FileStore,
  config: ModelConfig = testConfig,
  id = "parent",
): Promise<void> {
  const params = initParams(modelSpec(config), mulberry32(5));
  const rng = mulberry32(6); // fresh networks are silent in places: no gradient would come through
  const tensors = (await exportParams(modelSpec(config), params, { dtype: "F16" })).map((each) => {
    const noise = gaussianArray(rng, each.values.length);
    return { ...each, values: each.values.map((value, i) => value + 0.05 * (noise[i] ?? 0)) };
  });
  const weights = writeSafetensors(tensors);
  disposeParams(params);
  const run = {
    ...{ plan: testPlan("none"), status: "new" as const, message: "", name: config.name },
    ...{ parentName: "", createdAt: 1, seconds: 0, stage: "slots" as const, step: 0 },
    ...{ hash: null, weightBytes: weights.length },
  };
  const data = { kind: "set" as const, setId: "none" };
  const pictures = { version: 1 as const, data, setName: "none", training: [], heldOut: [] };
  await runStore.createRun(files, id, { run, config, pictures });
  await files.write(runFile(id, "weights.safetensors"), [weights]);
}

/** What a test may change of a bench. */
export type BenchOptions = {
  files?: FileStore;
  now?: () => number;
  sources?: TrainingSources;
};

/** Handlers in a session of their own: made twice over the same files, the second is the page after a reload. */
export function openBench({
  files = createMemoryStore(),
  now = Date.now,
  sources,
}: BenchOptions = {}) {
  const queue = createQueue();
  const context: SessionContext = {
    assertRunning: () => undefined,
    loaded: () => null,
    model: () => {
      throw new Error("not asked for");
    },
    files: () => Promise.resolve(files),
    studio: createSceneStudio(),
    turn: (job, signal) => queue.run(job, signal),
    now,
  };
  const handlers = createTrainingHandlers(context, sources);
  const idle = { signal: new AbortController().signal, report: () => undefined };
  return {
    files,
    context,
    handlers,
    create: (plan: RunPlan): Promise<Run> => handlers.createRun({ plan }, idle),
    list: (): Promise<Run[]> => handlers.listRuns({}, idle),
    save: (runId: string): Promise<void> => handlers.saveRun({ runId }, idle),
    remove: (runId: string): Promise<void> => handlers.deleteRun({ runId }, idle),
    /** Trains; `onProgress` may pause through what it is given. */
    train: (
      runId: string,
      maxSteps: number | null = null,
      onProgress: (progress: TrainProgress, pause: () => void) => void = () => undefined,
    ): Promise<Run> => {
      const controller = new AbortController();
      const report = (progress: TrainProgress) =>
        onProgress(progress, () => controller.abort(new DOMException("pause", "AbortError")));
      return handlers.train({ runId, maxSteps }, { signal: controller.signal, report });
    },
  };
}
export type Bench = ReturnType<typeof openBench>;

/** A bench with the run "parent" and a set of sprites with masks. */
export async function openFilledBench(
  count = 24,
  options: BenchOptions = {},
): Promise<Bench & { setId: string }> {
  const bench = openBench(options);
  await writeParent(bench.files);
  const setId = await newSet(bench.files);
  await addAll(bench.files, setId, sprites(count));
  return { ...bench, setId };
}
