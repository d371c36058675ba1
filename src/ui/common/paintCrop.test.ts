import { expect, test } from "vitest";

import { cropBox, maskCrop } from "./paintCrop";

/** A mask [20, 20] that is 0.9 in a rectangle and 0.02 elsewhere. */
function rectangle(left: number, top: number, width: number, height: number): Float32Array {
  return Float32Array.from({ length: 400 }, (_, pixel) => {
    const [x, y] = [pixel % 20, Math.floor(pixel / 20)];
    return x >= left && x < left + width && y >= top && y < top + height ? 0.9 : 0.02;
  });
}

test("puts a square around what the slot attends to", () => {
  const box = cropBox(rectangle(4, 8, 6, 4), [20, 20]);
  expect(box.size).toBeCloseTo(0.3 * 1.15);
  expect(box.x + box.size / 2).toBeCloseTo(7 / 20);
  expect(box.y + box.size / 2).toBeCloseTo(10 / 20);
});

test("stays inside the picture at its corners", () => {
  const box = cropBox(rectangle(16, 16, 4, 4), [20, 20]);
  expect(box.x + box.size).toBeCloseTo(1);
  expect(box.y + box.size).toBeCloseTo(1);
});

test("takes the whole picture for a background", () => {
  expect(cropBox(new Float32Array(400).fill(0.7), [20, 20])).toEqual({ x: 0, y: 0, size: 1 });
});

test("is not widened by one stray pixel", () => {
  const mask = rectangle(2, 2, 12, 12);
  mask[399] = 0.9;
  expect(cropBox(mask, [20, 20]).size).toBeCloseTo(0.6 * 1.15);
});

test("makes a crop as transparent as the mask is weak", () => {
  const pixels = new Uint8ClampedArray(2 * 2 * 4).fill(200);
  const mask = Float32Array.of(1, 0.5, 0, 0.25);
  const out = maskCrop(pixels, 2, mask, 2, { x: 0, y: 0, size: 1 });
  expect([out[3], out[7], out[11], out[15]]).toEqual([200, 100, 0, 50]);
  expect(out[0]).toBe(200);
});

test("samples the mask where the crop lies", () => {
  const pixels = new Uint8ClampedArray(4).fill(255);
  const out = maskCrop(pixels, 1, Float32Array.of(0, 0, 0, 1), 2, { x: 0.5, y: 0.5, size: 0.5 });
  expect(out[3]).toBe(255);
});
