/** Which pictures of a set are kept for evaluation: each picture's own draw, so that others may come and go. */
import { hash32 } from "../scenes/seeding";
import type { Split, StoredSet } from "./pictureSet";

/** 0..1, of one picture with one seed. @param id - 16 hex digits */
const drawOf = (id: string, seed: number): number =>
  hash32(seed, parseInt(id.slice(0, 8), 16), parseInt(id.slice(8), 16)) / 2 ** 32;

/**
 * The ids that are held out: those whose own draw is below the share, so that a picture keeps its side when others are added
 * or removed. Of two ids or more one at least is held out and one is left: where the draws say otherwise, the lowest or highest.
 * @param ids - each once, 16 hex digits
 */
export function splitPictures(ids: readonly string[], { seed, heldOut }: Split): Set<string> {
  const draws = ids.map((id) => ({ id, draw: drawOf(id, seed) }));
  const rising = draws.sort((a, b) => a.draw - b.draw || (a.id < b.id ? -1 : 1));
  const below = rising.filter(({ draw }) => draw < heldOut).length;
  const numHeldOut = rising.length < 2 ? 0 : Math.min(Math.max(below, 1), rising.length - 1);
  return new Set(rising.slice(0, numHeldOut).map(({ id }) => id));
}

/** Ids of a set's held-out pictures. Pictures that look the same lie on one side, or the other would not be new to the model. */
export function heldOutOf({ pictures, split }: Pick<StoredSet, "pictures" | "split">): Set<string> {
  const kins = new Set(pictures.map(({ kin }) => kin));
  if (kins.size < 2) {
    return splitPictures(
      pictures.map(({ id }) => id),
      split,
    ); // all look the same: there is no better way
  }
  const heldOut = splitPictures([...kins], split);
  return new Set(pictures.filter(({ kin }) => heldOut.has(kin)).map(({ id }) => id));
}
