import { describe, expect, it } from "vitest";

import { CheckpointError } from "../errors";
import { mulberry32 } from "../math/random";

import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat, narrow, widen } from "./dtypes";

const allBits = Array.from({ length: 65536 }, (_, bits) => bits);
const bytesOf = (array: { buffer: ArrayBuffer }) => new Uint8Array(array.buffer);

/** The nearest 16-bit float by search: what rounding must agree with, found another way. */
function nearestBits(value: number, decode: (bits: number) => number, infinity: number): number {
  const magnitude = Math.abs(value);
  let low = 0; // decode(low) <= magnitude < decode(low + 1)
  for (let step = 1 << 14; step; step >>= 1)
    if (low + step < infinity && decode(low + step) <= magnitude) low += step;
  const below = decode(low);
  // The gap above the largest finite value is as wide as the one below it.
  const above = low + 1 === infinity ? 2 * below - decode(low - 1) : decode(low + 1);
  const isUp =
    magnitude - below > above - magnitude ||
    (magnitude - below === above - magnitude && low % 2 === 1);
  return (isUp ? low + 1 : low) + (value < 0 || Object.is(value, -0) ? 0x8000 : 0);
}

describe("binary16", () => {
  it("round-trips all 65,536 halves", () => {
    const wrong = allBits.filter((bits) => {
      const value = halfToFloat(bits);
      const back = floatToHalf(value);
      return Number.isNaN(value) ? (back & 0x7fff) <= 0x7c00 : back !== bits;
    });
    expect(wrong).toEqual([]);
    expect(allBits.filter((bits) => Number.isNaN(halfToFloat(bits)))).toHaveLength(2 * 1023);
  });

  it("knows the landmarks", () => {
    expect(halfToFloat(0x0001)).toBe(2 ** -24);
    expect(halfToFloat(0x03ff)).toBe(1023 * 2 ** -24);
    expect(halfToFloat(0x0400)).toBe(2 ** -14);
    expect(halfToFloat(0x7bff)).toBe(65504);
    expect(halfToFloat(0xfc00)).toBe(-Infinity);
    expect(floatToHalf(65519.99)).toBe(0x7bff);
    expect(floatToHalf(65520)).toBe(0x7c00);
    expect(floatToHalf(2 ** -25)).toBe(0);
    expect(floatToHalf(2 ** -25 * 1.0001)).toBe(1);
    expect(floatToHalf(1e-45)).toBe(0);
    expect(floatToHalf(NaN)).toBe(0x7e00);
    expect(floatToHalf(-0)).toBe(0x8000);
  });

  it("rounds to nearest, ties to even, between every two neighbours", () => {
    const wrong = allBits.slice(0, 0x7bff).filter((bits) => {
      const middle = (halfToFloat(bits) + halfToFloat(bits + 1)) / 2;
      const even = bits + (bits % 2);
      return floatToHalf(middle) !== even || floatToHalf(-middle) !== 0x8000 + even;
    });
    expect(wrong).toEqual([]);
  });

  it("agrees with a search for random values of every magnitude", () => {
    const rng = mulberry32(3);
    const values = Float32Array.from(
      { length: 20_000 },
      () => (2 * rng() - 1) * 2 ** (44 * rng() - 28),
    );
    const wrong = values.filter((x) => floatToHalf(x) !== nearestBits(x, halfToFloat, 0x7c00));
    expect([...wrong]).toEqual([]);
  });
});

describe("bfloat16", () => {
  it("round-trips all 65,536 values", () => {
    const wrong = allBits.filter((bits) => {
      const value = bfloatToFloat(bits);
      const back = floatToBfloat(value);
      return Number.isNaN(value) ? !Number.isNaN(bfloatToFloat(back)) : back !== bits;
    });
    expect(wrong).toEqual([]);
  });

  it("agrees with a search for random values", () => {
    const rng = mulberry32(4);
    const values = Float32Array.from(
      { length: 5_000 },
      () => (2 * rng() - 1) * 2 ** (200 * rng() - 100),
    );
    const wrong = values.filter((x) => floatToBfloat(x) !== nearestBits(x, bfloatToFloat, 0x7f80));
    expect([...wrong]).toEqual([]);
  });
});

describe("widen", () => {
  it("reads every format from any byte offset", () => {
    const cases = [
      [bytesOf(Float64Array.of(0.1, -2)), "F64", [Math.fround(0.1), -2]],
      [bytesOf(Float32Array.of(1.5, -0)), "F32", [1.5, -0]],
      [bytesOf(Uint16Array.of(0x3c00, 0xbe00)), "F16", [1, -1.5]],
      [bytesOf(Uint16Array.of(0x3f80, 0xc000)), "BF16", [1, -2]],
      [bytesOf(BigInt64Array.of(-1n, 2n ** 40n)), "I64", [-1, 2 ** 40]],
      [bytesOf(Int32Array.of(-7, 2 ** 24)), "I32", [-7, 2 ** 24]],
      [bytesOf(Int16Array.of(-300)), "I16", [-300]],
      [bytesOf(Int8Array.of(-3)), "I8", [-3]],
      [Uint8Array.of(0, 255), "U8", [0, 255]],
      [Uint8Array.of(0, 1, 2), "BOOL", [0, 1, 1]],
    ] as const;
    for (const [bytes, dtype, expected] of cases) {
      expect([...widen(bytes, dtype, "x")], dtype).toEqual(expected);
      const shifted = new Uint8Array([99, ...bytes]).subarray(1);
      expect([...widen(shifted, dtype, "x")], `${dtype} unaligned`).toEqual(expected);
    }
  });

  it("refuses integers that float32 would change", () => {
    expect(() => widen(bytesOf(Int32Array.of(2 ** 24 + 1)), "I32", "ids")).toThrow(CheckpointError);
    expect(() => widen(bytesOf(BigInt64Array.of(2n ** 53n + 1n)), "I64", "ids")).toThrow(
      /ids: expected integers that float32 holds exactly, got 9007199254740993/,
    );
  });
});

describe("narrow", () => {
  it("keeps every bit of float32, of a view too", () => {
    const values = Float32Array.of(9, -0, 1e-45, Infinity).subarray(1);
    expect([...widen(narrow(values, "F32").slice(), "F32", "x")]).toEqual(
      [-0, 1e-45, Infinity].map(Math.fround),
    );
  });

  it("writes halves that widen to what was rounded", () => {
    const values = Float32Array.of(1 / 3, -1000.3);
    expect([...widen(narrow(values, "F16").slice(), "F16", "x")]).toEqual([
      0.333251953125, -1000.5,
    ]);
    expect([...widen(narrow(values, "BF16").slice(), "BF16", "x")]).toEqual([0.333984375, -1000]);
  });
});
