/** From the page to the record of its work, and the parts that lie beside it. */
import type { Pixels } from "../engine/protocol";
import { rowOf } from "../slotspace/slotMatrix";
import type { EncodeJob, StoreContext } from "./context";
import { linkHash } from "./choices";
import { type LinkSlot, linkSlot, linkSource } from "./experiment";
import { type Edit, type History, scenesInHistory } from "./history";
import { type KeptEdit, type KeptRecord, type KeptScene, keptVersion } from "./keepSchema";
import { isOwnPicture } from "./sceneNames";
import type { Space } from "./spaceState";
import type { AppState, Drawn, PlacedSlot, Scene, SceneId } from "./state";

/** What is kept where room runs short: files go first, then drawn pictures. */
export type KeptExtent = "everything" | "noFiles" | "noPictures";

/** The keys of parts, by the object that each is made of; a new object gets the next. */
export type PartKeys = { known: WeakMap<object, string>; last: number };

/** Sources of the visitor's own scenes: a PNG is written once, and stays while the picture is made anew. */
export type OwnSources = WeakMap<EncodeJob, { input: Pixels | null; source: KeptScene["source"] }>;

export type Recorded = {
  record: Omit<KeptRecord, "savedAt" | "revision">;
  /** By key, all that the record names; made when they are written. */
  parts: Map<string, () => unknown>;
};

/** What one record is made with. */
type Recording = {
  context: StoreContext;
  state: AppState;
  history: History;
  /** Scenes on the page, then those that undo brings back. */
  scenes: Scene[];
  /** Their ids, and behind them those of slots out of files. */
  names: SceneId[];
  extent: KeptExtent;
  sources: OwnSources;
  /** The key of the part that is made of an object. */
  partOf: (origin: object, value: () => unknown) => string;
};

const editsOf = ({ past, future }: History): Edit[] => [...past, ...future];

/** Scenes that are not on the page and can be had back. */
function goneScenes(scenes: Scene[], history: History): Scene[] {
  const gone = new Map<SceneId, Scene>();
  for (const scene of scenesInHistory(history)) gone.set(scene.id, scene);
  for (const { id } of scenes) gone.delete(id);
  return [...gone.values()];
}

/** Every slot out of a file, by the name that stands for its scene. */
function fileSlots(scenes: Scene[], history: History): Map<SceneId, PlacedSlot["file"] & object> {
  const lists = editsOf(history).flatMap((edit) => edit.lists);
  const placed = [...scenes, ...lists].flatMap((list) => list.placed);
  return new Map(placed.flatMap(({ sceneId, file }) => (file ? [[sceneId, file] as const] : [])));
}

const keptSlots = ({ names }: Recording, placed: PlacedSlot[]): LinkSlot[] =>
  placed.flatMap((slot) => linkSlot(slot, names));

/** Slot keys with other names for the scenes. */
export function renameKeys(keys: string, rename: (name: string) => string): string {
  return keys
    .split(/([ ~:])/)
    .map(rename)
    .join("");
}

function keptDrawn({ names, partOf }: Recording, drawn: Drawn): NonNullable<KeptScene["drawn"]> {
  const { image, frames, slotKeys, settings, elapsedMs, msPerStep, batch, shuffled } = drawn;
  const placeOf = (name: string): string =>
    names.includes(name) ? `@${names.indexOf(name)}` : name;
  return {
    part: partOf(image, () => ({ image, frames })),
    slotKeys: renameKeys(slotKeys, placeOf),
    ...{ settings, elapsedMs, msPerStep, batch, shuffled },
  };
}

async function keptSource(
  { context, sources }: Recording,
  scene: Scene,
): Promise<KeptScene["source"]> {
  const { encodeJobs, services } = context;
  const { encoding, id, source } = scene;
  const job = encodeJobs.get(id);
  if (!isOwnPicture(source) || !job) return linkSource(scene, services.encodePng);
  const input = "input" in encoding ? encoding.input : null;
  const known = sources.get(job);
  if (known && (input === null || known.input === input)) return known.source;
  if (input === null) return { kind: "file", name: source.name.slice(0, 80) };
  const made = await linkSource(scene, services.encodePng);
  sources.set(job, { input, source: made });
  return made;
}

/** The part of the visitor's file; none where it is not of a scene's own, or where room runs short. */
function keptOriginal(
  { context, extent, partOf, sources }: Recording,
  { encoding, id }: Scene,
): string | undefined {
  const job = context.encodeJobs.get(id);
  const original = job?.original;
  const isPrepared = "input" in encoding || (job && sources.has(job));
  if (!original || (extent !== "everything" && isPrepared)) return undefined;
  return partOf(original, () => original);
}

/** The scene's picture, or while another is being drawn, the one before it. */
const finishedOf = ({ renderJobs }: StoreContext, { id, render }: Scene): Drawn | null => {
  const isBusy = render.status === "queued" || render.status === "running";
  const shown = isBusy ? (renderJobs.get(id)?.finished ?? render) : render;
  return shown.status === "done" ? shown : null;
};

