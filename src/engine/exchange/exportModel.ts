/** Models out of the page: weights with their config, for this page and for the authors' code. */
import { CheckpointEntry } from "../../checkpoint/entries";
import { halfToFloat, floatToHalf } from "../../checkpoint/dtypes";
import { exportParams, openCheckpoint } from "../../checkpoint/load";
import { officialConfig } from "../../checkpoint/officialConfig";
import { writePth } from "../../checkpoint/pthWriter";
import { writeSafetensors, type WritableTensor } from "../../checkpoint/safetensors";
import { CheckpointError } from "../../errors";
import { mulberry32 } from "../../math/random";
import { specEntries } from "../../nn/params";
import type { ModelConfig } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import { toOfficial } from "../../checkpoint/layout";
import { openWeights, type LoadedModel, type Weights } from "../modelLoading";
import type { ExportFormat, ExportSource, NamedFile } from "../protocol/exchange";
import type { SessionContext } from "../sessionContext";
import { officialTensors, trainerState } from "./officialCheckpoint";

/** What of a session an export takes. */
export type ExportContext = Pick<SessionContext, "model" | "files">;

/** A model at hand: on the device, or as the file that it is stored in. */
type Exported = { config: ModelConfig; model: LoadedModel } | { config: ModelConfig; blob: Blob };

/**
 * Writes a model's files. safetensors: a stored model as it is stored (runs and bundled models: F16), the loaded one in F16
 * where that keeps every bit, else F32. pth: F32.
 */
export async function exportModel(
  source: ExportSource,
  format: Exclude<ExportFormat, "project">,
  context: ExportContext,
  signal: AbortSignal,
): Promise<NamedFile[]> {
  const exported = await openExport(source, context, signal);
  signal.throwIfAborted();
  return format === "pth" ? toPth(exported) : toSafetensors(exported);
}

async function openExport(
  source: ExportSource,
  context: ExportContext,
  signal: AbortSignal,
): Promise<Exported> {
  if (source.kind === "loaded") {
    const model = context.model();
    return { config: model.config, model };
  }
  const { config, blob }: Weights = await openWeights(source, null, {
    signal,
    report: () => undefined,
    files: context.files,
  });
  return { config, blob };
}

/** Every tensor of the model in official layout and order, F32. */
async function tensorsOf(exported: Exported): Promise<WritableTensor[]> {
  const { config } = exported;
  if ("model" in exported) return exportParams(modelSpec(config), exported.model.params);
  const { entries } = await openCheckpoint(exported.blob, config.name);
  const tensors: WritableTensor[] = [];
  for (const [key, leaf] of specEntries(modelSpec(config))) {
    const entry =
      entries.get(key) ??
      (leaf.isBuffer
        ? new CheckpointEntry("F32", leaf.officialShape, () =>
            Promise.resolve(toOfficial(leaf, leaf.init(leaf.shape, mulberry32(0)))),
          )
        : null);
    if (!entry)
      throw new CheckpointError(
        `${config.name}: expected ${key}, got no such tensor. The stored model is damaged; load another.`,
      );
    tensors.push({ key, shape: leaf.officialShape, values: await entry.read(), dtype: "F32" });
  }
  return tensors;
}

async function toSafetensors(exported: Exported): Promise<NamedFile[]> {
  const { config } = exported;
  const name = slugOf(config);
  const text = JSON.stringify(config, null, 1);
  const file = "blob" in exported ? exported.blob : new Blob([await writeLoaded(exported)]);
  return [
    { name: `${name}.safetensors`, file },
    { name: `${name}.config.json`, file: new Blob([text], { type: "application/json" }) },
  ];
}

async function writeLoaded(exported: Exported): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = await tensorsOf(exported);
  const dtype = tensors.every(({ values }) => values.every(isHalf)) ? "F16" : "F32";
  const written = tensors.map((tensor) => ({ ...tensor, dtype }) as const);
  return writeSafetensors(written, { format: "pt", config: JSON.stringify(exported.config) });
}

const isHalf = (value: number): boolean => Object.is(halfToFloat(floatToHalf(value)), value);

/** The names are those of the authors' files. */
async function toPth(exported: Exported): Promise<NamedFile[]> {
  const { config } = exported;
  const name = `sa_ldm_${slugOf(config)}_params-res${config.resolution[0]}`;
  const tensors = officialTensors(config, await tensorsOf(exported));
  const python = officialConfig(config, `${name}.pth`);
  return [
    { name: `${name}.pth`, file: writePth(tensors, trainerState(config)) },
    { name: `${name}.py`, file: new Blob([python], { type: "text/x-python" }) },
  ];
}

/** A model's name as a file's. */
export function slugOf({ name }: Pick<ModelConfig, "name">): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return slug.slice(0, 60) || "model";
}
