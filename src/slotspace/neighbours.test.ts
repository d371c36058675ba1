import fc from "fast-check";
import { expect, test } from "vitest";

import { gaussianArray, mulberry32 } from "../math/random";
import { listNeighbours } from "./neighbourLists";
import { cosineDistance, distanceNames, nearestRows, neighboursOf } from "./neighbours";
import { rowOf, type SlotMatrix } from "./slotMatrix";
import { smallest } from "./smallest";

const matrixOf = (rows: readonly number[][]): SlotMatrix => ({
  slots: Float32Array.from(rows.flat()),
  slotSize: rows[0]?.length ?? 0,
});

const randomMatrix = (N: number, D: number, seed: number): SlotMatrix => ({
  slots: gaussianArray(mulberry32(seed), N * D),
  slotSize: D,
});

/** Distances the long way, sorted. */
function bySorting(query: Float32Array, matrix: SlotMatrix, isCosine: boolean) {
  const N = matrix.slots.length / matrix.slotSize;
  const length = (v: readonly number[]) => Math.hypot(...v);
  return Array.from({ length: N }, (_, row) => {
    const [a, b] = [[...query], [...rowOf(matrix, row)]];
    const inner = a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
    const distance = isCosine
      ? 1 - inner / (length(a) * length(b))
      : length(a.map((value, i) => value - (b[i] ?? NaN)));
    return { row, distance };
  }).sort((a, b) => a.distance - b.distance);
}

test("the nearest rows are those that sorting all distances finds", () => {
  for (const [seed, D] of [3, 40, 192].entries())
    for (const distance of distanceNames) {
      const matrix = randomMatrix(300, D, seed);
      const query = gaussianArray(mulberry32(99), D);
      const expected = bySorting(query, matrix, distance === "cosine").slice(0, 12);
      const found = nearestRows(query, matrix, { n: 12, distance });
      expect(found.map(({ row }) => row)).toEqual(expected.map(({ row }) => row));
      for (const [i, each] of found.entries())
        expect(each.distance).toBeCloseTo(expected[i]?.distance ?? NaN, 6);
    }
});

test("cosine asks for the direction, Euclidean distance for the place", () => {
  const matrix = matrixOf([
    [10, 0],
    [0.9, 0.5],
    [-1, 0],
  ]);
  const query = Float32Array.of(1, 0);
  expect(nearestRows(query, matrix, { n: 1, distance: "cosine" })[0]).toEqual({
    row: 0,
    distance: 0,
  });
  expect(nearestRows(query, matrix, { n: 1, distance: "euclidean" })[0]?.row).toBe(1);
  expect(cosineDistance(query, Float32Array.of(-1, 0))).toBe(2);
  expect(cosineDistance(query, Float32Array.of(0, 0))).toBe(1);
});

test("a row is not its own neighbour, and only the given rows are looked among", () => {
  const matrix = matrixOf([[0], [1], [2], [3], [4]]);
  const options = { n: 2, distance: "euclidean" } as const;
  expect(neighboursOf(2, matrix, options)).toEqual([
    { row: 1, distance: 1 },
    { row: 3, distance: 1 },
  ]);
  expect(neighboursOf(2, matrix, { ...options, rows: [0, 2, 4] })).toEqual([
    { row: 0, distance: 2 },
    { row: 4, distance: 2 },
  ]);
  expect(nearestRows(Float32Array.of(0), matrix, { ...options, n: 99 })).toHaveLength(5);
  expect(() => nearestRows(Float32Array.of(0, 1), matrix, options)).toThrow("of 1 numbers, got 2");
});

test("the n smallest are the start of the sorted list, of equal ones the first", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 40 }), fc.nat(12), (distances, n) => {
      const found = smallest(n);
      distances.forEach((distance, row) => found.offer(row, distance));
      const sorted = distances
        .map((distance, row) => ({ row, distance }))
        .sort((a, b) => a.distance - b.distance || a.row - b.row);
      expect(found.list()).toEqual(sorted.slice(0, n));
    }),
  );
});

test("lists of all neighbours are those of each row asked alone, and come in steps", () => {
  const matrix = randomMatrix(600, 192, 5);
  const steps = listNeighbours(matrix, 8);
  const reported: number[] = [];
  let step = steps.next();
  for (; !step.done; step = steps.next()) reported.push(step.value);
  expect(reported.length).toBeGreaterThan(3);
  expect(reported).toEqual([...reported].sort((a, b) => a - b));
  for (const row of [0, 1, 299, 598, 599]) {
    const alone = neighboursOf(row, matrix, { n: 7, distance: "euclidean" });
    expect(step.value.rows[row]).toEqual([row, ...alone.map((each) => each.row)]);
    expect(step.value.distances[row]).toEqual([0, ...alone.map(({ distance }) => distance)]);
  }
});
