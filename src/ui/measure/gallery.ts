/** Pictures of a measurement in the order of one metric, the worst first. */
import type { EvaluationTable, LookPicture } from "../../engine/protocol/training";
import { metricOf } from "../train/result/metrics";

type Measured = EvaluationTable["models"][number];

/** One picture of the gallery. */
export type GalleryItem = {
  /** Place among the pictures that were measured, from 0. */
  index: number;
  name: string;
  /** NaN where it has no such number. */
  value: number;
  /** Null where there was no room to keep it. */
  picture: LookPicture | null;
};

/** Whether a small number is a bad one. */
const isLowWorst = (metric: string): boolean => metricOf(metric).better === "higher";

/** What stands first, in words. */
export function orderWords(metric: string): string {
  const { better } = metricOf(metric);
  if (better === null) return "largest first";
  return better === "higher" ? "worst (lowest) first" : "worst (highest) first";
}

/** Metrics that some picture has, those with a better side first. */
export function galleryMetrics({ rows = [] }: Measured): string[] {
  const names = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
  const isJudged = (name: string): boolean => metricOf(name).better !== null;
  return [...names.filter(isJudged), ...names.filter((name) => !isJudged(name))];
}

/** All pictures, the worst first; those without the number come last. */
export function galleryItems({ rows = [], pictures }: Measured, metric: string): GalleryItem[] {
  const sign = isLowWorst(metric) ? 1 : -1;
  const items = rows.map(({ name, metrics }, index): GalleryItem => ({
    ...{ index, name, value: metrics[metric] ?? NaN },
    picture: pictures[index] ?? null,
  }));
  const known = items.filter(({ value }) => !Number.isNaN(value));
  return [
    ...known.sort((a, b) => sign * (a.value - b.value)),
    ...items.filter(({ value }) => Number.isNaN(value)),
  ];
}
