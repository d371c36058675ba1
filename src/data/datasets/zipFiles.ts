/**
 * The files of a zip, in place: zip.js reads the directory, content is sliced from the Blob and inflated when asked for.
 * Of each entry only its place is kept: zip.js's own entries take 5 KB each, a data set has 100,000.
 */
import { BlobReader, ZipReader, type FileEntry } from "@zip.js/zip.js";

import { Unreadable, type DataFile } from "./dataFile";
import { inflateExactly } from "./inflate";

/** An entry that can be read, or why not. */
export type ZipItem = { file: DataFile } | { path: string; refused: string };

type Place = Pick<
  FileEntry,
  "filename" | "offset" | "compressedSize" | "uncompressedSize" | "compressionMethod"
>;

const stored = 0;
const deflated = 8;
const damaged = "damaged in the zip";
/** Pictures hardly shrink and text does to a tenth; what shrinks to a hundredth or less is made to do harm. */
const maxInflation = 100;
const freeInflatedBytes = 2 ** 20;

/** Walks the directory; throws Unreadable where it is damaged. */
export async function* readZip(blob: Blob, signal?: AbortSignal): AsyncGenerator<ZipItem> {
  const reader = new ZipReader(new BlobReader(blob), { useWebWorkers: false });
  try {
    for await (const entry of reader.getEntriesGenerator({ filenameValidation: "tolerant" })) {
      signal?.throwIfAborted();
      if (!entry.directory) yield toItem(blob, entry);
    }
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Unreadable("a damaged zip", { cause });
  }
}

function toItem(blob: Blob, entry: FileEntry): ZipItem {
  const { filename: path, offset, compressedSize, uncompressedSize, compressionMethod } = entry;
  if (entry.encrypted) return { path, refused: "it has a password" };
  if (entry.symlink) return { path, refused: "a link" };
  if (compressionMethod !== stored && compressionMethod !== deflated)
    return { path, refused: "compressed in a way other than deflate" };
  const place = { filename: path, offset, compressedSize, uncompressedSize, compressionMethod };
  const open = () => openEntry(blob, place);
  return { file: { path, size: uncompressedSize, open } };
}

async function openEntry(blob: Blob, place: Place): Promise<Blob> {
  const { offset, compressedSize, uncompressedSize: size, compressionMethod } = place;
  const head = new DataView(await blob.slice(offset, offset + 30).arrayBuffer());
  if (head.byteLength < 30 || head.getUint32(0, true) !== 0x04034b50) throw new Unreadable(damaged);
  const start = offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const content = blob.slice(start, start + compressedSize);
  if (content.size !== compressedSize) throw new Unreadable(damaged);
  if (compressionMethod === deflated && size > freeInflatedBytes + maxInflation * compressedSize)
    throw new Unreadable(`unpacks to more than ${maxInflation} times its size`);
  if (compressionMethod === deflated)
    return new Blob(await inflateExactly(content, "deflate-raw", size, damaged));
  if (compressedSize !== size) throw new Unreadable(damaged);
  return content;
}
