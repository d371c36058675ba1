/** From a scene's placed slots to a picture: one job a scene, a newer one ends the one before it. */
import type { GenerateArgs } from "../engine/protocol";
import { engineOf, errorText, patchScene, type RenderJob, type StoreContext } from "./context";
import { outdateRender, slotKeys } from "./placement";
import { findScene, isStale, whyNotGenerate } from "./selectors";
import type { AppState, PlacedSlot, Scene, SceneId, SceneRender } from "./state";

/** Edits that follow each other faster than this become one picture. */
export const editPauseMs = 250;

function jobOf({ renderJobs }: StoreContext, id: SceneId): RenderJob {
  const job = renderJobs.get(id) ?? {
    controller: new AbortController(),
    timer: undefined,
    finished: { status: "none" },
  };
  renderJobs.set(id, job);
  return job;
}

function endJob(context: StoreContext, id: SceneId): RenderJob {
  const job = jobOf(context, id);
  clearTimeout(job.timer);
  job.controller.abort();
  return job;
}

const isBusy = ({ status }: SceneRender): boolean => status === "queued" || status === "running";

/** Ends a scene's job; the last finished picture is shown again. */
export function cancelRender(context: StoreContext, id: SceneId): void {
  const { finished } = endJob(context, id);
  const scene = findScene(context.store.getState().scenes, id);
  if (scene && isBusy(scene.render)) patchScene(context, id, { render: finished });
}

/** After a scene has been encoded anew: pictures being made of its old slots end, finished ones are outdated. */
export function outdateRenders(context: StoreContext, sceneId: SceneId): void {
  for (const { id, placed } of context.store.getState().scenes) {
    if (placed.some((slot) => slot.sceneId === sceneId)) cancelRender(context, id);
  }
  for (const job of context.renderJobs.values())
    job.finished = outdateRender(job.finished, sceneId);
}

/** Ends the jobs of all scenes. */
export const cancelRenders = (context: StoreContext): void =>
  context.store.getState().scenes.forEach(({ id }) => cancelRender(context, id));

/** The vectors of placed slots, one after another. @returns [K, D] */
function slotVectors(scenes: Scene[], placed: PlacedSlot[]): Float32Array {
  const vectors = placed.map(({ sceneId, index }) => {
    const encoding = findScene(scenes, sceneId)?.encoding;
    if (encoding?.status !== "ready") throw new Error(`store: scene ${sceneId} has no slots.`);
    const { slots, slotSize } = encoding.result;
    return slots.subarray(index * slotSize, (index + 1) * slotSize);
  });
  const size = vectors[0]?.length ?? 0; // every scene is encoded by the one model
  const all = new Float32Array(vectors.length * size);
  vectors.forEach((vector, k) => all.set(vector, k * size));
  return all;
}

const argsFor = ({ scenes, settings }: AppState, { placed }: Scene): GenerateArgs => ({
  ...settings,
  slots: slotVectors(scenes, placed),
  numSlots: placed.length,
});

/** Generates a scene's picture; says why when it cannot be. */
export async function generateScene(context: StoreContext, id: SceneId): Promise<void> {
  const state = context.store.getState();
  const scene = findScene(state.scenes, id);
  const reason = whyNotGenerate(state, id);
  if (reason !== null) state.notify("info", reason);
  if (reason !== null || !scene) return;
  cancelRender(context, id);
  const job = jobOf(context, id);
  const { signal } = (job.controller = new AbortController());
  patchScene(context, id, { render: { status: "queued" } });
  try {
    const render = await streamRender(context, scene, signal);
    if (!render) return;
    job.finished = render;
    patchScene(context, id, { render });
    context.store.setState({ announcement: `The picture of scene ${scene.letter} is ready.` });
  } catch (error) {
    if (signal.aborted) return;
    patchScene(context, id, { render: { status: "failed", message: errorText(error) } });
  }
}

/** Shows each frame as it comes. @returns the finished picture, or null when cancelled */
async function streamRender(
  context: StoreContext,
  scene: Scene,
  signal: AbortSignal,
): Promise<SceneRender | null> {
  const state = context.store.getState();
  const { settings } = state;
  const frames = engineOf(context).generate(argsFor(state, scene), signal);
  for (;;) {
    const next = await frames.next();
    if (signal.aborted) return null;
    if (next.done) {
      const { image, elapsedMs, msPerStep } = next.value;
      const keys = slotKeys(scene.placed);
      return { status: "done", image, slotKeys: keys, settings, elapsedMs, msPerStep };
    }
    patchScene(context, scene.id, { render: { status: "running", ...next.value } });
  }
}

/** After an edit: generates once edits have paused, where that is switched on and possible. */
export function generateSoon(context: StoreContext, id: SceneId): void {
  if (!context.store.getState().isAutomatic) return;
  cancelRender(context, id);
  jobOf(context, id).timer = setTimeout(() => {
    const state = context.store.getState();
    const scene = findScene(state.scenes, id);
    const isUpToDate = scene?.render.status === "done" && !isStale(scene, state.settings);
    if (!isUpToDate && whyNotGenerate(state, id) === null) void generateScene(context, id);
  }, editPauseMs);
}
