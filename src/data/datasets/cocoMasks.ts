/**
 * Masks of COCO annotations: polygons, and run lengths as a list or as text.
 *
 * Pixel for pixel as the COCO API (cocodataset/cocoapi, common/maskApi.c: rleFrPoly, rleFrString) defines them; runs go down
 * the columns, first those outside the object.
 */
import { z } from "zod";

import { Unreadable } from "./dataFile";

// Lists are judged whole: zod would keep an issue for each of a million wrong values.
const isPolygons = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((polygon) => Array.isArray(polygon) && polygon.every(Number.isFinite));
const isRuns = (value: unknown): boolean =>
  Array.isArray(value) && value.every((run) => Number.isSafeInteger(run) && Number(run) >= 0);

const runLengthSchema = z.object({
  size: z.tuple([z.number(), z.number()]), // height, width
  counts: z.union([z.string(), z.custom<number[]>(isRuns)]),
});
export const segmentationSchema = z.union([z.custom<number[][]>(isPolygons), runLengthSchema]);
export type Segmentation = z.infer<typeof segmentationSchema>;

const upsampling = 5; // polygons are drawn at five times the picture's size, then thinned out
const maxOutlineSteps = 1e6; // 25 times what the largest objects of COCO need
const stepCost = 16; // a step along an outline takes so many times as long as a pixel's visit

/** What may still be drawn of one picture, in pixels visited: a short json can ask for more than anybody waits for. */
export type DrawingWork = { left: number };

/** A hundred times what the pictures of COCO with the most objects need; tens of seconds at most. */
export const drawingWork = (): DrawingWork => ({ left: 2 ** 33 });

function spend(work: DrawingWork, visits: number): void {
  work.left -= visits;
  if (work.left < 0) throw wrong("more outlines than a picture has");
}

const wrong = (what: string): Unreadable => new Unreadable(`an annotation with ${what}`);

/** @returns 1 where the object is, column-major [W * H] */
export function segmentationMask(
  segmentation: Segmentation,
  height: number,
  width: number,
  work = drawingWork(),
): Uint8Array {
  spend(work, height * width);
  if (Array.isArray(segmentation)) return polygonsMask(segmentation, height, width, work);
  const { size, counts } = segmentation;
  if (size[0] !== height || size[1] !== width) throw wrong("a size other than its picture's");
  return runsMask(typeof counts === "string" ? parseRuns(counts) : counts, height * width);
}

function runsMask(runs: readonly number[], length: number): Uint8Array {
  const mask = new Uint8Array(length);
  let at = 0;
  runs.forEach((run, i) => {
    if (i % 2 === 1) mask.fill(1, at, at + run);
    at += run;
  });
  if (at !== length) throw wrong("run lengths that do not fill its picture");
  return mask;
}

/**
 * Run lengths from text: groups of five bits from the lowest, each a letter from "0" on, with bit 32 where more follow; signed,
 * and from the fourth run on the difference to the run before the last.
 */
export function parseRuns(text: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < text.length;) {
    let value = 0;
    let shift = 1;
    let letter: number;
    do {
      letter = text.charCodeAt(at) - 48;
      if (!(letter >= 0 && letter < 64) || shift > 2 ** 35) throw wrong("damaged run lengths");
      value += (letter & 31) * shift;
      shift *= 32;
      at++;
    } while (letter & 32);
    if (letter & 16) value -= shift;
    const run = runs.length > 2 ? value + (runs.at(-2) ?? 0) : value;
    if (run < 0) throw wrong("damaged run lengths");
    runs.push(run);
  }
  return runs;
}

/** The union of an object's polygons, each x0, y0, x1, y1, ... */
function polygonsMask(
  polygons: readonly number[][],
  height: number,
  width: number,
  work: DrawingWork,
): Uint8Array {
  const mask = new Uint8Array(height * width);
  for (const polygon of polygons) {
    if (polygon.length < 6) continue; // fewer than three corners hold no area
    spend(work, height * width);
    const crossings = outlineCrossings(polygon, height, width, work);
    let isInside = 0;
    for (let i = 0; i < mask.length; i++) {
      isInside ^= crossings[i] ?? 0;
      mask[i] = (mask[i] ?? 0) | isInside;
    }
  }
  return mask;
}

/** @returns 1 where, going down the columns, the outline is crossed [W * H + 1] */
function outlineCrossings(
  polygon: readonly number[],
  height: number,
  width: number,
  work: DrawingWork,
): Uint8Array {
  const crossings = new Uint8Array(height * width + 1);
  const outline = outlinePoints(polygon, Math.max(height, width));
  spend(work, stepCost * outline.u.length);
  for (let i = 1; i < outline.u.length; i++) {
    const [u, v] = [outline.u[i] ?? 0, outline.v[i] ?? 0];
    const [before, vBefore] = [outline.u[i - 1] ?? 0, outline.v[i - 1] ?? 0];
    if (u === before) continue;
    const column = (Math.min(u, before) + 0.5) / upsampling - 0.5;
    if (!Number.isInteger(column) || column < 0 || column > width - 1) continue;
    const y = (Math.min(v, vBefore) + 0.5) / upsampling - 0.5;
    const row = Math.ceil(Math.min(Math.max(y, 0), height));
    const at = column * height + row;
    crossings[at] = (crossings[at] ?? 0) ^ 1;
  }
  return crossings;
}

/** Every point of the outline at five times the size, side by side along the longer direction of each edge. */
function outlinePoints(polygon: readonly number[], side: number): { u: number[]; v: number[] } {
  const points = polygon.map((value) => Math.trunc(upsampling * value + 0.5));
  const numCorners = Math.floor(points.length / 2);
  const [u, v]: [number[], number[]] = [[], []];
  for (let j = 0; j < numCorners; j++) {
    const [xs = 0, ys = 0] = points.slice(2 * j, 2 * j + 2);
    const [xe = 0, ye = 0] = points.slice(
      2 * ((j + 1) % numCorners),
      2 * ((j + 1) % numCorners) + 2,
    );
    const [dx, dy] = [Math.abs(xe - xs), Math.abs(ye - ys)];
    const length = Math.max(dx, dy);
    if (!(length <= 10 * upsampling * side)) throw wrong("corners far outside its picture");
    if (u.length + length > maxOutlineSteps) throw wrong("an outline that is too long");
    pushEdge(u, v, [xs, ys, xe, ye], dx >= dy);
  }
  return { u, v };
}

/** Points from the first corner to the second; each is rounded as seen from the lower end, whichever way the edge runs. */
function pushEdge(
  u: number[],
  v: number[],
  [xs, ys, xe, ye]: [number, number, number, number],
  isWide: boolean,
): void {
  const length = Math.max(Math.abs(xe - xs), Math.abs(ye - ys));
  const isFlipped = isWide ? xs > xe : ys > ye;
  const [x, y] = isFlipped ? [xe, ye] : [xs, ys];
  const rise =
    length === 0 ? 0 : isWide ? (isFlipped ? ys - ye : ye - ys) : isFlipped ? xs - xe : xe - xs;
  for (let d = 0; d <= length; d++) {
    const t = isFlipped ? length - d : d;
    const across = Math.trunc((isWide ? y : x) + (length === 0 ? 0 : rise / length) * t + 0.5);
    u.push(isWide ? x + t : across);
    v.push(isWide ? across : y + t);
  }
}
