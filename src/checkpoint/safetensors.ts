/**
 * The safetensors format: 8 bytes of header length, a JSON header, then the tensors' bytes.
 * https://github.com/huggingface/safetensors (README, "Format"). As strict as the reference reader: the tensors
 * cover the data exactly, without overlap or hole.
 */
import { z } from "zod";

import { CheckpointError } from "../errors";

import { dtypeBytes, narrow, widen, type DType, type WritableDType } from "./dtypes";
import {
  CheckpointEntry,
  checkedVolume,
  maxRank,
  readBytes,
  sourceSize,
  type ByteSource,
  type CheckpointEntries,
} from "./entries";

const where = "safetensors";
const maxHeaderBytes = 64 * 2 ** 20;
/** The reference writer's order when it lays tensors out: widest dtype first, so that each is aligned. */
const dtypeNames = Object.keys(dtypeBytes) as [DType, ...DType[]];

const tensorSchema = z.strictObject({
  dtype: z.enum(dtypeNames),
  // Its length first: each wrong value of a long list would be an issue of its own.
  shape: z.array(z.unknown()).max(maxRank).pipe(z.array(z.int().nonnegative())),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
type TensorHeader = z.infer<typeof tensorSchema>;

/** A safetensors file: its tensors, and the free text beside them. */
export type Safetensors = { entries: CheckpointEntries; metadata: Map<string, string> };

/** Whether the first bytes of a file look like a safetensors header. @param head - at least 9 bytes */
export function isSafetensors(head: Uint8Array, fileSize: number): boolean {
  if (head.byteLength < 9 || head[8] !== 0x7b) return false; // {
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return length <= BigInt(Math.max(0, fileSize - 8));
}

/** Reads and checks the header; values are read when an entry is. */
export async function openSafetensors(source: ByteSource): Promise<Safetensors> {
  const size = sourceSize(source);
  const headerLength = await readHeaderLength(source, size);
  const dataStart = 8 + headerLength;
  const header = parseHeader(await readBytes(source, 8, dataStart, where));
  const metadata = parseMetadata(header["__metadata__"]);
  const tensors = Object.entries(header)
    .filter(([key]) => key !== "__metadata__")
    .map(([key, value]): [string, TensorHeader] => [key, parseTensor(key, value)]);
  checkCoverage(tensors, size - dataStart);
  const entries: CheckpointEntries = new Map();
  for (const [key, { dtype, shape, data_offsets }] of tensors) {
    const [begin, end] = data_offsets;
    const read = async () =>
      widen(await readBytes(source, dataStart + begin, dataStart + end, key), dtype, key);
    entries.set(key, new CheckpointEntry(dtype, shape, read));
  }
  return { entries, metadata };
}

const fail = (expected: string, got: string): CheckpointError =>
  new CheckpointError(
    `${where}: expected ${expected.slice(0, 300)}, got ${got.slice(0, 600)}. The file is damaged; download or export it again.`,
  );

async function readHeaderLength(source: ByteSource, size: number): Promise<number> {
  if (size < 8) throw fail("at least 8 bytes", `${size}`);
  const bytes = await readBytes(source, 0, 8, where);
  const length = new DataView(bytes.buffer).getBigUint64(0, true);
  const limit = Math.min(maxHeaderBytes, size - 8);
  if (length > BigInt(limit)) throw fail(`a header of at most ${limit} bytes`, `${length}`);
  return Number(length);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fail("a JSON header", String(cause));
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw fail("a JSON object as header", Array.isArray(header) ? "an array" : typeof header);
  return header as Record<string, unknown>; // an object, checked above
}

function parseMetadata(value: unknown): Map<string, string> {
  if (value === undefined) return new Map();
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw fail("text by names under __metadata__", Array.isArray(value) ? "a list" : typeof value);
  const metadata = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw fail(`text under __metadata__, ${key}`, typeof text);
    metadata.set(key, text);
  }
  return metadata;
}

function parseTensor(key: string, value: unknown): TensorHeader {
  const parsed = tensorSchema.safeParse(value);
  if (!parsed.success)
    throw fail(
      `dtype (${dtypeNames.join(", ")}), shape and data_offsets for ${key}`,
      z.prettifyError(parsed.error),
    );
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  const volume = checkedVolume(shape);
  if (volume === null) throw fail(`a shape of at most 2^28 values for ${key}`, `[${shape}]`);
  if (end - begin !== volume * dtypeBytes[dtype])
    throw fail(
      `${volume * dtypeBytes[dtype]} bytes for ${key}, ${dtype} [${shape}]`,
      `offsets ${begin} to ${end}`,
    );
  return parsed.data;
}

/** Tensors laid end to end fill the data: so none overlaps, none is out of range, and a cut file shows. */
function checkCoverage(tensors: [string, TensorHeader][], dataSize: number): void {
  const ordered = [...tensors].sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  let covered = 0;
  for (const [key, { data_offsets }] of ordered) {
    if (data_offsets[0] !== covered)
      throw fail(`${key} to begin at byte ${covered} of the data`, `${data_offsets[0]}`);
    covered = data_offsets[1];
  }
  if (covered !== dataSize) throw fail(`${covered} bytes of tensors`, `${dataSize}`);
}

/** A tensor to be written. */
export type WritableTensor = {
  key: string;
  shape: readonly number[];
  values: Float32Array;
  dtype: WritableDType;
};

/**
 * The bytes of a safetensors file. The same tensors give the same bytes in any order, and the bytes that the
 * reference writer gives: widest dtype first, then by key, the header padded with spaces to 8 bytes.
 */
export function writeSafetensors(
  tensors: Iterable<WritableTensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(
    (a, b) =>
      dtypeBytes[b.dtype] - dtypeBytes[a.dtype] ||
      compare(a.dtype, b.dtype) ||
      compare(a.key, b.key),
  );
  const header: [string, unknown][] = metadata ? [["__metadata__", metadata]] : [];
  let dataSize = 0;
  for (const { key, shape, values, dtype } of ordered) {
    if (checkedVolume(shape) !== values.length || header.some(([other]) => other === key))
      throw new Error(
        `writeSafetensors: ${key} is [${shape}] with ${values.length} values, or comes twice.`,
      );
    const end = dataSize + values.length * dtypeBytes[dtype];
    header.push([key, { dtype, shape, data_offsets: [dataSize, end] }]);
    dataSize = end;
  }
  const headerBytes = encodeHeader(header);
  const file = new Uint8Array(8 + headerBytes.length + dataSize);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, 8);
  let at = 8 + headerBytes.length;
  for (const { values, dtype } of ordered) {
    const bytes = narrow(values, dtype);
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** JSON of ordered fields (an object would move keys that look like numbers), padded to 8 bytes. */
function encodeHeader(fields: [string, unknown][]): Uint8Array {
  const json = `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`;
  const length = new TextEncoder().encode(json).length;
  return new TextEncoder().encode(json + " ".repeat((8 - (length % 8)) % 8));
}
