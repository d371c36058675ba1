/** The map's discs as they lie on the screen: which one is under the pointer, and which is nearest to a place. */

export type Disc = {
  /** Of the middle, in pixels. */
  x: number;
  y: number;
  radius: number;
  /** From the camera; discs behind it are not given. */
  depth: number;
  row: number;
};

/** The row of the foremost disc that covers a place; null where none does. */
export function discAt(discs: readonly Disc[], x: number, y: number): number | null {
  let found: Disc | null = null;
  for (const disc of discs) {
    const covers = Math.hypot(disc.x - x, disc.y - y) <= disc.radius;
    if (covers && (!found || disc.depth < found.depth)) found = disc;
  }
  return found?.row ?? null;
}

/** The row whose disc's middle is nearest to a place; null where there is none. */
export function discNear(discs: readonly Disc[], x: number, y: number): number | null {
  let found: Disc | null = null;
  let least = Infinity;
  for (const disc of discs) {
    const distance = Math.hypot(disc.x - x, disc.y - y);
    if (distance >= least) continue;
    least = distance;
    found = disc;
  }
  return found?.row ?? null;
}

/** Width of a disc in the map's units: the more there are, the smaller. @returns 0.05..0.3 */
export const discWidth = (count: number): number =>
  Math.min(0.3, Math.max(0.05, 0.62 / Math.cbrt(Math.max(1, count))));
