/**
 * What a picture looks like in a few bytes, so that the same picture saved anew is found: a difference hash of 16 x 16 grey
 * cells (after Krawetz, "Kind of Like That", 2013) and the mean colour.
 *
 * Differs from the common difference hash: a difference counts from 2 grey levels on, and its sign is kept, because flat
 * grounds of drawn pictures would else fill the hash with the noise of their compression.
 */
import { resizeArea, type Pixels } from "../preprocess";

const side = 16;
const signBytes = (2 * side * side) / 8;
const lookBytes = signBytes + 3;
const leastDifference = 2;

/**
 * Bits of 512 that may differ. Of the 2 million pairs of 2,000 drawn scenes 11 are at most that close; a scene saved as a
 * JPEG of quality 90, or brightened by a tenth, is that close to itself in 99 cases of 100 (looks.test.ts).
 */
const mostBits = 24;
/** Levels of 255 by which mean colours may differ: brighter by a tenth is 25 at most. */
const mostColor = 26;

/** Signs of the differences, 32 a word, and the mean colour. */
export type Look = { signs: Uint32Array; color: [r: number, g: number, b: number] };

/** @returns hex, for lookFrom */
export function lookOf(pixels: Pixels): string {
  const grey = toGrey(resizeArea(pixels, side + 1, side).data);
  const bytes = new Uint8Array(lookBytes);
  for (let cell = 0; cell < side * side; cell++) {
    const at = cell + Math.floor(cell / side); // rows of grey are one longer
    const difference = (grey[at + 1] ?? 0) - (grey[at] ?? 0);
    if (difference >= leastDifference) setBit(bytes, cell);
    if (difference <= -leastDifference) setBit(bytes, side * side + cell);
  }
  bytes.set(resizeArea(pixels, 1, 1).data.subarray(0, 3), signBytes);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const setBit = (bytes: Uint8Array, bit: number): void => {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
};

/** Rec. 601 luma. */
const toGrey = (rgba: Uint8ClampedArray): Float32Array =>
  Float32Array.from({ length: rgba.length / 4 }, (_, i) => {
    const [r = 0, g = 0, b = 0] = rgba.subarray(4 * i, 4 * i + 3);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });

/** @param hex - of lookOf */
export function lookFrom(hex: string): Look {
  const byteAt = (i: number): number => parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  const signs = Uint32Array.from({ length: signBytes / 4 }, (_, i) =>
    parseInt(hex.slice(8 * i, 8 * i + 8), 16),
  );
  return { signs, color: [byteAt(signBytes), byteAt(signBytes + 1), byteAt(signBytes + 2)] };
}

/** Whether two pictures look the same to a person who does not look twice. */
export function looksSame(a: Look, b: Look): boolean {
  if (a.color.some((value, c) => Math.abs(value - (b.color[c] ?? 0)) > mostColor)) return false;
  let bits = 0;
  for (let i = 0; i < a.signs.length && bits <= mostBits; i++)
    bits += countOnes((a.signs[i] ?? 0) ^ (b.signs[i] ?? 0));
  return bits <= mostBits;
}

/** Ones among 32 bits (Warren, Hacker's Delight, 5-1). */
function countOnes(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
