import { expect, test } from "vitest";

import { fillIds, paintSprites, type Sprite } from "./spriteRaster";
import { spriteShapeNames, spriteShapes } from "./spriteShapes";

const sprite = (id: number, fields: Partial<Sprite> = {}): Sprite => ({
  id,
  shape: "circle",
  color: "red",
  rgb: [200, 40, 0],
  material: "flat",
  position: [0.5, 0.5],
  size: 0.3,
  angle: 0,
  visiblePixels: 0,
  ...fields,
});

test.each(spriteShapeNames)("a %s covers the area of its outline", (shape) => {
  const points = spriteShapes[shape];
  let doubled = 0; // shoelace formula
  for (let i = 0; i < points.length; i += 2) {
    const next = (i + 2) % points.length;
    doubled +=
      (points[i] ?? 0) * (points[next + 1] ?? 0) - (points[next] ?? 0) * (points[i + 1] ?? 0);
  }
  const ids = fillIds([sprite(1, { shape, angle: 0.4 })], 400);
  const covered = ids.reduce((sum, id) => sum + id, 0);
  expect(covered / ((Math.abs(doubled) / 2) * (0.3 * 400) ** 2)).toBeCloseTo(1, 2);
  for (const value of [0, 2, 4].map((i) => Math.hypot(points[i] ?? 0, points[i + 1] ?? 0)))
    expect(value).toBeLessThanOrEqual(1.0001);
});

test("a later sprite covers an earlier one", () => {
  const ids = fillIds([sprite(1), sprite(2, { position: [0.6, 0.5], size: 0.1 })], 50);
  expect(ids[25 * 50 + 30]).toBe(2);
  expect(ids[25 * 50 + 20]).toBe(1);
});

test("insides have the sprite's colour, edges a share of it, ids the pixel's centre", () => {
  const side = 32;
  const square = sprite(1, { shape: "square", angle: Math.PI / 4, size: 0.25 * Math.SQRT2 * 1.03 });
  const pixels = new Uint8ClampedArray(side * side * 4).fill(100);
  const ids = paintSprites([square], pixels, side);
  const red = (x: number, y: number) => pixels[4 * (y * side + x)];
  expect(red(16, 16)).toBe(200);
  expect(red(2, 2)).toBe(100);
  // The left edge lies at (0.5 - 0.2575) * 32 = 7.76: one of five sample columns of pixel 7 is right of it.
  expect(red(7, 16)).toBe(120);
  expect([ids[16 * side + 7], ids[16 * side + 8]]).toEqual([0, 1]);
});
