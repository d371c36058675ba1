/** What the actions of slot space share: the store's context and handles on their work under way. */
import { addSlots, emptyLibrary, removeScenes } from "../slotspace/library";
import type { StoreContext } from "./context";
import { missingModel } from "./selectors";
import { emptySpace, type Arrival } from "./spaceLibrary";
import type { Space } from "./spaceState";

/** Handles that no component sees. */
export type SpaceJobs = {
  filling: AbortController | null;
  umap: AbortController | null;
  sample: AbortController | null;
  /** Map and concepts are being computed. */
  isAnalysing: boolean;
};

export type SpaceWork = { context: StoreContext; jobs: SpaceJobs };

/** Handles of a page on which nothing has happened yet. */
export const createSpaceJobs = (): SpaceJobs => ({
  filling: null,
  umap: null,
  sample: null,
  isAnalysing: false,
});

/** Slot space as it is now. */
export const spaceOf = ({ store }: StoreContext): Space => store.getState().space;

/** Changes slot space. */
export const patchSpace = ({ store }: StoreContext, change: Partial<Space>): void =>
  store.setState(({ space }) => ({ space: { ...space, ...change } }));

/** The model in use; null, and a word to the visitor, where there is none. */
export function modelInUse({ store }: StoreContext) {
  const { model, notify } = store.getState();
  if (model.status === "ready") return model.info;
  notify("info", missingModel(model));
  return null;
}

/** Puts scenes into the library; the slots of another model leave it. Throws an InputError where they do not fit. */
export function admit(work: SpaceWork, arrivals: readonly Arrival[]): void {
  const { context, jobs } = work;
  const info = modelInUse(context);
  if (!info || arrivals.length === 0) return;
  const isOther = spaceOf(context).model?.hash !== info.hash;
  if (isOther) clearLibrary(work);
  const { library, scenes } = spaceOf(context);
  const former = isOther || !library ? emptyLibrary(info.slotSize) : library;
  const grown = addSlots(
    former,
    arrivals.flatMap(({ rows }) => rows),
  );
  const fresh = new Map(arrivals.map(({ scene }) => [scene.id, scene]));
  jobs.umap?.abort();
  patchSpace(context, {
    model: { hash: info.hash, name: info.name },
    library: grown,
    scenes: [...scenes.filter(({ id }) => !fresh.has(id)), ...fresh.values()],
  });
}

/** Takes a scene out of the library. */
export function removeScene({ context, jobs }: SpaceWork, id: string): void {
  const { library, scenes, picked } = spaceOf(context);
  if (!library) return;
  jobs.umap?.abort();
  patchSpace(context, {
    library: removeScenes(library, new Set([id])),
    scenes: scenes.filter((scene) => scene.id !== id),
    picked: picked?.sceneId === id ? null : picked,
  });
}

/** A library without scenes; all that was made of it goes too. */
export function clearLibrary({ context, jobs }: SpaceWork): void {
  jobs.umap?.abort();
  jobs.sample?.abort();
  const { library, numConcepts, filling } = spaceOf(context);
  const empty = library && emptyLibrary(library.slotSize);
  patchSpace(context, { ...emptySpace, library: empty, numConcepts, filling });
}
