/** From a bundled id, a run of this browser or the user's files to a model on the device. */
import bundled from "../../models/index.json";
import { fetchWeights, sha256Hex } from "../checkpoint/cache";
import type { CheckpointEntries } from "../checkpoint/entries";
import { exportParams, loadParams, openCheckpoint } from "../checkpoint/load";
import { writeSafetensors } from "../checkpoint/safetensors";
import { createSchedule, type Schedule } from "../diffusion/schedule";
import { CheckpointError, InputError } from "../errors";
import { countParams, disposeParams } from "../nn/params";
import { modelConfigSchema, type ModelConfig } from "../slotdiffusion/config";
import { modelSpec, type ModelParams } from "../slotdiffusion/model";
import { fitPreview, mosaics, type PreviewMap } from "../slotdiffusion/preview";
import type { FileStore } from "../storage/fileStore";
import type { LoadProgress, ModelInfo, ModelSource } from "./protocol";

export type LoadedModel = {
  info: ModelInfo;
  config: ModelConfig;
  params: ModelParams;
  schedule: Schedule;
  preview: PreviewMap;
};

/** A model's weight file with the configuration that belongs to it. */
export type Weights = {
  id: string;
  config: ModelConfig;
  blob: Blob;
  hash: string;
  fromCache: boolean;
  /** Its tensors, where they come from more than this file. */
  entries?: CheckpointEntries;
};
export type LoadContext = {
  signal: AbortSignal;
  report: (progress: LoadProgress) => void;
  files: () => Promise<FileStore>;
};

/**
 * Loads a model; the one in use is left alone, so that a failure leaves it usable.
 * @param current - the loaded model, whose config serves files that bring none
 */
export async function loadModel(
  source: ModelSource,
  current: LoadedModel | null,
  context: LoadContext,
): Promise<LoadedModel> {
  const weights = await openWeights(source, current, context);
  const { id, config, blob, hash, fromCache } = weights;
  const entries = weights.entries ?? (await openCheckpoint(blob)).entries;
  const spec = modelSpec(config);
  const params = await loadParams(spec, entries, {
    signal: context.signal,
    onProgress: (done, total) => context.report({ stage: "read", done, total }),
  });
  const info: ModelInfo = {
    id,
    name: config.name,
    hash,
    resolution: config.resolution,
    numSlots: config.slot_dict.num_slots,
    slotSize: config.slot_dict.slot_size,
    numIterations: config.slot_dict.num_iterations,
    parameterCount: countParams(spec),
    weightBytes: blob.size,
    fromCache,
    initKind: config.slot_dict.init,
    predTarget: config.diffusion.pred_target,
  };
  const preview = config.preview ?? (await fitToMosaics(params, config));
  return { info, config, params, schedule: createSchedule(config.diffusion), preview };
}

/** A model's file and configuration; nothing of them is on the device yet. */
export async function openWeights(
  source: ModelSource,
  current: LoadedModel | null,
  context: LoadContext,
): Promise<Weights> {
  switch (source.kind) {
    case "bundled":
      return fetchBundled(source.id, context);
    case "run":
      return readRun(source.id, await context.files());
    case "file":
      return readFiles(source, current);
    case "opened":
      return writeOpened(openedModel(source.id, current));
  }
}

/** A model that came from a file, which only the session has. */
export function openedModel(id: string, current: LoadedModel | null): LoadedModel {
  if (current?.info.id === id) return current;
  throw new InputError(
    `model: expected the checkpoint that was opened from a file, got ${current?.info.name ?? "no model"}. ` +
      "Open its file again.",
  );
}

async function writeOpened({ info, config, params }: LoadedModel): Promise<Weights> {
  const tensors = await exportParams(modelSpec(config), params);
  const { id, hash } = info;
  return { id, config, blob: new Blob([writeSafetensors(tensors)]), hash, fromCache: false };
}

