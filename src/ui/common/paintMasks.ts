/**
 * Attention masks as pictures: bilinear upsampling, argmax over slots, fill and outlines. The masks are those of the
 * last Slot Attention iteration (Locatello et al. 2020, Algorithm 1), softmax over slots, as the official
 * img_based/models/sa_diffusion.py reads its segmentation. Plain arrays in and out, no canvas.
 */
import type { Encoding } from "../../engine/protocol";
import type { Rgb } from "./slotColors";

/** Height and width, in pixels. */
export type Size = readonly [height: number, width: number];

/** Where the samples of an upsampled axis lie in the source: two neighbours and the second's share. */
type Taps = { low: Int32Array; high: Int32Array; share: Float32Array };

/** Half-pixel centres, as torch's `interpolate(mode="bilinear", align_corners=False)`. */
function bilinearTaps(from: number, to: number): Taps {
  const taps: Taps = {
    low: new Int32Array(to),
    high: new Int32Array(to),
    share: new Float32Array(to),
  };
  for (let i = 0; i < to; i++) {
    const position = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(position));
    taps.low[i] = low;
    taps.high[i] = Math.min(from - 1, low + 1);
    taps.share[i] = position - low;
  }
  return taps;
}

/**
 * @param attn - [T, K, h, w]
 * @returns the masks of the last iteration [K, h, w], a view
 */
export function lastMasks({ attn, numSlots, attnSize: [height, width] }: Encoding): Float32Array {
  return attn.subarray(attn.length - numSlots * height * width);
}

/**
 * @param mask - [h, w]
 * @returns the mask at another size [H, W]
 */
export function upsampleMask(
  mask: Float32Array,
  [h, w]: Size,
  [height, width]: Size,
): Float32Array {
  const rows = bilinearTaps(h, height);
  const columns = bilinearTaps(w, width);
  const out = new Float32Array(height * width);
  const at = (y: number, x: number) => mask[y * w + x] ?? 0;
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = [rows.low[y] ?? 0, rows.high[y] ?? 0, rows.share[y] ?? 0];
    for (let x = 0; x < width; x++) {
      const [left, right, along] = [
        columns.low[x] ?? 0,
        columns.high[x] ?? 0,
        columns.share[x] ?? 0,
      ];
      const upper = at(top, left) * (1 - along) + at(top, right) * along;
      const lower = at(bottom, left) * (1 - along) + at(bottom, right) * along;
      out[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return out;
}

/**
 * @param masks - [K, h, w]
 * @returns the slot with the largest upsampled mask at each pixel [H, W]
 */
export function segment(masks: Float32Array, numSlots: number, from: Size, to: Size): Uint8Array {
  const area = from[0] * from[1];
  const labels = new Uint8Array(to[0] * to[1]);
  const best = new Float32Array(labels.length).fill(-Infinity);
  for (let slot = 0; slot < numSlots; slot++) {
    const mask = upsampleMask(masks.subarray(slot * area, (slot + 1) * area), from, to);
    mask.forEach((weight, pixel) => {
      if (weight <= (best[pixel] ?? 0)) return;
      best[pixel] = weight;
      labels[pixel] = slot;
    });
  }
  return labels;
}

/** Whether another segment begins within `line` pixels up, down, left or right. */
function isBorder(labels: Uint8Array, [height, width]: Size, pixel: number, line: number): boolean {
  const x = pixel % width;
  const y = (pixel - x) / width;
  const label = labels[pixel];
  for (let step = 1; step <= line; step++) {
    if (x + step < width && labels[pixel + step] !== label) return true;
    if (y + step < height && labels[pixel + step * width] !== label) return true;
    if (x - step >= 0 && labels[pixel - step] !== label) return true;
    if (y - step >= 0 && labels[pixel - step * width] !== label) return true;
  }
  return false;
}

/** The slot that has the most pixels: most often the background. */
export function largestSegment(labels: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const slot of labels) counts[slot] = (counts[slot] ?? 0) + 1;
  return counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
}

export type OverlayPaint = {
  color: (slot: number) => Rgb;
  /** Of the fill, 0..1. */
  opacity: number;
  hasFill: boolean;
  hasOutlines: boolean;
  /** The slot that stands out; the others step back. */
  lit: number | null;
  /** A slot that is filled thinly, so that the picture shows: the background. */
  thin: number | null;
  /** Width of an outline on each side of a border, in pixels. */
  line: number;
};

/**
 * @param labels - slot at each pixel [H, W]
 * @returns RGBA to lay over the picture [H, W, 4]
 */
export function paintOverlay(
  labels: Uint8Array,
  size: Size,
  { color, opacity, hasFill, hasOutlines, lit, thin, line }: OverlayPaint,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(labels.length * 4);
  labels.forEach((slot, pixel) => {
    const isLit = slot === lit;
    const strength = lit === null || isLit ? 1 : 0.35;
    const isEdge = (hasOutlines || isLit) && isBorder(labels, size, pixel, isLit ? line * 2 : line);
    const fill = hasFill ? opacity * strength * (slot === thin && !isLit ? 0.3 : 1) : 0;
    const alpha = isEdge ? Math.max(fill, 0.95 * strength) : fill;
    put(out, pixel, color(slot), alpha);
  });
  return out;
}

/** Writes one pixel; four plain stores, since this runs for each pixel at each move of the pointer. */
function put(out: Uint8ClampedArray, pixel: number, [red, green, blue]: Rgb, alpha: number): void {
  out[pixel * 4] = red;
  out[pixel * 4 + 1] = green;
  out[pixel * 4 + 2] = blue;
  out[pixel * 4 + 3] = alpha * 255;
}

/**
 * Shows one slot alone: a veil over the picture, as thick as the slot's mask is weak.
 * @param mask - the slot's soft mask [H, W], 0..1
 * @returns RGBA to lay over the picture [H, W, 4]
 */
export function paintVeil(
  mask: Float32Array,
  color: Rgb,
  strength: number,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(mask.length * 4);
  mask.forEach((weight, pixel) => {
    put(out, pixel, color, (1 - Math.min(1, Math.max(0, weight))) * strength);
  });
  return out;
}
