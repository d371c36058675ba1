/** Picture sets in the state: pure functions on them. */
import { setLimits, type PictureSet } from "../engine/protocol/sets";
import type { Pixels } from "../engine/protocol";
import type { AppState } from "./state";

/** The set that is shown and trained on. */
export const chosenSetOf = ({ sets, chosenSet }: AppState): PictureSet | undefined =>
  sets.find(({ id }) => id === chosenSet);

/** Sets with one added or in place of its older self. */
export const putSet = (sets: PictureSet[], set: PictureSet): PictureSet[] =>
  sets.some(({ id }) => id === set.id)
    ? sets.map((one) => (one.id === set.id ? set : one))
    : [...sets, set];

/** Pictures that a set has room for. */
export const roomIn = ({ pictures }: PictureSet): number => setLimits.most - pictures.length;

/** Where a picture's thumbnail is kept. */
export const thumbnailKey = (setId: string, pictureId: string): string => `${setId}/${pictureId}`;

/** Thumbnails of pictures that are there, the others gone. */
export function keepThumbnails(
  thumbnails: AppState["thumbnails"],
  sets: readonly PictureSet[],
): AppState["thumbnails"] {
  const keys = new Set(
    sets.flatMap(({ id, pictures }) => pictures.map((picture) => thumbnailKey(id, picture.id))),
  );
  const kept = [...thumbnails].filter(([key]) => keys.has(key));
  return kept.length === thumbnails.size ? thumbnails : new Map(kept);
}

/** Thumbnails kept at most, and bytes of them. */
const mostThumbnails = 1500;
const mostThumbnailBytes = 96 * 2 ** 20;

/**
 * Thumbnails with new ones; those that were asked for longest ago go where there are too many.
 * @param recent - keys in the order in which they were asked for last
 */
export function addThumbnails(
  before: AppState["thumbnails"],
  fresh: ReadonlyMap<string, Pixels>,
  recent: Iterable<string>,
): AppState["thumbnails"] {
  const all = new Map([...before, ...fresh]);
  let bytes = [...all.values()].reduce((sum, { data }) => sum + data.length, 0);
  for (const key of recent) {
    if (all.size <= mostThumbnails && bytes <= mostThumbnailBytes) break;
    bytes -= all.get(key)?.data.length ?? 0;
    all.delete(key);
  }
  return all;
}
