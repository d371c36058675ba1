/** A picture with its ground truth: which object each pixel shows, and what each object is. */
import { InputError } from "../../errors";
import type { Rgb } from "./colors";

export const sceneKindNames = ["clevr", "textured", "sprites"] as const;
export type SceneKind = (typeof sceneKindNames)[number];

/** Layouts are judged, and solids rendered, at this many pixels a side. */
export const planResolution = 128;

/** Fewest pixels of planResolution^2 that an object must show: 0.7 % of the picture. */
export const minVisiblePixels = 120;

/** RGBA, 0..255, row-major, as ImageData holds it. */
export type Pixels = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> };

/** One object of a scene; `id` is its value in the scene's ids. */
export type SceneObject = {
  id: number;
  shape: string;
  color: string;
  rgb: Rgb;
  material: string;
  /** Solids: centre in world units [x, y, z], ground at y = 0. Sprites: centre [x, y] as fractions of the side, y down. */
  position: number[];
  /** Solids: radius of the footprint, world units. Sprites: circumradius, fraction of the side. */
  size: number;
  /** Turn, radians: about the vertical axis (solids), clockwise (sprites). */
  angle: number;
  visiblePixels: number;
};

/** What is known of a scene before it is coloured. */
export type ScenePlan = {
  seed: number;
  index: number;
  /** Layouts rejected before this one. */
  attempt: number;
  objects: SceneObject[];
};

export type Scene = ScenePlan & {
  pixels: Pixels;
  /** [H * W], 0 = background, 1..objects.length = objects[id - 1]. */
  ids: Uint8Array<ArrayBuffer>;
};

/** Pixels of each object: entry k counts id k + 1. */
export function countVisible(ids: Uint8Array, numObjects: number): number[] {
  const counts = new Array<number>(numObjects + 1).fill(0);
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts.slice(1);
}

/** Whether any object reaches the outermost row or column. @param ids - [side * side] */
export function touchesBorder(ids: Uint8Array, side: number): boolean {
  for (let i = 0; i < side; i++) {
    const isHit = ids[i] || ids[(side - 1) * side + i] || ids[i * side] || ids[(i + 1) * side - 1];
    if (isHit) return true;
  }
  return false;
}

/** Whether every object shows enough of itself, away from the border. @param ids - at planResolution */
export const isLayoutClear = (ids: Uint8Array, numObjects: number): boolean =>
  !touchesBorder(ids, planResolution) &&
  countVisible(ids, numObjects).every((count) => count >= minVisiblePixels);

/**
 * A smaller copy: colours averaged over areas, ids by nearest neighbour, visible pixels counted again.
 * @param side - must divide the scene's
 */
export function shrinkScene<S extends Scene>(scene: S, side: number): S {
  const { width } = scene.pixels;
  if (side === width) return scene;
  const factor = width / side;
  if (!Number.isInteger(factor))
    throw new InputError(
      `scenes: expected a resolution that divides ${width}, got ${side}. Choose ${width / 2} or ${width / 4}.`,
    );
  const ids = nearestIds(scene.ids, side, factor);
  const counts = countVisible(ids, scene.objects.length);
  return {
    ...scene,
    pixels: { width: side, height: side, data: areaAverage(scene.pixels.data, side, factor) },
    ids,
    objects: scene.objects.map((object, k) => ({ ...object, visiblePixels: counts[k] ?? 0 })),
  };
}

function areaAverage(source: Uint8ClampedArray, side: number, factor: number) {
  const out = new Uint8ClampedArray(side * side * 4);
  const rowBytes = side * factor * 4;
  for (let i = 0; i < out.length; i++) {
    const pixel = i >> 2;
    const corner =
      Math.floor(pixel / side) * factor * rowBytes + (pixel % side) * factor * 4 + (i & 3);
    let sum = 0;
    for (let dy = 0; dy < factor; dy++)
      for (let dx = 0; dx < factor; dx++) sum += source[corner + dy * rowBytes + dx * 4] ?? 0;
    out[i] = sum / factor ** 2; // the clamped array rounds
  }
  return out;
}

function nearestIds(source: Uint8Array, side: number, factor: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(side * side);
  const middle = factor >> 1;
  for (let i = 0; i < out.length; i++) {
    const row = Math.floor(i / side) * factor + middle;
    out[i] = source[row * side * factor + (i % side) * factor + middle] ?? 0;
  }
  return out;
}
