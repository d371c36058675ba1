/** Scores of a few pictures at once: what was asked for, over every evaluation seed. */
import { joinBytes } from "../math/join";
import type { Picture } from "../metrics/imageQuality";
import type { ModelConfig } from "../slotdiffusion/config";
import type { Backbone, Features } from "./features";
import type { EvaluationPicture } from "./pictures";
import type { Runner } from "./runner";
import {
  applySwaps,
  chooseSwaps,
  scoreFeatures,
  scoreMasks,
  scorePicture,
  scoreSwap,
  seedOf,
  type Scores,
} from "./scores";

export type EvaluationTools = {
  config: ModelConfig;
  runner: Runner;
  /** null: no distances over features. */
  backbone: Backbone | null;
};

export type EvaluationOptions = {
  /** The first evaluation seed. */
  seed: number;
  /** Number of evaluation seeds. */
  seeds: number;
  /** Draw each picture from its slots and through the first stage alone. */
  reconstruct: boolean;
  /** Swap slots between pictures and draw them. */
  compose: boolean;
};

/** One evaluation seed: a row of numbers a picture, and feature vectors of what was drawn. */
export type SeedScores = { rows: Scores[]; drawn: Float32Array[]; composed: Float32Array[] };

/** What one seed made of a chunk, to look at. */
export type SeenChunk = {
  /** Slot of each pixel, one array a picture. */
  masks: Uint8Array[];
  /** Drawn from the slots; empty where nothing was. */
  images: Picture[];
};

export type ChunkScores = {
  /** Feature vectors of the originals; empty without a backbone. */
  original: Float32Array[];
  bySeed: SeedScores[];
  /** Of the first seed; null where there is no seed. */
  seen: SeenChunk | null;
};

/** Pictures at once; partners of a swap come from the same chunk, so the number is part of what --compose means. */
export const chunkSize = 32;

type Originals = { pictures: EvaluationPicture[]; images: Picture[]; features: Features[] };

/** What one seed made of a chunk. */
type Found = {
  slots: Float32Array;
  /** Slot of each pixel, one array a picture. */
  masks: Uint8Array[];
  /** Seeds of the start noise, one a picture. */
  noise: number[];
};

/** @param firstIndex - of these pictures in the data */
export async function scoreChunk(
  pictures: EvaluationPicture[],
  firstIndex: number,
  tools: EvaluationTools,
  options: EvaluationOptions,
): Promise<ChunkScores> {
  const { config, runner, backbone } = tools;
  const rgb = joinBytes(pictures.map((picture) => picture.rgb));
  const values = Float32Array.from(rgb, (byte) => byte / 255);
  const images = toPictures(values, config);
  const features: Features[] = [];
  if (backbone) for await (const each of backbone.look(images)) features.push(each);
  const firstStage = options.reconstruct ? await scoreFirstStage(rgb, images, tools) : [];
  const seeds = Array.from({ length: options.seeds }, (_, r) => options.seed + r);
  const draws = (stream: "slots" | "noise", seed: number): number[] =>
    pictures.map((_, i) => seedOf(stream, seed, firstIndex + i));
  const segmented = await runner.segment(
    rgb,
    seeds.map((seed) => draws("slots", seed)),
  );
  const bySeed: SeedScores[] = [];
  let seen: SeenChunk | null = null;
  for (const [r, seed] of seeds.entries()) {
    const { slots, segmentation } = at(segmented, r);
    const masks = split(segmentation, pictures.length);
    const found = { slots, masks, noise: draws("noise", seed) };
    const swapSeed = { seed, firstIndex };
    const scored = await scoreSeed({ pictures, images, features }, found, swapSeed, tools, options);
    bySeed.push({ ...scored.scores, rows: merge(scored.scores.rows, firstStage) });
    seen ??= { masks, images: scored.images };
  }
  return { original: features.map(({ vector }) => vector), bySeed, seen };
}

