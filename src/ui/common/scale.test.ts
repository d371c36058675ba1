import { expect, test } from "vitest";

import {
  fittingScale,
  keyTo,
  linearScale,
  linearTicks,
  logScale,
  logTicks,
  nearest,
  pathOf,
  smooth,
  thin,
} from "./scale";

test("ticks are round and lie inside", () => {
  expect(linearTicks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(linearTicks(0.13, 0.29, 4)).toEqual([0.15, 0.2, 0.25]);
  expect(linearTicks(0, 600, 4)).toEqual([0, 200, 400, 600]);
  expect(logTicks(0.02, 3)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]);
  expect(logTicks(1e-4, 10)).toEqual([0.0001, 0.001, 0.01, 0.1, 1, 10]);
});

test("scales place their ends at 0 and 1", () => {
  const linear = linearScale(2, 6);
  expect([linear.place(2), linear.place(4), linear.place(6)]).toEqual([0, 0.5, 1]);
  const log = logScale(0.01, 1);
  expect(log.place(0.1)).toBeCloseTo(0.5, 12);
});

test("one value alone stands in the middle", () => {
  expect(linearScale(5, 5).place(5)).toBe(0.5);
  expect(linearScale(0, 0).place(0)).toBe(0.5);
  expect(logScale(2, 2).place(2)).toBeCloseTo(0.5, 12);
});

test("a loss of 0, or one that is no number, does not break the axis", () => {
  const scale = fittingScale([0, 1, NaN, Infinity], true);
  expect(scale.place(0.5)).toBe(0.5);
  expect(fittingScale([], true).place(1)).toBe(1);
});

test("smoothing keeps a flat line flat from its first point and lags a step", () => {
  const flat = [1, 2, 3, 4].map((x) => ({ x, y: 7 }));
  smooth(flat, 5).forEach(({ y }) => expect(y).toBeCloseTo(7, 12));
  const step = [0, 0, 0, 1].map((y, x) => ({ x, y }));
  const last = smooth(step, 3).at(-1)?.y ?? 0;
  expect(last).toBeGreaterThan(0.25);
  expect(last).toBeLessThan(0.6);
});

test("smoothing passes over a value that is no number", () => {
  const values = smooth(
    [2, NaN, 2].map((y, x) => ({ x, y })),
    4,
  ).map(({ y }) => y);
  values.forEach((value) => expect(value).toBeCloseTo(2, 12));
});

test("a path lifts its pen where a point has no place", () => {
  const points = [0, 1, NaN, 3, 4].map((y, x) => ({ x, y }));
  const path = pathOf(points, ({ x, y }) => ({ left: x, top: y }));
  expect(path).toBe("M0.0 0.0L1.0 1.0M3.0 3.0L4.0 4.0");
});

test("the nearest point is found between two, and beyond the ends", () => {
  const points = [0, 10, 20].map((x) => ({ x, y: 0 }));
  expect([-5, 4, 6, 14.9, 99].map((x) => nearest(points, x))).toEqual([0, 0, 1, 1, 2]);
});

test("keys read along the points and stop at their ends", () => {
  expect(keyTo("ArrowRight", 3, 100)).toBe(4);
  expect(keyTo("PageDown", 3, 100)).toBe(0);
  expect(keyTo("PageUp", 3, 100)).toBe(13);
  expect([keyTo("Home", 50, 100), keyTo("End", 50, 100)]).toEqual([0, 99]);
  expect(keyTo("Tab", 3, 100)).toBeNull();
});

test("a long curve is thinned evenly and keeps its ends", () => {
  const points = Array.from({ length: 1001 }, (_, x) => ({ x, y: 0 }));
  const thinned = thin(points, 300);
  expect(thinned.length).toBeLessThanOrEqual(301);
  expect(thinned.length).toBeGreaterThan(150);
  expect([thinned[0]?.x, thinned.at(-1)?.x]).toEqual([0, 1000]);
  expect(thin(points, 2000)).toBe(points);
});
