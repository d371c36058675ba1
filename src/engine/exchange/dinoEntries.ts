/** DINO weights as published (ViTModel of transformers 4, without prefix) made part of a checkpoint that needs them. */
import { CheckpointEntry, type CheckpointEntries } from "../../checkpoint/entries";
import { CheckpointError } from "../../errors";

const prefix = "encoder.dino.";
const modelKey = /^(embeddings|encoder\.layer|layernorm|pooler)\./;

/**
 * The checkpoint's tensors with the encoder of another file, which replaces an encoder that is there.
 * @param name - of that file, for messages
 */
export function withDino(
  entries: CheckpointEntries,
  dino: CheckpointEntries,
  name: string,
): CheckpointEntries {
  const joined = new Map([...entries].filter(([key]) => !key.startsWith(prefix)));
  for (const [key, entry] of dino) {
    const bare = key.replace(/^(encoder\.dino|vit|dino)\./, "");
    if (modelKey.test(bare)) joined.set(prefix + bare, entry);
  }
  if (!joined.has(`${prefix}embeddings.cls_token`))
    throw new CheckpointError(
      `${name}: expected the weights of a ViTModel (embeddings.cls_token, encoder.layer.0...), got ${dino.size} others. ` +
        "Take pytorch_model.bin or model.safetensors of facebook/dino-vits8 or its siblings.",
    );
  return withPooler(joined);
}

/** Published files lack the pooler that the official model has; it is not used, so zeros serve. */
export function withPooler(entries: CheckpointEntries): CheckpointEntries {
  const [size] = entries.get(`${prefix}layernorm.weight`)?.shape ?? [];
  if (size === undefined) return entries;
  const joined = new Map(entries);
  for (const [name, shape] of [
    ["weight", [size, size]],
    ["bias", [size]],
  ] as const) {
    const key = `${prefix}pooler.dense.${name}`;
    const values = () => new Float32Array(name === "weight" ? size * size : size);
    if (!joined.has(key))
      joined.set(key, new CheckpointEntry("F32", shape, () => Promise.resolve(values())));
  }
  return joined;
}

/** Stand-ins for an encoder that is not there yet, so that all else can be checked. */
export function withStandIns(
  entries: CheckpointEntries,
  needed: Iterable<[key: string, spec: { officialShape: number[] }]>,
): CheckpointEntries {
  const joined = new Map(entries);
  const read = () => Promise.reject(new Error("dino: a stand-in has no values."));
  for (const [key, { officialShape }] of needed)
    if (key.startsWith(prefix) && !joined.has(key))
      joined.set(key, new CheckpointEntry("F32", officialShape, read));
  return joined;
}

/** Whether a checkpoint holds a DINO encoder. */
export const hasDino = (entries: CheckpointEntries): boolean =>
  entries.has(`${prefix}embeddings.cls_token`);
