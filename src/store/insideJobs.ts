/** The work behind looking inside: a denoising run with every evaluation kept, and single looks at one thing. */
import type { DenoisingStep } from "../engine/protocol/inside";
import { isAbort } from "../errors";
import { engineOf, errorText, type StoreContext } from "./context";
import { isFrameKept } from "./generateJobs";
import {
  basisOf,
  insideScene,
  isOutdated,
  placeOnShow,
  shownDenoising,
  shownFirstStage,
  shownSchedule,
  shownSteps,
  stepOnShow,
  whyNotInspect,
  whyNotLook,
} from "./insideSelectors";
import type { Basis, InsideState, ReadSlot, SlotsOrigin } from "./insideState";
import { composedNameIn } from "./lineage";
import { slotVectors } from "./slotVectors";
import type { AppState, Scene } from "./state";

/** Handles on work under way. */
export type InsideJobs = Record<"denoising" | "decoding" | "firstStage", AbortController>;

/** Handles of a page that has looked at nothing yet. */
export const createInsideJobs = (): InsideJobs => ({
  denoising: new AbortController(),
  decoding: new AbortController(),
  firstStage: new AbortController(),
});

/** Ends work of a kind. @returns the signal of what comes next */
export function renewJob(jobs: InsideJobs, name: keyof InsideJobs): AbortSignal {
  jobs[name].abort();
  jobs[name] = new AbortController();
  return jobs[name].signal;
}

/** Changes some of what is looked at. */
export const patchInside = ({ store }: StoreContext, change: Partial<InsideState>): void =>
  store.setState(({ inside }) => ({ inside: { ...inside, ...change } }));

/** Numbers of slots [K, D], and what they are called. */
type Given = { vectors: Float32Array; slots: ReadSlot[] };

const placedSlots = ({ scenes }: AppState, scene: Scene): Given => ({
  vectors: slotVectors(scenes, scene.placed),
  slots: scene.placed.map((slot) => ({
    name: composedNameIn(scenes, scene, slot),
    color: slot.index,
  })),
});

/** What a true id is called. */
function objectName({ objects }: Scene, id: number): string {
  if (id === 0) return "background";
  const object = objects.find((one) => one.id === id);
  return object ? `${object.color} ${object.shape}` : `object ${id}`;
}

async function slotsOfTruth(
  context: StoreContext,
  scene: Scene,
  { input, truth }: Basis,
  signal: AbortSignal,
): Promise<Given> {
  if (!input || !truth) throw new Error(`inside: scene ${scene.letter} has no true masks.`);
  const args = { input, ids: truth, seed: scene.slotSeed };
  const { slots, ids } = await engineOf(context).call("truthSlots", args, { signal });
  const named = ids.map((id, k) => ({ name: objectName(scene, id), color: k }));
  return { vectors: slots, slots: named };
}

/** Draws the scene with every evaluation kept; a newer run, and a change of what it is made of, ends it. */
export async function inspectDenoising(
  context: StoreContext,
  jobs: InsideJobs,
  origin: SlotsOrigin,
): Promise<void> {
  const { store } = context;
  const state = store.getState();
  const reason = whyNotInspect(state, origin);
  const scene = insideScene(state);
  const basis = basisOf(state, origin);
  if (reason !== null || !scene || !basis)
    return state.notify("info", reason ?? "There is nothing to look into yet.");
  renewJob(jobs, "decoding");
  const signal = renewJob(jobs, "denoising");
  const mine = jobs.denoising;
  const begun = { status: "running" as const, origin, basis, slots: [], steps: [] };
  patchInside(context, { denoising: begun, at: null, decoded: new Map(), decoding: null });
  const stop = store.subscribe((now) => {
    if (isOutdated(now, origin, basis)) mine.abort();
  });
  try {
    const given =
      origin === "placed"
        ? placedSlots(state, scene)
        : await slotsOfTruth(context, scene, basis, signal);
    await runDenoising(context, basis, given, signal);
  } catch (error) {
    if (!isMine(store.getState(), basis)) return;
    if (signal.aborted || isAbort(error)) return stopRun(context);
    const message = errorText(error);
    patchInside(context, { denoising: { status: "failed", origin, basis, message } });
  } finally {
    stop();
  }
}

/** Whether the run that the page holds is the one that began with `basis`. */
const isMine = ({ inside: { denoising } }: AppState, basis: Basis): boolean =>
  denoising.status !== "none" && denoising.basis === basis;

/** The run stays as far as it got; nothing stays of one that got nowhere. */
function stopRun(context: StoreContext): void {
  const { denoising } = context.store.getState().inside;
  if (denoising.status !== "running") return;
  const isEmpty = denoising.steps.length === 0;
  patchInside(context, {
    denoising: isEmpty ? { status: "none" } : { ...denoising, status: "stopped" },
  });
}

