/**
 * Scenes on disk: shards of at most 1,000 pictures as raw bytes, each three files, and an index.json that lists the
 * finished ones. A video is a scene of several frames, one after the other; other scenes have one.
 *
 * images.NNN.u8 [n, frames, side, side, 3], masks.NNN.u8 [n, frames, side, side] (0 = background), meta.NNN.jsonl (one
 * picture a line).
 */
import { z } from "zod";

import { joinBytes } from "../../math/join";

import { sceneKindNames, type Scene } from "./scene";
import { videoKindNames, type Frame } from "./video";

const picturesPerShard = 1000;

/** Kinds of scene and kinds of video. */
export const shardKindNames = [...sceneKindNames, ...videoKindNames] as const;
export type ShardKind = (typeof shardKindNames)[number];

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const shardIndexSchema = z.object({
  kind: z.enum(shardKindNames),
  seed: z.int(),
  /** Scenes asked for; while rendering, the shards hold fewer. */
  n: count,
  /** Pictures of each scene. */
  frames: z.int().positive().default(1),
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

const scenesPerShard = (frames: number): number => Math.floor(picturesPerShard / frames);

/** The shards of n scenes; the last one may be short. */
export function planShards(n: number, frames = 1): ShardRange[] {
  const length = scenesPerShard(frames);
  return Array.from({ length: Math.ceil(n / length) }, (_, k) => ({
    start: k * length,
    n: Math.min(length, n - k * length),
  }));
}

/** Name of one of a shard's three files. */
export function shardFile(
  part: ShardPart,
  { start }: Pick<ShardRange, "start">,
  frames = 1,
): string {
  const number = String(Math.floor(start / scenesPerShard(frames))).padStart(3, "0");
  return `${part}.${number}.${part === "meta" ? "jsonl" : "u8"}`;
}

/** A scene, or a frame of a video. */
type Picture = Scene & Partial<Pick<Frame, "frame" | "motion" | "camera">>;

/** Scenes or frames as a shard holds them; numbers of the meta lines are rounded to 4 decimals. */
export function packScenes(scenes: readonly Picture[]): PackedScenes {
  return {
    images: joinBytes(scenes.map(({ pixels }) => dropAlpha(pixels.data))),
    masks: joinBytes(scenes.map(({ ids }) => ids)),
    meta: new TextEncoder().encode(scenes.map(metaLine).join("")),
  };
}

/** Packed scenes joined in order. */
export const joinPacked = (packed: readonly PackedScenes[]): PackedScenes => ({
  images: joinBytes(packed.map(({ images }) => images)),
  masks: joinBytes(packed.map(({ masks }) => masks)),
  meta: joinBytes(packed.map(({ meta }) => meta)),
});

const round = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value;

// What a single picture does not have is undefined, which JSON leaves out.
const metaLine = ({ seed, index, attempt, frame, motion, camera, objects }: Picture): string =>
  `${JSON.stringify({ seed, index, attempt, frame, motion, camera, objects }, round)}\n`;

/** RGB of RGBA pixels. */
export function dropAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] ?? 0;
    rgb[to + 1] = rgba[from + 1] ?? 0;
    rgb[to + 2] = rgba[from + 2] ?? 0;
  }
  return rgb;
}
