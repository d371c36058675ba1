/** Questions about the state that more than one place asks. */
import { slotKeys } from "./placement";
import type { AppState, GenerateSettings, ModelState, Scene, SceneId } from "./state";

/** The scene of an id, if it is on the page. */
export const findScene = (scenes: Scene[], id: SceneId): Scene | undefined =>
  scenes.find((scene) => scene.id === id);

/** Whether two settings give the same picture; eta is DDIM's alone. */
const isSameSettings = (a: GenerateSettings, b: GenerateSettings): boolean =>
  a.seed === b.seed &&
  a.sampler === b.sampler &&
  a.steps === b.steps &&
  (a.sampler !== "ddim" || a.eta === b.eta);

/** Whether a scene's finished picture is not the one its slots and the settings would give now. */
export const isStale = ({ placed, render }: Scene, settings: GenerateSettings): boolean =>
  render.status === "done" &&
  (render.slotKeys !== slotKeys(placed) || !isSameSettings(render.settings, settings));

/** What is missing before there is a model. */
export const missingModel = (model: ModelState): string =>
  model.status === "loading"
    ? "The model is still loading."
    : "No model is loaded. Choose one at the top of the page.";

/** Why a scene cannot be generated now, as a sentence; null when it can. */
export function whyNotGenerate({ model, scenes }: AppState, id: SceneId): string | null {
  const scene = findScene(scenes, id);
  if (!scene) return "This scene is no longer on the page.";
  if (model.status !== "ready") return missingModel(model);
  if (scene.placed.length === 0) {
    return scene.isOwnOrder
      ? `Scene ${scene.letter} has no slots yet.`
      : `Scene ${scene.letter} has no slots. Add at least one.`;
  }
  const waiting = scene.placed
    .map(({ sceneId }) => findScene(scenes, sceneId))
    .find((origin) => origin?.encoding.status !== "ready");
  return waiting ? `Scene ${waiting.letter} has no slots yet.` : null;
}
