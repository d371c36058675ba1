import { describe, expect, test } from "vitest";

import {
  countVisible,
  minVisiblePixels,
  sceneKindNames,
  shrinkScene,
  touchesBorder,
} from "./scene";
import { sceneKinds } from "./sceneKinds";
import { renderScene, spriteRenderer } from "./sceneRenderer";
import { planSolids } from "./solids";
import { planSprites, renderSprites } from "./sprites";

const indices = Array.from({ length: 300 }, (_, i) => i);

describe.each(sceneKindNames)("layouts of %s", (kind) => {
  const { plan, counts } = sceneKinds[kind];
  const plans = indices.map((index) => plan(7, index));

  test("are the same for the same seed and index, whatever was made before", () => {
    expect([40, 3, 40].map((index) => plan(7, index))).toEqual([plans[40], plans[3], plans[40]]);
  });

  test("differ with the seed and with the index", () => {
    const layouts = [plan(7, 0), plan(8, 0), plan(7, 1), plan(8, 1)];
    expect(new Set(layouts.map(({ objects }) => JSON.stringify(objects))).size).toBe(4);
  });

  test("number their objects from 1 and show enough of each", () => {
    for (const { objects } of plans) {
      expect(objects.map(({ id }) => id)).toEqual(objects.map((_, k) => k + 1));
      for (const { visiblePixels } of objects)
        expect(visiblePixels).toBeGreaterThanOrEqual(minVisiblePixels);
    }
  });

  test("have every object count equally often", () => {
    // 2,000 scenes of ten seeds: with 28, 26, 24 and 21 % the statistic would be about 22.
    const sizes = indices.flatMap((i) =>
      i < 200 ? Array.from({ length: 10 }, (_, seed) => plan(seed, i).objects.length) : [],
    );
    const [min, max] = counts;
    const options = Array.from({ length: max - min + 1 }, (_, k) => min + k);
    const expected = sizes.length / options.length;
    const seen = options.map((n) => sizes.filter((size) => size === n).length);
    expect(seen.reduce((a, b) => a + b)).toBe(2000);
    const chiSquare = seen.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(16.27); // 99.9th percentile for 3 degrees of freedom
  });
});

test.each(["clevr", "textured"] as const)("ids of %s agree with their objects", (kind) => {
  for (const index of indices.slice(0, 60)) {
    const { ids, objects } = planSolids(kind, 3, index);
    expect(countVisible(ids, objects.length)).toEqual(objects.map((o) => o.visiblePixels));
    expect(Math.max(...ids)).toBe(objects.length);
    expect(touchesBorder(ids, 128)).toBe(false);
  }
});

describe("sprites", () => {
  test("render to the same bytes twice", () => {
    const [first, second] = [0, 1].map(() => renderSprites(planSprites(5, 12), 64));
    expect(first).toEqual(second);
    expect(first?.pixels.data).not.toEqual(renderSprites(planSprites(6, 12), 64).pixels.data);
  });

  test.each([64, 128])("at %i pixels, ids are compact and every object is visible", (side) => {
    const scenes = [...spriteRenderer(side).render(2, 0, 100)].flat();
    expect(scenes).toHaveLength(100);
    for (const { ids, objects, pixels } of scenes) {
      expect([ids.length, pixels.data.length]).toEqual([side * side, 4 * side * side]);
      expect(countVisible(ids, objects.length)).toEqual(objects.map((o) => o.visiblePixels));
      const least = 0.8 * minVisiblePixels * (side / 128) ** 2; // thin tips fall between coarse pixels
      for (const { visiblePixels } of objects) expect(visiblePixels).toBeGreaterThan(least);
      expect(Math.max(...ids)).toBe(objects.length);
    }
  });

  test("show their colour where their id is", () => {
    const scene = renderScene(sceneKinds.sprites.open(), 4, 9);
    for (const { id, rgb, visiblePixels } of scene.objects) {
      let exact = 0;
      scene.ids.forEach((other, i) => {
        const isColor = rgb.every((value, c) => scene.pixels.data[4 * i + c] === value);
        if (other === id && isColor) exact++;
      });
      expect(exact / visiblePixels).toBeGreaterThan(0.5); // the rest are softened edges
    }
  });
});

test("a shrunk scene averages colours and keeps ids that exist", () => {
  const scene = renderSprites(planSprites(1, 1), 128);
  const small = shrinkScene(scene, 64);
  const mean = (data: Uint8ClampedArray) => data.reduce((a, b) => a + b, 0) / data.length;
  expect(small.pixels).toMatchObject({ width: 64, height: 64 });
  expect(mean(small.pixels.data)).toBeCloseTo(mean(scene.pixels.data), 0);
  expect(small.ids).toHaveLength(64 * 64);
  expect(countVisible(small.ids, small.objects.length)).toEqual(
    small.objects.map(({ visiblePixels }) => visiblePixels),
  );
  expect(shrinkScene(scene, 128)).toBe(scene);
  expect(() => shrinkScene(scene, 48)).toThrow("expected a resolution that divides 128, got 48");
});
