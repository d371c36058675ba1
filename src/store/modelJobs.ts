/** Starting a backend and loading a model: the work behind the model slice. */
import type { BackendName, LoadProgress, ModelInfo } from "../engine/protocol";
import { isAbort } from "../errors";
import { endEngine, engineOf, errorText, type LoadRequest, renew, report } from "./context";
import type { StoreContext } from "./context";
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
  context.store.setState({ device: { status: "starting" }, model: { status: "none" } });
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
  const loading = engineOf(context).call(
    "loadModel",
    { source: request.source },
    { signal, onProgress: (progress) => !signal.aborted && showProgress(progress) },
  );
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
  context.store.setState({ model: { status: "ready", info }, announcement });
  const { source } = request;
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

/**
 * Moves the page to another backend: a new engine, and the same model again.
 * @returns whether the backend asked for runs; where it does not start, the one before does
 */
export async function moveToBackend(context: StoreContext, name: BackendName): Promise<boolean> {
  const { device, model } = context.store.getState();
  const { latest, current } = context.loads;
  const before = device.status === "ready" ? device.info.backend : name;
  const wanted = model.status === "loading" ? latest : (current ?? latest);
  stopWork(context);
  if (!(await startDevice(context, before === name ? [name] : [name, before]))) return false;
  const now = context.store.getState().device;
  const isMoved = now.status === "ready" && now.info.backend === name;
  if (isMoved) remember(context.services.storage, "backend", name);
  if (wanted) await loadModel(context, wanted);
  return isMoved;
}
