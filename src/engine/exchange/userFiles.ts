/** A visitor's files to what a model is loaded from: weights, and optionally a config and the weights of a DINO encoder. */
import { sha256Hex } from "../../checkpoint/cache";
import type { CheckpointEntries } from "../../checkpoint/entries";
import { compareKeys, openCheckpoint, type Checkpoint } from "../../checkpoint/load";
import { recognizeConfig, type RecognizedConfig } from "../../checkpoint/recognize/recognizeConfig";
import { InputError } from "../../errors";
import type { ModelConfig } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import { assertRoom } from "../memoryNeed";
import {
  maxConfigLength,
  parseConfig,
  tooLongConfig,
  type LoadedModel,
  type Weights,
} from "../modelLoading";
import type { ModelSource } from "../protocol";
import { hasDino, withDino, withPooler } from "./dinoEntries";

type UserFiles = Extract<ModelSource, { kind: "file" }>;

/** What of a loaded model is compared with a file. */
export type ComparableModel = Pick<LoadedModel, "config">;

/**
 * Reads what a model is loaded from; no tensor is made. The config is the file given, else the one inside the checkpoint,
 * else the loaded model's where every shape is its own, else what the shapes tell.
 * @throws OutOfMemoryError where the device has no room for the model
 */
export async function readUserFiles(
  { weights, config, dino }: UserFiles,
  current: ComparableModel | null,
): Promise<Weights & { entries: CheckpointEntries }> {
  if (config && config.size > maxConfigLength) throw tooLongConfig(config.name, config.size);
  const checkpoint = await openCheckpoint(weights, weights.name);
  const encoder = dino ? await openCheckpoint(dino, dino.name) : null;
  const entries =
    dino && encoder
      ? withDino(checkpoint.entries, encoder.entries, dino.name)
      : withPooler(checkpoint.entries);
  const settled = config
    ? parseConfig(await config.text(), config.name)
    : identify({ ...checkpoint, entries }, weights.name, current).config;
  assertDino(settled, entries, weights.name);
  assertRoom(settled);
  const hash = await sha256Hex(weights);
  const id = `file-${hash.slice(0, 12)}`;
  return { id, config: settled, blob: weights, hash, fromCache: false, entries };
}

/**
 * What a checkpoint without a config file is: by the config inside it, by the loaded model where every shape is its own, or
 * by its shapes alone, which leaves assumptions.
 */
export function identify(
  checkpoint: Checkpoint,
  name: string,
  current: ComparableModel | null,
): RecognizedConfig {
  const known = configInside(checkpoint, name) ?? ofLoadedModel(checkpoint, name, current);
  if (!known) return recognizeConfig(checkpoint.entries, name);
  return { config: known, assumptions: [], missingDino: null };
}

/** The config that a file of ours carries. */
function configInside({ other }: Checkpoint, name: string): ModelConfig | null {
  const text = other.get("config");
  return typeof text === "string" ? parseConfig(text, `the config inside ${name}`) : null;
}

function ofLoadedModel(
  { entries }: Checkpoint,
  name: string,
  current: ComparableModel | null,
): ModelConfig | null {
  if (!current || !isSameModel(current.config, entries)) return null;
  const own = { ...current.config, name: name.slice(0, 100) };
  delete own.preview; // fitted to other weights
  return own;
}

function isSameModel(config: ModelConfig, entries: CheckpointEntries): boolean {
  const { missing, unexpected, wrongShape } = compareKeys(modelSpec(config), entries);
  return missing.length + unexpected.length + wrongShape.length === 0;
}

function assertDino({ encoder }: ModelConfig, entries: CheckpointEntries, name: string): void {
  if (encoder.kind === "dino" && !hasDino(entries))
    throw new InputError(
      `model: ${name} lacks the weights of its DINO encoder. Choose the encoder's file too, or let the page fetch it.`,
    );
}
