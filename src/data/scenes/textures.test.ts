import { expect, test } from "vitest";

import { mulberry32 } from "../../math/random";
import { toneMakers } from "./textureTones";
import { drawTextureSpec, paintTexture, type TextureKind } from "./textures";

const kinds = Object.keys(toneMakers) as TextureKind[]; // the keys are the kinds

test.each(kinds)("%s tiles, stays in range and is not plain", (kind) => {
  const rng = mulberry32(5);
  for (const cells of [2, 3, 4, 6]) {
    const tone = toneMakers[kind](mulberry32(cells), cells);
    const points = Array.from({ length: 500 }, () => [rng(), rng()] as const);
    const tones = points.map(([u, v]) => tone(u, v));
    // A point within rounding of an edge may fall on its other side one period on.
    const moved = points.filter(
      ([u, v], i) => Math.abs(tone(u + 1, v + 1) - (tones[i] ?? 0)) > 1e-6,
    );
    expect(moved.length).toBeLessThan(3);
    expect(Math.min(...tones)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...tones)).toBeLessThanOrEqual(1);
    expect(Math.max(...tones) - Math.min(...tones)).toBeGreaterThan(0.3);
  }
});

test("a texture is painted from its own colours, the same each time", () => {
  const rng = mulberry32(1);
  for (let i = 0; i < 20; i++) {
    const spec = drawTextureSpec(rng, "full");
    const tile = paintTexture(spec, 32);
    expect(paintTexture(spec, 32)).toEqual(tile);
    for (const c of [0, 1, 2]) {
      const channel = tile.filter((_, k) => k % 4 === c);
      const ofColors = spec.colors.map((color) => color[c] ?? 0);
      expect(Math.min(...channel)).toBeGreaterThanOrEqual(Math.min(...ofColors));
      expect(Math.max(...channel)).toBeLessThanOrEqual(Math.max(...ofColors));
    }
    expect(tile.every((value, k) => k % 4 !== 3 || value === 255)).toBe(true);
  }
});
