import { crc32 as zlibCrc32 } from "node:zlib";

import { expect, it } from "vitest";

import { mulberry32 } from "../math/random";

import { crc32 } from "./crc32";

it("gives the check value of the standard", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});

it("agrees with zlib at every length modulo four", () => {
  const rng = mulberry32(1);
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, () => 256 * rng());
    expect(crc32(bytes), `${length} bytes`).toBe(zlibCrc32(bytes));
  }
});
