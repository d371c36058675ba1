/** The device that computes and the model it holds. */
import type { RequestName, Result, Args } from "../engine/protocol";
import { engineOf, report, type StoreContext } from "./context";
import { loadModel, moveToBackend, startDevice } from "./modelJobs";
import { recall } from "./remembered";
import { addStartScenes } from "./startScenes";
import type { ModelChoice, ModelSlice } from "./state";

const linkHash = ({ services }: StoreContext): string => {
  const { hash } = new URL(services.pageUrl());
  return hash.length > 1 ? hash : "";
};

/** The model of the last visit, or the first there is. */
function firstChoice({ services }: StoreContext): ModelChoice | undefined {
  const id = recall(services.storage, "model");
  return services.models.find((model) => model.id === id) ?? services.models[0];
}

const addFirstScenes = (context: StoreContext): void =>
  addStartScenes(context, firstChoice(context)?.scenes ?? "clevr");

/** What the address asks for; else the model of the last visit, or the first there is. */
async function loadFirst(context: StoreContext): Promise<void> {
  const { store, loads } = context;
  const hash = linkHash(context);
  if (hash) await store.getState().openLink(hash);
  if (loads.latest) return;
  addFirstScenes(context);
  const choice = firstChoice(context);
  if (choice) await store.getState().loadBundled(choice.id);
}

async function start(context: StoreContext): Promise<void> {
  if (!linkHash(context)) addFirstScenes(context);
  const backend = recall(context.services.storage, "backend");
  if (await startDevice(context, backend ? [backend, null] : [null])) await loadFirst(context);
}

async function loadBundled(context: StoreContext, id: string): Promise<void> {
  const choice = context.services.models.find((model) => model.id === id);
  if (!choice) return context.store.getState().notify("error", `There is no model ${id} here.`);
  await loadModel(context, { source: { kind: "bundled", id }, title: choice.title });
}

/** A small question to a running engine; null where it has no answer. */
async function ask<N extends RequestName>(
  context: StoreContext,
  name: N,
  args: Args<N>,
): Promise<Result<N> | null> {
  if (context.store.getState().device.status !== "ready") return null;
  const engine = engineOf(context);
  try {
    const answer = await engine.call(name, args);
    return context.engine === engine ? answer : null;
  } catch (error) {
    report(context, error);
    return null;
  }
}

async function refreshWeights(context: StoreContext): Promise<void> {
  const cachedWeights = await ask(context, "listWeights", {});
  if (cachedWeights) context.store.setState({ cachedWeights });
}

/** The model's state and actions. */
export const createModelSlice = (context: StoreContext): ModelSlice => ({
  device: { status: "starting" },
  model: { status: "none" },
  choices: context.services.models,
  memory: null,
  cachedWeights: [],
  start: () => start(context),
  switchBackend: async (name) => {
    await moveToBackend(context, name);
    const isReady = context.store.getState().device.status === "ready";
    if (isReady && !context.loads.latest) await loadFirst(context);
  },
  loadBundled: (id) => loadBundled(context, id),
  loadFiles: async (weights, config) => {
    const source = { kind: "file", weights, config } as const;
    await loadModel(context, { source, title: weights.name });
  },
  cancelLoading: () => context.loads.controller.abort(),
  refreshMemory: async () => {
    const memory = await ask(context, "memory", {});
    if (memory) context.store.setState({ memory });
  },
  refreshWeights: () => refreshWeights(context),
  deleteWeights: async (url) => {
    await ask(context, "deleteWeights", { url });
    await refreshWeights(context);
  },
});
