import fc from "fast-check";
import { expect, test } from "vitest";

import { golden, loadFixture } from "../../tests/fixture";
import { InputError } from "../errors";
import { mulberry32 } from "../math/random";
import { findConcepts } from "./concepts";
import { drawCounts, recombine, sampleScene } from "./sampleScene";
import { clusteredLibrary } from "./testSlots";

const library = clusteredLibrary({ numClusters: 4, perCluster: 12, slotSize: 8 });
const concepts = findConcepts(library, { numConcepts: 4, seed: 1 });
const background = concepts.background ?? -1;

test("a scene has as many slots of each concept as were chosen, none of them twice", () => {
  const count = fc.nat(6);
  fc.assert(
    fc.property(fc.tuple(count, count, count, count), fc.nat(), (chosen, seed) => {
      const counts = chosen.map((n, concept) => (concept === background ? Math.min(n, 1) : n));
      const rows = sampleScene({ concepts, counts, rng: mulberry32(seed) });
      expect(new Set(rows).size).toBe(rows.length);
      const found = counts.map(
        (_, concept) => rows.filter((row) => concepts.labels[row] === concept).length,
      );
      expect(found).toEqual(counts);
    }),
  );
});

test("the same rng draws the same scene, another draws another", () => {
  const counts = [1, 1, 1, 1];
  const draw = (seed: number) => sampleScene({ concepts, counts, rng: mulberry32(seed) });
  expect(draw(1)).toEqual(draw(1));
  expect(new Set([1, 2, 3, 4].map((seed) => draw(seed).join())).size).toBeGreaterThan(1);
});

test("every slot of a concept is drawn about as often", () => {
  const counts = concepts.concepts.map((_, concept) => (concept === background ? 0 : 3));
  const rng = mulberry32(11);
  const times = new Map<number, number>();
  for (let i = 0; i < 2000; i++)
    for (const row of sampleScene({ concepts, counts, rng }))
      times.set(row, (times.get(row) ?? 0) + 1);
  expect(times.size).toBe(36);
  for (const each of times.values()) expect(Math.abs(each - 500)).toBeLessThan(100); // 5 sigma
});

test("drawn counts make a scene of the asked size with exactly one background", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 37 }), fc.nat(), (numSlots, seed) => {
      const counts = drawCounts(concepts, numSlots, mulberry32(seed));
      expect(counts[background]).toBe(1);
      const rows = sampleScene({ concepts, counts, rng: mulberry32(seed + 1) });
      expect(rows).toHaveLength(numSlots);
    }),
  );
  expect(drawCounts(concepts, 0, mulberry32(1))).toEqual([0, 0, 0, 0]);
});

test("large concepts are drawn more often than small ones", () => {
  const sized = [30, 10].map((size) => ({
    rows: Array.from({ length: size }, (_, i) => i),
    meanShare: 0,
    centre: new Float32Array(1),
    representatives: [],
  }));
  const rng = mulberry32(3);
  let first = 0;
  for (let i = 0; i < 1000; i++)
    first += drawCounts({ concepts: sized, background: null }, 1, rng)[0] ?? NaN;
  expect(Math.abs(first - 750)).toBeLessThan(70); // 5 sigma
});

test("two backgrounds, too many slots and broken counts are refused", () => {
  const rng = mulberry32(1);
  const counts = concepts.concepts.map((_, concept) => (concept === background ? 2 : 0));
  expect(() => sampleScene({ concepts, counts, rng })).toThrow("a scene has one");
  expect(() => sampleScene({ concepts, counts, rng })).toThrow(InputError);
  const tooMany = concepts.concepts.map((_, concept) => (concept === background ? 0 : 13));
  expect(() => sampleScene({ concepts, counts: tooMany, rng })).toThrow("expected 0 to 12 slots");
  expect(() => sampleScene({ concepts, counts: [0.5], rng })).toThrow(InputError);
  expect(() => sampleScene({ concepts, counts: [0, 0, 0, 0, 1], rng })).toThrow("4 concepts");
  expect(() => drawCounts(concepts, 38, rng)).toThrow("expected at most 37 slots, got 38");
});

test("slots recombined by place are those of the official code", async () => {
  const fixture = await loadFixture("comp_gen");
  const before = golden(fixture, "slots_in");
  const slots = Float32Array.from(before.values);
  expect(before.shape).toEqual([5, 4, 6]);
  expect(recombine({ slots, shape: [5, 4, 6] })).toEqual(golden(fixture, "slots_out").values);
  expect(() => recombine({ slots, shape: [5, 4, 7] })).toThrow("expected 140 numbers, got 120");
});
