/** From the record of kept work to the page as it was left. */
import type { z } from "zod";

import { InputError } from "../errors";
import { addSlots, emptyLibrary } from "../slotspace/library";
import { newId, type Prepare, type StoreContext } from "./context";
import { setHistory } from "./edits";
import { admitScene, cancelEncode, encodedFrom, encodeScene, releasePicture } from "./encodeJobs";
import { type LinkSlot, openSlot, preparationOf } from "./experiment";
import { cancelRender } from "./generateJobs";
import type { Edit } from "./history";
import { type OwnSources, type PartKeys, renameKeys } from "./keepRecord";
import {
  drawnPart,
  filePart,
  type KeptEdit,
  type KeptRecord,
  type KeptScene,
  libraryPart,
  tablePart,
} from "./keepSchema";
import { ownSlots } from "./placement";
import { prepareFiles } from "./preparation";
import { isOwnPicture } from "./sceneNames";
import { blankScene, newSceneId } from "./scenesSlice";
import { emptySpace } from "./spaceLibrary";
import type { Space } from "./spaceState";
import type { AppState, Drawn, PlacedSlot, Scene, SceneId, SceneSource } from "./state";
import { patchView } from "./viewSlice";

/** What one record is opened with. */
type Opening = {
  context: StoreContext;
  record: KeptRecord;
  /** Ids of the scenes and of the slots out of files, by their place. */
  names: SceneId[];
  /** A part of the record, checked; null where it is missing or damaged. */
  partOf: <T extends object>(key: string, schema: z.ZodType<T>) => T | null;
  /** Ties a part to the object that it is now made of. */
  tie: (origin: object, key: string) => void;
  sources: OwnSources;
};

type OpenedScene = {
  scene: Scene;
  prepare: Prepare;
  original: Blob | null;
  source: KeptScene["source"];
};

function openPlaced({ context, names, record }: Opening, slots: LinkSlot[]): PlacedSlot[] {
  const numScenes = record.scenes.length + record.gone.length;
  return slots.flatMap((slot) => {
    const file = record.files[slot[0] - numScenes];
    const opened = openSlot(slot, names, `placed-${newId(context)}`);
    return opened.map((one) => (file ? { ...one, file } : one));
  });
}

function openDrawn({ names, partOf, tie }: Opening, { drawn }: KeptScene): Drawn | null {
  const part = drawn && partOf(drawn.part, drawnPart);
  if (!drawn || !part) return null;
  tie(part.image, drawn.part);
  const { settings, elapsedMs, msPerStep, batch, shuffled } = drawn;
  const nameOf = (text: string): string =>
    text.startsWith("@") ? (names[Number(text.slice(1))] ?? text) : text;
  const slotKeys = renameKeys(drawn.slotKeys, nameOf);
  return { ...part, slotKeys, settings, elapsedMs, msPerStep, batch, shuffled };
}

const sourceOf = (source: KeptScene["source"]): SceneSource =>
  source.kind === "png" || source.kind === "file"
    ? { kind: "upload", name: source.name || "Picture" }
    : source;

/** From the visitor's file; where that was not kept, from the picture that the model saw. */
function preparation({ context }: Opening, kept: KeptScene, original: Blob | null): Prepare {
  const { source } = kept;
  if (isOwnPicture(sourceOf(source)) && original)
    return prepareFiles(context, () => Promise.resolve({ image: original, mask: null }));
  if (source.kind === "file") {
    const text = `kept work: the picture “${source.name}” is missing. Add it again.`;
    return () => Promise.reject(new InputError(text));
  }
  try {
    return preparationOf(context, source);
  } catch (error) {
    const reason = error instanceof Error ? error : new Error(String(error));
    return () => Promise.reject(reason); // a sample that the page no longer has; the rest opens
  }
}

function openScene(opening: Opening, kept: KeptScene, id: SceneId): OpenedScene {
  const { partOf, tie } = opening;
  const original = kept.original === undefined ? null : partOf(kept.original, filePart);
  if (original && kept.original !== undefined) tie(original, kept.original);
  const drawn = openDrawn(opening, kept);
  const scene: Scene = {
    ...blankScene(id, kept.letter, sourceOf(kept.source)),
    fit: kept.fit,
    slotSeed: kept.slotSeed,
    numSlots: kept.numSlots ?? null,
    placed: kept.placed ? openPlaced(opening, kept.placed) : ownSlots(id, kept.numOwn),
    isOwnOrder: !kept.placed,
    render: drawn ? { status: "done", ...drawn } : { status: "none" },
  };
  const prepare = preparation(opening, kept, original);
  return { scene, prepare, original, source: kept.source };
}

