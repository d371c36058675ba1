/** Pixel counts of two labelings: the table that ARI and IoU are computed from. */

/**
 * Counts pixels by their pair of ids, as the product of two one-hot codes: max id + 1 rows and columns, so that ids
 * which do not occur keep a row or column of zeros (img_based/models/eval_utils.py, F.one_hot).
 * @param gt - ids 0.. per pixel, any layout
 * @param pred - ids 0.. per pixel, of the same length
 * @returns [max gt + 1][max pred + 1]
 */
export function countPairs(gt: ArrayLike<number>, pred: ArrayLike<number>): number[][] {
  if (gt.length !== pred.length)
    throw new Error(
      `countPairs: expected masks of one size, got ${gt.length} and ${pred.length} pixels.`,
    );
  const columns = countIds(pred);
  const counts = Array.from({ length: countIds(gt) }, () => new Array<number>(columns).fill(0));
  for (let i = 0; i < gt.length; i++) {
    const row = counts[gt[i] ?? NaN];
    const id = pred[i] ?? NaN;
    if (row) row[id] = (row[id] ?? NaN) + 1;
  }
  return counts;
}

/** One more than the largest id. */
function countIds(ids: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] ?? NaN;
    if (!Number.isInteger(id) || id < 0)
      throw new Error(`metrics: expected ids 0, 1, 2, ..., got ${id} at pixel ${i}.`);
    if (id > largest) largest = id;
  }
  return largest + 1;
}

/** Sums of the rows. */
export const rowSums = (counts: readonly number[][]): number[] =>
  counts.map((row) => row.reduce((sum, count) => sum + count, 0));

/** Sums of the columns. */
export const columnSums = (counts: readonly number[][]): number[] =>
  counts.reduce<number[]>((sums, row) => row.map((count, k) => (sums[k] ?? 0) + count), []);
