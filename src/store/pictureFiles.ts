/** Drawn pictures as files: the picture as PNG, and how it came out of the noise as GIF. */
import type { Pixels } from "../engine/protocol";
import { InputError } from "../errors";
import { report, type StoreContext } from "./context";
import { enlarge } from "./enlarge";
import { findScene } from "./selectors";
import type { AppState, Drawn, Scene, SceneId } from "./state";

/** Side of a film in pixels, more or less: whole multiples of the picture. */
const filmSide = 256;

/** How long a film's steps take together and each at least, and how long the picture stays. */
const [stepsMs, leastMs, pictureMs] = [2400, 40, 1600];

/** "scene-a-seed-3": what a scene's files are called. */
export const fileStem = ({ letter }: Scene, seed: number): string =>
  `scene-${letter.toLowerCase()}-seed-${seed}`;

function drawnOf({ scenes }: AppState, id: SceneId): { scene: Scene; drawn: Drawn } {
  const scene = findScene(scenes, id);
  if (scene?.render.status !== "done")
    throw new InputError(
      `save: expected a drawn picture, scene ${scene?.letter ?? "?"} has none. Generate it first.`,
    );
  return { scene, drawn: scene.render };
}

/** Hands a scene's drawn picture over as PNG. */
export async function savePicture(context: StoreContext, id: SceneId): Promise<void> {
  const { services, store } = context;
  try {
    const { scene, drawn } = drawnOf(store.getState(), id);
    const name = `${fileStem(scene, drawn.settings.seed)}.png`;
    services.saveFile(name, await services.encodePng(drawn.image));
    store.setState({ announcement: `${name} saved.` });
  } catch (error) {
    report(context, error);
  }
}

/** The previews at the picture's size, then the picture. */
function filmOf({ frames, image }: Drawn): { picture: Pixels; delayMs: number }[] {
  const delayMs = Math.max(leastMs, Math.round(stepsMs / frames.length));
  const steps = frames.map((frame) => enlarge(frame, image.width, image.height));
  return [
    ...steps.map((picture) => ({ picture, delayMs })),
    { picture: image, delayMs: pictureMs },
  ];
}

/** Hands the steps of a scene's drawn picture over as GIF. */
export async function saveDenoising(context: StoreContext, id: SceneId): Promise<void> {
  const { services, store } = context;
  try {
    const { scene, drawn } = drawnOf(store.getState(), id);
    const { encodeGif } = await import("../export/gif");
    const scale = Math.max(1, Math.round(filmSide / drawn.image.width));
    const bytes = encodeGif(filmOf(drawn), { scale });
    const name = `${fileStem(scene, drawn.settings.seed)}.gif`;
    services.saveFile(name, new Blob([bytes], { type: "image/gif" }));
    store.setState({ announcement: `${name} saved: ${drawn.frames.length} steps.` });
  } catch (error) {
    report(context, error);
  }
}
