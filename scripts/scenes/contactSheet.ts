/** sheet.png: the first scenes of a folder beside their masks, for human eyes. */
import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { encode } from "fast-png";

import { shardFile } from "../../src/data/scenes/shards.ts";
import { idColors } from "../idColors.ts";

const columns = 8; // of pairs
const rows = 6;
const colors = [[0, 0, 0], ...idColors]; // id 0 is the background

function readStart(path: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(path, "r");
  readSync(file, bytes, 0, length, 0);
  closeSync(file);
  return bytes;
}

/** @param side - pixels a side of a scene @param available - scenes in the first shard */
export function writeContactSheet(folder: string, side: number, available: number): void {
  const count = Math.min(columns * rows, available);
  const first = { start: 0, n: count };
  const images = readStart(join(folder, shardFile("images", first)), count * side ** 2 * 3);
  const masks = readStart(join(folder, shardFile("masks", first)), count * side ** 2);
  const width = 2 * columns * side;
  const height = Math.ceil(count / columns) * side;
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < masks.length; pixel++) {
    const scene = Math.floor(pixel / side ** 2);
    const x = (scene % columns) * 2 * side + (pixel % side);
    const y = Math.floor(scene / columns) * side + (Math.floor(pixel / side) % side);
    data.set(images.subarray(3 * pixel, 3 * pixel + 3), 3 * (y * width + x));
    data.set(colors[masks[pixel] ?? 0] ?? [], 3 * (y * width + x + side));
  }
  writeFileSync(join(folder, "sheet.png"), encode({ width, height, data, channels: 3, depth: 8 }));
}
