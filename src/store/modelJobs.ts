/** Starting a backend and loading a model: the work behind the model slice. */
import type { BackendName, LoadProgress, ModelInfo } from "../engine/protocol";
import { isAbort } from "../errors";
import { firstChoice } from "./choices";
import { endEngine, endJob, engineOf, errorText, type LoadRequest, renew, report } from "./context";
import type { StoreContext } from "./context";
import { startFrom } from "./draft";
import {
  encodeForNewModel,
  encodeOutdated,
  encodeScenes,
  noModelText,
  stopEncoding,
} from "./encodeJobs";
import { cancelRenders } from "./generateJobs";
import { remember } from "./remembered";
import { adoptKind, kindOfModel } from "./startScenes";
import type { AppState } from "./state";
import { makeWay } from "./trainJobs";

/**
 * Starts the first backend that can be started, each in a fresh engine.
 * @param candidates - in order of preference; null is the best of this browser
 * @returns whether one runs; false too when a newer start took over
 */
export async function startDevice(
  context: StoreContext,
  candidates: (BackendName | null)[],
): Promise<boolean> {
  const signal = renew(context, "device");
  context.store.setState({
    device: { status: "starting" },
    model: { status: "none" },
    inUse: null,
  });
  let message = "";
  for (const backend of candidates) {
    if (message) context.store.getState().notify("error", message); // why the one before is not used
    endEngine(context);
    try {
      const info = await engineOf(context).call("start", { backend }, { signal });
      if (signal.aborted) return false;
      context.store.setState({ device: { status: "ready", info } });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      message = errorText(error);
    }
  }
  context.store.setState({ device: { status: "failed", message } });
  stopEncoding(context, message);
  return false;
}

/** Ends all work in the engine; scenes without slots go on looking busy. */
function stopWork(context: StoreContext): void {
  context.loads.controller.abort();
  context.loads.controller = new AbortController();
  cancelRenders(context);
  stopEncoding(context, null);
}

/**
 * Loads a model and encodes the scenes for it; where that fails, the model before stays in use.
 * @param bringsScenes - whoever asks puts scenes of their own on the page
 * @returns whether the model is the one in use now
 */
export async function loadModel(
  context: StoreContext,
  request: LoadRequest,
  { bringsScenes = false } = {},
): Promise<boolean> {
  const { loads, store } = context;
  stopWork(context);
  const { signal } = loads.controller;
  const number = ++loads.number;
  loads.latest = request;
  const showProgress = (progress: LoadProgress | null): void =>
    store.setState({ model: { status: "loading", title: request.title, progress } });
  showProgress(null);
  const call = (): Promise<ModelInfo> =>
    engineOf(context).call(
      "loadModel",
      { source: request.source },
      { signal, onProgress: (progress) => !signal.aborted && showProgress(progress) },
    );
  const paused = makeWay(context, `“${request.title}” is loaded.`);
  const loading = paused ? paused.then(call) : call();
  // The engine does one job after another: pictures asked for now are prepared for the new model.
  if (!loads.current) void encodeScenes(context);
  try {
    const info = await loading;
    if (signal.aborted) return false;
    finishLoad(context, request, number, info);
    const kind = kindOfModel(context, info.id);
    if (kind && !bringsScenes) adoptKind(context, kind);
    void encodeForNewModel(context);
    return true;
  } catch (error) {
    if (loads.controller.signal === signal) failLoad(context, request, error);
    return false;
  }
}

function finishLoad(
  context: StoreContext,
  request: LoadRequest,
  number: number,
  info: ModelInfo,
): void {
  context.loads.current = { ...request, number, info };
  const announcement = `${info.name} is ready.`;
  const { source } = request;
  const inUse = source.kind === "file" ? { kind: "opened" as const, id: info.id } : source;
  const { draft } = context.store.getState();
  context.store.setState({
    model: { status: "ready", info },
    inUse,
    draft: startFrom(draft, inUse, info),
    announcement,
  });
  if (source.kind === "bundled") remember(context.services.storage, "model", source.id);
}

/** Back to the model before, which the engine keeps until the new one stands. */
function failLoad(context: StoreContext, { title }: LoadRequest, error: unknown): void {
  const { loads, store } = context;
  const message = errorText(error);
  report(context, error);
  if (loads.current) {
    loads.latest = loads.current;
    store.setState({ model: { status: "ready", info: loads.current.info } });
    void encodeOutdated(context);
    return;
  }
  store.setState({
    model: isAbort(error) ? { status: "none" } : { status: "failed", title, message },
  });
  stopEncoding(context, noModelText);
}

/** The longest a device is waited for that is about to be left; one that was lost never answers. */
export const leaveMs = 20_000;

/** Ends what would be cut short by the end of the engine: what is saved by then stays. */
async function leaveEngine(context: StoreContext): Promise<void> {
  const paused = makeWay(context, "The backend changes.") ?? Promise.resolve();
  const added = endJob(context, "adding") ?? Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, leaveMs)));
  await Promise.race([Promise.all([paused, added]), late]);
  clearTimeout(timer);
}

/** Why leaving the engine would lose what the visitor made; null where it would not. */
function whyNotLeave({ room, runs, sets }: AppState): string | null {
  if (!room || room.isLasting || runs.length + sets.length === 0) return null;
  return (
    "This browser keeps pictures and runs only as long as their engine: another backend would lose them. " +
    "Export what you need and delete the rest first."
  );
}

/** What the next engine loads: the model of this one, or where its run was deleted, the first there is. */
function modelToLoad({ loads, services, store }: StoreContext): LoadRequest | null {
  const { model, runs, notify } = store.getState();
  const wanted = model.status === "loading" ? loads.latest : (loads.current ?? loads.latest);
  const source = wanted?.source;
  const first = firstChoice(services);
  if (source?.kind !== "run" || runs.some(({ id }) => id === source.id) || !first) return wanted;
  notify("info", `The run of “${wanted?.title}” was deleted: ${first.title} takes its place.`);
  return { source: { kind: "bundled", id: first.id }, title: first.title };
}

/**
 * Moves the page to another backend: a new engine, and the same model again.
 * @returns whether the backend asked for runs; where it does not start, the one before does
 */
export async function moveToBackend(context: StoreContext, name: BackendName): Promise<boolean> {
  const { device, notify } = context.store.getState();
  const reason = whyNotLeave(context.store.getState());
  if (reason !== null) {
    notify("error", reason);
    return false;
  }
  const before = device.status === "ready" ? device.info.backend : name;
  const wanted = modelToLoad(context);
  stopWork(context);
  if (context.training || context.adding) await leaveEngine(context);
  if (!(await startDevice(context, before === name ? [name] : [name, before]))) return false;
  const now = context.store.getState().device;
  const isMoved = now.status === "ready" && now.info.backend === name;
  if (isMoved) remember(context.services.storage, "backend", name);
  if (wanted) await loadModel(context, wanted);
  return isMoved;
}
