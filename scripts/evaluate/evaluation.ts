/** An evaluation from the first picture to the summary: chunk by chunk, so that memory does not grow with the data. */
import { InputError } from "../../src/errors";
import { frechetDistance } from "../../src/metrics/frechet";
import {
  estimateMean,
  estimateRatio,
  standardError,
  type Estimate,
} from "../../src/metrics/summary";
import {
  chunkSize,
  scoreChunk,
  type EvaluationOptions,
  type EvaluationTools,
  type SeedScores,
} from "./chunk";
import type { EvaluationPicture, PictureSet } from "./pictures";
import type { Scores } from "./scores";

export type Evaluation = {
  /** Of each picture. */
  names: string[];
  /** Pictures with a ground truth. */
  withTruth: number;
  /** Of each evaluation seed and picture [R][N]. */
  rows: Scores[][];
  metrics: Record<string, Estimate>;
};

/** What has come together so far. */
type State = {
  names: string[];
  withTruth: number;
  /** Feature vectors of the originals. */
  original: Float32Array[];
  bySeed: SeedScores[];
};

/** @param report - told the number of pictures done */
export async function evaluate(
  set: PictureSet,
  tools: EvaluationTools,
  options: EvaluationOptions,
  report: (done: number) => void,
): Promise<Evaluation> {
  const bySeed = Array.from({ length: options.seeds }, () => ({
    rows: [],
    drawn: [],
    composed: [],
  }));
  const state: State = { names: [], withTruth: 0, original: [], bySeed };
  for await (const pictures of inChunks(set)) {
    const scored = await scoreChunk(pictures, state.names.length, tools, options);
    state.original.push(...scored.original);
    state.bySeed.forEach((all, r) => append(all, scored.bySeed[r]));
    state.names.push(...pictures.map(({ name }) => name));
    state.withTruth += pictures.filter(({ truth }) => truth.ids ?? truth.classes).length;
    report(state.names.length);
  }
  const { names, withTruth } = state;
  if (names.length === 0)
    throw new InputError(
      `data: expected pictures in ${set.title}, got none that can be read. ${set.skipped()}`,
    );
  const metrics = summarize(state, tools.backbone?.title ?? null);
  return { names, withTruth, rows: state.bySeed.map(({ rows }) => rows), metrics };
}

async function* inChunks({ pictures }: PictureSet): AsyncGenerator<EvaluationPicture[]> {
  let chunk: EvaluationPicture[] = [];
  for await (const picture of pictures()) {
    chunk.push(picture);
    if (chunk.length < chunkSize) continue;
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
