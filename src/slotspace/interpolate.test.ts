import fc from "fast-check";
import { expect, test } from "vitest";

import { gaussianArray, mulberry32 } from "../math/random";
import { interpolate, pathNames } from "./interpolate";
import { dot, norm } from "./slotMatrix";

const slot = (seed: number, scale = 1): Float32Array =>
  gaussianArray(mulberry32(seed), 24).map((value) => value * scale);

const angleOf = (a: Float32Array, b: Float32Array): number =>
  Math.acos(Math.min(1, Math.max(-1, dot(a, b) / (norm(a) * norm(b)))));

test("both ways begin and end exactly at the two slots, as copies", () => {
  const [a, b] = [slot(1), slot(2, 3)];
  for (const path of pathNames) {
    const [start, end] = [interpolate(a, b, 0, path), interpolate(a, b, 1, path)];
    expect(start).toEqual(a);
    expect(end).toEqual(b);
    expect(start).not.toBe(a);
    expect(end).not.toBe(b);
  }
});

test("the line goes straight", () => {
  const between = interpolate(Float32Array.of(0, 4), Float32Array.of(8, 0), 0.25, "linear");
  expect(between).toEqual(Float32Array.of(2, 3));
});

test("the arc turns evenly and keeps the norm between those of its ends", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (seed, scale, t) => {
        const [a, b] = [slot(seed), slot(seed + 5000, scale)];
        const between = interpolate(a, b, t, "spherical");
        expect(norm(between) / ((1 - t) * norm(a) + t * norm(b))).toBeCloseTo(1, 5);
        expect(angleOf(a, between)).toBeCloseTo(t * angleOf(a, b), 3);
      },
    ),
  );
});

test("on the line slots of one length grow shorter on the way, on the arc they do not", () => {
  const [a, b] = [Float32Array.of(5, 0), Float32Array.of(0, 5)];
  expect(norm(interpolate(a, b, 0.5, "linear"))).toBeCloseTo(5 / Math.SQRT2, 5);
  expect(norm(interpolate(a, b, 0.5, "spherical"))).toBeCloseTo(5, 5);
});

test("going back is the same way", () => {
  const [a, b] = [slot(7), slot(8)];
  for (const path of pathNames) {
    const there = interpolate(a, b, 0.3, path);
    const back = interpolate(b, a, 0.7, path);
    for (const [i, value] of there.entries()) expect(back[i]).toBeCloseTo(value, 5);
  }
});

test("the arc exists between equal, opposite and zero slots too", () => {
  const a = slot(3);
  const opposite = a.map((value) => -value);
  const half = interpolate(a, opposite, 0.5, "spherical");
  expect(norm(half)).toBeCloseTo(norm(a), 4);
  expect(Math.abs(dot(half, a))).toBeLessThan(1e-4);
  expect(angleOf(a, interpolate(a, opposite, 0.25, "spherical"))).toBeCloseTo(Math.PI / 4, 4);

  const same = interpolate(a, a.slice(), 0.4, "spherical");
  for (const [i, value] of a.entries()) expect(same[i]).toBeCloseTo(value, 5);

  const fromZero = interpolate(new Float32Array(24), a, 0.5, "spherical");
  expect(fromZero).toEqual(a.map((value) => value / 2));
});

test("slots of two sizes and places off the way are refused", () => {
  const a = Float32Array.of(1, 2);
  expect(() => interpolate(a, Float32Array.of(1), 0.5, "linear")).toThrow("got 2 and 1");
  expect(() => interpolate(a, a, 1.5, "linear")).toThrow("expected t in 0..1, got 1.5");
  expect(() => interpolate(a, a, NaN, "spherical")).toThrow("got NaN");
});
