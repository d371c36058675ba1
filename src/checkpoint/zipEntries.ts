/**
 * Random access to the files in a zip. PyTorch stores its tensors uncompressed: those are sliced out of the Blob
 * where they lie; compressed ones go through zip.js up to the size they declare.
 */
import { BlobReader, ZipReader, type Entry, type FileEntry } from "@zip.js/zip.js";

import { CheckpointError } from "../errors";

import { crc32 } from "./crc32";
import { readBytes } from "./entries";

/** A file in a zip. `read` gives bytes [begin, end) of its content; a whole stored file is checked by its CRC. */
export type ZipEntry = {
  size: number;
  read: (begin?: number, end?: number) => Promise<Uint8Array<ArrayBuffer>>;
};

const where = "zip";
const maxEntries = 100_000;
const maxInflatedBytes = 2 ** 30;

const fail = (expected: string, got: string, cause?: unknown): CheckpointError =>
  new CheckpointError(
    `${where}: expected ${expected}, got ${got}. The file is damaged; download it again.`,
    { cause },
  );

/** Reads the directory of a zip: its files by name. */
export async function openZip(blob: Blob): Promise<Map<string, ZipEntry>> {
  const files = new Map<string, ZipEntry>();
  for (const entry of await listEntries(blob)) {
    if (entry.directory) continue;
    if (files.has(entry.filename)) throw fail("each name once", `${entry.filename} twice`);
    if (entry.encrypted) throw fail("files without a password", `${entry.filename} with one`);
    files.set(entry.filename, openEntry(blob, entry));
  }
  return files;
}

async function listEntries(blob: Blob): Promise<Entry[]> {
  const reader = new ZipReader(new BlobReader(blob), { useWebWorkers: false });
  const entries: Entry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator({ filenameValidation: "tolerant" })) {
      entries.push(entry);
      if (entries.length > maxEntries) break;
    }
  } catch (cause) {
    throw fail("a whole zip", String(cause), cause);
  }
  if (entries.length > maxEntries) throw fail(`at most ${maxEntries} files`, "more");
  return entries;
}

function openEntry(blob: Blob, entry: FileEntry): ZipEntry {
  const size = entry.uncompressedSize;
  if (entry.compressionMethod === 0) return { size, read: storedReader(blob, entry) };
  const read = async (begin = 0, end = size) => (await inflate(entry)).slice(begin, end);
  return { size, read };
}

function storedReader(blob: Blob, entry: FileEntry): ZipEntry["read"] {
  const { filename, compressedSize: size, uncompressedSize } = entry;
  if (size !== uncompressedSize) throw fail(`${uncompressedSize} bytes in ${filename}`, `${size}`);
  let start: Promise<number> | undefined;
  return async (begin = 0, end = size) => {
    start ??= findContent(blob, entry);
    const from = await start;
    const bytes = await readBytes(blob, from + begin, from + end, filename);
    const isWhole = begin === 0 && end === size;
    // A writer that skips checksums leaves 0.
    if (isWhole && entry.crc32 && crc32(bytes) !== entry.crc32)
      throw fail(`${filename} to have checksum ${entry.crc32}`, `${crc32(bytes)}`);
    return bytes;
  };
}

/** The content begins after the local header, whose extra field (PyTorch's alignment) the directory does not tell. */
async function findContent(blob: Blob, { offset, filename }: FileEntry): Promise<number> {
  const header = new DataView((await readBytes(blob, offset, offset + 30, filename)).buffer);
  if (header.getUint32(0, true) !== 0x04034b50) throw fail(`a header before ${filename}`, "none");
  return offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
}

/** Inflates a whole entry, never beyond the size that it declares. */
async function inflate(entry: FileEntry): Promise<Uint8Array<ArrayBuffer>> {
  const { filename, uncompressedSize: size } = entry;
  if (size > maxInflatedBytes)
    throw fail(`at most ${maxInflatedBytes} bytes in ${filename}`, `${size}`);
  const out = new Uint8Array(size);
  let filled = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      out.set(chunk, filled); // throws where it does not fit
      filled += chunk.length;
    },
  });
  try {
    await entry.getData(sink, { useWebWorkers: false, checkSignature: true });
  } catch (cause) {
    throw fail(`${filename} to inflate`, String(cause), cause);
  }
  if (filled !== size) throw fail(`${size} bytes in ${filename}`, `${filled}`);
  return out;
}
