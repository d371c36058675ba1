/** The nearest rows of every row, exactly, in steps short enough for a page to stay awake and to stop between them. */
import { numRows, rowOf, squaredDistance, type SlotMatrix } from "./slotMatrix";
import { smallest } from "./smallest";

export type NeighbourLists = {
  /** Rows, the row itself first [N][k]. */
  rows: number[][];
  /** Euclidean [N][k] */
  distances: number[][];
};

/** Numbers compared in a step: some 10 ms. */
const workPerStep = 4e6;

/** Yields the number of rows that are done. @param k - length of a list, 2..N, the row itself included */
export function* listNeighbours(matrix: SlotMatrix, k: number): Generator<number, NeighbourLists> {
  const N = numRows(matrix);
  const slots = Array.from({ length: N }, (_, row) => rowOf(matrix, row));
  const lists = slots.map(() => smallest(k - 1));
  let work = 0;
  for (const [row, slot] of slots.entries()) {
    const own = lists[row];
    for (let other = row + 1; other < N; other++) {
      const [against, theirs] = [slots[other], lists[other]];
      if (!own || !against || !theirs) continue; // never: there is a list for each row
      const bound = Math.max(own.bound(), theirs.bound());
      const distance = squaredDistance(slot, against, bound);
      own.offer(other, distance);
      theirs.offer(row, distance);
    }
    work += (N - row) * matrix.slotSize;
    if (work < workPerStep) continue;
    work = 0;
    yield row + 1;
  }
  const found = lists.map((list) => list.list());
  return {
    rows: found.map((list, row) => [row, ...list.map((each) => each.row)]),
    distances: found.map((list) => [0, ...list.map(({ distance }) => Math.sqrt(distance))]),
  };
}
