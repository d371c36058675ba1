/** Why a scene cannot be drawn now, where its slots are of more than its own making. */
import { originsOf } from "./placement";
import { findScene, whyNotGenerate } from "./selectors";
import type { AppState, SceneId } from "./state";

/** Why a scene's slots cannot be drawn now, as a sentence; null when they can. */
export function whyNotDraw(state: AppState, id: SceneId): string | null {
  const reason = whyNotGenerate(state, id);
  const { model, scenes } = state;
  const scene = findScene(scenes, id);
  if (reason !== null || !scene || model.status !== "ready") return reason;
  const origins = scene.placed.flatMap(originsOf).map(({ sceneId }) => findScene(scenes, sceneId));
  const waiting = origins.find((origin) => origin && origin.encoding.status !== "ready");
  if (waiting) return `Scene ${waiting.letter} has no slots yet.`;
  const isForeign = scene.placed.some(({ file }) => file && file.hash !== model.info.hash);
  return isForeign
    ? `Scene ${scene.letter} holds slots out of a file that another model made. Load that model, or reset the slots.`
    : null;
}
