/** Lists of placed slots: edits as pure functions, and what keeps a list true to the scenes there are. */
import type { PlacedSlot, Scene, SceneId, SceneRender, SlotRef } from "./state";

/** What an edit of a scene's slots changes. */
export type SlotList = Pick<Scene, "placed" | "isOwnOrder">;

/** Slots of a scene's encoding, or null before there is one. */
export const numSlotsOf = (scene: Scene): number | null =>
  scene.encoding.status === "ready" ? scene.encoding.result.numSlots : null;

/** A scene's own slots in their order; their keys are the same each time. */
export const ownSlots = (sceneId: SceneId, numSlots: number): PlacedSlot[] =>
  Array.from({ length: numSlots }, (_, index) => ({ sceneId, index, key: `own-${index}` }));

/** The list of a scene that nobody has edited. */
export const ownList = (scene: Scene): SlotList => ({
  placed: ownSlots(scene.id, numSlotsOf(scene) ?? 0),
  isOwnOrder: true,
});

/** Puts a slot in place of the one at `position`. */
export const replaceAt = (list: SlotList, position: number, slot: PlacedSlot): SlotList => ({
  placed: list.placed.with(position, slot),
  isOwnOrder: false,
});

/** Puts a slot before the one at `position`; past the end means last. */
export const insertAt = (list: SlotList, position: number, slot: PlacedSlot): SlotList => ({
  placed: list.placed.toSpliced(position, 0, slot),
  isOwnOrder: false,
});

/** Takes the slot at `position` out. */
export const removeAt = (list: SlotList, position: number): SlotList => ({
  placed: list.placed.toSpliced(position, 1),
  isOwnOrder: false,
});

/** Whether a slot's scene is there and has so many slots; a scene not yet encoded is trusted. */
export function isSlotThere(scenes: Scene[], { sceneId, index }: SlotRef): boolean {
  const origin = scenes.find((scene) => scene.id === sceneId);
  return origin !== undefined && index < (numSlotsOf(origin) ?? Infinity);
}

/** A scene whose list holds only slots that exist, refilled where it follows the encoder. */
export function fitList(scene: Scene, scenes: Scene[]): Scene {
  const numSlots = numSlotsOf(scene);
  if (scene.isOwnOrder) {
    const isFull = numSlots === null || numSlots === scene.placed.length;
    return isFull ? scene : { ...scene, ...ownList(scene) };
  }
  const placed = scene.placed.filter((slot) => isSlotThere(scenes, slot));
  return placed.length === scene.placed.length ? scene : { ...scene, placed };
}

/** Which slots a picture is made of, in order, as text that can be compared. */
export const slotKeys = (placed: readonly SlotRef[]): string =>
  placed.map(({ sceneId, index }) => `${sceneId}:${index}`).join(" ");

/** A picture that no longer counts as made from its scene's slots, where it used slots of `sceneId`. */
export function outdateRender(render: SceneRender, sceneId: SceneId): SceneRender {
  const isUser =
    render.status === "done" &&
    render.slotKeys.split(" ").some((key) => key.startsWith(`${sceneId}:`));
  return isUser ? { ...render, slotKeys: "" } : render;
}

/** All scenes after `sceneId` has been encoded anew: lists fitted, pictures of its old slots outdated. */
export const settleScenes = (scenes: Scene[], sceneId: SceneId): Scene[] =>
  scenes.map((scene) => ({
    ...fitList(scene, scenes),
    render: outdateRender(scene.render, sceneId),
  }));
