/**
 * Scenes of flat 2-D shapes that cover each other, on plain or textured ground; after the Multi-dSprites data of
 * Kabra et al. 2019 (https://github.com/google-deepmind/multi_object_datasets).
 *
 * Differs from Multi-dSprites: eight shapes, saturated named colours that never repeat in a scene, greyish grounds.
 * Runs anywhere: no DOM, no three.js.
 */
import type { Rng } from "../../math/random";
import { jitterRgb, spriteColors, type Rgb } from "./colors";
import { countVisible, isLayoutClear, planResolution, type Scene, type ScenePlan } from "./scene";
import { integer, pick, sceneRng, shuffle, uniform } from "./seeding";
import { fillIds, paintSprites, type Sprite } from "./spriteRaster";
import { spriteShapeNames } from "./spriteShapes";
import { drawGroundSpec, paintTexture, type TextureSpec } from "./textures";

/** Fewest and most objects, both included; every count is equally likely. */
export const spriteCounts = [2, 5] as const;

export type SpritePlan = ScenePlan & {
  kind: "sprites";
  objects: Sprite[];
  ground: TextureSpec | null;
  groundColor: Rgb;
};

const kindCode = 3;
const maxAttempts = 1000;

/** The layout of one scene; visible pixels are counted at planResolution. */
export function planSprites(seed: number, index: number): SpritePlan {
  // The count has a stream of its own and stays through rejections, else crowded scenes would be rare.
  const count = integer(sceneRng(kindCode, seed, index, 0), ...spriteCounts);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const rng = sceneRng(kindCode, seed, index, attempt + 1);
    const objects = drawSprites(rng, count);
    const ids = fillIds(objects, planResolution);
    if (!isLayoutClear(ids, count)) continue;
    const visible = countVisible(ids, count);
    objects.forEach((object, k) => (object.visiblePixels = visible[k] ?? 0));
    const spec = drawGroundSpec(rng);
    const ground = rng() < 0.5 ? null : spec;
    return { kind: "sprites", seed, index, attempt, objects, ground, groundColor: spec.colors[0] };
  }
  throw new Error(`sprites: no clear layout for seed ${seed}, index ${index}.`);
}

function drawSprites(rng: Rng, count: number): Sprite[] {
  const colors = shuffle(rng, spriteColors).slice(0, count);
  return colors.map(({ name, rgb }, k) => {
    const size = uniform(rng, 0.1, 0.21);
    return {
      id: k + 1,
      shape: pick(rng, spriteShapeNames),
      color: name,
      rgb: jitterRgb(rng, rgb, 12),
      material: "flat",
      position: [uniform(rng, size, 1 - size), uniform(rng, size, 1 - size)],
      size,
      angle: uniform(rng, 0, 2 * Math.PI),
      visiblePixels: 0,
    };
  });
}

/** One scene, rendered at any resolution. @param side - pixels a side */
export function renderSprites(plan: SpritePlan, side = planResolution): Scene {
  const { ground, groundColor } = plan;
  const data = new Uint8ClampedArray(side * side * 4);
  if (ground) data.set(paintTexture(ground, side));
  else fillPlain(data, groundColor);
  const ids = paintSprites(plan.objects, data, side);
  const visible = countVisible(ids, plan.objects.length);
  return {
    seed: plan.seed,
    index: plan.index,
    attempt: plan.attempt,
    objects: plan.objects.map((object, k) => ({ ...object, visiblePixels: visible[k] ?? 0 })),
    pixels: { width: side, height: side, data },
    ids,
  };
}

function fillPlain(data: Uint8ClampedArray, [r, g, b]: Rgb): void {
  for (let i = 0; i < data.length; i += 4) {
    data[i] = r;
    data[i + 1] = g;
    data[i + 2] = b;
    data[i + 3] = 255;
  }
}
