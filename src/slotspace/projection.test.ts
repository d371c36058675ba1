import fc from "fast-check";
import { expect, test } from "vitest";

import { InputError } from "../errors";
import { gaussianArray, mulberry32 } from "../math/random";
import { fitCube, projectPca, projectUmap, type UmapOptions, type UmapStep } from "./projection";
import type { SlotMatrix } from "./slotMatrix";
import { clusteredLibrary } from "./testSlots";

/** Slots with a given standard deviation along each axis of a turned cross of axes. */
function ellipsoid(N: number, deviations: readonly number[]): SlotMatrix {
  const D = deviations.length;
  const draws = gaussianArray(mulberry32(8), N * D);
  // A Householder reflection turns the axes, so that none of them lies along a coordinate.
  const mirror = (v: number[]): number[] => {
    const mean = v.reduce((sum, value) => sum + value, 0) / D;
    return v.map((value) => value - 2 * mean);
  };
  const rows = Array.from({ length: N }, (_, row) =>
    mirror(deviations.map((deviation, i) => deviation * (draws[row * D + i] ?? NaN))),
  );
  return { slots: Float32Array.from(rows.flat()), slotSize: D };
}

function runUmap(matrix: SlotMatrix, options: UmapOptions) {
  const steps: UmapStep[] = [];
  const generator = projectUmap(matrix, options);
  let step = generator.next();
  for (; !step.done; step = generator.next()) steps.push(step.value);
  return { steps, points: step.value };
}

/** Of each point's nearest other point on the map, how often it is of the same cluster; 0..1. */
function purity(points: Float32Array, labels: readonly number[]): number {
  const apart = (a: number, b: number) =>
    Math.hypot(...[0, 1, 2].map((i) => (points[a * 3 + i] ?? NaN) - (points[b * 3 + i] ?? NaN)));
  const hits = labels.filter((label, a) => {
    const others = labels.map((_, b) => (a === b ? Infinity : apart(a, b)));
    return labels[others.indexOf(Math.min(...others))] === label;
  });
  return hits.length / labels.length;
}

const library = clusteredLibrary({ numClusters: 4, perCluster: 30, slotSize: 24, spread: 0.2 });
const labels = library.origins.map(({ index }) => index);

test("explained variance is that of the axes that the slots were drawn along", () => {
  const deviations = [6, 4, 2, 1, 0.5, 0.5];
  const { explained, points } = projectPca(ellipsoid(20_000, deviations));
  const total = deviations.reduce((sum, value) => sum + value ** 2, 0);
  for (const [i, share] of explained.entries())
    expect(Math.abs(share - (deviations[i] ?? NaN) ** 2 / total)).toBeLessThan(0.01);
  const spread = [0, 1, 2].map((axis) => {
    const along = points.filter((_, i) => i % 3 === axis);
    const mean = along.reduce((sum, value) => sum + value, 0) / along.length;
    return along.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  });
  // Variances on the map keep the proportions of the shares: there is one scale for all axes.
  for (const [i, value] of spread.entries())
    expect(value / (spread[0] ?? NaN)).toBeCloseTo(
      (explained[i] ?? NaN) / (explained[0] ?? NaN),
      4,
    );
});

