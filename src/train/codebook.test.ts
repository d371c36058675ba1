import { expect, it } from "vitest";

import { mulberry32 } from "../math/random";

import { drawRows, kMeans, unusedCodes } from "./codebook";
import { createBatchOrder, drawTimes, stepRng } from "./draws";

it("finds the clusters that points were drawn from", () => {
  const rng = mulberry32(5);
  const centres = [-3, 0, 4];
  const values = Float32Array.from({ length: 600 }, (_, i) => {
    const centre = centres[Math.floor(i / 2) % 3] ?? 0;
    return (i % 2 === 0 ? centre : -centre) + 0.1 * (rng() - 0.5);
  });
  const codes = kMeans({ values, D: 2 }, 8, 20, mulberry32(1));
  for (const centre of centres) {
    const nearest = Math.min(
      ...Array.from({ length: 8 }, (_, k) =>
        Math.hypot((codes[2 * k] ?? NaN) - centre, (codes[2 * k + 1] ?? NaN) + centre),
      ),
    );
    expect(nearest).toBeLessThan(0.1);
  }
});

it("draws whole rows and tells which codes nobody used", () => {
  const rows = drawRows({ values: Float32Array.of(1, 2, 3, 4), D: 2 }, 20, mulberry32(2));
  for (let i = 0; i < 20; i++) expect([rows[2 * i], rows[2 * i + 1]].join()).toMatch(/^(1,2|3,4)$/);
  expect(unusedCodes([0, 3, 0, 1])).toEqual([0, 2]);
});

it("shows every image once an epoch, in another order each time", () => {
  const order = createBatchOrder(7, 10, 4);
  const seen = Array.from({ length: 5 }, (_, step) => order(step)).flat();
  const sorted = (part: number[]) => [...part].sort((a, b) => a - b);
  const all = Array.from({ length: 10 }, (_, i) => i);
  expect(sorted(seen.slice(0, 10))).toEqual(all);
  expect(sorted(seen.slice(10, 20))).toEqual(all);
  expect(seen.slice(0, 10)).not.toEqual(seen.slice(10, 20));
  expect(createBatchOrder(7, 10, 4)(3)).toEqual(seen.slice(12, 16)); // no need to have seen the steps before
  expect(createBatchOrder(8, 10, 4)(0)).not.toEqual(seen.slice(0, 4));
});

it("draws times in range, and by the square-root law mostly noisy ones", () => {
  const meanOf = (law: "uniform" | "sqrt"): number => {
    const times = drawTimes(stepRng(1, "slots", 0), 4000, 1000, law);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...times)).toBeLessThan(1000);
    return times.reduce((sum, t) => sum + t, 0) / times.length;
  };
  expect(meanOf("uniform")).toBeGreaterThan(470);
  expect(meanOf("uniform")).toBeLessThan(530);
  expect(meanOf("sqrt")).toBeGreaterThan(640); // 1000 * 2 / 3
  expect(meanOf("sqrt")).toBeLessThan(690);
});
