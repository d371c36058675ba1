/**
 * Reads what a GIF holds, for the tests of its writer: written from the specification (CompuServe, GIF89a, 1990) with
 * nothing shared. Frames must cover the screen, without interlacing or transparency, as encodeGif's do.
 */

export type ReadFrame = {
  width: number;
  height: number;
  delayMs: number;
  hasOwnPalette: boolean;
  /** Colours of the palette in use, its unused end included. */
  paletteSize: number;
  /** [H * W * 3] */
  rgb: Uint8Array;
};

export type ReadGif = {
  signature: string;
  width: number;
  height: number;
  /** Times that it repeats, 0 is for ever; null where it plays once. */
  repeat: number | null;
  frames: ReadFrame[];
};

/** Bytes with a place in them. */
type Cursor = { bytes: Uint8Array; at: number };

const readByte = (cursor: Cursor): number => {
  const value = cursor.bytes[cursor.at++];
  if (value === undefined) throw new Error("gif: the file ends early.");
  return value;
};
const readShort = (cursor: Cursor): number => readByte(cursor) + 256 * readByte(cursor);
const readBytes = (cursor: Cursor, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => readByte(cursor));

/** Sub-blocks of at most 255 bytes, up to an empty one. */
function readBlocks(cursor: Cursor): Uint8Array {
  const bytes: number[] = [];
  for (let length = readByte(cursor); length > 0; length = readByte(cursor))
    bytes.push(...readBytes(cursor, length));
  return Uint8Array.from(bytes);
}

/** A colour table where the flags say that there is one. */
const readPalette = (cursor: Cursor, flags: number): Uint8Array | null =>
  flags & 0x80 ? readBytes(cursor, 3 * 2 ** ((flags & 7) + 1)) : null;

/** Everything in a GIF. Throws where it is not one. */
export function readGif(bytes: Uint8Array): ReadGif {
  const cursor = { bytes, at: 0 };
  const signature = new TextDecoder().decode(readBytes(cursor, 6));
  const [width, height] = [readShort(cursor), readShort(cursor)];
  const flags = readByte(cursor);
  cursor.at += 2; // background colour and aspect ratio
  const shared = readPalette(cursor, flags);
  const gif: ReadGif = { signature, width, height, repeat: null, frames: [] };
  let delayMs = 0;
  for (let kind = readByte(cursor); kind !== 0x3b; kind = readByte(cursor)) {
    if (kind === 0x2c) gif.frames.push(readFrame(cursor, shared, delayMs));
    else if (kind === 0x21) {
      const label = readByte(cursor);
      const block = readBlocks(cursor);
      if (label === 0xf9) delayMs = 10 * ((block[1] ?? 0) + 256 * (block[2] ?? 0));
      if (label === 0xff) gif.repeat = (block[12] ?? 0) + 256 * (block[13] ?? 0);
    } else throw new Error(`gif: expected a block, got byte ${kind} at ${cursor.at - 1}.`);
  }
  if (cursor.at !== bytes.length) throw new Error("gif: bytes follow the trailer.");
  return gif;
}

function readFrame(cursor: Cursor, shared: Uint8Array | null, delayMs: number): ReadFrame {
  cursor.at += 4; // left and top
  const [width, height] = [readShort(cursor), readShort(cursor)];
  const own = readPalette(cursor, readByte(cursor));
  const palette = own ?? shared;
  if (!palette) throw new Error("gif: a frame has no colours.");
  const minBits = readByte(cursor);
  const indices = decompress(readBlocks(cursor), minBits);
  if (indices.length !== width * height)
    throw new Error(`gif: expected ${width * height} pixels, got ${indices.length}.`);
  const rgb = Uint8Array.from(indices.flatMap((i) => [...palette.subarray(3 * i, 3 * i + 3)]));
  const paletteSize = palette.length / 3;
  return { width, height, delayMs, hasOwnPalette: own !== null, paletteSize, rgb };
}

/** Lempel, Ziv and Welch: codes grow from minBits + 1 to 12 bits, the lowest bit of a byte first. */
function decompress(bytes: Uint8Array, minBits: number): number[] {
  const clear = 2 ** minBits;
  const freshTable = (): number[][] =>
    Array.from({ length: clear + 2 }, (_, i) => (i < clear ? [i] : []));
  const out: number[] = [];
  let table = freshTable();
  let last: number[] = [];
  for (let at = 0; ;) {
    const bits = Math.min(
      12,
      Math.max(minBits + 1, bitsFor(table.length + (last.length > 0 ? 1 : 0))),
    );
    const code = readBits(bytes, at, bits);
    at += bits;
    if (code === clear + 1) return out;
    if (code === clear) {
      table = freshTable();
      last = [];
      continue;
    }
    if (last.length > 0 && table.length < 4096)
      table.push([...last, (code < table.length ? table[code] : last)?.[0] ?? NaN]);
    const known = table[code];
    if (!known) throw new Error(`gif: unknown code ${code}.`);
    for (const index of known) out.push(index);
    last = known;
  }
}

/** Bits of codes 0..count-1. */
const bitsFor = (count: number): number => Math.ceil(Math.log2(count));

function readBits(bytes: Uint8Array, at: number, count: number): number {
  if (at + count > bytes.length * 8) throw new Error("gif: no end code.");
  let value = 0;
  for (let i = 0; i < count; i++)
    value |= (((bytes[(at + i) >> 3] ?? 0) >> ((at + i) & 7)) & 1) << i;
  return value;
}
