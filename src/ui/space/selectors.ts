/** Questions of the Slot space page to the state. */
import type { SlotLibrary } from "../../slotspace/library";
import type { FoundConcepts, LibraryScene, Space } from "../../store/spaceState";
import type { AppState, SlotRef } from "../../store/state";

/** All of slot space; views take from it what they show. */
export const selectSpace = ({ space }: AppState): Space => space;

/** Scenes of the Play page that have slots. */
export const selectNumReady = ({ scenes }: AppState): number =>
  scenes.filter(({ encoding }) => encoding.status === "ready").length;

/** The name of the model in use where the library's slots are another's; null where they fit. */
export const selectOtherModel = ({ space, model }: AppState): string | null =>
  space.model && model.status === "ready" && model.info.hash !== space.model.hash
    ? model.info.name
    : null;

/** A scene of the library by its id. */
export const findLibraryScene = (
  scenes: readonly LibraryScene[],
  id: string,
): LibraryScene | undefined => scenes.find((scene) => scene.id === id);

/** The row of a slot in a library; -1 where it is not there. */
export const rowOfSlot = ({ origins }: SlotLibrary, { sceneId, index }: SlotRef): number =>
  origins.findIndex((origin) => origin.sceneId === sceneId && origin.index === index);

/** "Scene A: Sample 00, slot 3": slots count from 1. */
export const slotTitle = (scene: LibraryScene | undefined, index: number): string =>
  `${scene?.title ?? "A scene"}, slot ${index + 1}`;

/** Concept of a slot, 0-based; null where it wins no pixels or there are no concepts yet. */
export function conceptOf(concepts: FoundConcepts | null, slot: SlotRef): number | null {
  if (!concepts) return null;
  const label = concepts.labels[rowOfSlot(concepts.library, slot)] ?? -1;
  return label < 0 ? null : label;
}

/** "Concept 2", and what is special about it. */
export function conceptName(concepts: FoundConcepts | null, concept: number | null): string {
  if (concept === null) return concepts ? "None: it wins no pixels" : "Not known yet";
  const isBackground = concepts?.background === concept;
  return `Concept ${concept + 1}${isBackground ? ", the background" : ""}`;
}

/** A share as whole percent, "<1 %" for a little. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.005) return "<1 %";
  return `${Math.round(100 * share)} %`;
}