async function keptScene(recording: Recording, scene: Scene): Promise<KeptScene> {
  const { letter, fit, slotSeed, numSlots, isOwnOrder, placed } = scene;
  const original = keptOriginal(recording, scene);
  const drawn = recording.extent === "noPictures" ? null : finishedOf(recording.context, scene);
  return {
    source: await keptSource(recording, scene),
    ...{ letter, fit, slotSeed },
    ...(numSlots !== null && { numSlots }),
    ...(!isOwnOrder && { placed: keptSlots(recording, placed) }),
    numOwn: isOwnOrder ? placed.length : 0,
    isGenerated: drawn !== null,
    ...(original !== undefined && { original }),
    ...(drawn && { drawn: keptDrawn(recording, drawn) }),
  };
}

function keptEdit(recording: Recording, { label, lists, remove, add, settings }: Edit): KeptEdit {
  const places = (id: SceneId): number[] =>
    recording.names.includes(id) ? [recording.names.indexOf(id)] : [];
  return {
    label,
    lists: lists.flatMap(({ sceneId, placed, isOwnOrder }) =>
      places(sceneId).map((scene) => ({
        ...{ scene, isOwnOrder },
        placed: keptSlots(recording, placed),
      })),
    ),
    remove: remove.flatMap(places),
    add: add.flatMap(({ scene, position }) =>
      places(scene.id).map((at) => ({ scene: at, position })),
    ),
    ...(settings && {
      settings: { value: settings.value, of: Math.max(0, recording.names.indexOf(settings.of)) },
    }),
  };
}

function keptMeasure({ state, extent, partOf }: Recording): KeptRecord["measure"] {
  const { measurePlan: plan, measurement, ablationCount, ablations } = state;
  const table = measurement.status === "done" ? measurement.result : null;
  const isKept = table !== null && extent !== "noPictures";
  return { plan, table: isKept ? partOf(table, () => table) : null, ablationCount, ablations };
}

/** Slots of a scene of the library. */
function rowsOf({ library }: Space, id: string) {
  if (!library) return [];
  return library.origins.flatMap((origin, row) =>
    origin.sceneId === id ? [{ ...origin, slot: rowOf(library, row).slice() }] : [],
  );
}

function keptSpace({ state, extent, names, partOf }: Recording): KeptRecord["space"] {
  const { space } = state;
  const { model, numConcepts } = space;
  if (extent === "noPictures") return { model: null, numConcepts, scenes: [] };
  const scenes = space.scenes.map((scene) => {
    const at = names.indexOf(scene.id);
    const part = partOf(scene, () => ({ scene, rows: rowsOf(space, scene.id) }));
    return { part, at: at < 0 ? null : at };
  });
  return { model, numConcepts, scenes };
}

/** The model to draw with; before there is one, that which the record before names. */
function keptModel(state: AppState, before: KeptRecord["model"] | null): KeptRecord["model"] {
  const { model } = state;
  if (model.status === "ready") return { id: model.info.id, hash: model.info.hash };
  return before ?? { id: "", hash: "" };
}

/**
 * The page's work as a record; what it names lies beside it.
 * @param made - what it is made with; `before` is the record before, null where there is none
 */
export async function recordWork(
  context: StoreContext,
  made: { keys: PartKeys; sources: OwnSources; extent: KeptExtent; before: KeptRecord | null },
): Promise<Recorded> {
  const { history, store, services } = context;
  const state = store.getState();
  const gone = goneScenes(state.scenes, history);
  const scenes = [...state.scenes, ...gone];
  const files = fileSlots(scenes, history);
  const parts = new Map<string, () => unknown>();
  const partOf = (origin: object, value: () => unknown): string => {
    const key = made.keys.known.get(origin) ?? String(++made.keys.last);
    made.keys.known.set(origin, key);
    parts.set(key, value);
    return key;
  };
  const names = [...scenes.map(({ id }) => id), ...files.keys()];
  const recording = { ...made, context, state, history, scenes, names, partOf };
  const keptScenes = await Promise.all(scenes.map((scene) => keptScene(recording, scene)));
  const { settings, isAutomatic, series, inUse } = state;
  const record: Recorded["record"] = {
    version: keptVersion,
    hash: linkHash(services),
    model: keptModel(state, made.before?.model ?? null),
    inUse: inUse ?? made.before?.inUse ?? null,
    scenes: keptScenes.slice(0, state.scenes.length),
    gone: keptScenes.slice(state.scenes.length),
    files: [...files.values()],
    ...{ settings, isAutomatic, series },
    history: {
      past: history.past.map((edit) => keptEdit(recording, edit)),
      future: history.future.map((edit) => keptEdit(recording, edit)),
    },
    measure: keptMeasure(recording),
    space: keptSpace(recording),
  };
  return { record, parts };
}
