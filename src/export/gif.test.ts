import fc from "fast-check";
import { expect, test } from "vitest";

import { mulberry32 } from "../math/random";
import { encodeGif, type GifFrame, type GifPicture } from "./gif";
import { readGif } from "./testGif";

type Color = readonly [number, number, number];

const picture = (
  width: number,
  height: number,
  color: (x: number, y: number) => Color,
): GifPicture => ({
  width,
  height,
  data: Uint8ClampedArray.from(
    Array.from({ length: width * height }, (_, i) => [
      ...color(i % width, Math.floor(i / width)),
      255,
    ]).flat(),
  ),
});

const rgbOf = ({ data }: GifPicture): Uint8Array =>
  Uint8Array.from(data.filter((_, i) => i % 4 < 3));

const red: Color = [248, 0, 0];
const blue: Color = [0, 0, 248];
const green: Color = [0, 252, 0];

/** A square that walks over a ground. */
const walk = (ground: Color, n: number): GifFrame[] =>
  Array.from({ length: n }, (_, i) => ({
    picture: picture(6, 4, (x, y) => (x === i && y === 1 ? green : ground)),
    delayMs: 40 + 10 * i,
  }));

/** A smooth picture of more colours than any palette. */
const gradient = (turn: number): GifPicture =>
  picture(64, 48, (x, y) => [x * 4, y * 5, (x + y + turn) % 256]);

const meanError = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? NaN)), 0) / a.length;

test("a reader of its own finds frames, size, delays and the very pixels", () => {
  const frames = walk(red, 5);
  const gif = readGif(encodeGif(frames));
  expect(gif.signature).toBe("GIF89a");
  expect([gif.width, gif.height, gif.repeat]).toEqual([6, 4, 0]);
  expect(gif.frames.map(({ delayMs }) => delayMs)).toEqual([40, 50, 60, 70, 80]);
  expect(gif.frames.map(({ rgb }) => rgb)).toEqual(frames.map(({ picture }) => rgbOf(picture)));
});

test("frames share one palette, or each has its own", () => {
  const frames = [red, blue].map((ground) => ({
    picture: picture(3, 2, () => ground),
    delayMs: 100,
  }));
  const [one, two] = readGif(encodeGif(frames)).frames;
  expect([one?.hasOwnPalette, two?.hasOwnPalette]).toEqual([false, false]);
  const [, own] = readGif(encodeGif(frames, { palette: "frame" })).frames;
  expect(own?.hasOwnPalette).toBe(true);
  expect(own?.rgb).toEqual(rgbOf(picture(3, 2, () => blue)));
});

test("128 colours come close to a picture of thousands, two do not", () => {
  const frames = [0, 60].map((turn) => ({ picture: gradient(turn), delayMs: 50 }));
  for (const palette of ["shared", "frame"] as const) {
    const gif = readGif(encodeGif(frames, { palette }));
    for (const [i, frame] of gif.frames.entries()) {
      expect(frame.paletteSize).toBe(128);
      expect(meanError(frame.rgb, rgbOf(gradient(i * 60)))).toBeLessThan(10);
    }
  }
  const [coarse] = readGif(encodeGif(frames, { maxColors: 2 })).frames;
  expect(coarse?.paletteSize).toBe(2);
  expect(meanError(coarse?.rgb ?? new Uint8Array(1), rgbOf(gradient(0)))).toBeGreaterThan(20);
});

test("a few colours stay apart however near they are to each other", () => {
  const near = picture(4, 4, (x) => [8 * x, 128 + 4 * x, 8 * x]);
  const [frame] = readGif(encodeGif([{ picture: near, delayMs: 50 }])).frames;
  expect(frame?.rgb).toEqual(rgbOf(near));
});

test("noise of more colours than a palette is looked for among is written too", () => {
  const rng = mulberry32(4);
  const byte = () => Math.floor(rng() * 256);
  const noise = picture(160, 128, () => [byte(), byte(), byte()]);
  const [frame] = readGif(encodeGif([{ picture: noise, delayMs: 20 }])).frames;
  expect(meanError(frame?.rgb ?? new Uint8Array(1), rgbOf(noise))).toBeLessThan(32); // black: 128
});

test("each pixel becomes a square of pixels", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom(red, green, blue), { minLength: 35, maxLength: 35 }),
      (width, height, scale, colors) => {
        const at = (x: number, y: number): Color => colors[y * width + x] ?? red;
        const frame = { picture: picture(width, height, at), delayMs: 100 };
        const gif = readGif(encodeGif([frame], { scale }));
        expect([gif.width, gif.height]).toEqual([width * scale, height * scale]);
        const large = picture(gif.width, gif.height, (x, y) =>
          at(Math.floor(x / scale), Math.floor(y / scale)),
        );
        expect(gif.frames[0]?.rgb).toEqual(rgbOf(large));
      },
    ),
  );
});

test("a view into a larger buffer is read from where it begins", () => {
  const { data } = picture(4, 2, (x) => (x < 2 ? red : blue));
  const larger = new Uint8ClampedArray(data.length + 16).fill(99);
  larger.set(data, 8);
  const view = { width: 4, height: 2, data: larger.subarray(8, 8 + data.length) };
  for (const palette of ["shared", "frame"] as const) {
    const [frame] = readGif(encodeGif([{ picture: view, delayMs: 50 }], { palette })).frames;
    expect(frame?.rgb).toEqual(rgbOf(picture(4, 2, (x) => (x < 2 ? red : blue))));
  }
});

test("delays keep to what browsers play and the format can write", () => {
  const delays = [0, 14, 24, 1e7].map((delayMs) => ({ picture: gradient(0), delayMs }));
  const gif = readGif(encodeGif(delays));
  expect(gif.frames.map(({ delayMs }) => delayMs)).toEqual([20, 20, 20, 655350]);
});

test("no frames, frames of two sizes, torn pixels and impossible options are refused", () => {
  const frame = { picture: gradient(0), delayMs: 50 };
  const small = { picture: picture(3, 3, () => red), delayMs: 50 };
  const torn = { picture: { width: 3, height: 3, data: new Uint8ClampedArray(35) }, delayMs: 50 };
  expect(() => encodeGif([])).toThrow("at least one frame");
  expect(() => encodeGif([frame, small])).toThrow("expected frames of 64x48, got 3x3");
  expect(() => encodeGif([torn])).toThrow("got 35 bytes");
  expect(() => encodeGif([frame], { maxColors: 257 })).toThrow("2 to 256 colours, got 257");
  for (const scale of [0, 1.5, 2000])
    expect(() => encodeGif([frame], { scale })).toThrow("expected a whole scale");
});
