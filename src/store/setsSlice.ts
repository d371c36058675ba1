/** The visitor's picture sets, as this browser keeps them. */
import type { Split } from "../engine/protocol/sets";
import { addScenesToSet, addToSet } from "./addJobs";
import { request } from "./ask";
import { endJob, type StoreContext } from "./context";
import { namePlan, takeSet } from "./draft";
import { clampSeed } from "./limits";
import { recall, remember } from "./remembered";
import { chosenSetOf, keepThumbnails, putSet } from "./sets";
import { loadThumbnails } from "./thumbnails";
import type { SetsSlice } from "./trainingState";

/** Shows a set and plans to train on it. */
function chooseSet(
  { services, store }: StoreContext,
  id: string | null,
  former = store.getState().sets,
): void {
  const { sets, draft } = store.getState();
  const chosenSet = sets.some((set) => set.id === id) ? id : null;
  store.setState({ chosenSet, draft: namePlan(takeSet(draft, chosenSet), sets, former) });
  remember(services.storage, "set", chosenSet);
}

async function refreshSets(context: StoreContext): Promise<void> {
  const { services, store } = context;
  const [sets, room] = await Promise.all([
    request(context, "listSets", {}),
    request(context, "storageRoom", {}),
  ]);
  if (room) store.setState({ room });
  if (!sets) return;
  const { chosenSet, sets: former, thumbnails } = store.getState();
  store.setState({ sets, thumbnails: keepThumbnails(thumbnails, sets) });
  const wanted = chosenSet ?? recall(services.storage, "set");
  if (wanted !== chosenSet || !sets.some(({ id }) => id === wanted))
    chooseSet(context, wanted, former);
}

async function createSet(context: StoreContext, name: string): Promise<void> {
  context.services.persistStorage();
  const set = await request(context, "createSet", { name: name.trim() || "My pictures" });
  if (!set) return;
  context.store.setState(({ sets }) => ({ sets: putSet(sets, set) }));
  chooseSet(context, set.id);
}

async function deleteSet(context: StoreContext, setId: string): Promise<void> {
  const { store } = context;
  const { chosenSet, training, runs } = store.getState();
  const run = runs.find(({ id }) => id === training?.runId);
  if (run?.plan.data.kind === "set" && run.plan.data.setId === setId) {
    const text = `“${run.name}” trains on this set. Pause it first.`;
    return store.getState().notify("info", text);
  }
  if (chosenSet === setId) await endJob(context, "adding");
  await request(context, "deleteSet", { setId });
  await refreshSets(context);
}

async function removePictures(context: StoreContext, ids: string[]): Promise<void> {
  const { store } = context;
  const setId = chosenSetOf(store.getState())?.id;
  if (setId === undefined || ids.length === 0) return;
  const set = await request(context, "removePictures", { setId, ids });
  if (!set) return;
  const sets = putSet(store.getState().sets, set);
  store.setState(({ thumbnails }) => ({ sets, thumbnails: keepThumbnails(thumbnails, sets) }));
}

async function splitSet(context: StoreContext, { seed, heldOut }: Split): Promise<void> {
  const { store } = context;
  const setId = chosenSetOf(store.getState())?.id;
  if (setId === undefined || Number.isNaN(seed) || Number.isNaN(heldOut)) return;
  const split = { seed: clampSeed(seed), heldOut: Math.min(0.5, Math.max(0, heldOut)) };
  const set = await request(context, "splitSet", { setId, split });
  if (set) store.setState(({ sets }) => ({ sets: putSet(sets, set) }));
}

/** The sets' state and actions. */
export const createSetsSlice = (context: StoreContext): SetsSlice => ({
  room: null,
  sets: [],
  chosenSet: null,
  adding: { status: "none" },
  thumbnails: new Map(),
  refreshSets: () => refreshSets(context),
  createSet: (name) => createSet(context, name),
  deleteSet: (id) => deleteSet(context, id),
  chooseSet: (id) => chooseSet(context, id),
  addToSet: (files, fit) => addToSet(context, files, fit),
  addScenesToSet: (first, count) => addScenesToSet(context, first, count),
  cancelAdding: () => context.adding?.controller.abort(),
  removePictures: (ids) => removePictures(context, ids),
  splitSet: (split) => splitSet(context, split),
  loadThumbnails: (ids) => loadThumbnails(context, ids),
});
