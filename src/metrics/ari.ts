/**
 * Adjusted Rand index: agreement of two clusterings, 1 for the same, about 0 for chance.
 *
 * Hubert & Arabie 1985. Follows img_based/models/eval_utils.py, adjusted_rand_index (from SAVi's metrics.py).
 */
import { columnSums, countPairs, rowSums } from "./contingency";

/**
 * @param gt - object id per pixel, 0 is background
 * @param pred - slot index per pixel
 * @param options - ignoreBackground leaves out pixels whose gt is 0: FG-ARI
 * @returns at most 1; exactly 1 where there is nothing to tell apart
 */
export function adjustedRandIndex(
  gt: ArrayLike<number>,
  pred: ArrayLike<number>,
  { ignoreBackground = false } = {},
): number {
  const counts = countPairs(gt, pred).slice(ignoreBackground ? 1 : 0);
  const rows = rowSums(counts);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const index = sumPairs(counts.flat());
  const [gtPairs, predPairs] = [sumPairs(rows), sumPairs(columnSums(counts))];
  const expected = (gtPairs * predPairs) / Math.max(total * (total - 1), 1);
  const largest = (gtPairs + predPairs) / 2;
  return largest === expected ? 1 : (index - expected) / (largest - expected);
}

/** Ordered pairs within clusters of the given sizes. */
const sumPairs = (sizes: readonly number[]): number =>
  sizes.reduce((sum, size) => sum + size * (size - 1), 0);