async function fitToMosaics(params: ModelParams, config: ModelConfig): Promise<PreviewMap> {
  const images = mosaics(config);
  try {
    return await fitPreview(params, config, images);
  } catch (error) {
    disposeParams(params); // nobody else has them yet
    throw error;
  } finally {
    images.dispose();
  }
}

function bundledEntry(id: string): (typeof bundled)[number] {
  const entry = bundled.find((model) => model.id === id);
  if (entry) return entry;
  const known = bundled.map((model) => model.id).join(", ");
  throw new InputError(`model: expected one of ${known}, got ${id}. Choose one from the list.`);
}

const bundledFolder = (id: string): URL => new URL(`models/${id}/`, siteRoot());

/** The configuration of a bundled model. */
export async function fetchBundledConfig(id: string, signal: AbortSignal): Promise<ModelConfig> {
  bundledEntry(id); // names those there are
  const response = await fetch(new URL("config.json", bundledFolder(id)), { signal });
  if (!response.ok) {
    throw new CheckpointError(
      `model: config.json of ${id} answered ${response.status}. Is the site deployed whole? Reload the page.`,
    );
  }
  return parseConfig(await response.text(), `${id}/config.json`);
}

async function fetchBundled(id: string, { signal, report }: LoadContext): Promise<Weights> {
  const config = await fetchBundledConfig(id, signal);
  const weights = await fetchWeights(new URL("weights.safetensors", bundledFolder(id)).href, {
    signal,
    expectedHash: bundledEntry(id).sha256,
    onProgress: (done, total) => report({ stage: "download", done, total }),
  });
  return { id, config, blob: weights.blob, hash: weights.hash, fromCache: weights.fromCache };
}

/** The site's folder: a bundled worker lies in its assets/, a development worker beside its source. */
const siteRoot = (): URL =>
  new URL(
    import.meta.env.DEV
      ? "/"
      : import.meta.env.BASE_URL === "./"
        ? "../"
        : import.meta.env.BASE_URL,
    self.location.href,
  );

/** The configuration lies in a run's weight file too: the two are replaced together. */
async function readRun(id: string, files: FileStore): Promise<Weights> {
  const blob = await files.read(`runs/${id}/weights.safetensors`);
  if (!blob) {
    throw new InputError(
      `model: expected weights of run ${id}, got none. Train it first, or choose a model from the list if it was deleted.`,
    );
  }
  const { other } = await openCheckpoint(blob, `run ${id}`);
  const stored = other.get("config");
  const text =
    typeof stored === "string"
      ? stored
      : await (await files.read(`runs/${id}/config.json`))?.text();
  const config = parseConfig(text ?? "", `config.json of run ${id}`);
  return { id, config, blob, hash: await sha256Hex(blob), fromCache: false };
}

/** What recognises files without a config is fetched with the first file. */
async function readFiles(
  source: Extract<ModelSource, { kind: "file" }>,
  current: LoadedModel | null,
): Promise<Weights> {
  const { readUserFiles } = await import("./exchange/userFiles");
  return readUserFiles(source, current);
}

/** Characters of a config that are read, thirty times those of the largest model. */
export const maxConfigLength = 64 * 1024;

/** A config's text to a valid configuration, or an error that names each wrong field. */
export function parseConfig(text: string, name: string): ModelConfig {
  if (text.length > maxConfigLength) throw tooLongConfig(name, text.length);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `model: ${name} is not JSON (${String(error)}). Choose the model's config.json.`,
    );
  }
  const parsed = modelConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .slice(0, 12)
    .map(({ path, message }) => `${path.join(".")}: ${message.slice(0, 200)}`);
  throw new InputError(`model: ${name} is not a model configuration. ${issues.join("; ")}.`);
}

/** What is said of a config that is too long to be one. */
export const tooLongConfig = (name: string, length: number): InputError =>
  new InputError(
    `model: expected at most ${maxConfigLength} characters in ${name}, got ${length}. Choose the model's config.json.`,
  );
