/** What scenes and slots are called on the page and by a screen reader. */
import type { SceneKind } from "../engine/protocol";
import type { Scene, SceneSource, SlotRef } from "./state";

const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** The first letter that no scene has; there are more letters than scenes. */
export const freeLetter = (scenes: Scene[]): string =>
  letters.find((letter) => scenes.every((scene) => scene.letter !== letter)) ?? "?";

/** A file's name without its ending; a pasted picture has none. */
export const fileTitle = (file: Blob): string =>
  (file instanceof File && file.name.replace(/\.[^.]*$/, "").trim()) || "Picture";

/** What the kinds of generated scenes are called. */
export const sceneKindTitles: Record<SceneKind, string> = {
  clevr: "Solids",
  textured: "Textured",
  sprites: "Sprites",
};

/** Whether a picture is the visitor's own. */
export const isOwnPicture = (
  source: SceneSource,
): source is Extract<SceneSource, { kind: "upload" | "link" }> =>
  source.kind === "upload" || source.kind === "link";

/** What a scene is called by where it came from. */
export function sourceTitle(source: SceneSource): string {
  if (source.kind === "sample") return `Sample ${source.id}`;
  if (source.kind !== "generated") return source.name;
  const { kind, seed, index } = source.scene;
  return `${sceneKindTitles[kind]} ${seed}-${index}`;
}

/** "slot 3 of scene B": slots count from 1. */
export function slotName(scenes: Scene[], { sceneId, index }: SlotRef): string {
  const letter = scenes.find((scene) => scene.id === sceneId)?.letter ?? "?";
  return `slot ${index + 1} of scene ${letter}`;
}

/** "slot 3 of scene B", and where it lies when that is another scene: "slot 3 of scene B in scene A". */
export function placedName(scenes: Scene[], scene: Scene, slot: SlotRef): string {
  const name = slotName(scenes, slot);
  return slot.sceneId === scene.id ? name : `${name} in scene ${scene.letter}`;
}

/** A sentence from words: its first letter large. */
export const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
