/** A run on the device: taken up from its files or begun from its parent's weights, and written back. */
import { sha256Hex } from "../../checkpoint/cache";
import { exportParams, loadParams, openCheckpoint } from "../../checkpoint/load";
import { writeSafetensors } from "../../checkpoint/safetensors";
import type { OpenSet } from "../../data/pictureSets/openSet";
import { CheckpointError } from "../../errors";
import { disposeParams } from "../../nn/params";
import type { ModelConfig } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import type { FileStore } from "../../storage/fileStore";
import {
  createDivergenceWatch,
  DivergenceError,
  type DivergenceWatch,
} from "../../train/divergence";
import type { StageRecipe } from "../../train/recipe";
import { restoreState, takeSnapshot, type Snapshot } from "../../train/snapshot";
import {
  createState,
  disposeState,
  readParams,
  trainedConfig,
  withBestParams,
  type TrainState,
} from "../../train/state";
import { skipEmptyStages } from "../../train/trainer";
import { openWeights } from "../modelLoading";
import type { Look, RunStatus } from "../protocol/training";
import type { SessionContext } from "../sessionContext";

import { openScenes, openSetPictures, type RunPictures } from "./pictures";
import { planRecipe } from "./planRecipe";
import type { StoredCurve, StoredRun } from "./runSchema";
import {
  readConfig,
  readPictures,
  saveProgress,
  weightsStep,
  type StoredProgress,
} from "./runStore";

export type ActiveRun = {
  id: string;
  files: FileStore;
  config: ModelConfig;
  recipe: StageRecipe;
  pictures: RunPictures;
  /** Changed by every step; freed when training ends. */
  state: TrainState;
  /** `run.seconds`, the curve and the looks go on with every step. */
  run: StoredRun;
  curve: StoredCurve;
  /** As the last checkpoint has it. */
  saved: { run: StoredRun };
  watch: DivergenceWatch;
  lastLook: Look | null;
  /** A step failed: the state is not to be written down. */
  isBroken: boolean;
};

/** Whether the run has gone on since its last checkpoint, and may be written down. */
export const canBeSaved = ({ isBroken, saved: { run }, state }: ActiveRun): boolean =>
  !isBroken && (run.hash === null || run.stage !== state.stage || run.step !== state.step);

export type RunOpeners = {
  context: Pick<SessionContext, "files" | "loaded" | "turn">;
  openSet: (files: FileStore, setId: string) => Promise<OpenSet>;
  signal: AbortSignal;
};

/** Takes up a run where its last checkpoint left it. @param lastLook - of this run, where it is known */
export async function openRun(
  id: string,
  stored: StoredProgress,
  lastLook: Look | null,
  openers: RunOpeners,
): Promise<ActiveRun> {
  const { context, signal } = openers;
  const files = await context.files();
  const run = slowAfterDivergence(stored.run);
  const config = await readConfig(files, id);
  const recipe = planRecipe(run.plan, config);
  const pictures = await openPictures(id, config, openers);
  signal.throwIfAborted();
  const parts = { id, files, config, recipe, pictures };
  const state = await context.turn(() => openState(parts, { ...stored, run }, openers), signal);
  const curve = { curve: [...stored.curve.curve], looks: [...stored.curve.looks] };
  const watch = createDivergenceWatch();
  return { ...parts, state, run, curve, saved: { run }, watch, lastLook, isBroken: false };
}

/** The same steps at the same rate would end as before. */
const slowAfterDivergence = (run: StoredRun): StoredRun =>
  run.status === "diverged" ? { ...run, plan: { ...run.plan, lr: run.plan.lr / 2 } } : run;

async function openPictures(
  id: string,
  { resolution }: ModelConfig,
  { context, openSet }: RunOpeners,
): Promise<RunPictures> {
  const files = await context.files();
  const stored = await readPictures(files, id);
  return stored.data.kind === "set"
    ? openSetPictures(stored, await openSet(files, stored.data.setId))
    : openScenes(stored.data, resolution[0]);
}

type RunParts = Pick<ActiveRun, "id" | "config" | "recipe" | "pictures">;

async function openState(
  { id, config, recipe, pictures }: RunParts,
  { run, snapshot }: StoredProgress,
  openers: RunOpeners,
): Promise<TrainState> {
  if (snapshot) {
    const { seed, images } = snapshot.header;
    if (seed !== recipe.seed || images !== pictures.training.count)
      throw new CheckpointError(
        `run ${id}: expected a checkpoint of seed ${recipe.seed} and ${pictures.training.count} pictures, got seed ` +
          `${seed} and ${images}. Its files are not of one run; start a new one from its model.`,
      );
    return restoreState(config, recipe, snapshot.header, await snapshot.readArrays());
  }
  const start = run.plan.isFromScratch ? undefined : await readParent(run, openers);
  const state = await createState(config, recipe, start);
  try {
    await skipEmptyStages({ config, recipe, state });
    return state;
  } catch (error) {
    disposeState(state);
    throw error;
  }
}

/** The parent's weights by key, as tensors have them. */
async function readParent(
  { plan }: StoredRun,
  { context, signal }: RunOpeners,
): Promise<Map<string, Float32Array>> {
  const loading = { signal, report: () => undefined, files: context.files };
  const { config, blob, id } = await openWeights(plan.parent, context.loaded(), loading);
  const { entries } = await openCheckpoint(blob, id);
  const params = await loadParams(modelSpec(config), entries, { signal });
  try {
    return await readParams(params);
  } finally {
    disposeParams(params);
  }
}

/** Writes a checkpoint of the step that the run is at. @returns its bytes */
export async function saveRun(active: ActiveRun, status: RunStatus): Promise<number> {
  const { id, files, recipe, pictures, state } = active;
  const snapshot = await takeSnapshot(state, {
    seed: recipe.seed,
    images: pictures.training.count,
    learn: recipe.slots.learn,
  });
  checkNumbers(snapshot);
  const config = trainedConfig(active.config, state);
  const weights = await exportWeights(config, state);
  const run: StoredRun = {
    ...active.run,
    ...{ status, message: "", stage: state.stage, step: state.step },
    ...{ hash: await sha256Hex(new Blob([weights])), weightBytes: weights.length },
  };
  const { curve, looks } = active.curve;
  const stored = {
    snapshot,
    run,
    curve: { curve: [...curve], looks: [...looks] },
    config,
    weights,
  };
  const bytes = await saveProgress(files, id, stored);
  active.run = run;
  active.saved = { run };
  return bytes;
}

/** A checkpoint with numbers that are not finite would take the place of a good one. */
function checkNumbers({ header, arrays }: Snapshot): void {
  const lost = arrays.find(({ values }) => !values.every(Number.isFinite));
  if (lost)
    throw new DivergenceError(
      `train: expected finite weights at step ${header.step}, got others in ${lost.key}.`,
    );
}

/** The weights as they are used and shipped: averaged, as halves, with the config that belongs to them. */
const exportWeights = (config: ModelConfig, state: TrainState): Promise<Uint8Array<ArrayBuffer>> =>
  withBestParams(state, async (params) =>
    writeSafetensors(await exportParams(modelSpec(config), params, { dtype: "F16" }), {
      config: JSON.stringify(config),
      step: weightsStep(state),
    }),
  );
