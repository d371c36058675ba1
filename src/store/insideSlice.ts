/** Looking inside one scene of the page: its denoising, its first stage, the noise schedule, and the first experiments. */
import type { StoreContext } from "./context";
import {
  createInsideJobs,
  decodeStep,
  inspectDenoising,
  inspectFirstStage,
  patchInside,
  readSchedule,
  renewJob,
  showStep,
  stopDenoising,
  type InsideJobs,
} from "./insideJobs";
import { insideScene, isRunOutdated, nothingInside, shownDenoising } from "./insideSelectors";
import type { ExperimentName, InsideSlice } from "./insideState";
import type { AppState, SceneId } from "./state";

/** Another scene: what is known of the one before goes. */
function lookInto(context: StoreContext, jobs: InsideJobs, sceneId: SceneId): void {
  const state = context.store.getState();
  const isSame = insideScene(state)?.id === sceneId;
  if (isSame) return patchInside(context, { sceneId });
  stopDenoising(context, jobs);
  renewJob(jobs, "decoding");
  renewJob(jobs, "firstStage");
  const { experiment, schedule } = state.inside;
  patchInside(context, { ...nothingInside, sceneId, experiment, schedule });
}

/** Whether the run on show is already that of the experiment, and still true. */
function hasTruthRun(state: AppState): boolean {
  const run = shownDenoising(state);
  const isThere = run.status === "running" || run.status === "done";
  return isThere && run.origin === "truth" && !isRunOutdated(state);
}

async function tryExperiment(
  context: StoreContext,
  jobs: InsideJobs,
  experiment: ExperimentName | null,
): Promise<void> {
  patchInside(context, { experiment });
  if (experiment === "firstStage") await inspectFirstStage(context, jobs);
  if (experiment === "truth" && !hasTruthRun(context.store.getState()))
    await inspectDenoising(context, jobs, "truth");
}

/** The state and actions of looking inside. */
export function createInsideSlice(context: StoreContext): InsideSlice {
  const jobs = createInsideJobs();
  return {
    inside: nothingInside,
    lookInto: (sceneId) => lookInto(context, jobs, sceneId),
    tryExperiment: (name) => tryExperiment(context, jobs, name),
    inspectDenoising: (origin) => inspectDenoising(context, jobs, origin),
    stopDenoising: () => stopDenoising(context, jobs),
    showStep: (at) => showStep(context, jobs, at),
    decodeStep: () => decodeStep(context, jobs),
    inspectFirstStage: () => inspectFirstStage(context, jobs),
    readSchedule: () => readSchedule(context),
  };
}
