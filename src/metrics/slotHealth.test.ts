/** Slot health, feature distance, locality and summaries on cases small enough to count by hand. */
import { describe, expect, it } from "vitest";

import { featureDistance, type FeatureMap } from "./featureDistance";
import { changeByRegion } from "./locality";
import { countDeadSlots, objectSlots, slotHealth } from "./slotHealth";
import { estimateMean, estimateRatio, standardError } from "./summary";

/** Runs of one value: [value, length] pairs. */
const runs = (...pairs: [value: number, length: number][]): number[] =>
  pairs.flatMap(([value, length]) => new Array<number>(length).fill(value));

describe("slotHealth", () => {
  it("one slot an object, one for the background, one left over", () => {
    const gt = runs([0, 600], [1, 200], [2, 200]);
    const pred = runs([2, 600], [0, 200], [1, 200]);
    expect(slotHealth(gt, pred, 4)).toEqual({
      deadSlots: 1,
      slotsPerObject: 1,
      objectsPerSlot: 1,
      backgroundSlots: 1,
    });
  });

  it("an object in pieces, two objects in one slot, a background in three", () => {
    const gt = runs([0, 600], [1, 100], [2, 200], [3, 100]);
    // Object 1: 91 pixels of slot 0 and 9, under a tenth, of slot 4. Object 2 in halves. Object 3 in slot 0 too.
    const pred = runs([1, 200], [2, 200], [3, 200], [0, 91], [4, 9], [4, 100], [5, 100], [0, 100]);
    const health = slotHealth(gt, pred, 6);
    expect(health.slotsPerObject).toBeCloseTo((1 + 2 + 1) / 3, 12);
    expect(health.objectsPerSlot).toBeCloseTo(3 / 2, 12); // slots 0 and 4
    expect(health.backgroundSlots).toBe(3);
    expect(health.deadSlots).toBe(0);
  });

  it("a slot with under 0.25 % of the pixels is dead, one with 0.25 % is not", () => {
    expect(countDeadSlots(runs([0, 1997], [1, 3]), 2)).toBe(1); // below 5
    const pred = runs([0, 1991], [1, 5], [2, 4]);
    expect(countDeadSlots(pred, 3)).toBe(1);
    expect(objectSlots(pred, 3)).toEqual([1]);
  });

  it("ids that no pixel has are no objects; without objects there is nothing to say of them", () => {
    expect(slotHealth([0, 0, 3, 3], [1, 1, 0, 0], 2).slotsPerObject).toBe(1);
    const empty = slotHealth([0, 0, 0, 0], [0, 0, 1, 1], 2);
    expect(empty.slotsPerObject).toBeNaN();
    expect(empty.objectsPerSlot).toBeNaN();
    expect(empty.backgroundSlots).toBe(2);
    expect(slotHealth([1, 1], [0, 0], 1).backgroundSlots).toBeNaN();
  });

  it("refuses a slot that the model does not have", () => {
    expect(() => countDeadSlots([0, 3], 3)).toThrow("below 3, got 3 at pixel 1");
  });
});

describe("featureDistance", () => {
  const layer = (channels: number, ...values: number[]): FeatureMap => ({ channels, values });

  it("is the mean squared distance of unit vectors, summed over layers", () => {
    const x = [layer(2, 3, 4, 1, 0), layer(1, 5)];
    const y = [layer(2, 4, 3, 0, 2), layer(1, -1)];
    const first = (0.2 ** 2 + 0.2 ** 2 + 1 + 1) / 2;
    expect(featureDistance(x, y)).toBeCloseTo(first + 4, 8);
    expect(featureDistance(x, x)).toBe(0);
  });

  it("does not see how long feature vectors are, and takes vectors of zeros", () => {
    const x = [layer(3, 1, 2, 3)];
    expect(featureDistance(x, [layer(3, 10, 20, 30)])).toBeCloseTo(0, 12);
    expect(featureDistance(x, [layer(3, 0, 0, 0)])).toBeCloseTo(1, 8);
  });

  it("refuses layers that do not match", () => {
    expect(() => featureDistance([layer(1, 2)], [])).toThrow("got 1 and 0");
    expect(() => featureDistance([layer(1, 2)], [layer(2, 2, 3)])).toThrow("of one shape");
  });
});

describe("changeByRegion", () => {
  const picture = (...values: number[]) => ({ width: 2, height: 1, channels: 2, values });

  it("averages the change over the values inside and outside", () => {
    const change = changeByRegion(
      picture(0, 0, 0.5, 0.5),
      picture(0.2, 0.4, 0.5, 0.4),
      (pixel) => pixel === 0,
    );
    expect(change.inside).toBeCloseTo(0.3, 12);
    expect(change.outside).toBeCloseTo(0.05, 12);
  });

  it("has no number for a region without pixels", () => {
    const same = picture(0, 0, 0, 0);
    expect(changeByRegion(same, same, () => true)).toEqual({ inside: 0, outside: NaN });
  });
});

describe("estimates", () => {
  it("one seed: mean and standard error over the pictures that have a score", () => {
    const { mean, standardError: error } = estimateMean([[1, NaN, 2, 3, 6]]);
    expect(mean).toBe(3);
    expect(error).toBeCloseTo(Math.sqrt(14 / 3 / 4), 12);
    expect(standardError([4])).toBeNaN();
  });

  it("several seeds: the standard error is over their means", () => {
    const { mean, standardError: error } = estimateMean([
      [1, 3],
      [2, 4],
      [NaN, 7],
    ]);
    expect(mean).toBe(4);
    expect(error).toBeCloseTo(Math.sqrt(14 / 2 / 3), 12); // means 2, 3, 7
  });

  it("a ratio is one of means, and exact where every picture has the same one", () => {
    expect(estimateRatio([[1, 2, NaN]], [[2, 4, 5]])).toEqual({ mean: 0.5, standardError: 0 });
    const seeds = estimateRatio(
      [
        [1, 3],
        [6, 0],
      ],
      [
        [1, 1],
        [1, 1],
      ],
    );
    expect(seeds.mean).toBe(2.5);
    expect(seeds.standardError).toBeCloseTo(0.5, 12);
  });
});
