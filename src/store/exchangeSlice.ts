/** Models in and out: exports, projects, and checkpoints that came without a config. */
import type { ExportFormat, ExportSource, RecognizedModel } from "../engine/protocol/exchange";
import { InputError, isAbort } from "../errors";
import { request } from "./ask";
import { engineOf, errorText, renew, report, type StoreContext } from "./context";
import { loadModel } from "./modelJobs";
import { putRun } from "./runProgress";
import { chooseRun } from "./trainJobs";
import type { ExchangeSlice } from "./trainingState";

/** A model that needs this much is loaded only after the visitor has read so. */
const largeBytes = 2 ** 30;

type Inspected = RecognizedModel & { weights: File };

async function exportModel(
  context: StoreContext,
  source: ExportSource,
  format: ExportFormat,
): Promise<void> {
  const files = await request(context, "exportModel", { source, format });
  if (!files) return;
  for (const { name, file } of files) context.services.saveFile(name, file);
  const names = files.map(({ name }) => name).join(", ");
  context.store.setState({ announcement: `Saved: ${names}.` });
}

async function importProject(context: StoreContext, file: File): Promise<void> {
  const run = await request(context, "importProject", { file });
  if (!run) return;
  context.store.setState(({ runs }) => ({ runs: putRun(runs, run) }));
  chooseRun(context, run.id);
  context.store.getState().notify("info", `“${run.name}” is among your runs.`);
}

/** Looks at a checkpoint; a newer look takes over. @returns null where it failed or was given up */
async function lookAt(
  context: StoreContext,
  weights: File,
  onFailure: (error: unknown) => void,
): Promise<Inspected | null> {
  const { store } = context;
  const signal = renew(context, "inspection");
  store.setState({ inspection: { status: "running", progress: null } });
  try {
    const model = await engineOf(context).call("inspectCheckpoint", { weights }, { signal });
    return signal.aborted ? null : { ...model, weights };
  } catch (error) {
    if (signal.aborted) return null;
    if (isAbort(error)) store.setState({ inspection: { status: "none" } });
    else onFailure(error);
    return null;
  }
}

async function inspect(context: StoreContext, weights: File): Promise<void> {
  const { store } = context;
  const result = await lookAt(context, weights, (error) => {
    report(context, error);
    store.setState({ inspection: { status: "failed", message: errorText(error) } });
  });
  if (result) store.setState({ inspection: { status: "done", result } });
}

const needsYes = ({ assumptions, missingDino, memory }: RecognizedModel): boolean =>
  assumptions.length > 0 ||
  missingDino !== null ||
  memory.refusal !== "" ||
  memory.peakBytes >= largeBytes;

const configFile = ({ config }: RecognizedModel): File =>
  new File([config], "config.json", { type: "application/json" });

/** Loads a checkpoint of the visitor's; one without a config is recognised first, and asks where that leaves doubts. */
export async function loadOwnFiles(
  context: StoreContext,
  weights: File,
  config: File | null,
): Promise<void> {
  const { store } = context;
  const load = async (known: File | null): Promise<void> => {
    store.setState({ inspection: { status: "none" } });
    const source = { kind: "file", weights, config: known } as const;
    await loadModel(context, { source, title: weights.name });
  };
  if (config) {
    renew(context, "inspection");
    return load(config);
  }
  let isUnknown = false;
  const result = await lookAt(context, weights, () => (isUnknown = true));
  if (isUnknown) return load(null); // it may have the shape of the loaded model; else loading says what is wrong
  if (!result) return;
  if (needsYes(result)) store.setState({ inspection: { status: "done", result } });
  else await load(configFile(result));
}

/** The DINO encoder's weights from where they are published. */
async function fetchDino(
  { services }: StoreContext,
  { missingDino }: Inspected,
  signal: AbortSignal,
): Promise<File | null> {
  if (!missingDino) return null;
  const { url } = missingDino;
  try {
    return new File([await services.fetchBytes(url, signal)], url.split("/").at(-1) ?? "dino");
  } catch (error) {
    signal.throwIfAborted();
    throw new InputError(
      `model: the weights of its DINO encoder did not come (${errorText(error)}). ` +
        `Try again, or download ${url} and choose the file.`,
    );
  }
}

async function loadInspected(context: StoreContext, dino: File | "fetch" | null): Promise<void> {
  const { store } = context;
  const { inspection } = store.getState();
  if (inspection.status !== "done") return;
  const { result } = inspection;
  const signal = renew(context, "inspection");
  try {
    if (dino === "fetch") store.setState({ inspection: { status: "running", progress: null } });
    const encoder = dino === "fetch" ? await fetchDino(context, result, signal) : dino;
    if (signal.aborted) return;
    store.setState({ inspection: { status: "none" } });
    const { weights } = result;
    const source = { kind: "file", weights, config: configFile(result), dino: encoder } as const;
    await loadModel(context, { source, title: weights.name });
  } catch (error) {
    if (signal.aborted) return;
    report(context, error);
    store.setState({ inspection }); // another way may be chosen
  }
}

/** The exchange's state and actions. */
export const createExchangeSlice = (context: StoreContext): ExchangeSlice => ({
  inspection: { status: "none" },
  exportModel: (source, format) => exportModel(context, source, format),
  importProject: (file) => importProject(context, file),
  inspect: (weights) => inspect(context, weights),
  loadInspected: (dino) => loadInspected(context, dino),
  dismissInspection: () => {
    renew(context, "inspection");
    context.store.setState({ inspection: { status: "none" } });
  },
});
