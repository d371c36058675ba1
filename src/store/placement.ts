/** Lists of placed slots: edits as pure functions, and what keeps a list true to the scenes there are. */
import type { Rng } from "../math/random";
import type { ComposedSlot, PlacedSlot, Scene, SceneId, SceneRender, SlotRef } from "./state";

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

/** Moves the slot at `from` to `to`. */
export function moveAt(list: SlotList, from: number, to: number): SlotList {
  const moved = list.placed.slice(from, from + 1);
  const rest = list.placed.toSpliced(from, 1);
  return { placed: rest.toSpliced(to, 0, ...moved), isOwnOrder: false };
}

/** The slots in another order, in which none keeps its place (Sattolo's algorithm). */
export function shuffle(list: SlotList, rng: Rng): SlotList {
  const placed = [...list.placed];
  for (let i = placed.length - 1; i > 0; i--) {
    const j = Math.floor(rng() * i);
    const [a, b] = [placed[i], placed[j]];
    if (a && b) [placed[i], placed[j]] = [b, a];
  }
  return { placed, isOwnOrder: false };
}

/** The encoders' slots that a composed slot is made of; none where it came in a file. */
export function originsOf({ sceneId, index, blend, file }: ComposedSlot): SlotRef[] {
  if (file) return [];
  return [{ sceneId, index }, ...(blend ? [blend.other] : [])];
}

/** Whether a slot of the scene's went into a composed slot. */
export const isMadeOf = (slot: ComposedSlot, sceneId: SceneId): boolean =>
  originsOf(slot).some((origin) => origin.sceneId === sceneId);

/** A composed slot without its place. */
export const unplaced = ({ sceneId, index, blend, file }: ComposedSlot): ComposedSlot => ({
  sceneId,
  index,
  ...(blend && { blend }),
  ...(file && { file }),
});

function isOriginThere(scenes: Scene[], { sceneId, index }: SlotRef): boolean {
  const origin = scenes.find((scene) => scene.id === sceneId);
  return origin !== undefined && index < (numSlotsOf(origin) ?? Infinity);
}

/** Whether the scenes of a slot are there and have so many slots; a scene not yet encoded is trusted. */
export const isSlotThere = (scenes: Scene[], slot: ComposedSlot): boolean =>
  originsOf(slot).every((origin) => isOriginThere(scenes, origin));

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

/** A slot as text that can be compared: "scene:index", and behind "~" what it is on the way to. */
export function slotKey({ sceneId, index, blend }: ComposedSlot): string {
  const own = `${sceneId}:${index}`;
  if (!blend) return own;
  const { other, t, path } = blend;
  return `${own}~${other.sceneId}:${other.index}~${t}~${path}`;
}

/** Which slots a picture is made of, in order, as text that can be compared. */
export const slotKeys = (placed: readonly ComposedSlot[]): string => placed.map(slotKey).join(" ");

/** Whether such a text names a slot of the scene's. */
export const namesScene = (keys: string, sceneId: SceneId): boolean =>
  keys.split(/[ ~]/).some((key) => key.startsWith(`${sceneId}:`));

/** A picture that no longer counts as made from its scene's slots, where it used slots of `sceneId`. */
export const outdateRender = (render: SceneRender, sceneId: SceneId): SceneRender =>
  render.status === "done" && namesScene(render.slotKeys, sceneId)
    ? { ...render, slotKeys: "" }
    : render;

/** All scenes after `sceneId` has been encoded anew: lists fitted, pictures of its old slots outdated. */
export const settleScenes = (scenes: Scene[], sceneId: SceneId): Scene[] =>
  scenes.map((scene) => ({
    ...fitList(scene, scenes),
    render: outdateRender(scene.render, sceneId),
  }));
