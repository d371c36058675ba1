/** Pictures of a set that look like an earlier one: each is compared with those that are nobody's twin themselves. */
import { lookFrom, looksSame, type Look } from "./looks";
import type { StoredPicture } from "./pictureSet";

type Seen = Pick<StoredPicture, "id" | "look">;

/** Takes the pictures of a set in their order. */
export type TwinFinder = {
  /** One that later ones are compared with. */
  keep(picture: Seen): void;
  /** @returns the earliest kept one that looks the same, or null: then this one is kept too */
  place(picture: Seen): string | null;
};

/** @param before - pictures whose twins are known */
export function createTwinFinder(before: readonly StoredPicture[]): TwinFinder {
  const kept: { id: string; look: Look }[] = [];
  const keep = ({ id, look }: Seen): void => void kept.push({ id, look: lookFrom(look) });
  for (const picture of before) if (picture.twinOf === null) keep(picture);
  const place = (picture: Seen): string | null => {
    const own = lookFrom(picture.look);
    const twin = kept.find(({ look }) => looksSame(look, own));
    if (!twin) keep(picture);
    return twin?.id ?? null;
  };
  return { keep, place };
}

/** After a removal: whoever has lost its twin looks for another. */
export function findTwinsAgain(pictures: readonly StoredPicture[]): StoredPicture[] {
  const left = new Set(pictures.map(({ id }) => id));
  const hasLost = ({ twinOf }: StoredPicture): boolean => twinOf !== null && !left.has(twinOf);
  if (!pictures.some(hasLost)) return [...pictures];
  const finder = createTwinFinder([]);
  return pictures.map((picture) => {
    if (hasLost(picture)) return { ...picture, twinOf: finder.place(picture) };
    if (picture.twinOf === null) finder.keep(picture);
    return picture;
  });
}
