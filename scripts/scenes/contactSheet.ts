/** sheet.png: the first scenes of a folder beside their masks, or a row of frames for each of its first videos. */
import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { encode } from "fast-png";

import { shardFile, type ShardPart } from "../../src/data/scenes/shards.ts";
import { idColors } from "../idColors.ts";

const columns = 8; // of pairs
const rows = 6;
const colors = [[0, 0, 0], ...idColors]; // id 0 is the background

/** Which pictures of the first shard are shown, in reading order; a video's are evenly spaced from first to last. */
function choosePictures(available: number, frames: number): number[] {
  if (frames === 1) return Array.from({ length: Math.min(columns * rows, available) }, (_, i) => i);
  const step = (frames - 1) / (columns - 1);
  return Array.from({ length: Math.min(rows, available) * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return row * frames + Math.round(column * step);
  });
}

/** Some pictures of a file that holds `size` bytes for each. */
function readPictures(path: string, pictures: number[], size: number): Uint8Array {
  const bytes = new Uint8Array(pictures.length * size);
  const file = openSync(path, "r");
  pictures.forEach((picture, i) => readSync(file, bytes, i * size, size, picture * size));
  closeSync(file);
  return bytes;
}

/** @param side - pixels a side of a picture @param available - scenes in the first shard @param frames - of each scene */
export function writeContactSheet(
  folder: string,
  side: number,
  available: number,
  frames: number,
): void {
  const pictures = choosePictures(available, frames);
  const read = (part: ShardPart, size: number) =>
    readPictures(join(folder, shardFile(part, { start: 0 }, frames)), pictures, size);
  const images = read("images", side ** 2 * 3);
  const masks = read("masks", side ** 2);
  const width = 2 * columns * side;
  const height = Math.ceil(pictures.length / columns) * side;
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < masks.length; pixel++) {
    const place = Math.floor(pixel / side ** 2);
    const x = (place % columns) * 2 * side + (pixel % side);
    const y = Math.floor(place / columns) * side + (Math.floor(pixel / side) % side);
    data.set(images.subarray(3 * pixel, 3 * pixel + 3), 3 * (y * width + x));
    data.set(colors[masks[pixel] ?? 0] ?? [], 3 * (y * width + x + side));
  }
  writeFileSync(join(folder, "sheet.png"), encode({ width, height, data, channels: 3, depth: 8 }));
}
