/**
 * Scenes on disk: shards of 1,000 as raw bytes, each three files, and an index.json that lists the finished ones.
 *
 * images.NNN.u8 [n, side, side, 3], masks.NNN.u8 [n, side, side] (0 = background), meta.NNN.jsonl (one scene a line).
 */
import { z } from "zod";

import { sceneKindNames, type Scene } from "./scene";

export const scenesPerShard = 1000;

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const shardIndexSchema = z.object({
  kind: z.enum(sceneKindNames),
  seed: z.int(),
  /** Scenes asked for; while rendering, the shards hold fewer. */
  n: count,
  resolution: count,
  shards: z.array(
    z.object({
      /** Index of the first scene. */
      start: count,
      n: count,
      images: z.object({ file: z.string(), sha256 }),
      masks: z.object({ file: z.string(), sha256 }),
      meta: z.object({ file: z.string(), sha256 }),
    }),
  ),
});

export type ShardIndex = z.infer<typeof shardIndexSchema>;
export type ShardEntry = ShardIndex["shards"][number];
export const shardParts = ["images", "masks", "meta"] as const;
export type ShardPart = (typeof shardParts)[number];

/** A shard's bytes. */
export type PackedScenes = Record<ShardPart, Uint8Array<ArrayBuffer>>;

export type ShardRange = { start: number; n: number };

/** The shards of n scenes; the last one may be short. */
export const planShards = (n: number): ShardRange[] =>
  Array.from({ length: Math.ceil(n / scenesPerShard) }, (_, k) => ({
    start: k * scenesPerShard,
    n: Math.min(scenesPerShard, n - k * scenesPerShard),
  }));

/** Name of one of a shard's three files. */
export function shardFile(part: ShardPart, { start }: ShardRange): string {
  const number = String(Math.floor(start / scenesPerShard)).padStart(3, "0");
  return `${part}.${number}.${part === "meta" ? "jsonl" : "u8"}`;
}

/** Scenes as a shard holds them; numbers of the meta lines are rounded to 4 decimals. */
export function packScenes(scenes: readonly Scene[]): PackedScenes {
  return {
    images: concat(scenes.map(({ pixels }) => dropAlpha(pixels.data))),
    masks: concat(scenes.map(({ ids }) => ids)),
    meta: new TextEncoder().encode(scenes.map(metaLine).join("")),
  };
}

/** Packed scenes joined in order. */
export const joinPacked = (packed: readonly PackedScenes[]): PackedScenes => ({
  images: concat(packed.map(({ images }) => images)),
  masks: concat(packed.map(({ masks }) => masks)),
  meta: concat(packed.map(({ meta }) => meta)),
});

const round = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value;

const metaLine = ({ seed, index, attempt, objects }: Scene): string =>
  `${JSON.stringify({ seed, index, attempt, objects }, round)}\n`;

function dropAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] ?? 0;
    rgb[to + 1] = rgba[from + 1] ?? 0;
    rgb[to + 2] = rgba[from + 2] ?? 0;
  }
  return rgb;
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