test("slots in three dimensions keep all their distances up to one scale", () => {
  const matrix = ellipsoid(50, [3, 2, 1]);
  const { points, explained } = projectPca(matrix);
  expect(explained.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  const apart = (all: Float32Array, a: number, b: number) =>
    Math.hypot(...[0, 1, 2].map((i) => (all[a * 3 + i] ?? NaN) - (all[b * 3 + i] ?? NaN)));
  const scale = apart(points, 0, 1) / apart(matrix.slots, 0, 1);
  for (const [a, b] of [
    [3, 9],
    [20, 31],
    [48, 49],
  ] as const)
    expect(apart(points, a, b)).toBeCloseTo(scale * apart(matrix.slots, a, b), 5);
});

test("principal components keep their direction when the order of slots changes", () => {
  const matrix = ellipsoid(60, [5, 3, 2, 1]);
  const N = 60;
  const turned = {
    slotSize: 4,
    slots: Float32Array.from({ length: N * 4 }, (_, i) => {
      const [row, at] = [Math.floor(i / 4), i % 4];
      return matrix.slots[(N - 1 - row) * 4 + at] ?? NaN;
    }),
  };
  const [one, other] = [projectPca(matrix).points, projectPca(turned).points];
  for (let row = 0; row < N; row++)
    for (let axis = 0; axis < 3; axis++)
      expect(other[(N - 1 - row) * 3 + axis]).toBeCloseTo(one[row * 3 + axis] ?? NaN, 5);
});

test("the number of a slot that weighs most in an axis grows along it", () => {
  for (let seed = 0; seed < 12; seed++) {
    const [N, D] = [40, 5];
    const slots = gaussianArray(mulberry32(seed), N * D);
    const { points } = projectPca({ slots, slotSize: D });
    for (let axis = 0; axis < 3; axis++) {
      // An axis of PCA is, up to a factor, the covariances of the slots' numbers with the points along it.
      const along = Array.from({ length: N }, (_, row) => points[row * 3 + axis] ?? NaN);
      const middle = along.reduce((sum, value) => sum + value, 0) / N;
      const weights = Array.from({ length: D }, (_, i) =>
        along.reduce((sum, value, row) => sum + (value - middle) * (slots[row * D + i] ?? NaN), 0),
      );
      const sizes = weights.map(Math.abs);
      expect(weights[sizes.indexOf(Math.max(...sizes))]).toBeGreaterThan(0);
    }
  }
});

test("few numbers, equal slots and a single slot have answers too", () => {
  const flat = projectPca({ slots: Float32Array.of(1, 2, 4), slotSize: 1 });
  expect(flat.explained).toEqual([1, 0, 0]);
  expect(flat.points.filter((_, i) => i % 3 > 0).every((value) => value === 0)).toBe(true);
  expect(flat.points[0]).toBe(-1);
  const equal = projectPca({ slots: new Float32Array(12).fill(2), slotSize: 4 });
  expect(equal.explained).toEqual([0, 0, 0]);
  expect(equal.points).toEqual(new Float32Array(9));
  expect(() => projectPca({ slots: Float32Array.of(1, 2), slotSize: 2 })).toThrow(InputError);
});

test("both maps put slots of one cluster side by side", () => {
  expect(purity(projectPca(library).points, labels)).toBe(1);
  const { points } = runUmap(library, { rng: mulberry32(1), numEpochs: 120 });
  expect(purity(points, labels)).toBe(1);
  expect(points).toHaveLength(labels.length * 3);
});

test("UMAP reports neighbours and then each round, and its last points are the answer", () => {
  const big = clusteredLibrary({ numClusters: 4, perCluster: 100, slotSize: 192 });
  const { steps, points } = runUmap(big, { rng: mulberry32(2), numEpochs: 5 });
  const stages = steps.map(({ stage }) => stage);
  const layout = steps.filter((step) => step.stage === "layout");
  expect(layout.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5]);
  expect(stages.lastIndexOf("neighbours")).toBe(stages.length - 6);
  expect(layout[4]?.points).toEqual(points);
  expect(layout[0]?.points).not.toEqual(points);
});

test("the same rng gives the same map, another gives another", () => {
  const map = (seed: number) => runUmap(library, { rng: mulberry32(seed), numEpochs: 20 }).points;
  expect(map(5)).toEqual(map(5));
  expect(map(5)).not.toEqual(map(6));
});

test("neighbours are found, not drawn: until the first round only the first places are drawn", () => {
  let numDraws = 0;
  const rng = mulberry32(9);
  const counting = () => {
    numDraws++;
    return rng();
  };
  for (const step of projectUmap(library, { rng: counting, numEpochs: 3 }))
    if (step.stage === "layout") break;
  expect(numDraws).toBe(3 * labels.length);
});

test("UMAP takes equal slots and few slots, down to five", () => {
  const rng = mulberry32(3);
  const equal: SlotMatrix = { slots: new Float32Array(60).fill(1), slotSize: 3 };
  expect(runUmap(equal, { rng, numEpochs: 10 }).points.every(Number.isFinite)).toBe(true);
  const five: SlotMatrix = { slots: gaussianArray(rng, 10), slotSize: 2 };
  expect(runUmap(five, { rng, numEpochs: 10 }).points.every(Number.isFinite)).toBe(true);
  const four: SlotMatrix = { slots: gaussianArray(rng, 8), slotSize: 2 };
  expect(() => runUmap(four, { rng })).toThrow("at least 5 slots for UMAP, got 4");
});

test("points fill the cube along their longest axis and keep their proportions", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { minLength: 2, maxLength: 20 }), (all) => {
      const points = fitCube(all);
      const sides = [0, 1, 2].map((axis) => {
        const along = all.map((at) => at[axis] ?? NaN);
        return Math.max(...along) - Math.min(...along);
      });
      const longest = Math.max(...sides);
      for (const at of points) expect(Math.abs(at)).toBeLessThanOrEqual(1);
      for (let axis = 0; axis < 3; axis++) {
        const along = [...points.filter((_, i) => i % 3 === axis)];
        const side = Math.max(...along) - Math.min(...along);
        const share = longest > 0 ? (sides[axis] ?? NaN) / longest : 0;
        expect(side / 2).toBeCloseTo(share, 5);
      }
    }),
  );
});
