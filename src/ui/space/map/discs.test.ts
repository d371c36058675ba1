import { expect, test } from "vitest";

import { discAt, discNear, discWidth, type Disc } from "./discs";

const disc = (row: number, x: number, depth: number): Disc => ({ row, x, y: 0, radius: 10, depth });
const discs = [disc(0, 0, 5), disc(1, 4, 3), disc(2, 100, 1)];

test("of the discs under the pointer the foremost is picked", () => {
  expect(discAt(discs, 2, 0)).toBe(1);
  expect(discAt(discs, -8, 0)).toBe(0);
  expect(discAt(discs, 50, 0)).toBeNull();
});

test("the nearest middle is found, wherever it is", () => {
  expect(discNear(discs, 60, 0)).toBe(2);
  expect(discNear(discs, 3, 50)).toBe(1);
  expect(discNear([], 0, 0)).toBeNull();
});

test("many discs are smaller than few, within bounds", () => {
  expect(discWidth(1)).toBe(0.3);
  expect(discWidth(200)).toBeLessThan(discWidth(100));
  expect(discWidth(5000)).toBe(0.05);
});
