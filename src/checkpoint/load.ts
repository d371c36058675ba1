/**
 * From a weight file of any known format to a tree of tensors, and back.
 *
 * What official files hold beside a model's parameters follows SADiffusion and its first stage
 * (img_based/models, Wuziyi616/SlotDiffusion): LPIPS under `loss.`, EMA copies, schedule buffers.
 */
import * as tf from "@tensorflow/tfjs-core";

import { CheckpointError } from "../errors";
import { mulberry32 } from "../math/random";
import {
  buildParams,
  disposeParams,
  paramEntries,
  specEntries,
  type Params,
  type ParamSpec,
} from "../nn/params";

import type { WritableDType } from "./dtypes";
import { readBytes, type CheckpointEntries } from "./entries";
import { fromOfficial, toOfficial } from "./layout";
import { isLegacyPth, isZip, openPth } from "./pth";
import { isSafetensors, openSafetensors, type WritableTensor } from "./safetensors";

export type CheckpointFormat = "safetensors" | "pth";

/** An opened weight file. `other`: what it holds beside tensors (safetensors metadata; a .pth's envelope). */
export type Checkpoint = {
  format: CheckpointFormat;
  entries: CheckpointEntries;
  other: Map<string, unknown>;
};

/**
 * Opens a weight file by its content, whatever its name.
 * @param name - begins every message about the file
 */
export async function openCheckpoint(file: Blob, name = "checkpoint"): Promise<Checkpoint> {
  try {
    const head = await readBytes(file, 0, Math.min(64, file.size), "file");
    if (isSafetensors(head, file.size)) {
      const { entries, metadata } = await openSafetensors(file);
      return { format: "safetensors", entries, other: metadata };
    }
    if (isZip(head) || isLegacyPth(head)) return { format: "pth", ...(await openPth(file)) };
    throw new CheckpointError(
      `expected weights as .safetensors or .pth (torch.save), got ${describeHead(head)}. Choose the weight file itself.`,
    );
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new CheckpointError(`${name}: ${error.message}`, { cause: error });
  }
}

/** What a file that holds no weights probably is. */
function describeHead(head: Uint8Array): string {
  const text = new TextDecoder("latin1").decode(head);
  if (!head.length) return "an empty file";
  if (text.startsWith("version https://git-lfs")) return "a Git LFS pointer instead of its file";
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) return "a web page";
  if (head[0] === 0x1f && head[1] === 0x8b) return "a gzip archive";
  if (head[0] === 0x80) return "a pickle without tensors";
  if (text.startsWith("\x89PNG") || text.startsWith("\xff\xd8")) return "a picture";
  const start = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `a file that starts ${start.join(" ")}`;
}

/** Keys of official files that a model may leave aside. */
const knownExtras = [
  /^loss\./, // LPIPS of a first-stage file
  /(^|\.)model_ema\./,
  /^dm_decoder\.model\.vae\./, // a second reference to dm_decoder.vae
  /^dm_decoder\.(betas|logvar|(sqrt_|log_|posterior_)\w+|alphas_bar(_prev)?)$/, // schedule buffers, recomputed
  /pos_embedding\.grid$/,
  /^encoder\.dino\.pooler\./, // unused
];

