import { describe, expect, it } from "vitest";

import { compactIds, drawParts, fitsOver, splitBorder } from "./maskIds";

const mask = (values: readonly number[]) => ({
  width: values.length,
  height: 1,
  values: Uint32Array.from(values),
});

describe("compactIds", () => {
  it("numbers objects by rising value and keeps 0 as background", () => {
    expect([...compactIds(mask([0, 9, 4, 4, 0xff0000, 0])).ids]).toEqual([0, 2, 1, 1, 3, 0]);
    expect([...compactIds(mask([5, 5, 7])).ids]).toEqual([1, 1, 2]); // no background: none is made up
    expect([...compactIds(mask([0, 0])).ids]).toEqual([0, 0]);
  });

  it("takes 255 objects and no more", () => {
    const values = Array.from({ length: 256 }, (_, i) => i * 3);
    expect([...compactIds(mask(values)).ids]).toEqual(values.map((value) => value / 3));
    expect(() => compactIds(mask([...values, 7]))).toThrow("more than 255 objects");
  });
});

describe("splitBorder", () => {
  it("makes VOC's border background and tells where it was", () => {
    const { inside, border } = splitBorder(mask([0, 1, 255, 2]));
    expect([...compactIds(inside).ids]).toEqual([0, 1, 0, 2]);
    expect([...border.ids]).toEqual([0, 0, 1, 0]);
  });
});

describe("drawParts", () => {
  const draw = (parts: Record<number, number[]>) => {
    const drawing = drawParts();
    for (const [number, values] of Object.entries(parts)) drawing.add(Number(number), mask(values));
    return [...drawing.ids().ids];
  };

  it("gives each part an id; the first has what several cover", () => {
    expect(draw({ 1: [255, 255, 0, 0], 2: [0, 255, 255, 0] })).toEqual([1, 1, 2, 0]);
  });

  it("reads part 0 as background only where the parts leave nothing free", () => {
    expect(draw({ 0: [255, 0, 0], 1: [0, 255, 0], 2: [0, 0, 255] })).toEqual([0, 1, 2]);
    expect(draw({ 0: [255, 0, 0], 1: [0, 255, 0] })).toEqual([1, 2, 0]);
    expect(draw({ 0: [255, 255] })).toEqual([1, 1]);
  });

  it("refuses parts that differ in size", () => {
    expect(() => draw({ 0: [1], 1: [1, 1] })).toThrow("differ in size");
  });
});

describe("fitsOver", () => {
  it("takes the same shape at another size, within rounding", () => {
    expect(fitsOver({ width: 128, height: 96 }, { width: 320, height: 240 })).toBe(true);
    expect(fitsOver({ width: 500, height: 333 }, { width: 250, height: 167 })).toBe(true);
    expect(fitsOver({ width: 240, height: 320 }, { width: 320, height: 240 })).toBe(false);
    expect(fitsOver({ width: 192, height: 192 }, { width: 320, height: 240 })).toBe(false);
  });
});
