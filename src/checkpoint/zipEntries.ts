/**
 * Random access to the files in a zip. PyTorch stores its tensors uncompressed: those are sliced out of the Blob
 * where they lie; deflated ones are inflated up to the size they declare. Of each entry only its place is kept: zip.js's own
 * take 5 KB each.
 */
import { BlobReader, ZipReader, type FileEntry } from "@zip.js/zip.js";

import { CheckpointError } from "../errors";
import { joinBytes } from "../math/join";

import { crc32 } from "./crc32";
import { readBytes } from "./entries";

/** A file in a zip. `read` gives bytes [begin, end) of its content; a whole stored file is checked by its CRC. */
export type ZipEntry = {
  size: number;
  read: (begin?: number, end?: number) => Promise<Uint8Array<ArrayBuffer>>;
};

/** sum: the CRC of the content; 0 where the writer skipped it. */
type Place = Pick<FileEntry, "filename" | "offset" | "compressedSize" | "uncompressedSize"> & {
  sum: number;
};

const where = "zip";
const maxEntries = 100_000;
/** What all deflated files of a zip may take together: floats hardly shrink, text to a tenth; a bomb's do to a thousandth. */
const maxInflation = 32;
const freeInflatedBytes = 2 ** 20;

const stored = 0;
const deflated = 8;

const fail = (expected: string, got: string, cause?: unknown): CheckpointError =>
  new CheckpointError(
    `${where}: expected ${expected.slice(0, 300)}, got ${got.slice(0, 300)}. The file is damaged; download it again.`,
    { cause },
  );

/** Reads the directory of a zip: its files by name. */
export async function openZip(blob: Blob): Promise<Map<string, ZipEntry>> {
  const files = new Map<string, ZipEntry>();
  const maxInflated = freeInflatedBytes + maxInflation * blob.size;
  let [count, inflated] = [0, 0];
  for await (const entry of listEntries(blob)) {
    if (++count > maxEntries) throw fail(`at most ${maxEntries} files`, "more");
    if (entry.directory) continue;
    if (files.has(entry.filename)) throw fail("each name once", `${entry.filename} twice`);
    if (entry.encrypted) throw fail("files without a password", `${entry.filename} with one`);
    if (entry.compressionMethod !== stored) inflated += entry.uncompressedSize;
    if (inflated > maxInflated)
      throw fail(`at most ${maxInflated} bytes unpacked`, `${inflated} and more`);
    files.set(entry.filename, openEntry(blob, entry));
  }
  return files;
}

async function* listEntries(blob: Blob) {
  const reader = new ZipReader(new BlobReader(blob), { useWebWorkers: false });
  try {
    yield* reader.getEntriesGenerator({ filenameValidation: "tolerant" });
  } catch (cause) {
    throw fail("a whole zip", String(cause), cause);
  }
}

function openEntry(blob: Blob, entry: FileEntry): ZipEntry {
  const { filename, offset, compressedSize, uncompressedSize: size, compressionMethod } = entry;
  const place = { filename, offset, compressedSize, uncompressedSize: size, sum: entry.crc32 ?? 0 };
  if (compressionMethod === stored) return { size, read: storedReader(blob, place) };
  if (compressionMethod !== deflated)
    throw fail(`${filename} stored or deflated`, `method ${compressionMethod}`);
  const read = async (begin = 0, end = size) => (await inflate(blob, place)).slice(begin, end);
  return { size, read };
}

function storedReader(blob: Blob, place: Place): ZipEntry["read"] {
  const { filename, compressedSize: size, uncompressedSize } = place;
  if (size !== uncompressedSize) throw fail(`${uncompressedSize} bytes in ${filename}`, `${size}`);
  let start: Promise<number> | undefined;
  return async (begin = 0, end = size) => {
    start ??= findContent(blob, place);
    const from = await start;
    const bytes = await readBytes(blob, from + begin, from + end, filename);
    if (begin === 0 && end === size) checkSum(bytes, place);
    return bytes;
  };
}

function checkSum(bytes: Uint8Array, { filename, sum }: Place): void {
  const found = sum === 0 ? 0 : crc32(bytes);
  if (found !== sum) throw fail(`${filename} to have checksum ${sum}`, `${found}`);
}

/** The content begins after the local header, whose extra field (PyTorch's alignment) the directory does not tell. */
async function findContent(blob: Blob, { offset, filename }: Place): Promise<number> {
  const header = new DataView((await readBytes(blob, offset, offset + 30, filename)).buffer);
  if (header.getUint32(0, true) !== 0x04034b50) throw fail(`a header before ${filename}`, "none");
  return offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
}

/** Inflates a whole entry, never beyond the size that it declares. */
async function inflate(blob: Blob, place: Place): Promise<Uint8Array<ArrayBuffer>> {
  const { filename, compressedSize, uncompressedSize: size } = place;
  const start = await findContent(blob, place);
  const content = blob.slice(start, start + compressedSize);
  const reader = content.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: Uint8Array[] = [];
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      filled += value.length;
      if (filled > size) throw new Error("more than its size");
      parts.push(value);
    }
    if (filled !== size) throw new Error(`${filled} bytes, not its size`);
  } catch (cause) {
    await reader.cancel().catch(() => undefined); // a stream that has failed cannot be cancelled
    throw fail(`${filename} to inflate`, String(cause), cause);
  }
  const bytes = joinBytes(parts);
  checkSum(bytes, place);
  return bytes;
}
