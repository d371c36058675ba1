/** The device that computes and the model it holds. */
import type { RequestName, Result, Args } from "../engine/protocol";
import { engineOf, report, type StoreContext } from "./context";
import { loadModel, moveToBackend, startDevice } from "./modelJobs";
import { recall } from "./remembered";
import type { ModelSlice } from "./state";

/** The samples of a first visit: two that differ in shapes and colours. */
const firstSamples = ["00", "03"];

const linkHash = ({ services }: StoreContext): string => {
  const { hash } = new URL(services.pageUrl());
  return hash.length > 1 ? hash : "";
};

function addFirstSamples({ services, store }: StoreContext): void {
  const { scenes, addSample } = store.getState();
  if (scenes.length > 0) return;
  for (const { id } of services.samples) if (firstSamples.includes(id)) void addSample(id);
}

/** What the address asks for; else the model of the last visit, or the first there is. */
async function loadFirst(context: StoreContext): Promise<void> {
  const { services, store, loads } = context;
  const hash = linkHash(context);
  if (hash) await store.getState().openLink(hash);
  if (loads.latest) return;
  addFirstSamples(context);
  const id = recall(services.storage, "model");
  const choice = services.models.find((model) => model.id === id) ?? services.models[0];
  if (choice) await store.getState().loadBundled(choice.id);
}

async function start(context: StoreContext): Promise<void> {
  if (!linkHash(context)) addFirstSamples(context);
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
