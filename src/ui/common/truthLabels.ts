/** True masks as they are shown: smooth outlines, and the colours of the slots that they are matched with. */
import { segment, type Size } from "./paintMasks";
import { slotRgb, type Rgb } from "./slotColors";

/** Objects that no slot holds are almost white, which no slot is. */
const unmatchedRgb: Rgb = [238, 238, 234];

/** Number of ids, background included. */
export const countIds = (ids: Uint8Array): number =>
  ids.reduce((most, id) => Math.max(most, id), 0) + 1;

/**
 * Ids at another size, each id's mask upsampled like the attention masks, so that both have smooth outlines.
 * @param ids - [h, w]
 * @returns [H, W]
 */
export function upsampleIds(ids: Uint8Array, from: Size, to: Size): Uint8Array {
  const numIds = countIds(ids);
  const masks = new Float32Array(numIds * ids.length);
  ids.forEach((id, pixel) => (masks[id * ids.length + pixel] = 1));
  return segment(masks, numIds, from, to);
}

/** The colour of a true id: its slot's. */
export const truthRgb = (matches: readonly number[] | null, id: number): Rgb => {
  const slot = matches?.[id] ?? -1;
  return slot < 0 ? unmatchedRgb : slotRgb(slot);
};
