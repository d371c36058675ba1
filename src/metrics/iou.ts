/**
 * Intersection over union of ground-truth objects and predicted segments.
 *
 * Follows img_based/models/eval_utils.py, hungarian_miou and mean_best_overlap (mBO as in DINOSAUR,
 * https://arxiv.org/abs/2209.14860).
 */
import { columnSums, countPairs, rowSums } from "./contingency";
import { matchRows } from "./hungarian";

/**
 * IoU of every ground-truth id with every predicted id.
 * @returns 0..1, [max gt + 1][max pred + 1]; rows of ids that do not occur are 0
 */
export function pairwiseIoU(gt: ArrayLike<number>, pred: ArrayLike<number>): number[][] {
  const counts = countPairs(gt, pred);
  const [gtSizes, predSizes] = [rowSums(counts), columnSums(counts)];
  return counts.map((row, c) =>
    row.map((both, k) => both / ((gtSizes[c] ?? 0) + (predSizes[k] ?? 0) - both + 1e-8)),
  );
}

/**
 * mIoU: mean over ground-truth ids of the IoU with the segment matched to each (Hungarian); unmatched ids count 0.
 * @param options - ignoreBackground leaves out ground-truth id 0: fgMIoU
 * @returns 0..1; NaN where only background is there and it is ignored
 */
export function meanIoU(
  gt: ArrayLike<number>,
  pred: ArrayLike<number>,
  { ignoreBackground = false } = {},
): number {
  const iou = pairwiseIoU(gt, pred).slice(ignoreBackground ? 1 : 0);
  return mean(matchRows(iou).map((k, c) => (k < 0 ? 0 : (iou[c]?.[k] ?? NaN))));
}

/**
 * mBO: mean over foreground ids of the best IoU with any segment; one segment may serve several.
 * @returns 0..1; NaN where only background is there
 */
export const meanBestOverlap = (gt: ArrayLike<number>, pred: ArrayLike<number>): number =>
  mean(
    pairwiseIoU(gt, pred)
      .slice(1)
      .map((row) => Math.max(...row)),
  );

/** Mean of the numbers that are not NaN; NaN when there are none. How scores of images become one. */
export const nanMean = (values: readonly number[]): number =>
  mean(values.filter((value) => !Number.isNaN(value)));

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
