/** What the slices share besides the state: the engine, and handles on work under way that no component sees. */
import type { StoreApi } from "zustand/vanilla";

import type { Engine } from "../engine/client";
import type { Fit, ModelInfo, ModelSource, Pixels, SceneObject } from "../engine/protocol";
import { isAbort } from "../errors";
import { emptyHistory, type History } from "./history";
import type { Keeper } from "./keepState";
import { findScene } from "./selectors";
import type { Services } from "./services";
import type { AppState, Scene, SceneId, SceneRender } from "./state";

/** A scene's files, as they came. */
export type SceneFiles = { image: Blob; mask: Blob | null };

/** A picture at the model's size, and what is known of it. */
export type PreparedScene = {
  input: Pixels;
  display: ImageBitmap;
  groundTruth: Uint8Array | null;
  objects: SceneObject[];
};

/** How a scene's picture is made or read. */
export type Prepare = (fit: Fit, signal: AbortSignal) => Promise<PreparedScene>;

/** The work that turns a scene's picture into slots; a newer one aborts the one before it. */
export type EncodeJob = {
  prepare: Prepare;
  controller: AbortController;
  /** Number of the model load that was the latest when the job began. */
  load: number;
  hasEncoded: boolean;
  /** The visitor's own file that the picture is made of. */
  original: Blob | null;
  /** What pictures of an earlier visit were drawn from: the next encoding outdates them only if it is of something else. */
  drawnFrom: string | null;
};

/** The work that turns a scene's slots into a picture. */
export type RenderJob = {
  controller: AbortController;
  /** Runs out when edits have paused. */
  timer: ReturnType<typeof setTimeout> | undefined;
  /** What a cancelled job goes back to. */
  finished: SceneRender;
};

/** A model to load and what to call it meanwhile. */
export type LoadRequest = { source: ModelSource; title: string };

/** Work of which there is one at a time. */
export type LongJob = {
  controller: AbortController;
  /** Resolves when the work has ended, however it did. */
  ended: Promise<void>;
};

/** Work that a newer one of its kind ends. */
type Renewed = "device" | "link" | "comparison" | "firstStage" | "inspection";

export type StoreContext = {
  services: Services;
  store: StoreApi<AppState>;
  engine: Engine | null;
  encodeJobs: Map<SceneId, EncodeJob>;
  renderJobs: Map<SceneId, RenderJob>;
  /** Resolves when the encoding before has ended: one after another. */
  encodeTurn: Promise<void>;
  history: History;
  /** The scenes of a first visit; as long as nobody touches them, another model may bring its own. */
  startScenes: ReadonlySet<SceneId>;
  loads: {
    /** Counts loads; `current.number` is the one whose model the engine holds. */
    number: number;
    controller: AbortController;
    latest: LoadRequest | null;
    current: (LoadRequest & { number: number; info: ModelInfo }) | null;
  };
  /** The run that trains, and pictures on their way into a set. */
  training: LongJob | null;
  adding: LongJob | null;
  /** A checkpoint has been asked for: the page is hidden and left in one breath. */
  isSaving: boolean;
  /** Keys of thumbnails on their way, and of all in the order in which they were asked for last. */
  thumbnails: { awaited: Set<string>; recent: Set<string> };
  lastId: number;
  /** What a link put on an empty page, as `workMark` says it: as long as it is so, the link brings it back. */
  linked: string | null;
  /** Keeps the work for the next visit; comes with the first work. */
  keeper: Promise<Keeper> | null;
} & Record<Renewed, AbortController>;

/**
 * Why a scene's work ended early. One for all: a new one remembers the calls it was made in, and keeps the elements alive
 * that were pressed for them.
 */
export const cancelled = new DOMException("Cancelled.", "AbortError");

/** Handles of a page on which nothing has happened yet. */
export const createContext = (services: Services, store: StoreApi<AppState>): StoreContext => ({
  services,
  store,
  engine: null,
  encodeJobs: new Map(),
  renderJobs: new Map(),
  encodeTurn: Promise.resolve(),
  history: emptyHistory,
  startScenes: new Set(),
  loads: { number: 0, controller: new AbortController(), latest: null, current: null },
  training: null,
  adding: null,
  isSaving: false,
  thumbnails: { awaited: new Set(), recent: new Set() },
  lastId: 0,
  linked: null,
  keeper: null,
  device: new AbortController(),
  link: new AbortController(),
  comparison: new AbortController(),
  firstStage: new AbortController(),
  inspection: new AbortController(),
});

/** The engine, made at its first use. */
export const engineOf = (context: StoreContext): Engine =>
  (context.engine ??= context.services.engine());

/** Ends the engine; the next use makes a new one, which has no model. */
export function endEngine(context: StoreContext): void {
  context.engine?.dispose();
  context.engine = null;
  context.loads.current = null;
}

/** A number that nothing else on the page has. */
export const newId = (context: StoreContext): number => ++context.lastId;

/** Aborts what `name` ran and gives the signal of what it runs next. */
export function renew(context: StoreContext, name: Renewed): AbortSignal {
  context[name].abort();
  context[name] = new AbortController();
  return context[name].signal;
}

/** Begins work of which there is one at a time; whoever calls has seen that there is none. */
export function beginJob(
  context: StoreContext,
  name: "training" | "adding",
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const job: LongJob = { controller: new AbortController(), ended: Promise.resolve() };
  context[name] = job;
  job.ended = work(job.controller.signal)
    .catch((error: unknown) => report(context, error))
    .finally(() => (context[name] = null));
  return job.ended;
}

/** Asks work to end. @returns when it has; null where there is none */
export function endJob(context: StoreContext, name: "training" | "adding"): Promise<void> | null {
  const job = context[name];
  job?.controller.abort();
  return job?.ended ?? null;
}

/** Changes a scene; one that has left the page stays away. */
export function patchScene(context: StoreContext, id: SceneId, change: Partial<Scene>): void {
  const { scenes } = context.store.getState();
  if (!findScene(scenes, id)) return;
  context.store.setState({
    scenes: scenes.map((scene) => (scene.id === id ? { ...scene, ...change } : scene)),
  });
}

/** What an error says to a person. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Tells the user of an error; cancelled is not failed. */
export function report(context: StoreContext, error: unknown): void {
  if (!isAbort(error)) context.store.getState().notify("error", errorText(error));
}
