import { expect, test } from "vitest";

import {
  largestSegment,
  lastMasks,
  paintOverlay,
  paintVeil,
  segment,
  upsampleMask,
  type OverlayPaint,
} from "./paintMasks";
import type { Rgb } from "./slotColors";

const red: Rgb = [255, 0, 0];
const blue: Rgb = [0, 0, 255];
const paint: OverlayPaint = {
  color: (slot) => (slot === 0 ? red : blue),
  opacity: 0.4,
  hasFill: true,
  hasOutlines: false,
  lit: null,
  thin: null,
  line: 1,
};
/** Left half slot 0, right half slot 1 [2, 4]. */
const halves = Uint8Array.of(0, 0, 1, 1, 0, 0, 1, 1);
const alphas = (rgba: Uint8ClampedArray) => [...rgba].filter((_, i) => i % 4 === 3);

test("takes the masks of the last iteration", () => {
  const encoding = {
    numSlots: 2,
    slotSize: 1,
    slots: new Float32Array(2),
    attn: Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.9, 0.2, 0.1, 0.8), // [T = 2, K = 2, 1, 2]
    attnSize: [1, 2] as [number, number],
    segmentation: new Uint8Array(2),
    scores: null,
    matches: null,
    elapsedMs: 0,
  };
  expect([...lastMasks(encoding)]).toEqual([...Float32Array.of(0.9, 0.2, 0.1, 0.8)]);
});

test("upsamples as torch's bilinear without aligned corners", () => {
  // torch.nn.functional.interpolate(torch.tensor([[[[0., 4.]]]]), size=(1, 4), mode="bilinear")
  expect([...upsampleMask(Float32Array.of(0, 4), [1, 2], [1, 4])]).toEqual([0, 1, 3, 4]);
  expect([...upsampleMask(Float32Array.of(0, 4), [2, 1], [4, 1])]).toEqual([0, 1, 3, 4]);
});

test("keeps a mask of the same size", () => {
  const mask = Float32Array.of(0.1, 0.2, 0.3, 0.4);
  expect([...upsampleMask(mask, [2, 2], [2, 2])]).toEqual([...mask]);
});

test("gives each pixel to the slot that attends to it most", () => {
  const masks = Float32Array.of(0.9, 0.2, 0.1, 0.8); // [K = 2, 1, 2]
  expect([...segment(masks, 2, [1, 2], [1, 4])]).toEqual([0, 0, 1, 1]);
});

test("fills segments in their slots' colours", () => {
  const rgba = paintOverlay(halves, [2, 4], paint);
  expect([...rgba.slice(0, 4)]).toEqual([255, 0, 0, 102]);
  expect([...rgba.slice(12, 16)]).toEqual([0, 0, 255, 102]);
});

test("fills the background thinly, unless it is lit", () => {
  expect(largestSegment(Uint8Array.of(2, 5, 5, 5, 2))).toBe(5);
  const rgba = paintOverlay(halves, [2, 4], { ...paint, thin: 0 });
  expect(alphas(rgba)).toEqual([31, 31, 102, 102, 31, 31, 102, 102]);
  const lit = paintOverlay(halves, [2, 4], { ...paint, thin: 0, lit: 0 });
  expect(alphas(lit)[0]).toBe(242);
});

test("draws outlines without fill, on both sides of a border only", () => {
  const rgba = paintOverlay(halves, [2, 4], { ...paint, hasFill: false, hasOutlines: true });
  expect(alphas(rgba)).toEqual([0, 242, 242, 0, 0, 242, 242, 0]);
});

test("lights one slot and lets the others step back", () => {
  const rgba = paintOverlay(halves, [2, 4], { ...paint, lit: 1 });
  expect(alphas(rgba)).toEqual([36, 36, 242, 242, 36, 36, 242, 242]);
});

test("veils a picture where a slot does not attend", () => {
  const rgba = paintVeil(Float32Array.of(1, 0.5, 0), [10, 20, 30], 1);
  expect(alphas(rgba)).toEqual([0, 128, 255]);
  expect([...rgba.slice(8, 11)]).toEqual([10, 20, 30]);
});
