/** For tests: pictures of drawn scenes, as a set takes them. */
import type { FileStore } from "../../storage/fileStore";
import { renderSprites, planSprites } from "../scenes/sprites";
import { addPictures, type AddOutcome, type NewPicture } from "./addPictures";
import { createSet } from "./setFiles";

/** Pixels a side of the tests' pictures. */
export const testSide = 16;

const drawn = new Map<string, NewPicture>();

/** Scene `index`, with its mask. */
export function sprite(index: number, side = testSide): NewPicture {
  const key = `${index} ${side}`;
  const known = drawn.get(key);
  if (known) return known;
  const { pixels, ids } = renderSprites(planSprites(7, index), side);
  const picture = { name: `scene ${index}.png`, pixels, ids };
  drawn.set(key, picture);
  return picture;
}

/** Scenes first, first + 1, ... */
export const sprites = (count: number, first = 0, side = testSide): NewPicture[] =>
  Array.from({ length: count }, (_, i) => sprite(first + i, side));

/** An empty set of small pictures. @returns its id */
export const newSet = async (files: FileStore, name = "Test", side = testSide): Promise<string> =>
  (await createSet(files, { name, resolution: [side, side], now: 1_700_000_000_000 })).id;

/** Adds pictures under the page's limit. */
export const addAll = (
  files: FileStore,
  setId: string,
  pictures: NewPicture[],
  most = 5000,
): Promise<AddOutcome> => addPictures(files, setId, pictures, most);

/** RGB of a picture. */
export const rgbOf = ({ pixels }: NewPicture): number[] =>
  [...pixels.data].filter((_, i) => i % 4 !== 3);
