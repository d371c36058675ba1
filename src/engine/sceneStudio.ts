/**
 * Draws generated scenes (data/scenes) at the size a model takes, exactly as the command line does: sprites are drawn at
 * that size, solids are drawn by WebGL and shrunk. three.js is fetched with the first scene, not with the page.
 */
import { resizeArea, resizeNearest } from "../data/preprocess";
import type { Scene } from "../data/scenes/scene";
import type { SceneRenderer } from "../data/scenes/sceneRenderer";
import type { Pixels, RenderedScene, SceneKind, SceneRef } from "./protocol";

type Resolution = readonly [height: number, width: number];

/** A scene at a model's size, and its picture as large as it is worth looking at. */
export type StudioScene = Omit<RenderedScene, "display"> & { large: Pixels };

export type SceneStudio = {
  /** @param resolution - asked when the renderer is there; null means the renderer's own */
  render(ref: SceneRef, resolution: () => Resolution | null): Promise<StudioScene>;
};

/** Pixels a side at which sprites are shown; solids have no larger picture than the one they are made at. */
const spriteDisplay = 384;

async function loadRenderers() {
  try {
    const [kinds, scene, renderer] = await Promise.all([
      import("../data/scenes/sceneKinds"),
      import("../data/scenes/scene"),
      import("../data/scenes/sceneRenderer"),
    ]);
    return { ...kinds, ...scene, ...renderer };
  } catch (error) {
    throw new Error(
      `scenes: expected the renderer, it could not be fetched (${String(error)}). Check the connection, then try again.`,
      { cause: error },
    );
  }
}
type Renderers = Awaited<ReturnType<typeof loadRenderers>>;

/** A studio that has fetched nothing yet; it keeps one WebGL context for each kind that was asked for. */
export function createSceneStudio(): SceneStudio {
  const open = new Map<SceneKind, SceneRenderer>();

  const renderSolids = (renderers: Renderers, { kind, seed, index }: SceneRef): Scene => {
    const renderer = open.get(kind) ?? renderers.sceneKinds[kind].open();
    open.set(kind, renderer);
    try {
      return renderers.renderScene(renderer, seed, index);
    } catch (error) {
      open.delete(kind); // its context may be lost: the next try opens another
      renderer.dispose();
      throw error;
    }
  };

  return {
    render: async (ref, resolution) => {
      const renderers = await loadRenderers();
      const { planResolution, renderScene, sceneKinds, spriteRenderer } = renderers;
      const size = resolution() ?? ([planResolution, planResolution] as const);
      if (sceneKinds[ref.kind].needsWebgl) {
        const scene = renderSolids(renderers, ref);
        return { ...fitScene(renderers, scene, size), large: scene.pixels };
      }
      const draw = (side: number): Scene => renderScene(spriteRenderer(side), ref.seed, ref.index);
      const scene = draw(Math.max(...size));
      return { ...fitScene(renderers, scene, size), large: draw(spriteDisplay).pixels };
    },
  };
}

/** At the model's size; sizes that data/scenes does not make (another checkpoint's 224, say) are resampled. */
function fitScene(
  { shrinkScene }: Renderers,
  scene: Scene,
  [height, width]: Resolution,
): Omit<StudioScene, "large"> {
  const { pixels, ids, objects } = scene;
  if (height === width && pixels.width % width === 0) return pick(shrinkScene(scene, width));
  const mask = { width: pixels.width, height: pixels.height, ids };
  return pick({
    pixels: resizeArea(pixels, width, height),
    ids: resizeNearest(mask, width, height).ids,
    objects,
  });
}

/** What crosses to the page. */
const pick = ({ pixels, ids, objects }: Pick<Scene, "pixels" | "ids" | "objects">) => ({
  pixels,
  ids,
  objects: objects.map(({ id, shape, color, material, visiblePixels }) => {
    return { id, shape, color, material, visiblePixels };
  }),
});
