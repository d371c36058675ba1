/** Edits of the page's scenes, done, undone and redone, and the work that each starts or ends. */
import { patchView } from "./viewSlice";
import type { StoreContext } from "./context";
import { cancelEncode, encodeScene, isCurrent, releasePicture } from "./encodeJobs";
import { cancelRender, generateSoon } from "./generateJobs";
import { applyEdit, type Edit, type History, recordEdit, scenesInHistory } from "./history";
import { maxScenes } from "./limits";
import { findScene } from "./selectors";

/** Keeps a history and forgets the files and pictures of scenes that nothing can bring back. */
export function setHistory(context: StoreContext, history: History): void {
  const before = context.history;
  context.history = history;
  context.store.setState({
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  });
  const { scenes } = context.store.getState();
  const known = new Set([
    ...scenes.map(({ id }) => id),
    ...scenesInHistory(history).map(({ id }) => id),
  ]);
  for (const jobs of [context.encodeJobs, context.renderJobs]) {
    for (const id of jobs.keys()) if (!known.has(id)) jobs.delete(id);
  }
  for (const scene of scenesInHistory(before)) if (!known.has(scene.id)) releasePicture(scene);
}

/** Carries an edit out on the page. @returns the edit that takes it back */
function carryOut(context: StoreContext, edit: Edit, announcement: string): Edit {
  for (const id of edit.remove) {
    cancelEncode(context, id);
    cancelRender(context, id);
  }
  const before = context.store.getState();
  const { scenes, inverse } = applyEdit(before.scenes, edit);
  const { settings } = edit;
  context.store.setState({
    scenes,
    settings: settings?.value ?? before.settings,
    ...patchView(before, scenes),
    announcement,
  });
  for (const id of inverse.remove) {
    const scene = findScene(scenes, id);
    if (scene && !isCurrent(context, scene)) void encodeScene(context, id);
  }
  for (const { sceneId } of inverse.lists) generateSoon(context, sceneId);
  if (!settings) return inverse;
  generateSoon(context, settings.of);
  return { ...inverse, settings: { value: before.settings, of: settings.of } };
}

/** Does an edit that can be undone. */
export function doEdit(context: StoreContext, edit: Edit): void {
  const inverse = carryOut(context, edit, edit.label);
  setHistory(context, recordEdit(context.history, inverse));
}

/** Takes the latest edit back ("past"), or does it again ("future"). */
export function stepHistory(context: StoreContext, from: "past" | "future"): void {
  const { history, store } = context;
  const edit = history[from].at(-1);
  if (!edit) return;
  const { scenes, notify } = store.getState();
  if (scenes.length + edit.add.length - edit.remove.length > maxScenes) {
    return notify("info", `There is room for ${maxScenes} scenes. Remove one first.`);
  }
  const verb = from === "past" ? "Undone" : "Redone";
  const inverse = carryOut(context, edit, `${verb}: ${edit.label}`);
  const to = from === "past" ? "future" : "past";
  setHistory(context, {
    ...history,
    [from]: history[from].slice(0, -1),
    [to]: [...history[to], inverse],
  });
}
