/**
 * Sprites to pixels: scanline fill on a finer grid, back to front, then a mean over each pixel's samples.
 * Colours are averaged as sRGB bytes. A pixel's id is that of its middle sample: the object at its centre, exactly.
 */
import type { SceneObject } from "./scene";
import { spriteShapes, type SpriteShape } from "./spriteShapes";

export type Sprite = Omit<SceneObject, "shape" | "position"> & {
  shape: SpriteShape;
  position: [x: number, y: number];
};

/** Samples a pixel side; odd, so that one of them is the centre. */
const samples = 5;

/** Ids at the centres of a side x side grid; later sprites cover earlier ones. @returns [side * side] */
export function fillIds(sprites: readonly Sprite[], side: number): Uint8Array<ArrayBuffer> {
  const ids = new Uint8Array(side * side);
  for (const sprite of sprites) fillPolygon(ids, side, placeOutline(sprite, side), sprite.id);
  return ids;
}

/** The sprite's outline in grid units. */
function placeOutline({ shape, position, size, angle }: Sprite, side: number): Float64Array {
  const [x, y] = position;
  const cos = Math.cos(angle) * size * side;
  const sin = Math.sin(angle) * size * side;
  const unit = spriteShapes[shape];
  const placed = new Float64Array(unit.length);
  for (let i = 0; i < unit.length; i += 2) {
    const [ux, uy] = [unit[i] ?? 0, unit[i + 1] ?? 0];
    placed[i] = x * side + ux * cos - uy * sin;
    placed[i + 1] = y * side + ux * sin + uy * cos;
  }
  return placed;
}

/** Even-odd fill of the cells whose centre lies in the polygon. */
function fillPolygon(ids: Uint8Array, side: number, polygon: Float64Array, id: number): void {
  const ys = polygon.filter((_, i) => i & 1);
  const first = Math.max(0, Math.ceil(Math.min(...ys) - 0.5));
  const last = Math.min(side - 1, Math.floor(Math.max(...ys) - 0.5));
  for (let row = first; row <= last; row++) {
    const xs = crossings(polygon, row + 0.5);
    for (let k = 0; k + 1 < xs.length; k += 2) {
      const start = Math.max(0, Math.ceil((xs[k] ?? 0) - 0.5));
      const end = Math.min(side, Math.ceil((xs[k + 1] ?? 0) - 0.5));
      ids.fill(id, row * side + start, row * side + Math.max(start, end));
    }
  }
}

/** Where a horizontal line crosses the outline, from left to right. */
function crossings(polygon: Float64Array, y: number): number[] {
  const xs: number[] = [];
  const { length } = polygon;
  for (let i = 0; i < length; i += 2) {
    const y0 = polygon[i + 1] ?? 0;
    const y1 = polygon[(i + 3) % length] ?? 0;
    if (y0 <= y === y1 <= y) continue;
    const x0 = polygon[i] ?? 0;
    xs.push(x0 + (((polygon[(i + 2) % length] ?? 0) - x0) * (y - y0)) / (y1 - y0));
  }
  return xs.sort((a, b) => a - b);
}

/**
 * @param ground - what lies behind the sprites, RGBA [side * side * 4]; painted over
 * @returns ids [side * side]
 */
export function paintSprites(
  sprites: readonly Sprite[],
  ground: Uint8ClampedArray,
  side: number,
): Uint8Array<ArrayBuffer> {
  const stride = side * samples;
  const fine = fillIds(sprites, stride);
  const palette = Uint8Array.from([0, 0, 0, ...sprites.flatMap(({ rgb }) => rgb)]); // row id = its colour
  const ids = new Uint8Array(side * side);
  const middle = (samples >> 1) * (stride + 1);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const corner = y * samples * stride + x * samples;
      ids[pixel] = fine[corner + middle] ?? 0;
      blendPixel(ground, 4 * pixel, fine, corner, stride, palette);
    }
  return ids;
}

/** Mean colour of the samples whose first is at `corner`; the ground shows where the id is 0. */
function blendPixel(
  out: Uint8ClampedArray,
  at: number,
  fine: Uint8Array,
  corner: number,
  stride: number,
  palette: Uint8Array,
): void {
  let bare = 0;
  let r = 0;
  let g = 0;
  let b = 0;
  for (let dy = 0; dy < samples; dy++)
    for (let dx = 0; dx < samples; dx++) {
      const id = fine[corner + dy * stride + dx] ?? 0;
      if (id === 0) bare++;
      r += palette[3 * id] ?? 0;
      g += palette[3 * id + 1] ?? 0;
      b += palette[3 * id + 2] ?? 0;
    }
  if (bare === samples ** 2) return;
  out[at] = (r + bare * (out[at] ?? 0)) / samples ** 2;
  out[at + 1] = (g + bare * (out[at + 1] ?? 0)) / samples ** 2;
  out[at + 2] = (b + bare * (out[at + 2] ?? 0)) / samples ** 2;
}
