/** What the page says of a set of pictures: how many, how much room, what became of files. */
import {
  setLimits,
  type Added,
  type PictureSet,
  type StorageRoom,
} from "../../../engine/protocol/sets";
import { plural } from "../../common/count";
import { formatBytes } from "../../common/format";

export type SetCounts = { all: number; heldOut: number; training: number; withMask: number };

/** How many pictures a set has of each sort. */
export function countPictures({ pictures }: PictureSet): SetCounts {
  const heldOut = pictures.filter(({ isHeldOut }) => isHeldOut).length;
  const withMask = pictures.filter(({ hasMask }) => hasMask).length;
  return { all: pictures.length, heldOut, training: pictures.length - heldOut, withMask };
}

/** Ids of all pictures that look like an earlier one. */
export const twinIds = ({ pictures }: PictureSet): string[] =>
  pictures.filter(({ twinOf }) => twinOf !== null).map(({ id }) => id);

/** A set's state in a line. */
export function setSummary(set: PictureSet | null): string {
  if (!set) return "No set yet";
  const { all, heldOut, training } = countPictures(set);
  if (all === 0) return "Empty";
  const missing = setLimits.fewest - all;
  const rest = missing > 0 ? `; ${missing} more needed` : "";
  return `${training.toLocaleString("en")} to learn from, ${heldOut.toLocaleString("en")} held out${rest}`;
}

/** How much room there is, and whether what is kept outlives the page. */
export function roomText({ isLasting, usedBytes, quotaBytes }: StorageRoom): string {
  const kept = isLasting
    ? "Kept in this browser, on this machine only, until you delete it."
    : "This browser keeps nothing here (a private window?): pictures and models are lost on reload. Export what you want to keep.";
  if (quotaBytes === null) return `${kept} It does not say how much room it has.`;
  const left = Math.max(0, quotaBytes - usedBytes);
  return `${kept} Room left: ${formatBytes(left)}.`;
}

/** Bytes that a set of so many pictures takes: three a pixel, and one of its mask. */
export const bytesOfPictures = (
  count: number,
  [height, width]: readonly [number, number],
): number => count * height * width * 4;

/** What became of the files that were added, in a sentence. */
export function addedText({ added, duplicates }: Added): string {
  const parts = [`${plural(added, "picture")} added.`];
  if (duplicates > 0)
    parts.push(`${plural(duplicates, "duplicate")} left out: the set has the same pixels already.`);
  return parts.join(" ");
}
