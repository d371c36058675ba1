/**
 * Slots as points in space: principal components, which keep distances as well as a shadow can, and UMAP (McInnes et al.
 * 2018, arXiv 1802.03426), which keeps neighbourhoods. Points fill [-1, 1] with one scale for all axes.
 */
import { PCA } from "ml-pca";
import { UMAP } from "umap-js";

import { InputError } from "../errors";
import type { Rng } from "../math/random";
import { listNeighbours } from "./neighbourLists";
import { dot, numRows, rowOf, toLists, type SlotMatrix } from "./slotMatrix";

/** Axes of a map. */
const axes = 3;

/** Slots that a UMAP needs at least: with fewer, everybody is everybody's neighbour. */
export const minUmapSlots = 5;

export type PcaProjection = {
  /** [N, 3], each in -1..1 */
  points: Float32Array;
  /** Share of the slots' variance along each axis, 0..1, falling [3]. */
  explained: number[];
};

/** The three directions in which slots differ most. Below three numbers a slot the other axes are 0. */
export function projectPca(matrix: SlotMatrix): PcaProjection {
  const N = numRows(matrix);
  if (N < 2) throw new InputError(`slot space: expected at least 2 slots, got ${N}. Add a scene.`);
  const mean = meanSlot(matrix);
  const pca = new PCA(covariance(matrix, mean), { isCovarianceMatrix: true });
  const vectors = pca.getEigenvectors().transpose().to2DArray().slice(0, axes).map(orient);
  const coordinates = Array.from({ length: N }, (_, row) => {
    const slot = rowOf(matrix, row).map((value, i) => value - (mean[i] ?? NaN));
    return vectors.map((vector) => dot(vector, slot));
  });
  return { points: fitCube(coordinates), explained: explainedShares(pca.getEigenvalues()) };
}

export type UmapOptions = {
  rng: Rng;
  /** Slots that a neighbourhood holds, itself included: few for detail, many for the whole. */
  numNeighbours?: number;
  /** How close points may lie, 0..1. */
  minDist?: number;
  /** Rounds of the layout. */
  numEpochs?: number;
};

/** How far a UMAP is: rows whose neighbours are known, then rounds of the layout with where the points are by now. */
export type UmapStep =
  | { stage: "neighbours"; done: number; total: number }
  | { stage: "layout"; done: number; total: number; points: Float32Array };

/**
 * UMAP step by step; whoever holds the generator may stop between two steps. The same `rng` gives the same map.
 * @returns [N, 3], each in -1..1
 */
export function* projectUmap(
  matrix: SlotMatrix,
  { rng, numNeighbours = 15, minDist = 0.1, numEpochs = 300 }: UmapOptions,
): Generator<UmapStep, Float32Array> {
  const N = numRows(matrix);
  if (N < minUmapSlots)
    throw new InputError(
      `slot space: expected at least ${minUmapSlots} slots for UMAP, got ${N}. Add scenes or use PCA.`,
    );
  const k = Math.max(3, Math.min(numNeighbours, N - 1));
  const lists = listNeighbours(matrix, k);
  let listed = lists.next();
  for (; !listed.done; listed = lists.next())
    yield { stage: "neighbours", done: listed.value, total: N };
  const umap = new UMAP({
    nComponents: axes,
    nNeighbors: k,
    nEpochs: numEpochs,
    minDist,
    random: rng,
  });
  umap.setPrecomputedKNN(listed.value.rows, listed.value.distances);
  umap.initializeFit(toLists(matrix, allRows(N)));
  for (let epoch = 1; epoch <= numEpochs; epoch++) {
    umap.step();
    const points = fitCube(umap.getEmbedding());
    yield { stage: "layout", done: epoch, total: numEpochs, points };
  }
  return fitCube(umap.getEmbedding());
}

const allRows = (N: number): number[] => Array.from({ length: N }, (_, row) => row);

function meanSlot(matrix: SlotMatrix): Float64Array {
  const N = numRows(matrix);
  const sums = new Float64Array(matrix.slotSize);
  for (let row = 0; row < N; row++)
    for (const [i, value] of rowOf(matrix, row).entries()) sums[i] = (sums[i] ?? NaN) + value;
  return sums.map((sum) => sum / N);
}

/** [D, D], one half copied from the other: a third of the time of the PCA library's own for 5,000 slots of 192 numbers. */
function covariance(matrix: SlotMatrix, mean: Float64Array): number[][] {
  const [N, D] = [numRows(matrix), matrix.slotSize];
  const sums = Array.from({ length: D }, () => new Float64Array(D));
  const centred = new Float64Array(D);
  for (let row = 0; row < N; row++) {
    const slot = rowOf(matrix, row);
    for (let i = 0; i < D; i++) centred[i] = (slot[i] ?? NaN) - (mean[i] ?? NaN);
    for (const [i, line] of sums.entries()) {
      const factor = centred[i] ?? NaN;
      for (let j = 0; j <= i; j++) line[j] = (line[j] ?? NaN) + factor * (centred[j] ?? NaN);
    }
  }
  const at = (i: number, j: number): number =>
    (sums[Math.max(i, j)]?.[Math.min(i, j)] ?? NaN) / (N - 1);
  return sums.map((_, i) => Array.from({ length: D }, (__, j) => at(i, j)));
}

/** An axis has two directions; the one in which its largest number is positive stays the same as slots come and go. */
function orient(vector: number[]): number[] {
  const largest = vector.reduce(
    (most, value) => (Math.abs(value) > Math.abs(most) ? value : most),
    0,
  );
  return largest < 0 ? vector.map((value) => -value) : vector;
}

/** @param eigenvalues - falling; rounding may have made the last ones negative */
function explainedShares(eigenvalues: readonly number[]): number[] {
  const known = eigenvalues.map((value) => Math.max(0, value));
  const total = known.reduce((sum, value) => sum + value, 0);
  return Array.from({ length: axes }, (_, i) => (total === 0 ? 0 : (known[i] ?? 0) / total));
}

/** Points moved to the middle and brought to -1..1 with one factor, so that distances keep their proportions [N, 3]. */
export function fitCube(coordinates: readonly (readonly number[])[]): Float32Array {
  const points = new Float64Array(coordinates.length * axes);
  let reach = 0;
  for (let axis = 0; axis < axes; axis++) {
    const [low, high] = rangeOf(coordinates, axis);
    const middle = low / 2 + high / 2;
    reach = Math.max(reach, high - middle);
    for (const [row, at] of coordinates.entries())
      points[row * axes + axis] = (at[axis] ?? 0) - middle;
  }
  const scale = reach > 0 ? 1 / reach : 0;
  return Float32Array.from(points, (value) => Math.min(1, Math.max(-1, value * scale)));
}

function rangeOf(coordinates: readonly (readonly number[])[], axis: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const at of coordinates) {
    low = Math.min(low, at[axis] ?? 0);
    high = Math.max(high, at[axis] ?? 0);
  }
  return [low, high];
}
