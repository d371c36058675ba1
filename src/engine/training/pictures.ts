/** The pictures of a run, as they were when it was created: of a set by their ids, or generated scenes. */
import type { OpenSet, PictureSource } from "../../data/pictureSets/openSet";
import { InputError } from "../../errors";
import type { ModelConfig } from "../../slotdiffusion/config";
import type { ImageSource } from "../../train/images";
import { drawSprites } from "../../train/spriteScenes";
import type { PictureSet } from "../protocol/sets";
import type { RunData } from "../protocol/training";

import type { PlannedPictures } from "./planRecipe";
import type { StoredPictures } from "./runSchema";

export type RunPictures = {
  training: ImageSource;
  heldOut: ImageSource;
  /** Object ids of a held-out picture [H * W]; null where none are known. */
  heldOutIds: (index: number) => Uint8Array | null;
  heldOutName: (index: number) => string;
};

type Scenes = Extract<RunData, { kind: "scenes" }>;

/** Pictures for a run that is created, and what its plan must fit. */
export function freezeSet(set: PictureSet): { stored: StoredPictures; planned: PlannedPictures } {
  const part = (isHeldOut: boolean) =>
    set.pictures
      .filter((picture) => picture.isHeldOut === isHeldOut)
      .map(({ id, name }) => ({ id, name: name.slice(0, 1000) }));
  const { resolution, pictures } = set;
  const data = { kind: "set" as const, setId: set.id };
  return {
    stored: {
      ...{ version: 1, data, setName: set.name },
      ...{ training: part(false), heldOut: part(true) },
    },
    planned: { count: pictures.length, resolution, from: `the set "${set.name}"` },
  };
}

/** As freezeSet; sprites are drawn at any size. */
export function freezeScenes(
  data: Scenes,
  { resolution: [height, width] }: ModelConfig,
): { stored: StoredPictures; planned: PlannedPictures } {
  if (height !== width)
    throw new InputError(
      `train: expected a square model for generated scenes, got ${width}x${height}. Take a set of pictures.`,
    );
  return {
    stored: { version: 1, data, setName: "", training: [], heldOut: [] },
    planned: { count: data.count, resolution: [height, width], from: "generated scenes" },
  };
}

/** Generated scenes of a run. */
export function openScenes({ seed, count, heldOut }: Scenes, side: number): RunPictures {
  const scenes = drawSprites({ seed, n: count, heldOut }, side);
  return { ...scenes, heldOutName: (index) => `scene ${index}` };
}

/** A run's pictures in the set as it is now. Throws an InputError that says what has changed where some are gone. */
export function openSetPictures(stored: StoredPictures, set: OpenSet): RunPictures {
  const places = new Map<string, { source: PictureSource; index: number }>();
  for (const source of [set.training, set.heldOut])
    source.pictures.forEach(({ id }, index) => places.set(id, { source, index }));
  checkPictures(stored, places, set.info.name);
  const { size } = set.training;
  const at = (list: StoredPictures["training"], index: number) => {
    const place = places.get(list[index]?.id ?? "");
    if (!place)
      throw new Error(`train: expected a picture of 0..${list.length - 1}, got ${index}.`);
    return place;
  };
  const sourceOf = (list: StoredPictures["training"]): ImageSource => ({
    count: list.length,
    size,
    read: (index) => {
      const place = at(list, index);
      return place.source.read(place.index);
    },
  });
  return {
    training: sourceOf(stored.training),
    heldOut: sourceOf(stored.heldOut),
    heldOutIds: (index) => {
      const place = at(stored.heldOut, index);
      return place.source.ids(place.index);
    },
    heldOutName: (index) => stored.heldOut[index]?.name ?? "",
  };
}

/** Pictures that came since are left aside; those that went would change every batch. */
function checkPictures(
  { training, heldOut, setName }: StoredPictures,
  places: ReadonlyMap<string, unknown>,
  name: string,
): void {
  const all = [...training, ...heldOut];
  const gone = all.filter(({ id }) => !places.has(id)).map((picture) => picture.name);
  if (gone.length === 0) return;
  const named =
    gone.slice(0, 5).join(", ") + (gone.length > 5 ? `, and ${gone.length - 5} more` : "");
  throw new InputError(
    `train: expected the ${all.length} pictures of "${setName}" that the run was created with, got "${name}" without ` +
      `${gone.length} of them: ${named}. Add them again, or start a new run from this one's model.`,
  );
}
