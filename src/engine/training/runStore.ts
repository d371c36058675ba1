/**
 * Runs among this browser's files. The checkpoint, replaced whole, holds the run and its curve too: whenever the page is
 * killed, checkpoint, curve and run are those of one step. run.json and curve.json are written after it, and count where
 * they say the same step: for what happens between checkpoints, and for people.
 */
import { sha256Hex } from "../../checkpoint/cache";
import { openCheckpoint } from "../../checkpoint/load";
import { CheckpointError, InputError } from "../../errors";
import type { ModelConfig } from "../../slotdiffusion/config";
import type { FileStore } from "../../storage/fileStore";
import type { Snapshot } from "../../train/snapshot";
import { parseConfig } from "../modelLoading";
import type { Run } from "../protocol/training";

import { isRunId, noRun, parseText, readJson, runFile, runFolder, runsFolder } from "./runFiles";
import {
  curveSchema,
  runPicturesSchema,
  storedRunSchema,
  type StoredCurve,
  type StoredPictures,
  type StoredRun,
} from "./runSchema";
import { encodeSnapshot, openSnapshot, type StoredSnapshot } from "./snapshotFile";

export { newRunId } from "./runFiles";

const runText = (run: StoredRun): string => JSON.stringify({ version: 1, ...run });

/** Writes a run that has not been trained yet; run.json comes last, and without it there is no run. */
export async function createRun(
  files: FileStore,
  id: string,
  { run, config, pictures }: { run: StoredRun; config: ModelConfig; pictures: StoredPictures },
): Promise<Run> {
  await files.write(runFile(id, "data.json"), [JSON.stringify(pictures)]);
  await files.write(runFile(id, "config.json"), [JSON.stringify(config)]);
  await files.write(runFile(id, "run.json"), [runText(run)]);
  return toRun(id, run, { curve: [], looks: [] });
}

export type SavedProgress = {
  snapshot: Snapshot;
  /** Its step is the snapshot's. */
  run: StoredRun;
  curve: StoredCurve;
  /** Of the weights. */
  config: ModelConfig;
  weights: Uint8Array<ArrayBuffer>;
};

/** Replaces a run's weights and its checkpoint. @returns bytes of the checkpoint */
export async function saveProgress(
  files: FileStore,
  id: string,
  { snapshot, run, curve, config, weights }: SavedProgress,
): Promise<number> {
  await files.write(runFile(id, "weights.safetensors"), [weights]);
  const checkpoint = encodeSnapshot(snapshot, { run: runText(run), curve: JSON.stringify(curve) });
  await files.write(runFile(id, "checkpoint.safetensors"), [checkpoint]); // from here on this step counts
  await files.write(runFile(id, "config.json"), [JSON.stringify(config)]);
  await files.write(runFile(id, "curve.json"), [JSON.stringify(curve)]);
  await writeRun(files, id, run);
  return checkpoint.length;
}

/** Replaces run.json: what has become of a run since its last checkpoint. */
export const writeRun = (files: FileStore, id: string, run: StoredRun): Promise<void> =>
  files.write(runFile(id, "run.json"), [runText(run)]);

/** A run as its last checkpoint has it. */
export type StoredProgress = {
  run: StoredRun;
  curve: StoredCurve;
  /** Null before the first checkpoint. */
  snapshot: StoredSnapshot | null;
};

/** Reads a run; of the checkpoint only the header. Throws where there is none or where it is damaged. */
export async function readProgress(files: FileStore, id: string): Promise<StoredProgress> {
  const { stored, damage } = await readRunFile(files, id);
  const blob = await files.read(runFile(id, "checkpoint.safetensors"));
  if (!blob) {
    if (damage) throw damage;
    if (!stored) throw noRun(id);
    if (stored.hash !== null)
      throw new CheckpointError(
        `run ${id}: expected a checkpoint, got none. Its model can still be used; start a new run from it.`,
      );
    return { run: stored, curve: { curve: [], looks: [] }, snapshot: null };
  }
  const where = `run ${id}, checkpoint.safetensors`;
  const snapshot = await openSnapshot(blob, where);
  const inside = parseText(storedRunSchema, snapshot.texts.get("run") ?? "", where);
  const curve = parseText(curveSchema, snapshot.texts.get("curve") ?? "", where);
  const isFlipped = stored?.stage === inside.stage && stored.step === inside.step;
  const run = stored && isFlipped ? stored : inside; // else killed before run.json was written
  return { run: { ...run, ...(await readWeightsInfo(files, id, run)) }, curve, snapshot };
}

