/** Which slots each scene is made of: picked up, placed, taken out, undone. */
import { newId, type StoreContext } from "./context";
import { doEdit, stepHistory } from "./edits";
import { maxSlots } from "./limits";
import { insertAt, isSlotThere, ownList, removeAt, replaceAt, type SlotList } from "./placement";
import { placedName, sentence, slotName } from "./sceneNames";
import { findScene } from "./selectors";
import type { CompositionSlice, PlacedSlot, Scene, SceneId, SlotRef } from "./state";

/** The slot as a new member of a list. */
const place = (context: StoreContext, { sceneId, index }: SlotRef): PlacedSlot => ({
  sceneId,
  index,
  key: `placed-${newId(context)}`,
});

const setList = (context: StoreContext, scene: Scene, list: SlotList, label: string): void =>
  doEdit(context, { label, lists: [{ sceneId: scene.id, ...list }], remove: [], add: [] });

function hold({ store }: StoreContext, held: SlotRef | null): void {
  const { scenes } = store.getState();
  if (held && !isSlotThere(scenes, held)) return;
  const words = held ? `${slotName(scenes, held)} in hand.` : "Nothing in hand.";
  store.setState({ held, announcement: sentence(words) });
}

function replaceSlot(context: StoreContext, id: SceneId, position: number, slot: SlotRef): void {
  const { scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  const old = scene?.placed[position];
  if (!scene || !old || !isSlotThere(scenes, slot)) return;
  if (old.sceneId === slot.sceneId && old.index === slot.index) return hold(context, null);
  const list = replaceAt(scene, position, place(context, slot));
  const words = `${slotName(scenes, slot)} replaced ${placedName(scenes, scene, old)}.`;
  setList(context, scene, list, sentence(words));
}

function addSlot(context: StoreContext, id: SceneId, slot: SlotRef, position = Infinity): void {
  const { scenes, notify } = context.store.getState();
  const scene = findScene(scenes, id);
  if (!scene || !isSlotThere(scenes, slot)) return;
  if (scene.placed.length >= maxSlots) {
    return notify(
      "info",
      `A scene takes ${maxSlots} slots. Remove one from scene ${scene.letter}.`,
    );
  }
  const list = insertAt(scene, Math.max(0, position), place(context, slot));
  const words = `${slotName(scenes, slot)} added to scene ${scene.letter}.`;
  setList(context, scene, list, sentence(words));
}

function removeSlot(context: StoreContext, id: SceneId, position: number): void {
  const { scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  const old = scene?.placed[position];
  if (!scene || !old) return;
  const from = old.sceneId === id ? "" : ` from scene ${scene.letter}`;
  const words = `${slotName(scenes, old)} removed${from}.`;
  setList(context, scene, removeAt(scene, position), sentence(words));
}

function resetSlots(context: StoreContext, id: SceneId): void {
  const scene = findScene(context.store.getState().scenes, id);
  if (!scene || scene.isOwnOrder) return;
  setList(context, scene, ownList(scene), `Scene ${scene.letter} has its own slots again.`);
}

/** The composition's state and actions. */
export const createCompositionSlice = (context: StoreContext): CompositionSlice => ({
  held: null,
  canUndo: false,
  canRedo: false,
  hold: (slot) => hold(context, slot),
  replaceSlot: (sceneId, position, slot) => replaceSlot(context, sceneId, position, slot),
  addSlot: (sceneId, slot, position) => addSlot(context, sceneId, slot, position),
  removeSlot: (sceneId, position) => removeSlot(context, sceneId, position),
  resetSlots: (sceneId) => resetSlots(context, sceneId),
  undo: () => stepHistory(context, "past"),
  redo: () => stepHistory(context, "future"),
});
