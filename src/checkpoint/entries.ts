/** What every reader of weight files hands out: named tensors, read when asked for, and how bytes are fetched. */
import { CheckpointError } from "../errors";

import type { DType } from "./dtypes";

/** A tensor of a file: its size is known, its values are read on demand. */
export class CheckpointEntry {
  /**
   * @param shape - in the file's own (official PyTorch) layout
   * @param read - values widened to float32, row-major
   */
  constructor(
    readonly dtype: DType,
    readonly shape: readonly number[],
    readonly read: () => Promise<Float32Array>,
  ) {}
}

/** Tensors by their state_dict keys, in the order of the file. */
export type CheckpointEntries = Map<string, CheckpointEntry>;

/** Where a file's bytes come from. A Blob is read in slices, so that a 600 MB file is never copied whole. */
export type ByteSource = Blob | Uint8Array;

/** @returns how many bytes the source holds */
export const sourceSize = (source: ByteSource): number =>
  source instanceof Blob ? source.size : source.byteLength;

/**
 * A copy of bytes [begin, end) of a source.
 * @param where - begins the message when they are not there
 */
export async function readBytes(
  source: ByteSource,
  begin: number,
  end: number,
  where: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const size = sourceSize(source);
  if (!(begin >= 0 && begin <= end && end <= size))
    throw new CheckpointError(
      `${where.slice(0, 300)}: expected bytes ${begin} to ${end}, got a file of ${size} bytes. The file is cut short; download it again.`,
    );
  if (!(source instanceof Blob)) return new Uint8Array(source.subarray(begin, end));
  try {
    return new Uint8Array(await source.slice(begin, end).arrayBuffer());
  } catch (cause) {
    throw new CheckpointError(
      `${where}: expected a readable file, got ${String(cause)}. It may have been moved or changed; choose it again.`,
      { cause },
    );
  }
}

/** Most axes a tensor may claim. */
export const maxRank = 16;
/** Most values: 2^28 of float32 are 1 GiB. */
const maxValues = 2 ** 28;

/** The number of values of a shape out of a file, or null when the shape is not one this project can hold. */
export function checkedVolume(shape: readonly unknown[]): number | null {
  if (shape.length > maxRank) return null;
  let volume = 1;
  for (const length of shape) {
    if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0) return null;
    volume *= length;
  }
  return volume <= maxValues ? volume : null;
}
