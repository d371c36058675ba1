/** A run under way: one call of the engine, whose news reaches the page a few times a second. */
import type { Run, TrainProgress } from "../engine/protocol/training";
import { request } from "./ask";
import { beginJob, endJob, engineOf, report, type StoreContext } from "./context";
import { createNewsBatch } from "./newsBatch";
import { remember } from "./remembered";
import { newTraining, putRun, takeNews } from "./runProgress";

/** Shows a run; the next visit shows it again. */
export function chooseRun({ services, store }: StoreContext, id: string | null): void {
  const chosenRun = store.getState().runs.some((run) => run.id === id) ? id : null;
  store.setState({ chosenRun });
  remember(services.storage, "run", chosenRun);
}

/** Reads the runs that this browser keeps; the one under way stays as the page follows it. */
export async function refreshRuns(context: StoreContext): Promise<void> {
  const { store } = context;
  const kept = await request(context, "listRuns", {});
  if (!kept) return;
  const { runs, training } = store.getState();
  const live = runs.find(({ id }) => id === training?.runId);
  store.setState({ runs: live ? putRun(kept, live) : kept });
}

function takeAll({ services, store }: StoreContext, news: TrainProgress[]): void {
  const { training, runs } = store.getState();
  if (!training) return;
  const before = { training, run: runs.find(({ id }) => id === training.runId) };
  const now = services.now();
  const live = news.reduce((last, one) => takeNews(last, one, now), before);
  const isSameRun = live.run === undefined || live.run === before.run;
  store.setState({
    training: live.training,
    ...(isSameRun || !live.run ? {} : { runs: putRun(runs, live.run) }),
  });
}

/** What the page says of a run that has ended or paused. */
function announceEnd({ store }: StoreContext, { name, status, message }: Run): void {
  const { notify } = store.getState();
  if (status === "diverged") return notify("error", `“${name}” stopped. ${message}`);
  if (status === "finished") notify("info", `“${name}” has finished. Its model is in the list.`);
  store.setState({
    announcement: `Training of ${name} has ${status === "finished" ? "finished" : "paused"}.`,
  });
}

/**
 * Trains a run until it ends or is paused, which the engine answers once its checkpoint is written.
 * @returns whether the engine answered with the run
 */
async function follow(
  context: StoreContext,
  args: { runId: string; maxSteps: number | null },
  signal: AbortSignal,
): Promise<boolean> {
  const { services, store } = context;
  store.setState({ training: newTraining(args.runId) });
  chooseRun(context, args.runId);
  const batch = createNewsBatch<TrainProgress>(services.now, (news) => takeAll(context, news));
  const endListening = services.onHidden(() => void saveTraining(context));
  try {
    const options = { signal, onAbort: "wait", onProgress: batch.add } as const;
    const run = await engineOf(context).call("train", args, options);
    batch.flush();
    store.setState(({ runs }) => ({ training: null, runs: putRun(runs, run) }));
    announceEnd(context, run);
    return true;
  } catch (error) {
    report(context, error);
    return false;
  } finally {
    endListening();
    batch.flush();
    store.setState({ training: null });
  }
}

/** Trains a run of which the id may still have to come. */
export async function train(
  context: StoreContext,
  findRun: () => Promise<string | null>,
  maxSteps: number | null,
): Promise<void> {
  if (context.training) return; // whoever asks twice gets one run
  let isKnown = true;
  await beginJob(context, "training", async (signal) => {
    const runId = await findRun();
    if (runId !== null && !signal.aborted)
      isKnown = await follow(context, { runId, maxSteps }, signal);
  });
  if (!isKnown) await refreshRuns(context); // the run as its last checkpoint has it
}

/** Ends training after the step under way. @returns when its checkpoint is written; null where nothing trains */
export function pauseTraining(context: StoreContext): Promise<void> | null {
  const { training } = context.store.getState();
  if (training) context.store.setState({ training: { ...training, status: "stopping" } });
  return endJob(context, "training");
}

/** Writes a checkpoint of the run under way. */
export async function saveTraining(context: StoreContext): Promise<void> {
  const { training } = context.store.getState();
  if (!training || context.isSaving) return;
  context.isSaving = true;
  await request(context, "saveRun", { runId: training.runId });
  context.isSaving = false;
}

/**
 * Ends training before other work takes the device, and says so.
 * @param reason - "Another model is loaded."
 * @returns when it has ended; null where nothing trains
 */
export function makeWay(context: StoreContext, reason: string): Promise<void> | null {
  const { training, runs, notify } = context.store.getState();
  const name = runs.find(({ id }) => id === training?.runId)?.name;
  const ended = pauseTraining(context);
  if (name !== undefined)
    notify("info", `${reason} Training of “${name}” pauses; go on with it on the Train page.`);
  return ended;
}
