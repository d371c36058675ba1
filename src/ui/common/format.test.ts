import { expect, test } from "vitest";

import { formatBytes, formatBytesOf, formatCount, formatDuration } from "./format";

test("writes bytes in decimal units", () => {
  expect([0, 999, 1500, 41_900_000, 2_340_000_000].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "2 kB",
    "41.9 MB",
    "2.34 GB",
  ]);
});

test("names a shared unit once", () => {
  expect(formatBytesOf(12_000_000, 41_900_000)).toBe("12.0 of 41.9 MB");
  expect(formatBytesOf(500_000, 41_900_000)).toBe("500 kB of 41.9 MB");
});

test("writes durations and counts briefly", () => {
  expect([87.4, 1234].map(formatDuration)).toEqual(["87 ms", "1.2 s"]);
  expect([12, 9_980_000, 151_000_000].map(formatCount)).toEqual(["12", "9.98 M", "151 M"]);
});