async function runDenoising(
  context: StoreContext,
  basis: Basis,
  { vectors, slots }: Given,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  const showStep = (step: DenoisingStep): void => {
    const { denoising } = store.getState().inside;
    if (signal.aborted || denoising.status !== "running" || !isMine(store.getState(), basis))
      return;
    const isKept = isFrameKept(step.step, step.totalSteps);
    const steps = isKept ? [...denoising.steps, step] : denoising.steps;
    patchInside(context, { denoising: { ...denoising, slots, steps } });
  };
  const args = { ...basis.settings, slots: vectors, numSlots: slots.length };
  const { image } = await engineOf(context).call("inspectGenerate", args, {
    signal,
    onProgress: showStep,
  });
  signal.throwIfAborted();
  const { denoising } = store.getState().inside;
  if (denoising.status !== "running") return;
  patchInside(context, { denoising: { ...denoising, status: "done", image } });
  store.setState({ announcement: "The denoising is ready to be looked at, step by step." });
}

/** Ends the run under way; what it got to stays. */
export function stopDenoising(context: StoreContext, jobs: InsideJobs): void {
  renewJob(jobs, "denoising");
  stopRun(context);
}

/** Shows another step; decoding of the one before ends. */
export function showStep(context: StoreContext, jobs: InsideJobs, at: number): void {
  const state = context.store.getState();
  const last = shownSteps(state).length - 1;
  const place = Math.min(Math.max(0, Math.round(at)), last);
  if (last < 0 || place === placeOnShow(state)) return;
  renewJob(jobs, "decoding");
  const isFollowing = place === last && shownDenoising(state).status === "running";
  patchInside(context, { at: isFollowing ? null : place, decoding: null });
}

/** Decodes what the step on show predicts, once. */
export async function decodeStep(context: StoreContext, jobs: InsideJobs): Promise<void> {
  const { store } = context;
  const state = store.getState();
  const step = stepOnShow(state);
  if (!step || state.inside.decoded.has(step) || state.inside.decoding === step) return;
  const signal = renewJob(jobs, "decoding");
  patchInside(context, { decoding: step, at: placeOnShow(state) });
  try {
    const args = { latents: step.latents };
    const picture = await engineOf(context).call("decodeLatents", args, { signal });
    if (signal.aborted) return;
    const { decoded } = store.getState().inside;
    patchInside(context, { decoded: new Map(decoded).set(step, picture), decoding: null });
  } catch (error) {
    if (signal.aborted) return;
    patchInside(context, { decoding: null });
    if (!isAbort(error)) store.getState().notify("error", errorText(error));
  }
}

/** Passes the scene's picture through the first stage; a newer look ends this one. */
export async function inspectFirstStage(context: StoreContext, jobs: InsideJobs): Promise<void> {
  const state = context.store.getState();
  const encoding = insideScene(state)?.encoding;
  const { status } = shownFirstStage(state);
  if (status === "running" || status === "done") return;
  if (whyNotLook(state) !== null || encoding?.status !== "ready") return;
  if (state.model.status !== "ready") return;
  const of = { input: encoding.input, model: state.model.info };
  const signal = renewJob(jobs, "firstStage");
  patchInside(context, { firstStage: { of, work: { status: "running", progress: null } } });
  try {
    const args = { input: of.input };
    const result = await engineOf(context).call("inspectFirstStage", args, { signal });
    if (!signal.aborted)
      patchInside(context, { firstStage: { of, work: { status: "done", result } } });
  } catch (error) {
    if (signal.aborted) return;
    const message = errorText(error);
    patchInside(context, {
      firstStage: isAbort(error) ? null : { of, work: { status: "failed", message } },
    });
  }
}

/** Asks for the noise schedule of the model in use, once. */
export async function readSchedule(context: StoreContext): Promise<void> {
  const { store } = context;
  const state = store.getState();
  const { status } = shownSchedule(state);
  if (state.model.status !== "ready" || status === "running" || status === "done") return;
  const of = state.model.info;
  const isMineStill = (): boolean => store.getState().inside.schedule?.of === of;
  patchInside(context, { schedule: { of, work: { status: "running", progress: null } } });
  try {
    const result = await engineOf(context).call("schedule", {});
    if (isMineStill()) patchInside(context, { schedule: { of, work: { status: "done", result } } });
  } catch (error) {
    if (!isMineStill()) return;
    const message = errorText(error);
    patchInside(context, {
      schedule: isAbort(error) ? null : { of, work: { status: "failed", message } },
    });
  }
}