export type LoadOptions = {
  /** Comes before every key of the spec in the file, for example `dm_decoder.vae.vqvae.`; keys without it are left aside. */
  prefix?: string;
  /** Called after each tensor. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
};

/**
 * The parameters of a spec out of a file, in tfjs layout. Every missing, unexpected or wrongly shaped key is told
 * before a tensor is made; a failed or aborted load leaves no tensor behind.
 */
export async function loadParams<S extends object>(
  spec: S,
  entries: CheckpointEntries,
  { prefix = "", onProgress, signal }: LoadOptions = {},
): Promise<Params<S>> {
  checkKeys(spec, entries, prefix);
  const leaves = specEntries(spec);
  const tensors = new Map<string, tf.Tensor>();
  try {
    for (const [key, leaf] of leaves) {
      signal?.throwIfAborted();
      const official = await entries.get(prefix + key)?.read();
      signal?.throwIfAborted();
      // A buffer that the file lacks: its values are a formula, the rng is not used.
      const values = official ? fromOfficial(leaf, official) : leaf.init(leaf.shape, mulberry32(0));
      tensors.set(key, tf.tensor(values, leaf.shape, "float32"));
      onProgress?.(tensors.size, leaves.length);
    }
    return buildParams(spec, (key) => found(tensors, key));
  } catch (error) {
    disposeParams(Object.fromEntries(tensors));
    throw error;
  }
}

function found(tensors: ReadonlyMap<string, tf.Tensor>, key: string): tf.Tensor {
  const tensor = tensors.get(key);
  if (!tensor) throw new Error(`checkpoint: the params have no ${key}, which their spec has.`);
  return tensor;
}

/** How the tensors of a file differ from those of a spec, in words; all empty where the file is of this very model. */
export type KeyDifferences = { missing: string[]; unexpected: string[]; wrongShape: string[] };

/** Compares names and shapes. Buffers may be missing, and known extras may be there. */
export function compareKeys(spec: object, entries: CheckpointEntries, prefix = ""): KeyDifferences {
  const leaves = new Map(specEntries(spec, prefix));
  const missing: string[] = [];
  const wrongShape: string[] = [];
  for (const [key, leaf] of leaves) {
    const entry = entries.get(key);
    if (!entry && !leaf.isBuffer) missing.push(key);
    if (entry && entry.shape.join() !== leaf.officialShape.join())
      wrongShape.push(
        `${key} is [${entry.shape.join(", ")}], this model needs [${leaf.officialShape.join(", ")}]`,
      );
  }
  const unexpected = [...entries.keys()].filter(
    (key) =>
      key.startsWith(prefix) && !leaves.has(key) && !knownExtras.some((extra) => extra.test(key)),
  );
  return { missing, unexpected, wrongShape };
}

/** Throws with every missing, unexpected or wrongly shaped key. */
export function checkKeys(spec: object, entries: CheckpointEntries, prefix = ""): void {
  const { missing, unexpected, wrongShape } = compareKeys(spec, entries, prefix);
  if (!missing.length && !unexpected.length && !wrongShape.length) return;
  throw new CheckpointError(
    [
      `checkpoint: expected the ${specEntries(spec).length} tensors of this model, got ${missing.length} missing, ` +
        `${unexpected.length} unexpected and ${wrongShape.length} of another shape. ` +
        "Choose a file of this model, or give the config.json that belongs to the file.",
      ...listing("Missing", missing, ", "),
      ...listing("Unexpected", unexpected, ", "),
      ...listing("Of another shape", wrongShape, "; "),
    ].join("\n"),
  );
}

/** Names that a message lists: more than any model has. */
const maxListed = 2000;
const maxListedCharacters = 32_000;

function listing(title: string, lines: string[], separator: string): string[] {
  if (lines.length === 0) return [];
  const text = lines.slice(0, maxListed).join(separator);
  const isCut = lines.length > maxListed || text.length > maxListedCharacters;
  return [`${title}: ${text.slice(0, maxListedCharacters)}${isCut ? ", ..." : ""}.`];
}

/**
 * Parameters in official layout, ready for writeSafetensors; as F32 they keep every bit of an imported file.
 * @param params - of this spec; they stay the caller's
 */
export async function exportParams<S extends object>(
  spec: S,
  params: Params<S>,
  { prefix = "", dtype = "F32" }: { prefix?: string; dtype?: WritableDType } = {},
): Promise<WritableTensor[]> {
  const tensors = new Map(paramEntries(params));
  const writeOne = async ([key, leaf]: [string, ParamSpec]): Promise<WritableTensor> => ({
    key: prefix + key,
    shape: leaf.officialShape,
    values: toOfficial(leaf, (await found(tensors, key).data()) as Float32Array), // all are float32
    dtype,
  });
  const written: WritableTensor[] = [];
  for (const leaf of specEntries(spec)) written.push(await writeOne(leaf)); // one read-back at a time
  return written;
}
