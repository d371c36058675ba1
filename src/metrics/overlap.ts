/**
 * Pixels that belong to several objects (COCO, VOC) are taken out of the comparison.
 *
 * Follows img_based/models/eval_utils.py, preproc_masks_overlap.
 */

/**
 * Masks with overlap pixels as background in gt and as an id of their own (max + 1) in pred.
 * @param gt - id per pixel
 * @param pred - id per pixel
 * @param overlap - 1 where objects overlap, else 0
 */
export function excludeOverlap(
  gt: ArrayLike<number>,
  pred: ArrayLike<number>,
  overlap: ArrayLike<number>,
): { gt: Int32Array; pred: Int32Array } {
  if (gt.length !== overlap.length || pred.length !== overlap.length)
    throw new Error(
      `excludeOverlap: expected masks of one size, got ${gt.length}, ${pred.length} and ${overlap.length} pixels.`,
    );
  const ids = Int32Array.from(pred);
  const ownId = ids.reduce((largest, id) => Math.max(largest, id), 0) + 1;
  return {
    gt: Int32Array.from(gt).map((id, i) => (overlap[i] === 1 ? 0 : id)),
    pred: ids.map((id, i) => (overlap[i] === 1 ? ownId : id)),
  };
}
