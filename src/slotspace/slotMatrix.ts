/** N slots of D numbers as one array, and what every view of slot space computes on it. */

export type SlotMatrix = {
  /** [N, D] */
  slots: Float32Array;
  /** D */
  slotSize: number;
};

/** N. */
export const numRows = ({ slots, slotSize }: SlotMatrix): number => slots.length / slotSize;

/** The numbers of one slot, not copied [D]. */
export const rowOf = ({ slots, slotSize }: SlotMatrix, row: number): Float32Array =>
  slots.subarray(row * slotSize, (row + 1) * slotSize);

/** Chosen slots as lists of numbers, which is how the libraries of this field take them [rows, D]. */
export const toLists = (matrix: SlotMatrix, rows: readonly number[]): number[][] =>
  rows.map((row) => [...rowOf(matrix, row)]);

/**
 * Sum of squared differences.
 * @param bound - from this sum on the answer may be any number that is not smaller: the rest is not added up
 */
export function squaredDistance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  bound = Infinity,
): number {
  let sum = 0;
  for (let from = 0; from < a.length && sum < bound; from += 32) {
    const to = Math.min(a.length, from + 32);
    for (let i = from; i < to; i++) {
      const difference = (a[i] ?? NaN) - (b[i] ?? NaN);
      sum += difference * difference;
    }
  }
  return sum;
}

/** Euclidean norm. */
export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? NaN) ** 2;
  return Math.sqrt(sum);
}

/** Inner product. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? NaN) * (b[i] ?? NaN);
  return sum;
}
