/** Another order of a scene's slots: its picture, and how far that is from the picture of the order before. */
import { mulberry32 } from "../math/random";
import { newId, type StoreContext } from "./context";
import { doEdit } from "./edits";
import { finishRender, generateScene } from "./generateJobs";
import { differenceText, pictureDifference } from "./pictureDifference";
import { shuffle, slotKeys } from "./placement";
import { findScene, isStale } from "./selectors";
import type { AppState, Drawn, SceneId } from "./state";
import { whyNotDraw } from "./whyNotDraw";

/** The scene's picture, where it is that of its slots and of the page's settings. */
function currentPicture({ scenes, settings }: AppState, id: SceneId): Drawn | null {
  const scene = findScene(scenes, id);
  if (scene?.render.status !== "done" || isStale(scene, settings)) return null;
  const { status: _, ...drawn } = scene.render;
  return drawn;
}

/** The scene's picture, drawn first where there is none; null where it was not to be had. */
async function drawCurrent(context: StoreContext, id: SceneId): Promise<Drawn | null> {
  const before = currentPicture(context.store.getState(), id);
  if (before) return before;
  await generateScene(context, id);
  return currentPicture(context.store.getState(), id);
}

/** Why there is no other order, as a sentence; null where there is one. */
function whyNotShuffle(state: AppState, id: SceneId): string | null {
  const scene = findScene(state.scenes, id);
  const isAlone = scene && scene.placed.length === 1;
  return isAlone ? `Scene ${scene.letter} has one slot: it has one order.` : whyNotDraw(state, id);
}

/** Shuffles a scene's slots, draws them again and says what the order changed; an edit meanwhile ends it. */
export async function shuffleSlots(context: StoreContext, id: SceneId): Promise<void> {
  const { store } = context;
  const reason = whyNotShuffle(store.getState(), id);
  if (reason !== null) return store.getState().notify("info", reason);
  const keys = slotKeys(findScene(store.getState().scenes, id)?.placed ?? []);
  const before = await drawCurrent(context, id);
  const scene = findScene(store.getState().scenes, id);
  if (!before || !scene || slotKeys(scene.placed) !== keys) return;
  const list = shuffle(scene, mulberry32(newId(context)));
  const label = `Order of the slots of scene ${scene.letter} shuffled.`;
  doEdit(context, { label, lists: [{ sceneId: id, ...list }], remove: [], add: [] });
  const after = await drawCurrent(context, id);
  if (after?.slotKeys !== slotKeys(list.placed) || after.settings !== before.settings) return;
  const shuffled = pictureDifference(before.image, after.image);
  finishRender(context, id, { ...after, shuffled });
  store.setState({ announcement: `${label} ${differenceText(shuffled)}` });
}
