/** Training runs: the plan, the run under way, and what became of earlier ones. */
import type { EvaluationData } from "../engine/protocol/training";
import { isAbort } from "../errors";
import { request } from "./ask";
import { firstChoice, isSameModel } from "./choices";
import { engineOf, errorText, renew, report, type StoreContext } from "./context";
import { applyPreset, batchFor, changePlan, firstDraft, namePlan } from "./draft";
import { loadModel } from "./modelJobs";
import { presets } from "./presets";
import { recall } from "./remembered";
import { putRun } from "./runProgress";
import { chooseRun, pauseTraining, refreshRuns, saveTraining, train } from "./trainJobs";
import { whyNotTrain } from "./trainSelectors";
import type { RunsSlice } from "./trainingState";

/** A preset's fields over a plan for the loaded model, with the visitor's name, seed and set. */
function usePreset({ loads, store }: StoreContext, id: string): void {
  const preset = presets.find((one) => one.id === id);
  if (!preset) return store.getState().notify("error", `There is no preset ${id}.`);
  const { choices, chosenSet, draft, inUse, sets } = store.getState();
  const plan = {
    ...draft,
    parent: inUse ?? draft.parent,
    batch: batchFor(loads.current?.info.resolution ?? [64, 64]),
    numSlots: null,
  };
  const next = applyPreset(plan, preset, { choices, chosenSet });
  store.setState({ draft: namePlan(next, sets) });
}

/** The pictures that a plan keeps for evaluation. */
function heldOutOf({ draft }: RunsSlice): EvaluationData {
  const { data } = draft;
  return data.kind === "set"
    ? { kind: "set", setId: data.setId, part: "heldOut" }
    : { kind: "scenes", scenes: data.scenes, seed: data.seed, count: Math.min(64, data.heldOut) };
}

async function checkFirstStage(context: StoreContext): Promise<void> {
  const { store } = context;
  const { draft, sets, notify } = store.getState();
  const data = heldOutOf(store.getState());
  if (data.kind === "set" && !sets.some(({ id }) => id === data.setId))
    return notify("info", "Choose a set of pictures first.");
  const signal = renew(context, "firstStage");
  store.setState({ firstStage: { status: "running", progress: null } });
  try {
    const args = { model: draft.parent, data };
    const result = await engineOf(context).call("checkFirstStage", args, { signal });
    if (!signal.aborted) store.setState({ firstStage: { status: "done", result } });
  } catch (error) {
    if (signal.aborted) return;
    report(context, error);
    store.setState({
      firstStage: isAbort(error)
        ? { status: "none" }
        : { status: "failed", message: errorText(error) },
    });
  }
}

async function startRun(context: StoreContext): Promise<void> {
  const { store } = context;
  const reason = whyNotTrain(store.getState());
  if (reason !== null) return store.getState().notify("info", reason);
  const create = async (): Promise<string | null> => {
    context.services.persistStorage();
    const run = await request(context, "createRun", { plan: store.getState().draft });
    if (!run) return null;
    store.setState(({ runs }) => ({ runs: putRun(runs, run) }));
    return run.id;
  };
  await train(context, create, null);
}

async function resumeRun(
  context: StoreContext,
  id: string,
  maxSteps: number | null,
): Promise<void> {
  const { runs, training, notify } = context.store.getState();
  const run = runs.find((one) => one.id === id);
  const busy = runs.find((one) => one.id === training?.runId);
  if (!run) return notify("error", "This run is no longer here.");
  if (busy) return notify("info", `“${busy.name}” is training. Pause it first.`);
  if (run.status === "finished") return notify("info", `“${run.name}” has finished.`);
  await train(context, () => Promise.resolve(id), maxSteps);
}

async function deleteRun(context: StoreContext, id: string): Promise<void> {
  const { services, store } = context;
  if (store.getState().training?.runId === id) await pauseTraining(context);
  await request(context, "deleteRun", { runId: id });
  await refreshRuns(context);
  const { chosenRun, draft, runs } = store.getState();
  if (runs.some((run) => run.id === id)) return; // it could not be deleted, and a notice says why
  if (chosenRun === id) chooseRun(context, null);
  const first = firstChoice(services);
  if (first && isSameModel(draft.parent, { kind: "run", id }))
    store.setState({ draft: { ...draft, parent: { kind: "bundled", id: first.id } } });
}

async function loadRun(context: StoreContext, id: string): Promise<void> {
  const { runs, notify } = context.store.getState();
  const run = runs.find((one) => one.id === id);
  if (!run) return notify("error", "This run is no longer here.");
  if (run.weightBytes === 0 && context.store.getState().training?.runId !== id)
    return notify("info", `“${run.name}” has no model yet. Train it first.`);
  await loadModel(context, { source: { kind: "run", id }, title: run.name });
}

/** The runs' state and actions. */
export const createRunsSlice = (context: StoreContext): RunsSlice => ({
  runs: [],
  chosenRun: null,
  draft: firstDraft({ kind: "bundled", id: firstChoice(context.services)?.id ?? "" }),
  training: null,
  firstStage: { status: "none" },
  refreshRuns: async () => {
    await refreshRuns(context);
    const { chosenRun } = context.store.getState();
    chooseRun(context, chosenRun ?? recall(context.services.storage, "run"));
  },
  planRun: (change) => {
    const { draft, sets } = context.store.getState();
    const plan = changePlan(draft, change);
    context.store.setState({ draft: change.name === undefined ? namePlan(plan, sets) : plan });
  },
  usePreset: (id) => usePreset(context, id),
  checkFirstStage: () => checkFirstStage(context),
  startRun: () => startRun(context),
  resumeRun: (id, maxSteps = null) => resumeRun(context, id, maxSteps),
  pauseRun: () => void pauseTraining(context),
  chooseRun: (id) => chooseRun(context, id),
  deleteRun: (id) => deleteRun(context, id),
  useRun: (id) => loadRun(context, id),
  saveTraining: () => saveTraining(context),
});
