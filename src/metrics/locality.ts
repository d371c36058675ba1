/** Whether an edit of one slot stays where it belongs: change inside a region against change outside of it. */
import type { Picture } from "./imageQuality";

/**
 * Mean absolute change per channel value inside and outside a region.
 * @param isInside - [H * W]
 * @returns 0..1 each; NaN where there is no such pixel
 */
export function changeByRegion(
  before: Picture,
  after: Picture,
  isInside: (pixel: number) => boolean,
): { inside: number; outside: number } {
  const { channels } = before;
  if (channels !== after.channels || before.values.length !== after.values.length)
    throw new Error(
      `changeByRegion: expected pictures of one size, got ${before.values.length} and ${after.values.length} values.`,
    );
  const sums = [0, 0];
  const counts = [0, 0];
  for (let i = 0; i < before.values.length; i++) {
    const side = isInside(Math.floor(i / channels)) ? 0 : 1;
    const change = Math.abs((before.values[i] ?? NaN) - (after.values[i] ?? NaN));
    sums[side] = (sums[side] ?? NaN) + change;
    counts[side] = (counts[side] ?? NaN) + 1;
  }
  const mean = (side: number): number => (sums[side] ?? NaN) / (counts[side] ?? NaN);
  return { inside: mean(0), outside: mean(1) };
}
