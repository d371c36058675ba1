/**
 * The numbers that a PNG stores, exactly: palette indices rather than colours, 16-bit greys whole, no colour management
 * and no blending, which a browser's decoder cannot promise. PNG specification, third edition (W3C), clauses 7, 9 and 11.
 */
import { readDimensions } from "../imageHeader";
import { Unreadable } from "./dataFile";
import { inflateExactly } from "./inflate";

/**
 * values: one per pixel, row-major: palette index, grey level, or colour as 0xRRGGBB; what is fully transparent in a grey or
 * colour picture with an alpha channel is 0.
 */
export type PngSamples = {
  width: number;
  height: number;
  kind: "indexed" | "grey" | "color";
  values: Uint32Array<ArrayBuffer>;
};

type Layout = {
  width: number;
  height: number;
  depth: number;
  channels: number;
  kind: PngSamples["kind"];
  isInterlaced: boolean;
};

/** A grid of pixels stored together: the whole picture, or one of Adam7's seven. */
type Pass = { x0: number; y0: number; dx: number; dy: number; width: number; height: number };

const damaged = (): Unreadable => new Unreadable("a damaged PNG");
const signature = "\x89PNG\r\n\x1a\n";
const [chunkData, chunkEnd] = [0x49444154, 0x49454e44]; // "IDAT", "IEND"

export const isPng = (bytes: Uint8Array): boolean =>
  [...signature].every((letter, i) => bytes[i] === letter.charCodeAt(0));

/** @param maxPixels - larger pictures are refused before anything is unpacked */
export async function readPngSamples(
  bytes: Uint8Array<ArrayBuffer>,
  maxPixels: number,
): Promise<PngSamples> {
  const { layout, packed } = readChunks(bytes);
  const { width, height, kind, isInterlaced } = layout;
  if (width < 1 || height < 1) throw damaged();
  if (width * height > maxPixels) throw new Unreadable("a mask with too many pixels");
  const passes = isInterlaced ? adam7(width, height) : [wholePicture(width, height)];
  const lineBytes = passes.map((pass) => bytesPerLine(pass.width, layout));
  const total = passes.reduce((sum, pass, i) => sum + pass.height * (1 + (lineBytes[i] ?? 0)), 0);
  const raw = await unpack(packed, total);
  const values = new Uint32Array(width * height);
  let at = 0;
  passes.forEach((pass, i) => {
    const length = lineBytes[i] ?? 0;
    readPass(raw.subarray(at, at + pass.height * (1 + length)), pass, layout, values);
    at += pass.height * (1 + length);
  });
  return { width, height, kind, values };
}

/** IHDR, and the compressed picture. */
function readChunks(bytes: Uint8Array<ArrayBuffer>) {
  const size = isPng(bytes) ? readDimensions(bytes) : null;
  if (!size || bytes.length < 33) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [depth = 0, colorType = 0, , , interlace = 0] = bytes.subarray(24, 29);
  const layout = {
    ...size,
    depth,
    ...colorLayout(colorType, depth),
    isInterlaced: interlace === 1,
  };
  return { layout, packed: packedPicture(bytes, view) };
}

/** One run of bytes however many pieces there are, which may hold a byte each. */
function packedPicture(bytes: Uint8Array<ArrayBuffer>, view: DataView): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(bytes.length);
  let filled = 0;
  for (let at = 33; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const name = view.getUint32(at + 4);
    if (name === chunkEnd) break;
    if (name === chunkData) {
      const piece = bytes.subarray(at + 8, at + 8 + length);
      packed.set(piece, filled);
      filled += piece.length;
    }
    at += 12 + length;
  }
  return packed.subarray(0, filled);
}

