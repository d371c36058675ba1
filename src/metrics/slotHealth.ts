/**
 * How slots share a picture among them: slots that do nothing, objects cut into several slots, slots that hold several
 * objects. No such numbers are in the official evaluation; they say why a score is low.
 */
import { countPairs, rowSums } from "./contingency";
import { nanMean } from "./iou";

/** A slot that wins fewer pixels than this share of the picture is dead in it. */
export const minShare = 0.0025;
/** A slot takes part in an object that it wins at least this share of. */
export const minPart = 0.1;

export type SlotHealth = {
  /** Slots that win fewer than 0.25 % of the picture's pixels; 0..K. */
  deadSlots: number;
  /**
   * Mean over foreground objects that are visible of the number of slots that each win at least a tenth of the object's
   * pixels. 1 is ideal, more means objects in pieces; NaN without objects.
   */
  slotsPerObject: number;
  /**
   * Each visible foreground object belongs to the slot that wins most of its pixels (on ties the lowest); objects divided
   * by the slots that they belong to. 1 is ideal, more means objects that share a slot; NaN without objects.
   */
  objectsPerSlot: number;
  /** Slots that each win at least a tenth of the background (id 0). 1 is ideal; NaN without background. */
  backgroundSlots: number;
};

/** Pixels that each slot wins [K]. @param pred - slot per pixel, 0..K-1 */
export function slotSizes(pred: ArrayLike<number>, numSlots: number): number[] {
  const sizes = new Array<number>(numSlots).fill(0);
  for (let i = 0; i < pred.length; i++) {
    const slot = pred[i] ?? NaN;
    if (!(slot in sizes))
      throw new Error(`slotHealth: expected slots below ${numSlots}, got ${slot} at pixel ${i}.`);
    sizes[slot] = (sizes[slot] ?? 0) + 1;
  }
  return sizes;
}

/** Slots that win fewer than 0.25 % of the pixels. @param pred - slot per pixel, 0..numSlots-1 */
export const countDeadSlots = (pred: ArrayLike<number>, numSlots: number): number =>
  slotSizes(pred, numSlots).filter((size) => size < minShare * pred.length).length;

/**
 * Health of the slots in one picture.
 * @param gt - object id per pixel, 0 is background
 * @param pred - slot per pixel, 0..numSlots-1
 */
export function slotHealth(
  gt: ArrayLike<number>,
  pred: ArrayLike<number>,
  numSlots: number,
): SlotHealth {
  const counts = countPairs(gt, pred); // [ids][slots]
  const sizes = rowSums(counts);
  const parts = counts.map((row, id) =>
    sizes[id] === 0 ? NaN : row.filter((count) => count >= minPart * (sizes[id] ?? NaN)).length,
  );
  const objects = counts.slice(1).filter((row) => row.some((count) => count > 0));
  const owners = new Set(objects.map((row) => row.indexOf(Math.max(...row))));
  return {
    deadSlots: countDeadSlots(pred, numSlots),
    slotsPerObject: nanMean(parts.slice(1)),
    objectsPerSlot: objects.length / owners.size,
    backgroundSlots: parts[0] ?? NaN,
  };
}

/** Slots that are alive and not the largest, which is taken for the background; ascending. */
export function objectSlots(pred: ArrayLike<number>, numSlots: number): number[] {
  const sizes = slotSizes(pred, numSlots);
  const largest = sizes.indexOf(Math.max(...sizes));
  return sizes.flatMap((size, slot) =>
    slot !== largest && size >= minShare * pred.length ? [slot] : [],
  );
}
