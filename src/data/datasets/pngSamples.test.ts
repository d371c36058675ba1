import { encode } from "fast-png";
import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { mulberry32 } from "../../math/random";
import { readPngSamples } from "./pngSamples";
import { colorMask, indexedMask } from "./testFiles";

const maxPixels = 2 ** 20;
const read = (png: Uint8Array) => readPngSamples(new Uint8Array(png), maxPixels);
const random = (n: number, below: number): number[] => {
  const rng = mulberry32(n);
  return Array.from({ length: n }, () => Math.floor(rng() * below));
};

/** Rows of samples packed to whole bytes, as fast-png takes depths below 8. */
function packRows(samples: readonly number[], width: number, depth: number): Uint8Array {
  const perLine = Math.ceil((width * depth) / 8);
  const out = new Uint8Array(perLine * (samples.length / width));
  samples.forEach((sample, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const at = y * perLine + ((x * depth) >> 3);
    out[at] = (out[at] ?? 0) | (sample << (8 - depth - ((x * depth) & 7)));
  });
  return out;
}

describe("readPngSamples", () => {
  it("gives palette indices, not colours", async () => {
    const ids = random(35, 256);
    const png = await read(indexedMask(7, ids, Array(256).fill([9, 9, 9]) as number[][]));
    expect([png.kind, png.width, png.height]).toEqual(["indexed", 7, 5]);
    expect([...png.values]).toEqual(ids);
  });

  it.each([1, 2, 4] as const)("unpacks %i bits a pixel", async (depth) => {
    const levels = random(13 * 3, 2 ** depth);
    const data = packRows(levels, 13, depth);
    const png = encode({ width: 13, height: 3, depth, channels: 1, data });
    expect([...(await read(png)).values]).toEqual(levels);
  });

  it("gives greys of 16 bits whole", async () => {
    const levels = random(24, 65536);
    const data = Uint16Array.from(levels);
    const png = encode({ width: 6, height: 4, depth: 16, channels: 1, data });
    expect([...(await read(png)).values]).toEqual(levels);
  });

  it("gives colours, and 0 where all is transparent", async () => {
    const colors = random(12, 2 ** 24);
    expect([...(await read(colorMask(4, colors))).values]).toEqual(colors);
    const data = Uint8Array.from([1, 2, 3, 255, 4, 5, 6, 0, 7, 8, 9, 1]);
    const png = encode({ width: 3, height: 1, channels: 4, data });
    expect([...(await read(png)).values]).toEqual([0x010203, 0, 0x070809]);
    const greys = encode({ width: 2, height: 1, channels: 2, data: Uint8Array.from([5, 0, 6, 9]) });
    expect([...(await read(greys)).values]).toEqual([0, 6]);
  });

  it.each([
    [1, 1],
    [3, 2],
    [8, 8],
    [13, 9],
    [37, 21],
  ])("reads filtered and interlaced lines, %i x %i", async (width, height) => {
    const colors = random(width * height, 2 ** 24);
    const raw = Buffer.from(colors.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]));
    const image = sharp(raw, { raw: { width, height, channels: 3 } });
    for (const progressive of [false, true]) {
      const png = await image.png({ progressive, adaptiveFiltering: true }).toBuffer();
      expect([...(await read(png)).values]).toEqual(colors);
    }
  });

  it("undoes each of the five filters", async () => {
    const levels = Array.from({ length: 64 * 64 }, (_, i) => (i % 64) * 3 + Math.floor(i / 64));
    const image = sharp(Buffer.from(levels), { raw: { width: 64, height: 64, channels: 1 } });
    const png = await image.toColourspace("b-w").png({ adaptiveFiltering: true }).toBuffer();
    expect([...(await read(png)).values]).toEqual(levels);
  });

  it("refuses what is damaged, cut short or too large", async () => {
    const png = indexedMask(16, random(256, 256));
    for (const length of [0, 8, 30, 200, png.length - 40])
      await expect(read(png.slice(0, length))).rejects.toThrow("a damaged PNG");
    const flipped = png.slice();
    flipped[png.length - 60] = (flipped[png.length - 60] ?? 0) ^ 0x55;
    await expect(read(flipped)).rejects.toThrow("a damaged PNG");
    const wider = png.slice();
    wider[19] = 17; // claims 17 columns
    await expect(read(wider)).rejects.toThrow("a damaged PNG");
    const vast = png.slice();
    vast.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
    await expect(read(vast)).rejects.toThrow("too many pixels");
    const deep = encode({ width: 1, height: 1, depth: 16, channels: 3, data: new Uint16Array(3) });
    await expect(read(deep)).rejects.toThrow("16 bits");
  });
});