/** run.json, or what is the matter with it: the checkpoint has a copy of all but the latest. */
async function readRunFile(
  files: FileStore,
  id: string,
): Promise<{ stored: StoredRun | null; damage: InputError | null }> {
  try {
    return { stored: await readJson(files, id, "run.json", storedRunSchema), damage: null };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { stored: null, damage: error };
  }
}

/** Size and hash of the weights: those of a later step than the checkpoint's where the page was killed between the two. */
async function readWeightsInfo(
  files: FileStore,
  id: string,
  run: StoredRun,
): Promise<Pick<StoredRun, "hash" | "weightBytes">> {
  const blob = await files.read(runFile(id, "weights.safetensors"));
  if (!blob) return { hash: null, weightBytes: 0 };
  try {
    const { other } = await openCheckpoint(blob);
    if (other.get("step") === weightsStep(run)) return { hash: run.hash, weightBytes: blob.size };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    return { hash: null, weightBytes: 0 }; // damaged: the next checkpoint brings others
  }
  return { hash: await sha256Hex(blob), weightBytes: blob.size };
}

/** What the weight file says of the step that it is of. */
export const weightsStep = ({ stage, step }: Pick<Run, "stage" | "step">): string =>
  `${stage} ${step}`;

/** A run as the page shows it. */
export const toRun = (id: string, run: StoredRun, curve: StoredCurve): Run => ({
  id,
  ...run,
  ...curve,
  lastLook: null,
});

/** A run with its curve. Throws where there is none or where it is damaged. */
export async function readRun(files: FileStore, id: string): Promise<Run> {
  const { run, curve } = await readProgress(files, id);
  return toRun(id, run, curve);
}

/** All runs, the newest first. One that is damaged is there with a message and can be deleted. */
export async function listRuns(files: FileStore): Promise<Run[]> {
  const runs: Run[] = [];
  for (const id of (await files.list(runsFolder)).filter(isRunId)) {
    const names = await files.list(runFolder(id));
    const isRun = names.includes("run.json") || names.includes("checkpoint.safetensors");
    if (isRun) runs.push(await readOrDescribeDamage(files, id));
  }
  return runs.sort((a, b) => b.createdAt - a.createdAt);
}

async function readOrDescribeDamage(files: FileStore, id: string): Promise<Run> {
  try {
    return await readRun(files, id);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof CheckpointError)) throw error;
    const { stored } = await readRunFile(files, id);
    return toRun(
      id,
      { ...(stored ?? unreadable(id)), status: "diverged", message: error.message },
      { curve: [], looks: [] },
    );
  }
}

/** Stands for a run of which nothing can be read. */
const unreadable = (id: string): StoredRun => ({
  plan: {
    ...{ name: `Damaged run ${id}`, parent: { kind: "run", id }, isFromScratch: false },
    ...{ data: { kind: "set", setId: "?" }, learn: "all", numSlots: null },
    ...{ steps: { vqvae: 0, binding: 0, slots: 0 }, lr: 1e-4, unetFactor: 1, batch: 1 },
    ...{ seed: 0, lookEvery: 1 },
  },
  ...{ status: "diverged", message: "", name: `Damaged run ${id}: delete it`, parentName: "" },
  ...{ createdAt: 0, seconds: 0, stage: "slots", step: 0, hash: null, weightBytes: 0 },
});

/** What a run trains on. */
export async function readPictures(files: FileStore, id: string): Promise<StoredPictures> {
  const stored = await readJson(files, id, "data.json", runPicturesSchema);
  if (!stored)
    throw new InputError(
      `run ${id}: expected data.json, got no such file. The run cannot go on; start a new one from its model.`,
    );
  return stored;
}

/** The configuration of a run's model. */
export async function readConfig(files: FileStore, id: string): Promise<ModelConfig> {
  const blob = await files.read(runFile(id, "config.json"));
  if (!blob) throw noRun(id);
  return parseConfig(await blob.text(), `config.json of run ${id}`);
}

/** Takes away a run with its files; nothing where there is none. */
export async function deleteRun(files: FileStore, id: string): Promise<void> {
  await files.remove(runFile(id, "checkpoint.safetensors"));
  await files.remove(runFile(id, "run.json")); // without these two the rest is no run any more
  await files.remove(runFolder(id));
}
