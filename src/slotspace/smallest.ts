/** The n smallest of many numbers, found without sorting them all. */

export type Neighbour = { row: number; distance: number };

export type Smallest = {
  /** From this distance on an offer is refused; Infinity while there is room. */
  bound: () => number;
  /** Keeps a row if its distance is among the n smallest so far; of equal ones the earlier offer. */
  offer: (row: number, distance: number) => void;
  /** What was kept, nearest first. */
  list: () => Neighbour[];
};

/** An empty list of at most n rows, in order all the time: an offer costs at most n moves, most cost one comparison. */
export function smallest(n: number): Smallest {
  const rows: number[] = [];
  const distances: number[] = [];
  const bound = (): number => (rows.length < n ? Infinity : (distances[n - 1] ?? -Infinity));
  return {
    bound,
    offer: (row, distance) => {
      if (!(distance < bound())) return;
      const at = firstAbove(distances, distance);
      rows.splice(at, 0, row);
      distances.splice(at, 0, distance);
      if (rows.length > n) {
        rows.pop();
        distances.pop();
      }
    },
    list: () => rows.map((row, i) => ({ row, distance: distances[i] ?? NaN })),
  };
}

/** Index of the first value above a limit, by halving. @param ascending - sorted */
function firstAbove(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? NaN) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
