/** The training scenes: rendered once to a folder of shards, then held in memory as bytes. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { shardIndexSchema, type ShardIndex } from "../../src/data/scenes/shards";
import { InputError } from "../../src/errors";
import type { ImageSource } from "../../src/train/images";
import type { Recipe } from "../../src/train/recipe";
import { drawSprites, type SceneSet } from "../../src/train/spriteScenes";

const numScenes = ({ shards }: ShardIndex): number => shards.reduce((sum, { n }) => sum + n, 0);

/** Where scenes go that no --data names. */
export const defaultFolder = ({ kind, seed }: Recipe["data"], side: number): string =>
  join("runs", "scenes", `${kind}-${side}-${seed}`);

/** Opens a folder of scenes; those that are missing are rendered first. Sprites need no folder: they are drawn when asked for. */
export function openScenes(recipe: Recipe, side: number, folder: string): SceneSet {
  const { n, heldOut } = recipe.data;
  if (heldOut >= n)
    throw new InputError(`training.json: expected data.heldOut below n = ${n}, got ${heldOut}.`);
  let index = readIndex(folder);
  if (recipe.data.kind === "sprites" && !index) return drawSprites(recipe.data, side);
  if (!index || numScenes(index) < n) {
    render(recipe.data, side, folder);
    index = readIndex(folder);
  }
  if (!index || numScenes(index) < n)
    throw new InputError(`${folder}: expected ${n} scenes, got ${index ? numScenes(index) : 0}.`);
  checkIndex(index, recipe.data, side, folder);
  return readScenes(index, folder, side, n, heldOut);
}

function readIndex(folder: string): ShardIndex | null {
  const path = join(folder, "index.json");
  return existsSync(path) ? shardIndexSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : null;
}

function render({ kind, seed, n }: Recipe["data"], side: number, folder: string): void {
  const flags = { kind, seed, n, resolution: side, out: folder };
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { status } = spawnSync("npx", ["tsx", "scripts/scenes.ts", ...words], { stdio: "inherit" });
  if (status !== 0)
    throw new InputError(
      `scenes: expected ${n} rendered scenes in ${folder}, the renderer ended with ${status}. ` +
        `Run it alone: npm run scenes -- ${words.join(" ")}`,
    );
}

function checkIndex(
  index: ShardIndex,
  { kind, seed }: Recipe["data"],
  side: number,
  folder: string,
): void {
  const expected = `${kind} of seed ${seed} at ${side}`;
  const got = `${index.kind} of seed ${index.seed} at ${index.resolution}`;
  if (expected !== got)
    throw new InputError(
      `${folder}: expected scenes ${expected}, got ${got}. Name another --data.`,
    );
}

function readScenes(
  { shards }: ShardIndex,
  folder: string,
  side: number,
  n: number,
  heldOut: number,
): SceneSet {
  const pixels = side * side;
  const load = (part: "images" | "masks") =>
    shards.map((shard) => ({ ...shard, bytes: readFileSync(join(folder, shard[part].file)) }));
  const images = load("images");
  const masks = load("masks");
  const cut = (parts: typeof images, size: number, index: number): Uint8Array => {
    const shard = parts.find(({ start, n: length }) => index >= start && index < start + length);
    if (!shard) throw new Error(`scenes: expected scene ${index} in ${folder}, got none.`);
    const at = (index - shard.start) * size;
    return shard.bytes.subarray(at, at + size);
  };
  const source = (first: number, count: number): ImageSource => ({
    count,
    size: [side, side],
    read: (index) => cut(images, 3 * pixels, first + index),
  });
  return {
    training: source(heldOut, n - heldOut),
    heldOut: source(0, heldOut),
    heldOutIds: (index) => cut(masks, pixels, index),
  };
}
