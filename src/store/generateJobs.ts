/** From a scene's placed slots to a picture: one job a scene, a newer one ends the one before it. */
import type { GenerateArgs, Pixels } from "../engine/protocol";
import {
  cancelled,
  engineOf,
  errorText,
  patchScene,
  type RenderJob,
  type StoreContext,
} from "./context";
import { isMadeOf, namesScene, outdateRender, slotKeys } from "./placement";
import { findScene, isStale } from "./selectors";
import { slotVectors } from "./slotVectors";
import type { AppState, Drawn, Scene, SceneId, SceneRender } from "./state";
import { whyNotDraw } from "./whyNotDraw";

/** Edits that follow each other faster than this become one picture. */
export const editPauseMs = 250;

/** Frames of a run that are kept, more or less: enough for a film of it. */
const mostFrames = 60;

/** Whether an evaluation's preview is kept: each, or where they are many, evenly some, and the last. */
export const isFrameKept = (step: number, totalSteps: number): boolean =>
  step === totalSteps || step % Math.ceil(totalSteps / mostFrames) === 0;

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
  job.controller.abort(cancelled);
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
  const { scenes, variants } = context.store.getState();
  for (const { id, placed } of scenes) {
    if (placed.some((slot) => isMadeOf(slot, sceneId))) cancelRender(context, id);
  }
  for (const job of context.renderJobs.values())
    job.finished = outdateRender(job.finished, sceneId);
  if (variants.status !== "none" && namesScene(variants.slotKeys, sceneId))
    context.store.setState({ variants: { ...variants, slotKeys: "" } });
}

/** Ends the jobs of all scenes. */
export const cancelRenders = (context: StoreContext): void =>
  context.store.getState().scenes.forEach(({ id }) => cancelRender(context, id));

const argsFor = ({ scenes, settings }: AppState, { placed }: Scene): GenerateArgs => ({
  ...settings,
  slots: slotVectors(scenes, placed),
  numSlots: placed.length,
});

/** Makes a finished picture the scene's; a job that is cancelled goes back to it. */
export function finishRender(context: StoreContext, id: SceneId, drawn: Drawn): void {
  const render: SceneRender = { ...drawn, status: "done" };
  jobOf(context, id).finished = render;
  patchScene(context, id, { render });
}

/** Generates a scene's picture; says why when it cannot be. */
export async function generateScene(context: StoreContext, id: SceneId): Promise<void> {
  const state = context.store.getState();
  const scene = findScene(state.scenes, id);
  const reason = whyNotDraw(state, id);
  if (reason !== null) state.notify("info", reason);
  if (reason !== null || !scene) return;
  cancelRender(context, id);
  const job = jobOf(context, id);
  const { signal } = (job.controller = new AbortController());
  patchScene(context, id, { render: { status: "queued" } });
  try {
    const render = await streamRender(context, scene, signal);
    if (!render) return;
    finishRender(context, id, render);
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
): Promise<Drawn | null> {
  const state = context.store.getState();
  const { settings } = state;
  const stream = engineOf(context).generate(argsFor(state, scene), signal);
  const frames: Pixels[] = [];
  for (;;) {
    const next = await stream.next();
    if (signal.aborted) return null;
    if (next.done) {
      const { image, elapsedMs, msPerStep } = next.value;
      const made = { slotKeys: slotKeys(scene.placed), settings, batch: 1, shuffled: null };
      return { image, elapsedMs, msPerStep, frames, ...made };
    }
    const { step, totalSteps, preview } = next.value;
    if (isFrameKept(step, totalSteps)) frames.push(preview);
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
    if (!isUpToDate && whyNotDraw(state, id) === null) void generateScene(context, id);
  }, editPauseMs);
}
