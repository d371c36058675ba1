import { expect, test } from "vitest";

import { sampleBox, slotCrop } from "./crops";
import { halvesScene } from "./testScene";

test("the whole picture at its own size is itself", () => {
  const { picture } = halvesScene(8);
  expect(sampleBox(picture, { x: 0, y: 0, size: 1 }, 8)).toEqual(picture.data);
});

test("between pixels the colour lies between theirs", () => {
  const { picture } = halvesScene(8);
  const half = sampleBox(picture, { x: 0, y: 0, size: 1 }, 4);
  expect([...half.subarray(4, 8)]).toEqual([2, 0, 0, 255]); // of x 2.5 and y 0.5, halves to even
});

test("a crop shows what its slot wins, and is transparent elsewhere", () => {
  const { data, width } = slotCrop(halvesScene(16), 1, 32);
  const alphaAt = (x: number, y: number): number => data[(y * width + x) * 4 + 3] ?? NaN;
  const redAt = (x: number, y: number): number => data[(y * width + x) * 4] ?? NaN;
  expect(alphaAt(31, 16)).toBe(255);
  expect(redAt(31, 16)).toBeGreaterThanOrEqual(14);
  expect(alphaAt(0, 16)).toBe(0);
});
