/** Small data sets made by the tests: pictures, masks and archives in the layouts that users have. */
import { BlobWriter, Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import { encode } from "fast-png";

import { joinBytes } from "../../math/join";
import type { DataFile, Dataset, Example } from "./dataset";

export type Bytes = Uint8Array<ArrayBuffer>;
export type Named = Record<string, Bytes>;

const text = new TextEncoder();
export const bytesOf = (content: string): Bytes => text.encode(content);
const copy = (bytes: Uint8Array): Bytes => new Uint8Array(bytes);

/** A picture in one grey, opaque. */
export const picture = (width: number, height: number, grey = 100): Bytes =>
  copy(encode({ width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(grey) }));

/** @param ids - palette indices, row-major; the colours of the palette say nothing */
export const indexedMask = (width: number, ids: readonly number[], palette?: number[][]): Bytes =>
  copy(
    encode({
      width,
      height: ids.length / width,
      channels: 1,
      depth: 8,
      data: Uint8Array.from(ids),
      palette: palette ?? Array.from({ length: 256 }, (_, i) => [i * 7, 255 - i, i % 3].map(low)),
    }),
  );
const low = (value: number): number => value & 255;

export const greyMask = (width: number, levels: readonly number[]): Bytes =>
  copy(
    encode({ width, height: levels.length / width, channels: 1, data: Uint8Array.from(levels) }),
  );

/** @param colors - 0xRRGGBB */
export const colorMask = (width: number, colors: readonly number[]): Bytes =>
  copy(
    encode({
      width,
      height: colors.length / width,
      channels: 3,
      data: Uint8Array.from(colors.flatMap((c) => [c >> 16, c >> 8, c].map(low))),
    }),
  );

/** Files as a drop gives them. */
export const filesOf = (named: Named): DataFile[] =>
  Object.entries(named).map(([path, bytes]) => ({
    path,
    size: bytes.length,
    open: () => Promise.resolve(new Blob([bytes])),
  }));

export async function zipOf(named: Named, options: { level?: number } = {}): Promise<Bytes> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false, ...options });
  for (const [path, bytes] of Object.entries(named))
    await writer.add(path, new Uint8ArrayReader(bytes));
  return new Uint8Array(await (await writer.close()).arrayBuffer());
}

/** A header of 512 bytes as GNU tar and bsdtar write it. */
export function tarHeader(path: string, size: number, type = "0", prefix = ""): Bytes {
  const head = new Uint8Array(512);
  const put = (value: string, at: number) => head.set(text.encode(value), at);
  put(path, 0);
  for (const [i, value] of ["0000644", "0001750", "0001750"].entries()) put(value, 100 + 8 * i);
  put(size.toString(8).padStart(11, "0"), 124);
  put("14000000000", 136);
  put(" ".repeat(8), 148); // the checksum counts its own field as blanks
  put(type, 156);
  put("ustar", 257);
  put("00", 263);
  put(prefix, 345);
  const sum = head.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0`, 148);
  return head;
}

export const tarOf = (named: Named): Bytes =>
  joinBytes([
    ...Object.entries(named).flatMap(([path, bytes]) => [
      tarHeader(path, bytes.length),
      pad(bytes),
    ]),
    new Uint8Array(1024),
  ]);

/** Filled up to whole blocks. */
export function pad(bytes: Uint8Array): Bytes {
  const out = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
  out.set(bytes);
  return out;
}

export async function gzip(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const readAll = (dataset: Dataset, signal?: AbortSignal): Promise<Example[]> =>
  collect(dataset.examples(signal));

/** Names and ids of all examples, as plain arrays. */
export const truths = async (dataset: Dataset): Promise<[string, number[] | null][]> =>
  (await readAll(dataset)).map(({ name, ids }) => [name, ids && [...ids.ids]]);
