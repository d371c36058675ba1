/** Nearest slots, exactly: every distance is computed, in one walk over the rows. */
import { dot, norm, numRows, rowOf, squaredDistance, type SlotMatrix } from "./slotMatrix";
import { smallest, type Neighbour } from "./smallest";

/** Ways to say how far apart slots are: 1 - cosine of their angle (0..2), or the length of their difference. */
export const distanceNames = ["cosine", "euclidean"] as const;
export type DistanceName = (typeof distanceNames)[number];

export type NeighbourOptions = {
  /** How many. */
  n: number;
  distance: DistanceName;
  /** Rows to look among; all of them where left out. */
  rows?: readonly number[];
};

/**
 * The n nearest rows, nearest first, of equally near ones the earlier in `rows`; fewer where there are fewer rows.
 * @param query - [D]
 */
export function nearestRows(
  query: Float32Array,
  matrix: SlotMatrix,
  { n, distance, rows = allRows(matrix) }: NeighbourOptions,
): Neighbour[] {
  if (query.length !== matrix.slotSize)
    throw new Error(
      `nearestRows: expected a slot of ${matrix.slotSize} numbers, got ${query.length}.`,
    );
  const found = smallest(n);
  const isCosine = distance === "cosine";
  for (const row of rows) {
    const slot = rowOf(matrix, row);
    if (isCosine) found.offer(row, cosineDistance(query, slot));
    else found.offer(row, squaredDistance(query, slot, found.bound()));
  }
  if (isCosine) return found.list();
  return found.list().map(({ row, distance }) => ({ row, distance: Math.sqrt(distance) }));
}

/** The n nearest of the other rows to a row. */
export const neighboursOf = (
  row: number,
  matrix: SlotMatrix,
  { rows = allRows(matrix), ...options }: NeighbourOptions,
): Neighbour[] =>
  nearestRows(rowOf(matrix, row), matrix, {
    ...options,
    rows: rows.filter((other) => other !== row),
  });

/** 1 - cosine of the angle, 0..2; 1 where one of them is zero and has no direction. */
export function cosineDistance(a: Float32Array, b: Float32Array): number {
  const lengths = norm(a) * norm(b);
  if (lengths === 0) return 1;
  return Math.min(2, Math.max(0, 1 - dot(a, b) / lengths));
}

const allRows = (matrix: SlotMatrix): number[] =>
  Array.from({ length: numRows(matrix) }, (_, row) => row);
