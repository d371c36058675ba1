/** A training checkpoint as a file: safetensors at full precision, with what is not a tensor as text in its header. */
import { openCheckpoint } from "../../checkpoint/load";
import { writeSafetensors } from "../../checkpoint/safetensors";
import { CheckpointError } from "../../errors";
import { snapshotHeaderSchema, type Snapshot, type SnapshotHeader } from "../../train/snapshot";

/** A stored snapshot whose arrays are read when they are asked for. */
export type StoredSnapshot = {
  header: SnapshotHeader;
  /** Text stored beside the header, by name. */
  texts: ReadonlyMap<string, string>;
  /** Every array by its key. */
  readArrays: () => Promise<Map<string, Float32Array>>;
};

/** The bytes of a checkpoint. @param texts - stored beside the header, by name */
export const encodeSnapshot = (
  { header, arrays }: Snapshot,
  texts: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> =>
  writeSafetensors(
    arrays.map((array) => ({ ...array, dtype: "F32" as const })),
    { ...texts, header: JSON.stringify(header) },
  );

/** Opens a checkpoint; only its header is read. @param name - begins every message about the file */
export async function openSnapshot(file: Blob, name: string): Promise<StoredSnapshot> {
  const { entries, other } = await openCheckpoint(file, name);
  const texts = new Map<string, string>();
  for (const [key, text] of other) if (typeof text === "string") texts.set(key, text);
  const parsed = snapshotHeaderSchema.safeParse(parseJson(texts.get("header")));
  if (!parsed.success)
    throw new CheckpointError(
      `${name}: expected a training checkpoint, got other weights. Remove it to start the run again.`,
    );
  const readArrays = async (): Promise<Map<string, Float32Array>> => {
    const arrays = new Map<string, Float32Array>();
    for (const [key, entry] of entries) arrays.set(key, await entry.read());
    return arrays;
  };
  return { header: parsed.data, texts, readArrays };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null; // no header of ours
  }
}
