/** What the tour says, and how it sees that the visitor has done what a step is about. */
import type { AppState, Scene, SceneId } from "./state";

/** The place on the page that a step points at. */
export type TourPlace = "pictures" | "masks" | "tray" | "output";

export type TourStep = {
  place: TourPlace;
  title: string;
  text: string;
  /** What the visitor changed, where that is what the step is about: the scene it was done to, null for no one scene. */
  done: (now: AppState, before: AppState) => { sceneId: SceneId | null } | null;
};

/** A slot list that the visitor changed: the picture's encoding is the same as before. */
function editedScene(now: AppState, before: AppState): Scene | undefined {
  if (now.scenes === before.scenes) return undefined;
  return now.scenes.find(({ id, encoding, placed, isOwnOrder }) => {
    const old = before.scenes.find((scene) => scene.id === id);
    return !isOwnOrder && old?.encoding === encoding && old.placed !== placed;
  });
}

export const tourSteps: readonly TourStep[] = [
  {
    place: "pictures",
    title: "Pick a picture",
    text: "Press a sample, draw a new scene, or drop a picture of your own anywhere on the page. It stays on this machine.",
    done: ({ newest }, before) =>
      newest !== null && newest !== before.newest ? { sceneId: newest } : null,
  },
  {
    place: "masks",
    title: "Look at its masks",
    text: "The model shares the picture out among a few slots; each colour is what one slot holds. Press the eye under a slot to see that slot alone.",
    done: ({ solo, overlay }, before) => {
      if (solo !== null && solo !== before.solo) return { sceneId: solo.sceneId };
      return overlay === before.overlay ? null : { sceneId: null };
    },
  },
  {
    place: "tray",
    title: "Move a slot",
    text: "Press a slot to pick it up, then press another to put it there, in this scene or another. Dragging does the same, and so do Enter and the arrow keys.",
    done: (now, before) => {
      const scene = editedScene(now, before);
      return scene ? { sceneId: scene.id } : null;
    },
  },
  {
    place: "output",
    title: "See the new picture",
    text: "The decoder draws the scene from its slots alone, out of noise. Press Generate if it has not begun; Undo takes an edit back.",
    done: () => null, // the visitor looks as long as they like
  },
];

/**
 * The step that follows from what the visitor did: the one after the last that is done, from `step` on.
 * @returns null where nothing of it was done
 */
export function stepAfter(
  step: number,
  now: AppState,
  before: AppState,
): { step: number; sceneId: SceneId | null } | null {
  for (let i = tourSteps.length - 1; i >= step; i--) {
    const done = tourSteps[i]?.done(now, before);
    if (done) return { step: i + 1, sceneId: done.sceneId };
  }
  return null;
}

/** What a screen reader hears of a step. */
export function spokenStep(step: number): string {
  const { title = "", text = "" } = tourSteps[step] ?? {};
  return `Tour, step ${step + 1} of ${tourSteps.length}: ${title}. ${text}`;
}
