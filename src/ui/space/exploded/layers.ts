/** A scene taken apart: for each slot the pixels that it wins, so that all layers together are the picture again. */
import type { Pixels } from "../../../engine/protocol";
import type { LibraryScene } from "../../../store/spaceState";
import { segment } from "../../common/paintMasks";

export type Layer = {
  /** Index of the slot. */
  index: number;
  /** Of the picture's pixels, 0..1. */
  share: number;
  /** The picture where the slot wins, transparent elsewhere. */
  pixels: Pixels;
};

/** Slots that win pixels, the largest first: the background lies at the back. */
export function layersOf({ picture, masks, maskSize, numSlots }: LibraryScene): Layer[] {
  const { width, height, data } = picture;
  const labels = segment(masks, numSlots, maskSize, [height, width]);
  const counts = new Array<number>(numSlots).fill(0);
  for (const slot of labels) counts[slot] = (counts[slot] ?? 0) + 1;
  const layers = counts.map((count, index): Layer => {
    const own = new Uint8ClampedArray(data);
    for (const [pixel, slot] of labels.entries()) if (slot !== index) own[pixel * 4 + 3] = 0;
    return { index, share: count / labels.length, pixels: { width, height, data: own } };
  });
  return layers.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
}
