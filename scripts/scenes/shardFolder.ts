/** A folder of shards that survives being killed: files first, then the index that lists them, each by an atomic rename. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { InputError } from "../../src/errors.ts";
import {
  shardFile,
  shardIndexSchema,
  shardParts,
  type PackedScenes,
  type ShardEntry,
  type ShardIndex,
  type ShardRange,
} from "../../src/data/scenes/shards.ts";

export type SceneRequest = Omit<ShardIndex, "shards">;

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function writeWhole(path: string, bytes: string | Uint8Array): void {
  writeFileSync(`${path}.tmp`, bytes, { flush: true });
  renameSync(`${path}.tmp`, path);
}

/** The finished shards of an earlier run, after checking that it was the same request. */
function readIndex(path: string, request: SceneRequest): ShardEntry[] {
  if (!existsSync(path)) return [];
  const index = shardIndexSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  const keys = ["kind", "seed", "frames", "resolution"] as const;
  const other = keys.find((key) => index[key] !== request[key]);
  if (other)
    throw new InputError(
      `${path}: expected ${other} ${request[other]}, got ${index[other]}. Choose another folder.`,
    );
  if (index.n > request.n)
    throw new InputError(
      `${path}: expected at most ${request.n} scenes, got ${index.n}. Ask for as many or choose another folder.`,
    );
  return index.shards;
}

function isIntact(folder: string, entry: ShardEntry): boolean {
  return shardParts.every((part) => {
    const path = join(folder, entry[part].file);
    return existsSync(path) && sha256(readFileSync(path)) === entry[part].sha256;
  });
}

/** Opens or makes the folder; shards whose bytes no longer match their hashes count as missing. */
export function openShardFolder(folder: string, request: SceneRequest) {
  mkdirSync(folder, { recursive: true });
  const indexPath = join(folder, "index.json");
  let shards = readIndex(indexPath, request).filter((entry) => isIntact(folder, entry));

  /** Whether a finished shard holds exactly these scenes. */
  const has = ({ start, n }: ShardRange): boolean =>
    shards.some((entry) => entry.start === start && entry.n === n);

  const write = (range: ShardRange, packed: PackedScenes): void => {
    checkLengths(range, packed, request);
    const writePart = (part: (typeof shardParts)[number]) => {
      const file = shardFile(part, range, request.frames);
      writeWhole(join(folder, file), packed[part]);
      return { file, sha256: sha256(packed[part]) };
    };
    const entry: ShardEntry = {
      ...range,
      images: writePart("images"),
      masks: writePart("masks"),
      meta: writePart("meta"),
    };
    shards = [...shards.filter(({ start }) => start !== range.start), entry];
    shards.sort((a, b) => a.start - b.start);
    writeWhole(indexPath, `${JSON.stringify({ ...request, shards }, null, 2)}\n`);
  };
  return { has, write };
}

function checkLengths(
  { start, n }: ShardRange,
  packed: PackedScenes,
  { frames, resolution }: SceneRequest,
): void {
  const pixels = n * frames * resolution ** 2;
  const expected = [3 * pixels, pixels];
  const got = [packed.images.length, packed.masks.length];
  if (expected.join() !== got.join())
    throw new Error(`shard at ${start}: expected ${expected.join()} bytes, got ${got.join()}.`);
}
