/** Expected masks are those of the COCO API's own C code (common/maskApi.c), compiled and run on the same polygons. */
import { describe, expect, it } from "vitest";

import { parseRuns, segmentationMask } from "./cocoMasks";

/** Corners, the mask column by column, and the same as run lengths in text; all 6 high and 8 wide. */
const official: [number[], string, string][] = [
  [[1, 1, 6.5, 2, 3, 5], "000000010000011100011110001100001000000000000000", "7152N10N1O;"],
  [[1, 1, 6, 1, 6, 4, 1, 4], "000000011100011100011100011100011100000000000000", "7330000000;"],
  [
    [0.3, 0.2, 7.9, 1.5, 4.25, 5.9, 2.5, 2.5, -1, 4],
    "111000111000011000011100011111011100011000010000",
    "03301O01O2NN2O1O0",
  ],
];
const digits = (mask: Uint8Array) => [...mask].join("");

describe("segmentationMask", () => {
  it.each(official)("draws %j as the COCO API does", (polygon, expected, counts) => {
    expect(digits(segmentationMask([polygon], 6, 8))).toBe(expected);
    expect(digits(segmentationMask({ size: [6, 8], counts }, 6, 8))).toBe(expected);
    expect(digits(segmentationMask({ size: [6, 8], counts: parseRuns(counts) }, 6, 8))).toBe(
      expected,
    );
  });

  it("unites polygons and leaves out those without an area", () => {
    const [a, b] = [official[0], official[1]];
    const both = digits(segmentationMask([a?.[0] ?? [], b?.[0] ?? [], [1, 1, 2, 2]], 6, 8));
    const expected = [...(a?.[1] ?? "")].map((bit, i) => (bit === "1" ? bit : b?.[1][i])).join("");
    expect(both).toBe(expected);
    expect(segmentationMask([], 2, 2)).toEqual(new Uint8Array(4));
  });

  it("reads run lengths that are long, and that fall", () => {
    // 31 low bits need seven letters; the fourth run is the difference to the second
    expect(parseRuns("PPPP1")).toEqual([1 * 32 ** 4]);
    expect(parseRuns("9999")).toEqual([9, 9, 9, 18]);
    expect(parseRuns("999M")).toEqual([9, 9, 9, 6]);
  });

  it("refuses what does not fit its picture", () => {
    const runs = (counts: string | number[], size: [number, number] = [2, 2]) =>
      segmentationMask({ size, counts }, 2, 2);
    expect(() => runs([1, 2])).toThrow("do not fill");
    expect(() => runs([1, 9])).toThrow("do not fill");
    expect(() => runs([4], [4, 1])).toThrow("a size other than");
    expect(() => runs("\x01")).toThrow("damaged run lengths");
    expect(() => runs("oooooooooo")).toThrow("damaged run lengths");
    expect(() => runs("9")).toThrow("do not fill");
    expect(() => segmentationMask([[0, 0, 1e9, 0, 0, 1]], 2, 2)).toThrow("far outside");
    expect(() => segmentationMask([[0, 0, NaN, 0, 0, 1]], 2, 2)).toThrow("far outside");
  });

  it("gives up on an outline without end", () => {
    const zigzag = Array.from({ length: 2000 }, (_, i) => (i % 4 < 2 ? 0 : 999));
    expect(() => segmentationMask([zigzag], 1000, 1000)).toThrow("too long");
  });
});
