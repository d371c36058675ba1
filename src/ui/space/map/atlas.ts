/** Thumbnails of all slots of a library in one picture, a tile each, for the map to draw at once. */
import type { SlotLibrary } from "../../../slotspace/library";
import type { LibraryScene } from "../../../store/spaceState";
import { slotCrop } from "../crops";

/** Pixels of a tile's side. */
export const tileSide = 48;

export type Atlas = {
  /** Tiles of a line, and lines. */
  columns: number;
  /** RGBA; row i of the library has tile i, in reading order. */
  data: Uint8Array<ArrayBuffer>;
};

/** Painted once for each scene, for as long as the scene is known. */
const painted = new WeakMap<LibraryScene, Uint8ClampedArray[]>();

function tilesOf(scene: LibraryScene): Uint8ClampedArray[] {
  const known = painted.get(scene);
  if (known) return known;
  const tiles = Array.from(
    { length: scene.numSlots },
    (_, index) => slotCrop(scene, index, tileSide).data,
  );
  painted.set(scene, tiles);
  return tiles;
}

/** The atlas of a library; a slot whose scene is not among `scenes` leaves its tile transparent. */
export function paintAtlas({ origins }: SlotLibrary, scenes: readonly LibraryScene[]): Atlas {
  const columns = Math.max(1, Math.ceil(Math.sqrt(origins.length)));
  const width = columns * tileSide;
  const data = new Uint8Array(width * width * 4);
  const byId = new Map(scenes.map((scene) => [scene.id, scene]));
  for (const [row, { sceneId, index }] of origins.entries()) {
    const scene = byId.get(sceneId);
    const tile = scene && tilesOf(scene)[index];
    if (!tile) continue;
    const [left, top] = [(row % columns) * tileSide, Math.floor(row / columns) * tileSide];
    for (let y = 0; y < tileSide; y++) {
      const line = tile.subarray(y * tileSide * 4, (y + 1) * tileSide * 4);
      data.set(line, ((top + y) * width + left) * 4);
    }
  }
  return { columns, data };
}
