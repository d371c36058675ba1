/** From a bundled id or the user's files to a model on the device. */
import bundled from "../../models/index.json";
import { fetchWeights, sha256Hex } from "../checkpoint/cache";
import { loadParams, openCheckpoint } from "../checkpoint/load";
import { createSchedule, type Schedule } from "../diffusion/schedule";
import { CheckpointError, InputError } from "../errors";
import { countParams, disposeParams } from "../nn/params";
import { modelConfigSchema, type ModelConfig } from "../slotdiffusion/config";
import { modelSpec, type ModelParams } from "../slotdiffusion/model";
import { fitPreview, mosaics, type PreviewMap } from "../slotdiffusion/preview";
import type { LoadProgress, ModelInfo, ModelSource } from "./protocol";

export type LoadedModel = {
  info: ModelInfo;
  config: ModelConfig;
  params: ModelParams;
  schedule: Schedule;
  preview: PreviewMap;
};

type Weights = { id: string; config: ModelConfig; blob: Blob; hash: string; fromCache: boolean };
type LoadContext = { signal: AbortSignal; report: (progress: LoadProgress) => void };

/**
 * Loads a model; the one in use is left alone, so that a failure leaves it usable.
 * @param current - the loaded model, whose config serves files that bring none
 */
export async function loadModel(
  source: ModelSource,
  current: LoadedModel | null,
  context: LoadContext,
): Promise<LoadedModel> {
  const { id, config, blob, hash, fromCache } =
    source.kind === "bundled"
      ? await fetchBundled(source.id, context)
      : await readFiles(source, current);
  const checkpoint = await openCheckpoint(blob);
  const spec = modelSpec(config);
  const params = await loadParams(spec, checkpoint.entries, {
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

async function fetchBundled(id: string, { signal, report }: LoadContext): Promise<Weights> {
  const entry = bundled.find((model) => model.id === id);
  if (!entry) {
    const known = bundled.map((model) => model.id).join(", ");
    throw new InputError(`model: expected one of ${known}, got ${id}. Choose one from the list.`);
  }
  const folder = new URL(`models/${id}/`, siteRoot());
  const response = await fetch(new URL("config.json", folder), { signal });
  if (!response.ok) {
    throw new CheckpointError(
      `model: config.json of ${id} answered ${response.status}. Is the site deployed whole? Reload the page.`,
    );
  }
  const config = parseConfig(await response.text(), `${id}/config.json`);
  const weights = await fetchWeights(new URL("weights.safetensors", folder).href, {
    signal,
    expectedHash: entry.sha256,
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

async function readFiles(
  { weights, config }: Extract<ModelSource, { kind: "file" }>,
  current: LoadedModel | null,
): Promise<Weights> {
  if (!config && !current) {
    throw new InputError(
      `model: ${weights.name} came without a config.json and no model is loaded to take its shape from. Choose both files.`,
    );
  }
  const parsed = config ? parseConfig(await config.text(), config.name) : undefined;
  const settled = parsed ?? { ...(current as LoadedModel).config, name: weights.name };
  const hash = await sha256Hex(weights);
  return {
    id: `file-${hash.slice(0, 12)}`,
    config: settled,
    blob: weights,
    hash,
    fromCache: false,
  };
}

/** A config's text to a valid configuration, or an error that names each wrong field. */
export function parseConfig(text: string, name: string): ModelConfig {
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
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new InputError(
    `model: ${name} is not a model configuration. ${issues.slice(0, 12).join("; ")}.`,
  );
}
