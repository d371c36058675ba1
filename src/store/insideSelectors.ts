/** What is on show of the scene that is looked into, and whether it is still true. */
import type { ModelInfo } from "../engine/protocol";
import type { DenoisingStep, FirstStageInside, ScheduleInside } from "../engine/protocol/inside";
import type { Basis, Denoising, InsideState, SlotsOrigin } from "./insideState";
import { originsOf } from "./placement";
import { findScene, missingModel } from "./selectors";
import type { AppState, Scene } from "./state";
import type { Work } from "./trainingState";
import { whyNotDraw } from "./whyNotDraw";

/** The scene that is looked into; none where the page has no scene. */
export const insideScene = ({ inside, scenes }: AppState): Scene | undefined =>
  findScene(scenes, inside.sceneId ?? "") ?? scenes[0];

const modelInUse = ({ model }: AppState): ModelInfo | null =>
  model.status === "ready" ? model.info : null;

/** What a run would be made of now; null without a scene or a model. */
export function basisOf(state: AppState, origin: SlotsOrigin): Basis | null {
  const scene = insideScene(state);
  const model = modelInUse(state);
  if (!scene || !model) return null;
  const { encoding, groundTruth, placed } = scene;
  const common = { sceneId: scene.id, model, settings: state.settings };
  if (origin === "truth") {
    const input = "input" in encoding ? encoding.input : null;
    return { ...common, placed: null, encodings: [], input, truth: groundTruth };
  }
  const encodings = placed.flatMap(originsOf).map(({ sceneId }) => {
    const source = findScene(state.scenes, sceneId)?.encoding;
    return source?.status === "ready" ? source.result : null;
  });
  return { ...common, placed, encodings, input: null, truth: null };
}

/** Whether a run made of `basis` would be another one now. */
export function isOutdated(state: AppState, origin: SlotsOrigin, basis: Basis): boolean {
  const now = basisOf(state, origin);
  if (!now) return true;
  const { settings, encodings } = basis;
  return !(
    now.sceneId === basis.sceneId &&
    now.model === basis.model &&
    now.placed === basis.placed &&
    now.input === basis.input &&
    now.truth === basis.truth &&
    now.encodings.length === encodings.length &&
    now.encodings.every((encoding, i) => encoding === encodings[i]) &&
    now.settings.seed === settings.seed &&
    now.settings.sampler === settings.sampler &&
    now.settings.steps === settings.steps &&
    now.settings.eta === settings.eta
  );
}

const noRun: Denoising = { status: "none" };

/** The run on show: one of this scene and of the model in use. */
export function shownDenoising(state: AppState): Denoising {
  const { denoising } = state.inside;
  if (denoising.status === "none") return noRun;
  const { sceneId, model } = denoising.basis;
  return sceneId === insideScene(state)?.id && model === modelInUse(state) ? denoising : noRun;
}

/** Whether the run on show is no longer what the scene and the settings would give. */
export function isRunOutdated(state: AppState): boolean {
  const run = shownDenoising(state);
  return run.status !== "none" && isOutdated(state, run.origin, run.basis);
}

const noSteps: readonly DenoisingStep[] = [];

/** Steps of the run on show. */
export function shownSteps(state: AppState): readonly DenoisingStep[] {
  const run = shownDenoising(state);
  return "steps" in run ? run.steps : noSteps;
}

/** Place of the step on show; -1 where there is none. */
export const placeOnShow = (state: AppState): number => {
  const last = shownSteps(state).length - 1;
  return Math.min(state.inside.at ?? last, last);
};

/** The step on show. */
export const stepOnShow = (state: AppState): DenoisingStep | null =>
  shownSteps(state)[placeOnShow(state)] ?? null;

const nothing = { status: "none" } as const;

/** What the VQ-VAE makes of the scene's picture. */
export function shownFirstStage(state: AppState): Work<null, FirstStageInside> {
  const { firstStage } = state.inside;
  const encoding = insideScene(state)?.encoding;
  const isOfThis =
    firstStage !== null &&
    encoding !== undefined &&
    "input" in encoding &&
    encoding.input === firstStage.of.input &&
    modelInUse(state) === firstStage.of.model;
  return isOfThis ? firstStage.work : nothing;
}

/** The noise schedule of the model in use. */
export const shownSchedule = (state: AppState): Work<null, ScheduleInside> => {
  const { schedule } = state.inside;
  return schedule && schedule.of === modelInUse(state) ? schedule.work : nothing;
};

/** Why the scene's picture cannot be looked at now, as a sentence; null when it can. */
export function whyNotLook(state: AppState): string | null {
  const scene = insideScene(state);
  if (!scene) return "There is no scene on the Play page. Add one there.";
  if (state.model.status !== "ready") return missingModel(state.model);
  return scene.encoding.status === "ready" ? null : `Scene ${scene.letter} has no slots yet.`;
}

/** Why the scene cannot be drawn from such slots now, as a sentence; null when it can. */
export function whyNotInspect(state: AppState, origin: SlotsOrigin): string | null {
  const scene = insideScene(state);
  if (!scene) return whyNotLook(state);
  if (origin === "placed") return whyNotDraw(state, scene.id);
  const reason = whyNotLook(state);
  if (reason !== null || scene.groundTruth) return reason;
  return `Scene ${scene.letter} has no true masks. Choose a sample or a generated scene.`;
}

/** Nothing looked at yet. */
export const nothingInside: InsideState = {
  sceneId: null,
  experiment: null,
  denoising: noRun,
  at: null,
  decoded: new Map(),
  decoding: null,
  firstStage: null,
  schedule: null,
};
