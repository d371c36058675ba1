import { expect, test } from "vitest";

import {
  countCodes,
  countRounds,
  layerTitle,
  meanAndMax,
  roundFacts,
  roundMasks,
  stepText,
  valueAt,
} from "./facts";

/** Two rounds, two slots, four features: the second round turns the last feature over. */
const attn = Float32Array.from([
  ...[0.75, 0.75, 0.25, 0.75], // round 1, slot 0
  ...[0.25, 0.25, 0.75, 0.25],
  ...[1, 1, 0, 0], // round 2, slot 0
  ...[0, 0, 1, 1],
]);

test("rounds are counted and cut out of the whole", () => {
  expect(countRounds(attn, 2, 4)).toBe(2);
  expect([...roundMasks(attn, 2, 4, 2)]).toEqual([1, 1, 0, 0, 0, 0, 1, 1]);
});

test("a round says how sure it is, and what changed since the one before", () => {
  expect(roundFacts(attn, 2, 4, 1)).toEqual({ strongest: 0.75, changed: null });
  expect(roundFacts(attn, 2, 4, 2)).toEqual({ strongest: 1, changed: 0.25 });
});

test("codes are counted once each", () => {
  expect(countCodes(Int32Array.from([3, 3, 7, 0]))).toBe(3);
});

test("mean and largest error", () => {
  expect(meanAndMax(Float32Array.from([0, 0.5, 0.25, 0.25]))).toEqual({ mean: 0.25, max: 0.5 });
});

test("a time between two has a value between theirs; past the ends it is the end's", () => {
  const values = Float32Array.from([1, 3, 4]);
  expect([0, 0.5, 2, 9, -1].map((t) => valueAt(values, t))).toEqual([1, 2, 4, 4, 1]);
});

test("layers are called by their place in the network; a name of another form stays", () => {
  expect(layerTitle("output_blocks.3.1.transformer_blocks.0.attn2", [16, 8])).toBe(
    "output block 3, 8 × 16",
  );
  expect(layerTitle("middle_block.1.transformer_blocks.0.attn2", [4, 4])).toBe("middle, 4 × 4");
  expect(layerTitle("head.attn", [4, 4])).toBe("head.attn, 4 × 4");
});

test("an evaluation is named with its time, whole or not", () => {
  expect(stepText({ step: 5, totalSteps: 20, t: 742.61 })).toBe("evaluation 5 of 20, t = 742.6");
  expect(stepText({ step: 1, totalSteps: 2, t: 999 })).toBe("evaluation 1 of 2, t = 999");
});
