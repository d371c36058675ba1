/** Generated scenes: solids rendered once into a folder of shards and read from it shard by shard, sprites drawn here. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { SceneKind } from "../../src/data/scenes/scene";
import { spriteRenderer } from "../../src/data/scenes/sceneRenderer";
import { shardIndexSchema, type ShardIndex } from "../../src/data/scenes/shards";
import { InputError } from "../../src/errors";

/** Scenes 0..n-1 of a kind and seed. */
export type SceneRequest = {
  kind: SceneKind;
  seed: number;
  n: number;
  /** Pixels a side. */
  resolution: number;
};

export type ScenePicture = {
  index: number;
  /** [side * side * 3] */
  rgb: Uint8Array;
  /** [side * side], 0 = background */
  ids: Uint8Array<ArrayBuffer>;
};

/** The scenes in order; solids that are missing in runs/scenes are rendered before this returns. */
export function openScenePictures(request: SceneRequest): Generator<ScenePicture> {
  const { kind, seed, resolution } = request;
  if (kind === "sprites") return drawSprites(request);
  const folder = join("runs", "scenes", `${kind}-${resolution}-${seed}`); // the trainer's name for it
  const found = readIndex(folder);
  return readScenes(found && holds(found, request) ? found : render(folder, request, found), {
    folder,
    count: request.n,
  });
}

/** Sprites need no browser and no folder. */
function* drawSprites({ seed, n, resolution }: SceneRequest): Generator<ScenePicture> {
  for (const [scene] of spriteRenderer(resolution).render(seed, 0, n)) {
    if (!scene) throw new Error("scenes: expected a scene a batch, got none.");
    const { index, pixels, ids } = scene;
    yield { index, rgb: Uint8Array.from(pixels.data.filter((_, i) => i % 4 !== 3)), ids };
  }
}

function readIndex(folder: string): ShardIndex | null {
  const path = join(folder, "index.json");
  return existsSync(path) ? shardIndexSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : null;
}

/** Whether the first n scenes are there. */
function holds(index: ShardIndex, { kind, seed, resolution, n }: SceneRequest): boolean {
  if (index.kind !== kind || index.seed !== seed || index.resolution !== resolution) return false;
  return index.shards.reduce((end, shard) => (shard.start === end ? end + shard.n : end), 0) >= n;
}

function render(folder: string, request: SceneRequest, found: ShardIndex | null): ShardIndex {
  const { kind, seed, n, resolution } = request;
  const flags = { kind, seed, n: Math.max(n, found?.n ?? 0), resolution, out: folder }; // a folder does not shrink
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const args = ["--import", "tsx", "scripts/scenes.ts", ...words];
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", 2, 2] }); // stdout is for the scores
  const index = readIndex(folder);
  if (status === 0 && index && holds(index, request)) return index;
  throw new InputError(
    `scenes: expected ${n} rendered scenes in ${folder}, the renderer ended with ${status}. ` +
      `Run it alone: npm run scenes -- ${words.join(" ")}`,
  );
}

function* readScenes(
  { shards, resolution }: ShardIndex,
  { folder, count }: { folder: string; count: number },
): Generator<ScenePicture> {
  const pixels = resolution ** 2;
  for (const { start, n, images, masks } of shards) {
    if (start >= count) return;
    const rgb = readFileSync(join(folder, images.file));
    const ids = readFileSync(join(folder, masks.file));
    for (let i = 0; i < Math.min(n, count - start); i++) {
      yield {
        index: start + i,
        rgb: new Uint8Array(rgb.subarray(3 * pixels * i, 3 * pixels * (i + 1))),
        ids: new Uint8Array(ids.subarray(pixels * i, pixels * (i + 1))),
      };
    }
  }
}