/** Scores of the pictures through the first stage alone. */
async function scoreFirstStage(
  rgb: Uint8Array,
  images: Picture[],
  { config, runner }: EvaluationTools,
): Promise<Scores[]> {
  const decoded = toPictures(await runner.reconstruct(rgb), config);
  return decoded.map((made, i) => scorePicture(at(images, i), made, "vqvae"));
}

/** @returns the scores, and what was drawn from the slots; none where nothing asks for it */
async function scoreSeed(
  originals: Originals,
  found: Found,
  swapSeed: { seed: number; firstIndex: number },
  tools: EvaluationTools,
  { reconstruct, compose }: EvaluationOptions,
): Promise<{ scores: SeedScores; images: Picture[] }> {
  const { config, runner, backbone } = tools;
  const numSlots = config.slot_dict.num_slots;
  const rows = originals.pictures.map(({ truth }, i) =>
    scoreMasks(truth, at(found.masks, i), numSlots),
  );
  if (!reconstruct && !compose && !backbone)
    return { scores: { rows, drawn: [], composed: [] }, images: [] };
  const images = toPictures(await runner.draw(found.slots, found.noise), config);
  const quality = reconstruct
    ? images.map((made, i) => scorePicture(at(originals.images, i), made, ""))
    : [];
  const seen = backbone && (await compareFeatures(backbone, originals.features, images));
  const change = compose ? await scoreComposed(images, found, swapSeed, tools) : null;
  const scores = {
    rows: [quality, seen?.rows ?? [], change?.rows ?? []].reduce(merge, rows),
    drawn: seen?.vectors ?? [],
    composed: change?.vectors ?? [],
  };
  return { scores, images };
}

type Compared = { rows: Scores[]; vectors: Float32Array[] };

async function compareFeatures(
  backbone: Backbone,
  originals: Features[],
  images: Picture[],
): Promise<Compared> {
  const compared: Compared = { rows: [], vectors: [] };
  for await (const each of backbone.look(images)) {
    const original = at(originals, compared.rows.length);
    compared.rows.push(scoreFeatures(backbone.title, original, each));
    compared.vectors.push(each.vector);
  }
  return compared;
}

/** Draws every picture again with one slot swapped. @param before - drawn from the same noise without the swap */
async function scoreComposed(
  before: Picture[],
  { slots, masks, noise }: Found,
  swapSeed: { seed: number; firstIndex: number },
  { config, runner, backbone }: EvaluationTools,
): Promise<Compared> {
  const numSlots = config.slot_dict.num_slots;
  const swaps = chooseSwaps(masks, { ...swapSeed, numSlots });
  const swapped = applySwaps(slots, swaps, numSlots);
  const after = toPictures(await runner.draw(swapped, noise), config);
  const vectors: Float32Array[] = [];
  if (backbone)
    for await (const { vector } of backbone.look(after.filter((_, i) => swaps[i])))
      vectors.push(vector);
  const rows = swaps.map((swap, i) =>
    scoreSwap(
      swap,
      { own: at(masks, i), partner: at(masks, swap?.partner ?? i) },
      { before: at(before, i), after: at(after, i) },
    ),
  );
  return { rows, vectors };
}

const merge = (a: Scores[], b: readonly Scores[]): Scores[] =>
  a.map((scores, i) => ({ ...scores, ...b[i] }));

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new Error(`evaluate: expected ${index + 1} results, got fewer.`);
  return value;
}

function split(bytes: Uint8Array, count: number): Uint8Array[] {
  const length = bytes.length / count;
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}

/** Pictures at the model's size, views of their values. @param values - in 0..1 [B * H * W * 3] */
export function toPictures(
  values: Float32Array,
  { resolution: [height, width] }: ModelConfig,
): Picture[] {
  const length = 3 * height * width;
  return Array.from({ length: values.length / length }, (_, i) => ({
    width,
    height,
    channels: 3,
    values: values.subarray(i * length, (i + 1) * length),
  }));
}
