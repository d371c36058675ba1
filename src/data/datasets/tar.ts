/** Reads a tar from front to back without holding it: POSIX ustar, pax long names and sizes, GNU long names. */
import { InputError } from "../../errors";
import { byteReader, type ByteReader } from "./byteReader";
import { Unreadable } from "./dataFile";

/** A regular file of the archive. offset: of its content; bytes: null where they were not wanted. */
export type TarEntry = {
  path: string;
  size: number;
  offset: number;
  bytes: Uint8Array<ArrayBuffer> | null;
};

type Header = { name: string; size: number; type: string };

const block = 512;
const maxNameBytes = 64 * 1024;
const padded = (size: number): number => Math.ceil(size / block) * block;

/**
 * Yields each regular file; throws Unreadable where the archive ends early or is none.
 * @param wants - whether a file's content is to be collected; others are passed over
 * @param maxBytes - that the stream may give in all
 */
export async function* readTar(
  stream: ReadableStream<Uint8Array>,
  wants: (path: string, size: number) => boolean,
  signal?: AbortSignal,
  maxBytes?: number,
): AsyncGenerator<TarEntry> {
  const bytes = byteReader(stream, signal, maxBytes);
  let longName: string | null = null;
  let longSize: number | null = null;
  try {
    for (;;) {
      const head = await bytes.take(block, true);
      const header = head && parseHeader(head);
      if (!header) return;
      const { type } = header;
      if (type === "L" || type === "x" || type === "g") {
        const extra = await readExtra(bytes, header.size);
        if (type === "L") longName = textOf(extra);
        if (type === "x") ({ path: longName = longName, size: longSize = null } = parsePax(extra));
        continue;
      }
      const path: string = longName ?? header.name;
      const size: number = longSize ?? header.size;
      longName = longSize = null;
      const offset = bytes.position();
      const isFile = type === "0" || type === "\0" || type === "7";
      const content = isFile && wants(path, size) ? await bytes.take(size) : null;
      await bytes.skip(padded(size) - (content ? size : 0));
      if (isFile && !path.endsWith("/")) yield { path, size, offset, bytes: content };
    }
  } finally {
    await bytes.close();
  }
}

async function readExtra(bytes: ByteReader, size: number): Promise<Uint8Array> {
  if (size > maxNameBytes) throw new Unreadable("a damaged tar");
  const extra = (await bytes.take(size)) ?? new Uint8Array(0);
  await bytes.skip(padded(size) - size);
  return extra;
}

/** @returns null for the block of zeros that ends an archive */
function parseHeader(head: Uint8Array): Header | null {
  const sum = head.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (sum === 8 * 32) return null; // nothing but the checksum field, counted as blanks
  if (parseNumber(head.subarray(148, 156)) !== sum) throw new Unreadable("a damaged tar");
  const prefix = textOf(head.subarray(257, 262)) === "ustar" ? textOf(head.subarray(345, 500)) : "";
  const name = textOf(head.subarray(0, 100));
  const size = parseNumber(head.subarray(124, 136));
  if (!Number.isSafeInteger(size) || size < 0) throw new Unreadable("a damaged tar");
  const type = String.fromCharCode(head[156] ?? 0);
  return { name: prefix ? `${prefix}/${name}` : name, size: hasContent(type) ? size : 0, type };
}

/** Links, devices and folders state sizes that no content follows. */
const hasContent = (type: string): boolean => !["1", "2", "3", "4", "5", "6"].includes(type);

/** Octal digits, or GNU's big-endian bytes after 0x80. */
function parseNumber(field: Uint8Array): number {
  if (field[0] === 0x80) return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
  return parseInt(textOf(field).trim() || "0", 8);
}

/** Records "length key=value\n", length counting itself. */
function parsePax(extra: Uint8Array): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  let at = 0;
  while (at < extra.length) {
    const length = parseInt(textOf(extra.subarray(at, at + 20)), 10);
    if (!(length > 0)) break;
    const record = utf8.decode(extra.subarray(at, at + length - 1));
    const [, key, value = ""] = /^\d+ ([^=]*)=(.*)$/s.exec(record) ?? [];
    if (key === undefined) break; // no record: what follows is none either
    if (key === "path") found.path = value;
    if (key === "size" && /^\d{1,15}$/.test(value)) found.size = Number(value);
    at += length;
  }
  return found;
}

const utf8 = new TextDecoder();

function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return utf8.decode(end < 0 ? field : field.subarray(0, end));
}

/** Whether a block is a tar header: "ustar" at byte 257, or a right checksum as of tars before POSIX. */
export function isTarHeader(head: Uint8Array): boolean {
  try {
    return head.length >= block && parseHeader(head.subarray(0, block)) !== null;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

/** What a tar.gz may unpack to: pictures hardly shrink, masks and text to a tenth or a twentieth. */
export const maxUnpacked = (packedBytes: number): number => 2 ** 22 + 100 * packedBytes;

/** Opens a tar.gz for reading. */
export function gunzip(blob: Blob): ReadableStream<Uint8Array> {
  if (typeof DecompressionStream === "undefined")
    throw new InputError(
      "tar.gz: expected a browser that unpacks gzip, got one that cannot. Unpack the archive, or use a newer browser.",
    );
  return blob.stream().pipeThrough(new DecompressionStream("gzip"));
}
