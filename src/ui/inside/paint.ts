/** Maps as pictures: weights in a slot's colour, errors as heat, codes as colours. Plain arrays, no canvas. */
import type { Pixels } from "../../engine/protocol";
import type { Rgb } from "../common/slotColors";

/** How much of the colour the largest weight gets: what is under it still shows. */
const fullWeight = 0.86;

/**
 * One slot's weights to lay over a picture: the more weight, the more colour.
 * @param weights - [H, W], 0..1
 * @returns RGBA [H, W, 4]
 */
export function paintWeights(
  weights: Float32Array,
  [red, green, blue]: Rgb,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(weights.length * 4);
  weights.forEach((weight, pixel) => {
    out[pixel * 4] = red;
    out[pixel * 4 + 1] = green;
    out[pixel * 4 + 2] = blue;
    out[pixel * 4 + 3] = 255 * fullWeight * Math.min(1, Math.max(0, weight));
  });
  return out;
}

/** From no error to the largest: black, red, amber, white; each lighter than the one before. */
const heat: readonly Rgb[] = [
  [0, 0, 0],
  [160, 24, 32],
  [250, 170, 40],
  [255, 255, 255],
];

/** @param share - 0..1 */
function heatColor(share: number): Rgb {
  const place = Math.min(1, Math.max(0, share)) * (heat.length - 1);
  const low = Math.min(heat.length - 2, Math.floor(place));
  const [from, to] = [heat[low] ?? [0, 0, 0], heat[low + 1] ?? [0, 0, 0]];
  const mix = (a: number, b: number): number => a + (b - a) * (place - low);
  return [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])];
}

function pixelsOf(
  length: number,
  [height, width]: readonly [number, number],
  color: (i: number) => Rgb,
): Pixels {
  const data = new Uint8ClampedArray(length * 4);
  for (let i = 0; i < length; i++) data.set([...color(i), 255], i * 4);
  return { width, height, data };
}

/**
 * Errors as heat.
 * @param error - [H, W]
 * @param max - the error that is white
 */
export const paintError = (
  error: Float32Array,
  size: readonly [number, number],
  max: number,
): Pixels => pixelsOf(error.length, size, (i) => heatColor(max > 0 ? (error[i] ?? 0) / max : 0));

/** A colour of its own for each code: hues a golden angle apart, in three lightnesses. */
export function codeColor(code: number): Rgb {
  const hue = (code * 137.508) % 360;
  const lightness = [0.42, 0.58, 0.74][code % 3] ?? 0.5;
  const chroma = 0.6 * Math.min(lightness, 1 - lightness);
  const channel = (offset: number): number => {
    const k = (offset + hue / 30) % 12;
    return 255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** The codes of a picture's latents, one square each. @param codes - [h, w] */
export const paintCodes = (codes: Int32Array, size: readonly [number, number]): Pixels =>
  pixelsOf(codes.length, size, (i) => codeColor(codes[i] ?? 0));
