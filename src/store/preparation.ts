/** How a scene's picture comes to be at the model's size: from files, or rendered anew. */
import type { SceneRef } from "../engine/protocol";
import { engineOf, type Prepare, type SceneFiles, type StoreContext } from "./context";

/** From files, read at first need; a read that failed is tried again. */
export function prepareFiles(context: StoreContext, read: () => Promise<SceneFiles>): Prepare {
  let files: Promise<SceneFiles> | null = null;
  const readOnce = (): Promise<SceneFiles> =>
    (files ??= read().catch((error: unknown) => {
      files = null;
      throw error;
    }));
  return async (fit, signal) => {
    const engine = engineOf(context);
    const { image, mask } = await readOnce();
    signal.throwIfAborted();
    const [picture, groundTruth] = await Promise.all([
      engine.call("prepareImage", { file: image, fit }, { signal }),
      mask && engine.call("prepareMask", { file: mask, fit }, { signal }),
    ]);
    return { ...picture, groundTruth, objects: [] };
  };
}

/** Rendered, the same each time; generated scenes are square. */
export function prepareGenerated(context: StoreContext, scene: SceneRef): Prepare {
  return async (_fit, signal) => {
    const { pixels, display, ids, objects } = await engineOf(context).call("renderScene", scene, {
      signal,
    });
    return { input: pixels, display, groundTruth: ids, objects };
  };
}
