/** A slot as a small picture: the part of its scene that it attends to, transparent where it does not. */
import type { Size } from "./paintMasks";

/** A square of the picture in units of its width, 0..1; it never leaves the picture. */
export type UnitBox = { x: number; y: number; size: number };

/** First and last index between which all but `tail` of the weight on each side lies. */
function span(weights: Float32Array, tail: number): [first: number, last: number] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let first = -1;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i] ?? 0;
    if (first < 0 && sum > total * tail) first = i;
    if (sum >= total * (1 - tail)) return [Math.max(0, first), i];
  }
  return [0, weights.length - 1];
}

/**
 * The square around what a slot attends to. Single stray pixels do not widen it.
 * @param mask - [h, w], h = w
 */
export function cropBox(mask: Float32Array, [height, width]: Size): UnitBox {
  const threshold = mask.reduce((best, weight) => Math.max(best, weight), 0) / 2;
  const rows = new Float32Array(height);
  const columns = new Float32Array(width);
  mask.forEach((weight, pixel) => {
    if (weight < threshold) return;
    const x = pixel % width;
    const y = (pixel - x) / width;
    rows[y] = (rows[y] ?? 0) + weight;
    columns[x] = (columns[x] ?? 0) + weight;
  });
  const [top, bottom] = span(rows, 0.01);
  const [left, right] = span(columns, 0.01);
  const extent = Math.max((bottom + 1 - top) / height, (right + 1 - left) / width);
  const size = Math.min(1, Math.max(0.15, extent * 1.15)); // some air, and no more than the picture
  const place = (center: number) => Math.min(1 - size, Math.max(0, center - size / 2));
  return {
    x: place((left + right + 1) / 2 / width),
    y: place((top + bottom + 1) / 2 / height),
    size,
  };
}

/**
 * Makes a crop as transparent as its slot's mask is weak.
 * @param pixels - RGBA of the crop [S, S, 4]
 * @param mask - the slot's mask over the whole picture [S', S'], 0..1
 * @param box - where in the picture the crop lies
 * @returns RGBA [S, S, 4]
 */
export function maskCrop(
  pixels: Uint8ClampedArray,
  size: number,
  mask: Float32Array,
  maskSize: number,
  box: UnitBox,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(pixels);
  for (let y = 0; y < size; y++) {
    const row = sampleIndex(box.y, box.size, y, size, maskSize);
    for (let x = 0; x < size; x++) {
      const column = sampleIndex(box.x, box.size, x, size, maskSize);
      const weight = mask[row * maskSize + column] ?? 0;
      const alpha = (y * size + x) * 4 + 3;
      out[alpha] = (pixels[alpha] ?? 0) * Math.min(1, Math.max(0, weight));
    }
  }
  return out;
}

const sampleIndex = (start: number, extent: number, i: number, size: number, maskSize: number) =>
  Math.min(maskSize - 1, Math.floor((start + ((i + 0.5) / size) * extent) * maskSize));