/** Table 12 of the specification: which depths go with which colour type. */
function colorLayout(colorType: number, depth: number): Pick<Layout, "kind" | "channels"> {
  const isAny = [1, 2, 4, 8, 16].includes(depth);
  if (colorType === 0 && isAny) return { kind: "grey", channels: 1 };
  if (colorType === 3 && isAny && depth < 16) return { kind: "indexed", channels: 1 };
  if (colorType === 4 && isAny && depth >= 8) return { kind: "grey", channels: 2 };
  if ((colorType === 2 || colorType === 6) && depth === 8)
    return { kind: "color", channels: colorType === 2 ? 3 : 4 };
  if (depth === 16) throw new Unreadable("a mask in colours of 16 bits");
  throw damaged();
}

const wholePicture = (width: number, height: number): Pass => ({
  ...{ x0: 0, y0: 0, dx: 1, dy: 1 },
  ...{ width, height },
});

function adam7(width: number, height: number): Pass[] {
  const grids = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  return grids
    .map(([x0, y0, dx, dy]) => ({
      ...{ x0, y0, dx, dy },
      width: Math.ceil((width - x0) / dx),
      height: Math.ceil((height - y0) / dy),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0); // an empty pass has no bytes at all
}

const bytesPerLine = (width: number, { channels, depth }: Layout): number =>
  Math.ceil((width * channels * depth) / 8);

/** zlib's checksum is verified. */
async function unpack(packed: Uint8Array<ArrayBuffer>, size: number): Promise<Uint8Array> {
  const parts = await inflateExactly(new Blob([packed]), "deflate", size, "a damaged PNG");
  const raw = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    raw.set(part, at);
    at += part.length;
  }
  return raw;
}

function readPass(raw: Uint8Array, pass: Pass, layout: Layout, values: Uint32Array): void {
  const length = bytesPerLine(pass.width, layout);
  const pixelBytes = Math.max(1, (layout.channels * layout.depth) / 8);
  let above: Uint8Array = new Uint8Array(length);
  for (let y = 0; y < pass.height; y++) {
    const start = y * (1 + length);
    const line = raw.subarray(start + 1, start + 1 + length);
    unfilter(raw[start] ?? 0, line, above, pixelBytes);
    const row = (pass.y0 + y * pass.dy) * layout.width;
    for (let x = 0; x < pass.width; x++)
      values[row + pass.x0 + x * pass.dx] = sampleAt(line, x, layout);
    above = line;
  }
}

/** Undoes a line's filter in place: a = left, b = above, c = above left (clause 9). Sums are modulo 256. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  const predict = predictors[filter];
  if (!predict) throw damaged();
  if (filter === 0) return;
  for (let i = 0; i < line.length; i++) {
    const hasLeft = i >= pixelBytes;
    const a = hasLeft ? (line[i - pixelBytes] ?? 0) : 0;
    const c = hasLeft ? (above[i - pixelBytes] ?? 0) : 0;
    line[i] = (line[i] ?? 0) + predict(a, above[i] ?? 0, c);
  }
}

const predictors: ((a: number, b: number, c: number) => number)[] = [
  () => 0,
  (a) => a,
  (_, b) => b,
  (a, b) => (a + b) >> 1,
  paeth,
];

function paeth(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

function sampleAt(line: Uint8Array, x: number, { depth, channels, kind }: Layout): number {
  if (depth < 8) {
    const bit = x * depth;
    return ((line[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  }
  if (kind === "color") {
    const at = x * channels;
    if (channels === 4 && line[at + 3] === 0) return 0;
    return ((line[at] ?? 0) << 16) | ((line[at + 1] ?? 0) << 8) | (line[at + 2] ?? 0);
  }
  const at = x * channels;
  if (channels === 2 && numberAt(line, at + 1, depth) === 0) return 0;
  return numberAt(line, at, depth);
}

/** The index-th number of 8 or 16 bits. */
const numberAt = (line: Uint8Array, index: number, depth: number): number =>
  depth === 8 ? (line[index] ?? 0) : (line[2 * index] ?? 0) * 256 + (line[2 * index + 1] ?? 0);
