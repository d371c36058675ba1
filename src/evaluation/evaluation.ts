/** An evaluation from the first picture to the summary: chunk by chunk, so that memory does not grow with the data. */
import { InputError } from "../errors";
import { frechetDistance } from "../metrics/frechet";
import { estimateMean, estimateRatio, standardError, type Estimate } from "../metrics/summary";
import type { Picture } from "../metrics/imageQuality";
import {
  chunkSize,
  scoreChunk,
  type EvaluationOptions,
  type EvaluationTools,
  type SeedScores,
  type SeenChunk,
} from "./chunk";
import type { EvaluationPicture, PictureSource } from "./pictures";
import type { Scores } from "./scores";

/** What became of one picture, to look at. */
export type SeenPicture = {
  name: string;
  /** [H * W * 3] */
  rgb: Uint8Array;
  /** Slot of each pixel with the first seed [H * W]. */
  mask: Uint8Array;
  /** Drawn from its slots; null where nothing was drawn. */
  drawn: Picture | null;
};

export type Evaluation = {
  /** Of each picture. */
  names: string[];
  /** Pictures with a ground truth. */
  withTruth: number;
  /** Of each evaluation seed and picture [R][N]. */
  rows: Scores[][];
  metrics: Record<string, Estimate>;
  /** The first pictures, as many as were asked for. */
  seen: SeenPicture[];
};

export type EvaluationPace = {
  /** Told the number of pictures done. */
  report: (done: number) => void;
  /** Pictures between reports. */
  chunk?: number;
  /** How many of the first pictures to keep to look at. */
  numSeen?: number;
};

/** What has come together so far. */
type State = {
  names: string[];
  withTruth: number;
  /** Feature vectors of the originals. */
  original: Float32Array[];
  bySeed: SeedScores[];
  seen: SeenPicture[];
};

/** Scores of a model on pictures; the signal of what runs it stops it between batches. */
export async function evaluate(
  source: PictureSource,
  tools: EvaluationTools,
  options: EvaluationOptions,
  { report, chunk = chunkSize, numSeen = 0 }: EvaluationPace,
): Promise<Evaluation> {
  const state = emptyState(options.seeds);
  for await (const pictures of inChunks(source, chunk)) {
    const scored = await scoreChunk(pictures, state.names.length, tools, options);
    state.original.push(...scored.original);
    state.bySeed.forEach((all, r) => append(all, scored.bySeed[r]));
    state.seen.push(...lookAt(pictures, scored.seen).slice(0, numSeen - state.seen.length));
    state.names.push(...pictures.map(({ name }) => name));
    state.withTruth += pictures.filter(({ truth }) => truth.ids ?? truth.classes).length;
    report(state.names.length);
  }
  const { names, withTruth, bySeed, seen } = state;
  if (names.length === 0)
    throw new InputError(
      `data: expected pictures in ${source.title}, got none that can be read. ${source.skipped()}`,
    );
  const metrics = summarize(state, tools.backbone?.title ?? null);
  return { names, withTruth, rows: bySeed.map(({ rows }) => rows), metrics, seen };
}

const emptyState = (seeds: number): State => ({
  names: [],
  withTruth: 0,
  original: [],
  bySeed: Array.from({ length: seeds }, () => ({ rows: [], drawn: [], composed: [] })),
  seen: [],
});

const lookAt = (pictures: EvaluationPicture[], seen: SeenChunk | null): SeenPicture[] =>
  pictures.flatMap(({ name, rgb }, i) => {
    const mask = seen?.masks[i];
    return mask ? [{ name, rgb, mask, drawn: seen.images[i] ?? null }] : [];
  });

/** Pictures in groups of a size; the last may be smaller. */
export async function* inChunks(
  { pictures }: Pick<PictureSource, "pictures">,
  size: number,
): AsyncGenerator<EvaluationPicture[]> {
  let chunk: EvaluationPicture[] = [];
  for await (const picture of pictures()) {
    chunk.push(picture);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function append(all: SeedScores, next: SeedScores | undefined): void {
  if (!next) throw new Error("evaluate: expected scores of every seed, got fewer.");
  all.rows.push(...next.rows);
  all.drawn.push(...next.drawn);
  all.composed.push(...next.composed);
}

/** Every name in the rows, then what only a whole data set has. @param network - title of the backbone */
function summarize({ original, bySeed }: State, network: string | null): Record<string, Estimate> {
  const rows = bySeed.map((each) => each.rows);
  const names = new Set(rows.flat().flatMap((scores) => Object.keys(scores)));
  const column = (name: string): number[][] =>
    rows.map((row) => row.map((scores) => scores[name] ?? NaN));
  const metrics = Object.fromEntries([...names].map((name) => [name, estimateMean(column(name))]));
  const isComposed = names.has("composeInside");
  if (isComposed)
    metrics["composeRatio"] = estimateRatio(column("composeInside"), column("composeOutside"));
  if (network === null) return metrics;
  const distances = (part: "drawn" | "composed"): Estimate =>
    summarizeFrechet(
      original,
      bySeed.map((each) => each[part]),
    );
  metrics[`frechet${network}`] = distances("drawn");
  if (isComposed) metrics[`frechetComposed${network}`] = distances("composed");
  return metrics;
}

/** One distance a seed: its standard error is over seeds only. */
function summarizeFrechet(original: Float32Array[], bySeed: Float32Array[][]): Estimate {
  const toSet = (vectors: Float32Array[]) => ({
    count: vectors.length,
    size: vectors[0]?.length ?? 0,
    values: Float32Array.from(vectors.flatMap((vector) => [...vector])),
  });
  const distances = bySeed.map((vectors) =>
    Math.min(original.length, vectors.length) < 2
      ? NaN
      : frechetDistance(toSet(original), toSet(vectors)),
  );
  const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  return { mean, standardError: standardError(distances) };
}
