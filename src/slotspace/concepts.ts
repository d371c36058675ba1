/**
 * Visual concepts: k-means over the slots of a library. SlotDiffusion (arXiv 2305.11281) takes concepts and compositional
 * generation from SLATE (Singh et al. 2022, arXiv 2110.11405, section 4): slots cluster by what they show.
 */
import { kmeans } from "ml-kmeans";

import { InputError } from "../errors";
import { liveRows, type SlotLibrary } from "./library";
import { nearestRows } from "./neighbours";
import { rowOf, squaredDistance, toLists } from "./slotMatrix";

export type Concept = {
  /** Its slots, rows of the library in their order. */
  rows: number[];
  /** Mean over its slots of the share of a picture's pixels; 0..1. */
  meanShare: number;
  /** [D] */
  centre: Float32Array;
  /** Rows nearest to the centre, nearest first. */
  representatives: number[];
};

export type Concepts = {
  /** Largest first. */
  concepts: Concept[];
  /** Concept of each row of the library, -1 for dead slots, which take no part [N]. */
  labels: Int32Array;
  /** The concept with the largest mean share; null where there is but one concept. */
  background: number | null;
  /** Squared distances of slots to their centres, summed: what k-means makes small. */
  inertia: number;
};

export type ConceptOptions = {
  /** As many concepts as this, or as there are different slots. */
  numConcepts: number;
  /** Same seed, same concepts; 0..2^32-1. */
  seed: number;
  /** Representative rows of each concept. */
  numRepresentatives?: number;
  maxIterations?: number;
};

/** Concepts of a library's live slots. Throws an InputError where there is none. */
export function findConcepts(
  library: SlotLibrary,
  { numConcepts, seed, numRepresentatives = 8, maxIterations = 100 }: ConceptOptions,
): Concepts {
  if (!Number.isInteger(numConcepts) || numConcepts < 1)
    throw new InputError(
      `concepts: expected a whole number from 1 on, got ${numConcepts}. Choose how many concepts to find.`,
    );
  const live = liveRows(library);
  if (live.length === 0)
    throw new InputError(
      "concepts: expected slots that win pixels, got none. Add scenes to the library.",
    );
  const points = toLists(library, live);
  const result = kmeans(points, Math.min(numConcepts, countDistinct(points)), {
    initialization: "kmeans++",
    seed,
    maxIterations,
  });
  // Asked again: the result's own labels are of the centres one round before.
  const clusters = result.nearest(points);
  const concepts = result.centroids
    .map((centre, cluster) => ({
      centre: Float32Array.from(centre),
      rows: live.filter((_, i) => clusters[i] === cluster),
    }))
    .filter(({ rows }) => rows.length > 0)
    .sort((a, b) => b.rows.length - a.rows.length)
    .map((found) => describe(library, found, numRepresentatives));
  return {
    concepts,
    labels: labelRows(library, concepts),
    background: findBackground(concepts),
    inertia: concepts.reduce((sum, concept) => sum + spread(library, concept), 0),
  };
}

function describe(
  library: SlotLibrary,
  { centre, rows }: Pick<Concept, "centre" | "rows">,
  n: number,
): Concept {
  const shares = rows.reduce((sum, row) => sum + (library.origins[row]?.share ?? NaN), 0);
  const nearest = nearestRows(centre, library, { n, distance: "euclidean", rows });
  const representatives = nearest.map(({ row }) => row);
  return { rows, centre, meanShare: shares / rows.length, representatives };
}

function labelRows({ origins }: SlotLibrary, concepts: readonly Concept[]): Int32Array {
  const labels = new Int32Array(origins.length).fill(-1);
  for (const [concept, { rows }] of concepts.entries())
    for (const row of rows) labels[row] = concept;
  return labels;
}

function findBackground(concepts: readonly Concept[]): number | null {
  if (concepts.length < 2) return null;
  const shares = concepts.map(({ meanShare }) => meanShare);
  return shares.indexOf(Math.max(...shares));
}

const spread = (library: SlotLibrary, { rows, centre }: Concept): number =>
  rows.reduce((sum, row) => sum + squaredDistance(rowOf(library, row), centre), 0);

/** More centres than different points would leave k-means++ without a point to draw. */
const countDistinct = (points: readonly number[][]): number =>
  new Set(points.map((point) => point.join())).size;
