/** Measuring a model on pictures, and ablations of it. */
import type { Progress } from "../engine/protocol";
import { isAbort } from "../errors";
import { ablationSteps } from "./measureAblations";
import { firstChoice, titleOf } from "./choices";
import { engineOf, errorText, report, type StoreContext } from "./context";
import { ablationsFile, measuredFile } from "./measureFiles";
import {
  ablationArgs,
  changeMeasurePlan,
  clampAblationCount,
  measureArgs,
  plannedModel,
  whyNotAblate,
  whyNotMeasure,
} from "./measurePlan";
import {
  ablationNames,
  type Ablation,
  type AblationName,
  type AblationPoint,
  type MeasuredFile,
  type MeasureSlice,
} from "./measureState";
import { createNewsBatch } from "./newsBatch";

/** Handles on work under way. */
type Running = { measurement: AbortController; ablation: AbortController };

/** Generated scenes of a seed that no shipped model and no preset trains on. */
const scenesSeed = 1000;

function start(running: Running, name: keyof Running): AbortSignal {
  running[name].abort();
  running[name] = new AbortController();
  return running[name].signal;
}

/** Measures; a newer measurement takes over. */
async function measure(context: StoreContext, running: Running): Promise<void> {
  const { services, store } = context;
  const state = store.getState();
  const model = plannedModel(state);
  const reason = whyNotMeasure(state);
  if (reason !== null || !model) return state.notify("info", reason ?? "Choose a model.");
  const title = titleOf(state, model);
  const signal = start(running, "measurement");
  store.setState({ measurement: { status: "running", progress: null } });
  const batch = createNewsBatch<Progress<"evaluate">>(services.now, (news) => {
    const last = news.at(-1);
    if (signal.aborted || !last) return;
    const { done, total } = last;
    store.setState({ measurement: { status: "running", progress: { title, done, total } } });
  });
  try {
    const options = { signal, onProgress: batch.add };
    const args = measureArgs(state.measurePlan, model);
    const result = await engineOf(context).call("evaluate", args, options);
    batch.flush();
    if (signal.aborted) return;
    const announcement = `${title} measured on ${result.numPictures} pictures.`;
    store.setState({ measurement: { status: "done", result }, announcement });
  } catch (error) {
    batch.flush();
    if (signal.aborted) return;
    report(context, error);
    const message = errorText(error);
    store.setState({
      measurement: isAbort(error) ? { status: "none" } : { status: "failed", message },
    });
  }
}

function patchAblation(
  { store }: StoreContext,
  name: AblationName,
  change: (ablation: Ablation) => Partial<Ablation>,
): void {
  store.setState(({ ablations }) => {
    const before = ablations[name];
    return before
      ? { ablations: { ...ablations, [name]: { ...before, ...change(before) } } }
      : { ablations };
  });
}

const stopAblations = (context: StoreContext): void =>
  ablationNames.forEach((name) =>
    patchAblation(context, name, ({ status }) => ({
      status: status === "running" ? "stopped" : status,
    })),
  );

/** One point after another, each shown when it is there. */
async function ablate(context: StoreContext, running: Running, name: AblationName): Promise<void> {
  const { store } = context;
  const state = store.getState();
  const model = plannedModel(state);
  const reason = whyNotAblate(state, name);
  if (reason !== null || !model) return state.notify("info", reason ?? "Choose a model.");
  const { ablationCount: count, measurePlan } = state;
  const signal = start(running, "ablation");
  stopAblations(context);
  const steps = ablationSteps(name);
  const title = titleOf(state, model);
  const empty: Ablation = { status: "running", message: "", title, total: steps.length, ...blank };
  store.setState(({ ablations }) => ({ ablations: { ...ablations, [name]: empty } }));
  const add = (point: AblationPoint, protocol: string): void =>
    patchAblation(context, name, ({ points }) => ({ points: [...points, point], protocol }));
  try {
    for (const { value, sampler, change } of steps) {
      const args = ablationArgs(measurePlan, model, { count, change });
      const table = await engineOf(context).call("evaluate", args, { signal });
      if (signal.aborted) return;
      const [only] = table.models;
      const { metrics = {}, times = { segmentMs: NaN, drawMs: null } } = only ?? {};
      add({ value, sampler, metrics, times }, table.protocol);
    }
    patchAblation(context, name, () => ({ status: "done" }));
    store.setState({ announcement: `Ablation of ${title} measured: ${steps.length} points.` });
  } catch (error) {
    if (signal.aborted) return;
    report(context, error);
    patchAblation(context, name, () =>
      isAbort(error) ? { status: "stopped" } : { status: "failed", message: errorText(error) },
    );
  }
}

const blank: Pick<Ablation, "points" | "protocol"> = { points: [], protocol: "" };

function saveMeasured({ services, store }: StoreContext, which: MeasuredFile): void {
  const { measurement, notify } = store.getState();
  if (measurement.status !== "done") return notify("info", "Nothing has been measured yet.");
  const { name, file } = measuredFile(measurement.result, which);
  services.saveFile(name, file);
}

/** The measurements' state and actions. */
export function createMeasureSlice(context: StoreContext): MeasureSlice {
  const { services, store } = context;
  const running: Running = { measurement: new AbortController(), ablation: new AbortController() };
  const scenes = firstChoice(services)?.scenes ?? "clevr";
  return {
    measurePlan: {
      model: null,
      pictures: { kind: "scenes", scenes, seed: scenesSeed },
      ...{ count: 64, seeds: 1, isDrawn: true, isSwapped: false },
    },
    measurement: { status: "none" },
    ablations: {},
    ablationCount: 16,
    planMeasure: (change) =>
      store.setState(({ measurePlan }) => ({
        measurePlan: changeMeasurePlan(measurePlan, change),
      })),
    measure: () => measure(context, running),
    cancelMeasure: () => {
      if (store.getState().measurement.status !== "running") return;
      running.measurement.abort();
      store.setState({ measurement: { status: "none" } });
    },
    saveMeasured: (which) => saveMeasured(context, which),
    setAblationCount: (count) =>
      store.setState(({ ablationCount }) => ({
        ablationCount: clampAblationCount(count, ablationCount),
      })),
    ablate: (name) => ablate(context, running, name),
    cancelAblation: () => {
      running.ablation.abort();
      stopAblations(context);
    },
    saveAblations: () => {
      const { name, file } = ablationsFile(store.getState().ablations);
      services.saveFile(name, file);
    },
  };
}