function openEdit(opening: Opening, kept: KeptEdit, scenes: Scene[]): Edit {
  const { names } = opening;
  const idAt = (place: number): SceneId[] => (scenes[place] ? [scenes[place].id] : []);
  const { label, settings } = kept;
  return {
    label,
    lists: kept.lists.flatMap(({ scene, placed, isOwnOrder }) =>
      idAt(scene).map((sceneId) => ({
        ...{ sceneId, isOwnOrder },
        placed: isOwnOrder ? ownSlots(sceneId, placed.length) : openPlaced(opening, placed),
      })),
    ),
    remove: kept.remove.flatMap(idAt),
    add: kept.add.flatMap(({ scene, position }) => {
      const found = scenes[scene];
      return found ? [{ scene: found, position }] : [];
    }),
    ...(settings && { settings: { value: settings.value, of: names[settings.of] ?? "" } }),
  };
}

/** The library of slot space; scenes of the page have new ids there too, and those that are gone cannot be taken for others. */
function openSpace(opening: Opening): Space {
  const { context, names, partOf, record, tie } = opening;
  const { model, numConcepts, scenes } = record.space;
  const opened = scenes.flatMap(({ part: key, at }) => {
    const part = partOf(key, libraryPart);
    if (!part) return [];
    const own = part.scene.id.startsWith("scene-") ? newSceneId(context) : part.scene.id;
    const id = (at === null ? undefined : names[at]) ?? own;
    const scene = { ...part.scene, id };
    tie(scene, key);
    return [{ scene, rows: part.rows.map((row) => ({ ...row, sceneId: id })) }];
  });
  const slotSize = opened[0]?.rows[0]?.slot.length;
  if (!model || slotSize === undefined) return { ...emptySpace, numConcepts };
  const rows = opened.flatMap((one) => one.rows);
  return {
    ...emptySpace,
    ...{ model, numConcepts },
    library: addSlots(emptyLibrary(slotSize), rows),
    scenes: opened.map(({ scene }) => scene),
  };
}

type Measured = Pick<AppState, "measurePlan" | "measurement" | "ablationCount" | "ablations">;

function openMeasure({ partOf, record, tie }: Opening): Measured {
  const { plan, table: key, ablationCount, ablations } = record.measure;
  const table = key === null ? null : partOf(key, tablePart);
  if (table && key !== null) tie(table, key);
  const ended = Object.entries(ablations).map(([name, ablation]) => {
    const status = ablation.status === "running" ? "stopped" : ablation.status;
    return [name, { ...ablation, status }] as const;
  });
  return {
    measurePlan: plan,
    measurement: table ? { status: "done", result: table } : { status: "none" },
    ablationCount,
    ablations: Object.fromEntries(ended),
  };
}

/** Hands the work over to the jobs that make its pictures and slots. */
function admit({ context, record, sources }: Opening, opened: OpenedScene[]): void {
  for (const { scene, prepare, original, source } of opened) {
    admitScene(context, scene.id, prepare, original);
    const job = context.encodeJobs.get(scene.id);
    if (job) job.drawnFrom = encodedFrom(record.model.hash, scene);
    if (job && source.kind === "png") sources.set(job, { input: null, source });
    const controller = new AbortController();
    context.renderJobs.set(scene.id, { controller, timer: undefined, finished: scene.render });
  }
}

/** Takes the page's scenes away, and their work with them. */
function clearScenes(context: StoreContext): void {
  for (const { id } of context.store.getState().scenes) {
    cancelEncode(context, id);
    cancelRender(context, id);
  }
}

/**
 * Reads a record of work. Scenes that cannot be made here any more say so when they are put on the page.
 * @param known - learns which parts the work is made of, and its own pictures
 * @returns what puts it on the page in place of what is there
 */
export function openWork(
  context: StoreContext,
  { record, parts }: { record: KeptRecord; parts: ReadonlyMap<string, unknown> },
  { keys, sources }: { keys: PartKeys; sources: OwnSources },
): () => void {
  const kept = [...record.scenes, ...record.gone];
  const ids = kept.map(() => newSceneId(context));
  const opening: Opening = {
    ...{ context, record, sources },
    names: [...ids, ...record.files.map(() => `file-placed-${newId(context)}`)],
    partOf: (key, schema) => schema.safeParse(parts.get(key)).data ?? null,
    tie: (origin, key) => {
      keys.known.set(origin, key);
      keys.last = Math.max(keys.last, Number(key));
    },
  };
  const opened = kept.map((scene, k) => openScene(opening, scene, ids[k] ?? ""));
  const scenes = opened.map(({ scene }) => scene);
  const { past, future } = record.history;
  const history = {
    past: past.map((edit) => openEdit(opening, edit, scenes)),
    future: future.map((edit) => openEdit(opening, edit, scenes)),
  };
  const known = { ...openMeasure(opening), space: openSpace(opening) };
  return () => {
    const before = context.store.getState();
    clearScenes(context);
    admit(opening, opened);
    const shown = scenes.slice(0, record.scenes.length);
    const { settings, isAutomatic, series } = record;
    context.store.setState({
      ...{ scenes: shown, settings, isAutomatic, series, newest: null },
      ...{ ...known, variants: { status: "none" }, ...patchView(before, shown) },
    });
    setHistory(context, history);
    before.scenes.forEach(releasePicture);
    for (const { id } of shown) void encodeScene(context, id);
  };
}
