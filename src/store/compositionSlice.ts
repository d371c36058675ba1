/** Which slots each scene is made of: picked up, placed, taken out, undone. */
import { openComposition, saveComposition } from "./compositionFiles";
import { newId, type StoreContext } from "./context";
import { doEdit, stepHistory } from "./edits";
import { clampUnit, maxSlots } from "./limits";
import { composedName, composedNameIn } from "./lineage";
import {
  insertAt,
  isSlotThere,
  moveAt,
  ownList,
  removeAt,
  replaceAt,
  slotKey,
  type SlotList,
  unplaced,
} from "./placement";
import { sentence } from "./sceneNames";
import { findScene } from "./selectors";
import { shuffleSlots } from "./shuffleJobs";
import type { Blend, ComposedSlot, CompositionSlice, PlacedSlot, Scene, SceneId } from "./state";

/** The slot as a new member of a list. */
const place = (context: StoreContext, slot: ComposedSlot): PlacedSlot => ({
  ...unplaced(slot),
  key: `placed-${newId(context)}`,
});

const setList = (context: StoreContext, scene: Scene, list: SlotList, label: string): void =>
  doEdit(context, { label, lists: [{ sceneId: scene.id, ...list }], remove: [], add: [] });

function hold({ store }: StoreContext, held: ComposedSlot | null): void {
  const { scenes } = store.getState();
  if (held && !isSlotThere(scenes, held)) return;
  const words = held ? `${composedName(scenes, held)} in hand.` : "Nothing in hand.";
  store.setState({ held: held && unplaced(held), announcement: sentence(words) });
}

function replaceSlot(
  context: StoreContext,
  id: SceneId,
  position: number,
  slot: ComposedSlot,
): void {
  const { scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  const old = scene?.placed[position];
  if (!scene || !old || !isSlotThere(scenes, slot)) return;
  if (slotKey(old) === slotKey(slot)) return hold(context, null);
  const list = replaceAt(scene, position, place(context, slot));
  const words = `${composedName(scenes, slot)} replaced ${composedNameIn(scenes, scene, old)}.`;
  setList(context, scene, list, sentence(words));
}

/** Whether a scene takes one more slot; says so where it does not. */
function hasRoom({ store }: StoreContext, { letter, placed }: Scene): boolean {
  if (placed.length < maxSlots) return true;
  const text = `A scene takes ${maxSlots} slots. Remove one from scene ${letter}.`;
  store.getState().notify("info", text);
  return false;
}

function addSlot(
  context: StoreContext,
  id: SceneId,
  slot: ComposedSlot,
  position = Infinity,
): void {
  const { scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  if (!scene || !isSlotThere(scenes, slot) || !hasRoom(context, scene)) return;
  const list = insertAt(scene, Math.max(0, position), place(context, slot));
  const words = `${composedName(scenes, slot)} added to scene ${scene.letter}.`;
  setList(context, scene, list, sentence(words));
}

function duplicateSlot(context: StoreContext, id: SceneId, position: number): void {
  const { scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  const slot = scene?.placed[position];
  if (!scene || !slot || !hasRoom(context, scene)) return;
  const list = insertAt(scene, position + 1, place(context, slot));
  setList(context, scene, list, sentence(`${composedNameIn(scenes, scene, slot)} duplicated.`));
}

function moveSlot(context: StoreContext, id: SceneId, from: number, to: number): void {
  const { scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  const slot = scene?.placed[from];
  if (!scene || !slot || from === to || scene.placed[to] === undefined) return;
  const words = `${composedNameIn(scenes, scene, slot)} moved to place ${to + 1} of ${scene.placed.length}.`;
  setList(context, scene, moveAt(scene, from, to), sentence(words));
}

function blendSlot(
  context: StoreContext,
  id: SceneId,
  position: number,
  blend: Blend | null,
): void {
  const { scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  const old = scene?.placed[position];
  if (!scene || !old || old.file || Number.isNaN(blend?.t)) return;
  const { sceneId, index, key } = old;
  const kept = blend && { ...blend, t: clampUnit(blend.t) };
  const slot: PlacedSlot = { sceneId, index, key, ...(kept && { blend: kept }) };
  if (slotKey(slot) === slotKey(old) || !isSlotThere(scenes, slot)) return;
  const { other } = blend ?? old.blend ?? { other: old };
  doEdit(context, {
    label: sentence(`${composedNameIn(scenes, scene, slot)}.`),
    lists: [{ sceneId: id, ...replaceAt(scene, position, slot) }],
    remove: [],
    add: [],
    group: `blend ${id} ${key} ${slotKey(other)}`,
  });
}

function removeSlot(context: StoreContext, id: SceneId, position: number): void {
  const { scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  const old = scene?.placed[position];
  if (!scene || !old) return;
  const from = old.sceneId === id ? "" : ` from scene ${scene.letter}`;
  const words = `${composedName(scenes, old)} removed${from}.`;
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
  moveSlot: (sceneId, from, to) => moveSlot(context, sceneId, from, to),
  duplicateSlot: (sceneId, position) => duplicateSlot(context, sceneId, position),
  blendSlot: (sceneId, position, blend) => blendSlot(context, sceneId, position, blend),
  shuffleSlots: (sceneId) => shuffleSlots(context, sceneId),
  resetSlots: (sceneId) => resetSlots(context, sceneId),
  undo: () => stepHistory(context, "past"),
  redo: () => stepHistory(context, "future"),
  saveComposition: (sceneId) => saveComposition(context, sceneId),
  openComposition: (file, sceneId) => openComposition(context, file, sceneId),
});
