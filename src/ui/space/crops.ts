/** A slot of the library as a small picture: the part of its scene that it attends to, transparent where it does not. */
import type { Pixels } from "../../engine/protocol";
import type { LibraryScene } from "../../store/spaceState";
import { cropBox, maskCrop, type UnitBox } from "../common/paintCrop";
import { upsampleMask } from "../common/paintMasks";

/** The mask is sampled at this many points a side. */
const maskSide = 64;

/** The mask of one slot at a square size [side, side]. */
export function slotMask({ masks, maskSize }: LibraryScene, index: number, side: number) {
  const area = maskSize[0] * maskSize[1];
  const mask = masks.subarray(index * area, (index + 1) * area);
  return upsampleMask(mask, maskSize, [side, side]);
}

/** @returns RGBA [size, size, 4] */
export function slotCrop(scene: LibraryScene, index: number, size: number): Pixels {
  const mask = slotMask(scene, index, maskSide);
  const box = cropBox(mask, [maskSide, maskSide]);
  const crop = sampleBox(scene.picture, box, size);
  return { width: size, height: size, data: maskCrop(crop, size, mask, maskSide, box) };
}

/** A square of a picture at another size, bilinear between pixel centres [size, size, 4]. */
export function sampleBox({ width, height, data }: Pixels, box: UnitBox, size: number) {
  const out = new Uint8ClampedArray(size * size * 4);
  const columns = axisTaps(box.x, box.size, size, width);
  const rows = axisTaps(box.y, box.size, size, height);
  let at = 0;
  // Plain loops: this runs for each number of each thumbnail, and closures would make it ten times as slow.
  for (let y = 0; y < size; y++) {
    const top = (rows.low[y] ?? 0) * width;
    const bottom = (rows.high[y] ?? 0) * width;
    const down = rows.share[y] ?? 0;
    for (let x = 0; x < size; x++) {
      const left = columns.low[x] ?? 0;
      const right = columns.high[x] ?? 0;
      const along = columns.share[x] ?? 0;
      for (let channel = 0; channel < 4; channel++) {
        const a = data[(top + left) * 4 + channel] ?? 0;
        const b = data[(top + right) * 4 + channel] ?? 0;
        const c = data[(bottom + left) * 4 + channel] ?? 0;
        const d = data[(bottom + right) * 4 + channel] ?? 0;
        const upper = a + (b - a) * along;
        const lower = c + (d - c) * along;
        out[at++] = upper + (lower - upper) * down;
      }
    }
  }
  return out;
}

/** Two neighbours in the source and the second's share, for each sample of an axis. */
function axisTaps(start: number, extent: number, count: number, length: number) {
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const position = (start + ((i + 0.5) / count) * extent) * length - 0.5;
    const inside = Math.min(length - 1, Math.max(0, position));
    low[i] = Math.floor(inside);
    high[i] = Math.min(length - 1, Math.floor(inside) + 1);
    share[i] = inside - Math.floor(inside);
  }
  return { low, high, share };
}
