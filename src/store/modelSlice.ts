/** The device that computes and the model it holds. */
import { ask } from "./ask";
import { firstChoice, linkHash } from "./choices";
import type { StoreContext } from "./context";
import { loadOwnFiles } from "./exchangeSlice";
import { bringBack, watchWork } from "./keepSlice";
import { loadModel, moveToBackend, startDevice } from "./modelJobs";
import { recall } from "./remembered";
import { addStartScenes } from "./startScenes";
import type { ModelSlice } from "./state";

const addFirstScenes = (context: StoreContext): void =>
  addStartScenes(context, firstChoice(context.services)?.scenes ?? "clevr");

/** The model of the work that was brought back, or what the address asks for; else that of the last visit, or the first there is. */
async function loadFirst(
  context: StoreContext,
  loadKept: (() => Promise<void>) | null = null,
): Promise<void> {
  const { store, loads } = context;
  const hash = linkHash(context.services);
  if (loadKept) await loadKept();
  else if (hash) await store.getState().openLink(hash);
  if (loads.latest) return;
  if (!loadKept) addFirstScenes(context);
  const choice = firstChoice(context.services);
  if (choice) await store.getState().loadBundled(choice.id);
}

async function start(context: StoreContext): Promise<void> {
  const bringing = bringBack(context);
  const addFirst = (): void => void (linkHash(context.services) || addFirstScenes(context));
  if (!bringing) addFirst();
  const brought = bringing?.then((loadKept) => (loadKept ? loadKept : (addFirst(), null)));
  watchWork(context);
  const backend = recall(context.services.storage, "backend");
  const isStarted = await startDevice(context, backend ? [backend, null] : [null]);
  const kept = context.store.getState().page === "train" ? refreshKept(context) : null;
  const loadKept = (await brought) ?? null;
  if (isStarted) await loadFirst(context, loadKept);
  await (kept ?? refreshKept(context)); // the first picture comes before it
}

/** What this browser keeps of earlier visits. */
async function refreshKept({ store }: StoreContext): Promise<void> {
  await Promise.all([store.getState().refreshSets(), store.getState().refreshRuns()]);
}

async function loadBundled(context: StoreContext, id: string): Promise<void> {
  const choice = context.services.models.find((model) => model.id === id);
  if (!choice) return context.store.getState().notify("error", `There is no model ${id} here.`);
  const isLoaded = await loadModel(context, {
    source: { kind: "bundled", id },
    title: choice.title,
  });
  if (isLoaded) void refreshWeights(context); // what was fetched is kept
}

async function refreshWeights(context: StoreContext): Promise<void> {
  const cachedWeights = await ask(context, "listWeights", {});
  if (cachedWeights) context.store.setState({ cachedWeights });
}

/** The model's state and actions. */
export const createModelSlice = (context: StoreContext): ModelSlice => ({
  device: { status: "starting" },
  model: { status: "none" },
  inUse: null,
  choices: context.services.models,
  cachedWeights: [],
  start: () => start(context),
  switchBackend: async (name) => {
    await moveToBackend(context, name);
    const isReady = context.store.getState().device.status === "ready";
    if (isReady && !context.loads.latest) await loadFirst(context);
  },
  loadBundled: (id) => loadBundled(context, id),
  loadFiles: (weights, config) => loadOwnFiles(context, weights, config),
  cancelLoading: () => context.loads.controller.abort(),
  refreshWeights: () => refreshWeights(context),
  deleteWeights: async (url) => {
    await ask(context, "deleteWeights", { url });
    await refreshWeights(context);
  },
});
