/** Questions about training that more than one place asks. */
import { setLimits, type PictureSet } from "../engine/protocol/sets";
import type { Run, RunPlan } from "../engine/protocol/training";
import { isSameModel } from "./choices";
import { learnsVqvae } from "./draft";
import { missingModel } from "./selectors";
import type { AppState, OwnChoice } from "./state";

const countOf = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;
const sizeOf = ([height, width]: PictureSet["resolution"]): string => `${width}×${height}`;

/** What is the matter with a set's pictures; null where they will do. */
function whyNotSet({ model, draft, inUse, adding }: AppState, set: PictureSet | undefined) {
  if (!set) return "Choose a set of pictures first, or make one.";
  if (adding.status === "running") return "Pictures are still being added.";
  if (set.pictures.length < setLimits.fewest) {
    const has = `“${set.name}” has ${countOf(set.pictures.length, "picture")}`;
    return `${has}; training takes ${setLimits.fewest}. Add some.`;
  }
  if (model.status !== "ready" || !inUse || !isSameModel(inUse, draft.parent)) return null;
  const { resolution } = model.info;
  return sizeOf(resolution) === sizeOf(set.resolution)
    ? null
    : `“${set.name}” holds pictures of ${sizeOf(set.resolution)}, the model takes ${sizeOf(resolution)}. ` +
        "Choose a set made for it, or load the model that the set was made for.";
}

/** What is the matter with a plan's numbers; null where they will do. */
function whyNotPlan({ model, draft, inUse }: AppState): string | null {
  if (model.status !== "ready") return missingModel(model);
  const isLoaded = inUse !== null && isSameModel(inUse, draft.parent);
  if (draft.parent.kind === "opened" && !isLoaded)
    return "The checkpoint to start from is no longer open. Open its file again, or choose another model.";
  const { initKind, numSlots } = model.info;
  const isFixed = isLoaded && initKind === "learned" && !draft.isFromScratch;
  if (isFixed && draft.numSlots !== null && draft.numSlots !== numSlots)
    return `This model has learned each of its ${numSlots} slots: their number stays.`;
  const { vqvae, binding, slots } = draft.steps;
  if (learnsVqvae(draft) && vqvae === 0) return "The VQ-VAE is to learn, in 0 steps. Give it some.";
  return binding + slots === 0 && !learnsVqvae(draft)
    ? "Every stage has 0 steps. Give one some."
    : null;
}

/** Why the drafted run cannot be started now, as a sentence; null when it can. */
export function whyNotTrain(state: AppState): string | null {
  const { device, draft, runs, sets, training } = state;
  if (device.status === "starting") return "The device is still starting.";
  if (device.status === "failed") return device.message;
  if (training) {
    const name = runs.find(({ id }) => id === training.runId)?.name ?? "A run";
    return `“${name}” is training. Pause it first.`;
  }
  const planned = whyNotPlan(state);
  const { data } = draft;
  if (planned !== null || data.kind === "scenes") return planned;
  return whyNotSet(
    state,
    sets.find(({ id }) => id === data.setId),
  );
}

/** Steps of all stages that a run has done. */
export function stepsDone({ plan, stage, step }: Run): number {
  const vqvae = learnsVqvae(plan) ? plan.steps.vqvae : 0; // else the stage is left out
  const { binding } = plan.steps;
  const before = { vqvae: 0, binding: vqvae, slots: vqvae + binding };
  return before[stage] + step;
}

function dataName({ data }: RunPlan, sets: readonly PictureSet[]): string {
  if (data.kind === "scenes") return "generated sprites";
  const set = sets.find(({ id }) => id === data.setId);
  return set ? `“${set.name}”` : "pictures since deleted";
}

const describe = (run: Run, sets: readonly PictureSet[]): string => {
  const start = run.plan.isFromScratch ? "From nothing" : `From ${run.parentName}`;
  return `${start}, ${countOf(stepsDone(run), "step")} on ${dataName(run.plan, sets)}.`;
};

/** The last answer for a list of runs: a selector gives the same value until something changes. */
const answered = new WeakMap<readonly Run[], { sets: readonly PictureSet[]; own: OwnChoice[] }>();

/** Models trained in this browser, as the picker offers them. */
export function ownChoices({ runs, sets }: AppState): OwnChoice[] {
  const known = answered.get(runs);
  if (known?.sets === sets) return known.own;
  const own = runs
    .filter(({ weightBytes }) => weightBytes > 0)
    .map((run) => ({
      id: run.id,
      title: run.name,
      bytes: run.weightBytes,
      description: describe(run, sets),
    }));
  answered.set(runs, { sets, own });
  return own;
}
