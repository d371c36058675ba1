/** From what was measured to what the page shows: plain numbers and pictures. */
import type { Evaluation, SeenPicture } from "../../evaluation/evaluation";
import { describeMetric, metricNotes } from "../../evaluation/metricNotes";
import type { Picture } from "../../metrics/imageQuality";
import { nanMean } from "../../metrics/iou";
import type { Pixels } from "../protocol";
import type { LookPicture, MetricEstimate, PictureRow } from "../protocol/training";

/** Metrics that some picture has; standardError is NaN where one value says nothing about spread. */
export const knownMetrics = ({ metrics }: Evaluation): Record<string, MetricEstimate> =>
  Object.fromEntries(Object.entries(metrics).filter(([, { mean }]) => !Number.isNaN(mean)));

/** Each picture's numbers, mean over the seeds that have them. */
export const pictureRows = ({ names, rows }: Evaluation): PictureRow[] =>
  names.map((name, i) => {
    const bySeed = rows.map((row) => row[i] ?? {});
    const keys = new Set(bySeed.flatMap((scores) => Object.keys(scores)));
    const means = [...keys].map((key): [string, number] => [
      key,
      nanMean(bySeed.map((scores) => scores[key] ?? NaN)),
    ]);
    return { name, metrics: Object.fromEntries(means.filter(([, mean]) => !Number.isNaN(mean))) };
  });

/** Bytes that pictures to look at may take, and what one pixel takes: two pictures RGBA and its slot. */
const mostShownBytes = 32 * 2 ** 20;
const shownPixelBytes = 9;

/** Pictures that come back to look at where all are asked for: 910 of 64 x 64, 227 of 128 x 128. */
export const numShown = ([height, width]: readonly [height: number, width: number]): number =>
  Math.max(1, Math.floor(mostShownBytes / (shownPixelBytes * height * width)));

/** A line a metric: its key, its title, what it is. */
export const describeMetrics = (names: Iterable<string>): string =>
  [...new Set(names)]
    .map((name) => `${name}: ${metricNotes[name]?.title ?? name}, ${describeMetric(name)}`)
    .join("\n");

/** A picture to look at, with its own buffers: the worker gives them away. @param size - of the model */
export const toLookPicture = (
  { name, rgb, mask, drawn }: SeenPicture,
  [height, width]: readonly [height: number, width: number],
): LookPicture => ({
  name,
  input: bytesToPixels(rgb, width, height),
  segmentation: mask.slice(),
  drawn: drawn && pictureToPixels(drawn),
});

/** Opaque pixels. @param rgb - [H * W * 3] */
export function bytesToPixels(rgb: Uint8Array, width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  rgb.forEach((value, i) => (data[4 * Math.floor(i / 3) + (i % 3)] = value));
  return { width, height, data };
}

/** Opaque pixels of values in 0..1, rounded to the nearest. */
export const pictureToPixels = ({ width, height, values }: Picture): Pixels =>
  bytesToPixels(
    Uint8Array.from(values, (value) => Math.round(255 * value)),
    width,
    height,
  );
