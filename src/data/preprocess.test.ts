import { describe, expect, it } from "vitest";

import { mulberry32 } from "../math/random";
import {
  fitSquare,
  fromSigned,
  resizeArea,
  resizeBilinear,
  resizeNearest,
  toSigned,
  type Pixels,
} from "./preprocess";

/** Opaque grey pixels. */
const grey = (width: number, levels: readonly number[]): Pixels => ({
  width,
  height: levels.length / width,
  data: Uint8ClampedArray.from(levels.flatMap((level) => [level, level, level, 255])),
});
const red = ({ data }: Pixels): number[] =>
  Array.from({ length: data.length / 4 }, (_, i) => data[i * 4] ?? NaN);
const noise = (width: number, height: number): Pixels => {
  const rng = mulberry32(width * height);
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, () => rng() * 256);
  return { width, height, data };
};

describe("resizeArea", () => {
  it("averages what each output pixel covers, fractions included", () => {
    expect(red(resizeArea(grey(4, [10, 20, 30, 50]), 2, 1))).toEqual([15, 40]);
    expect(red(resizeArea(grey(3, [0, 90, 255]), 2, 1))).toEqual([30, 200]); // (0 + 90/2)/1.5, (90/2 + 255)/1.5
    expect(red(resizeArea(grey(2, [0, 100, 200, 40]), 1, 1))).toEqual([85]);
    expect(red(resizeArea(grey(1, [0, 90, 255]), 1, 2))).toEqual([30, 200]);
  });

  it("keeps the mean of every channel at any size", () => {
    const pixels = noise(37, 23);
    const mean = ({ data }: Pixels, c: number) =>
      data.reduce((sum, value, i) => (i % 4 === c ? sum + value : sum), 0) / (data.length / 4);
    for (const [width, height] of [
      [8, 8],
      [64, 64],
      [37, 5],
    ] as const) {
      const resized = resizeArea(pixels, width, height);
      expect([resized.width, resized.height]).toEqual([width, height]);
      for (let c = 0; c < 4; c++)
        expect(Math.abs(mean(resized, c) - mean(pixels, c))).toBeLessThan(0.2);
    }
  });

  it("leaves a picture of the right size alone, and flat ones flat", () => {
    const pixels = noise(9, 7);
    expect(resizeArea(pixels, 9, 7)).toEqual(pixels);
    expect(resizeBilinear(pixels, 9, 7)).toEqual(pixels);
    const flat = grey(10, new Array<number>(100).fill(77));
    expect(new Set(red(resizeArea(flat, 3, 7)))).toEqual(new Set([77]));
    expect(new Set(red(resizeBilinear(flat, 33, 7)))).toEqual(new Set([77]));
  });
});

describe("resizeBilinear", () => {
  it("has half-pixel centres and clamped edges (values of torch's interpolate)", () => {
    expect(red(resizeBilinear(grey(2, [0, 100]), 4, 1))).toEqual([0, 25, 75, 100]);
    expect(red(resizeBilinear(grey(4, [0, 100, 200, 40]), 2, 1))).toEqual([50, 120]);
    expect(red(resizeBilinear(grey(3, [0, 100, 200]), 2, 1))).toEqual([25, 175]);
  });

  it("does not antialias: pixels between the samples are not seen", () => {
    const pixels = grey(8, [0, 255, 255, 0, 0, 255, 255, 0]);
    expect(red(resizeBilinear(pixels, 2, 1))).toEqual([255, 255]); // between pixels 1 and 2, 5 and 6
    expect(red(resizeArea(pixels, 2, 1))).toEqual([128, 128]);
  });
});

describe("resizeNearest", () => {
  it("takes pixel floor(i * from / to), as torch does", () => {
    const mask = { width: 5, height: 1, ids: Uint8Array.from([0, 1, 2, 3, 4]) };
    expect([...resizeNearest(mask, 2, 1).ids]).toEqual([0, 2]);
    expect([...resizeNearest(mask, 10, 1).ids]).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    const tall = { width: 1, height: 4, ids: Uint8Array.from([7, 8, 9, 6]) };
    expect([...resizeNearest(tall, 2, 2).ids]).toEqual([7, 7, 9, 9]);
  });
});

describe("fitSquare", () => {
  const wide = grey(4, [1, 2, 3, 4, 5, 6, 7, 8]);
  const tall = grey(2, [1, 2, 3, 4, 5, 6, 7, 8]);

  it("crops the centre", () => {
    expect(red(fitSquare(wide, "crop"))).toEqual([2, 3, 6, 7]);
    expect(red(fitSquare(tall, "crop"))).toEqual([3, 4, 5, 6]);
    expect(red(fitSquare(grey(3, [1, 2, 3, 4, 5, 6]), "crop"))).toEqual([1, 2, 4, 5]);
  });

  it("letterboxes with mid grey", () => {
    const bar = [128, 128, 128, 128];
    expect(red(fitSquare(wide, "letterbox"))).toEqual([...bar, 1, 2, 3, 4, 5, 6, 7, 8, ...bar]);
    expect(red(fitSquare(tall, "letterbox"))).toEqual(
      [1, 3, 5, 7].flatMap((level) => [128, level, level + 1, 128]),
    );
    expect(fitSquare(wide, "letterbox").data.every((v, i) => i % 4 < 3 || v === 255)).toBe(true);
  });

  it("leaves a square alone", () => {
    const square = grey(2, [1, 2, 3, 4]);
    expect(fitSquare(square, "crop")).toBe(square);
  });
});

describe("toSigned and fromSigned", () => {
  it("map 0..255 to -1..1 and back without loss", () => {
    const pixels = grey(
      16,
      Array.from({ length: 256 }, (_, level) => level),
    );
    const signed = toSigned(pixels);
    expect([signed[0], signed[255 * 3]]).toEqual([-1, 1]);
    expect(signed[51 * 3]).toBeCloseTo((0.2 - 0.5) / 0.5, 6);
    expect(fromSigned(signed, 16, 16)).toEqual(pixels);
  });

  it("show white through what is transparent", () => {
    const data = Uint8ClampedArray.from([0, 0, 0, 0, 255, 0, 0, 51]);
    const signed = toSigned({ width: 2, height: 1, data });
    const expected = [1, 1, 1, 1, 0.6, 0.6];
    signed.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 6));
  });

  it("clamp what the decoder overshoots", () => {
    expect([...fromSigned([-3, 0, 1.7], 1, 1).data]).toEqual([0, 128, 255, 255]);
    expect(() => fromSigned([0, 0], 1, 1)).toThrow("1 x 1 x 3 values, got 2");
  });
});
