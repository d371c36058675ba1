import { expect, test } from "vitest";

import { InputError } from "../errors";
import { findConcepts } from "./concepts";
import { addSlots, emptyLibrary } from "./library";
import { rowOf, squaredDistance } from "./slotMatrix";
import { clusteredLibrary, testRow } from "./testSlots";

const clusters = { numClusters: 5, perCluster: 40, slotSize: 16 };

test("concepts are the clusters that the slots were drawn from", () => {
  const library = clusteredLibrary(clusters);
  const { concepts, labels } = findConcepts(library, { numConcepts: 5, seed: 3 });
  expect(concepts.map(({ rows }) => rows.length)).toEqual([40, 40, 40, 40, 40]);
  const pairs = new Set(library.origins.map(({ index }, row) => `${index}-${labels[row]}`));
  expect(pairs.size).toBe(5); // one concept a cluster and one cluster a concept
});

test("every slot is of the concept whose centre is nearest, and listed there", () => {
  const library = clusteredLibrary({ ...clusters, spread: 1 });
  const { concepts, labels, inertia } = findConcepts(library, { numConcepts: 7, seed: 1 });
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    const distances = concepts.map(({ centre }) => squaredDistance(rowOf(library, row), centre));
    expect(distances[label]).toBeCloseTo(Math.min(...distances), 4);
    expect(concepts[label]?.rows).toContain(row);
    sum += distances[label] ?? NaN;
  }
  expect(inertia).toBeCloseTo(sum, 4);
  const sizes = concepts.map(({ rows }) => rows.length);
  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(library.origins.length);
});

test("the background is the concept with the largest mean share", () => {
  const library = clusteredLibrary(clusters);
  const { concepts, background } = findConcepts(library, { numConcepts: 5, seed: 3 });
  const found = concepts[background ?? -1];
  expect(found?.rows.every((row) => library.origins[row]?.index === 0)).toBe(true);
  expect(found?.meanShare).toBeCloseTo(0.6, 6);
  expect(findConcepts(library, { numConcepts: 1, seed: 3 }).background).toBeNull();
});

test("representatives are the rows nearest to the centre, nearest first", () => {
  const library = clusteredLibrary({ ...clusters, spread: 1 });
  const { concepts } = findConcepts(library, { numConcepts: 4, seed: 2, numRepresentatives: 6 });
  for (const { rows, centre, representatives } of concepts) {
    const away = (row: number) => squaredDistance(rowOf(library, row), centre);
    const sorted = [...rows].sort((a, b) => away(a) - away(b));
    expect(representatives).toEqual(sorted.slice(0, 6));
  }
});

test("the same seed finds the same concepts, another seed may find others", () => {
  const library = clusteredLibrary({ ...clusters, spread: 2 });
  const find = (seed: number) => findConcepts(library, { numConcepts: 9, seed });
  expect(find(4)).toEqual(find(4));
  const found = new Set([1, 2, 3, 4].map((seed) => find(seed).inertia));
  expect(found.size).toBeGreaterThan(1);
});

test("dead slots belong to no concept and pull none", () => {
  const rows = [0, 0.1, 5, 5.1].map((value, index) => testRow([value, value], { index }));
  const dead = testRow([1000, 1000], { index: 9, isDead: true });
  const library = addSlots(emptyLibrary(2), [dead, ...rows]);
  const { concepts, labels } = findConcepts(library, { numConcepts: 2, seed: 0 });
  expect(labels[0]).toBe(-1);
  expect(concepts.map(({ rows }) => rows).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual([
    [1, 2],
    [3, 4],
  ]);
  const onlyDead = addSlots(emptyLibrary(2), [dead]);
  expect(() => findConcepts(onlyDead, { numConcepts: 2, seed: 0 })).toThrow(InputError);
});

test("there are no more concepts than different slots", () => {
  const rows = [1, 1, 1, 2, 2].map((value, index) => testRow([value, 0], { index }));
  const library = addSlots(emptyLibrary(2), rows);
  for (const numConcepts of [2, 4, 9]) {
    const { concepts, inertia } = findConcepts(library, { numConcepts, seed: 5 });
    expect(concepts.map(({ rows }) => rows)).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(inertia).toBe(0);
  }
  for (const numConcepts of [0, 1.5, NaN])
    expect(() => findConcepts(library, { numConcepts, seed: 5 })).toThrow(InputError);
});
