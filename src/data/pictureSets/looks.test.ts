/** Look-alikes: the same picture saved anew or a little brighter is found, different pictures are kept apart. */
import sharp from "sharp";
import { describe, expect, it } from "vitest";

import type { Pixels } from "../preprocess";
import { lookFrom, lookOf, looksSame } from "./looks";
import { sprites } from "./testSets";

const side = 64;
const pictures = sprites(400, 0, side).map(({ pixels }) => pixels);
const looks = pictures.map((pixels) => lookFrom(lookOf(pixels)));

async function resave(pixels: Pixels, quality: number, size = side): Promise<Pixels> {
  const raw = { width: side, height: side, channels: 4 } as const;
  const jpeg = sharp(pixels.data, { raw }).removeAlpha().resize(size, size).jpeg({ quality });
  const back = sharp(await jpeg.toBuffer()).resize(side, side);
  const data = await back.ensureAlpha().raw().toBuffer();
  return { width: side, height: side, data: new Uint8ClampedArray(data) };
}

const recolor = ({ data, ...size }: Pixels, change: (value: number) => number): Pixels => ({
  ...size,
  data: data.map((value, i) => (i % 4 === 3 ? value : change(value))),
});

/** Share of changed pictures that are known again. */
async function shareFound(change: (pixels: Pixels) => Pixels | Promise<Pixels>): Promise<number> {
  const some = pictures.slice(0, 100);
  const found = await Promise.all(
    some.map(async (pixels, i) => {
      const look = looks[i];
      return look && looksSame(look, lookFrom(lookOf(await change(pixels))));
    }),
  );
  return found.filter(Boolean).length / some.length;
}

describe("a picture is known again", () => {
  it.each([
    ["as a JPEG of quality 90", (p: Pixels) => resave(p, 90), 0.97],
    ["as a JPEG of quality 75", (p: Pixels) => resave(p, 75), 0.9],
    ["larger, as a JPEG of quality 90", (p: Pixels) => resave(p, 90, 2 * side), 0.8],
    ["4 grey levels brighter", (p: Pixels) => recolor(p, (value) => value + 4), 0.99],
    ["brighter by a tenth", (p: Pixels) => recolor(p, (value) => value * 1.1), 0.97],
    ["darker by a tenth", (p: Pixels) => recolor(p, (value) => value * 0.9), 0.97],
  ])("%s", async (_, change, least) => {
    expect(await shareFound(change)).toBeGreaterThanOrEqual(least);
  });
});

describe("different pictures", () => {
  it("are not taken for each other: at most one of 20,000 pairs is", () => {
    let same = 0;
    for (const [i, a] of looks.entries())
      for (const b of looks.slice(0, i)) if (looksSame(a, b)) same++;
    expect(same).toBeLessThanOrEqual(4);
  });

  it("of one colour each are not", () => {
    const flat = (level: number): Pixels => ({
      ...{ width: side, height: side },
      data: new Uint8ClampedArray(side * side * 4).fill(level),
    });
    const [dark, light] = [lookFrom(lookOf(flat(60))), lookFrom(lookOf(flat(120)))];
    expect(looksSame(dark, light)).toBe(false);
    expect(looksSame(dark, lookFrom(lookOf(flat(70))))).toBe(true);
  });

  it("mirrored are not: the sign of a difference counts", () => {
    const ramp = (rising: boolean): Pixels => ({
      ...{ width: side, height: side },
      data: Uint8ClampedArray.from({ length: side * side * 4 }, (_, i) => {
        const x = (i >> 2) % side;
        return 4 * (rising ? x : side - 1 - x);
      }),
    });
    expect(looksSame(lookFrom(lookOf(ramp(true))), lookFrom(lookOf(ramp(false))))).toBe(false);
  });
});
