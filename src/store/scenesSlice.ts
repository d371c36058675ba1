/** The scenes on the page: how they come, change and go. */
import { newId, patchScene, type Prepare, type SceneFiles, type StoreContext } from "./context";
import { admitScene, encodeAgain, encodeScene, encodeScenes } from "./encodeJobs";
import { doEdit } from "./edits";
import { clampSeed, clampSlots, maxScenes } from "./limits";
import { prepareFiles } from "./preparation";
import { fileTitle, freeLetter, sourceTitle } from "./sceneNames";
import { findScene } from "./selectors";
import type { Scene, SceneId, SceneSource, ScenesSlice } from "./state";

/** A scene of which nothing is known but where it comes from. */
export const blankScene = (id: SceneId, letter: string, source: SceneSource): Scene => ({
  id,
  letter,
  title: sourceTitle(source),
  source,
  fit: "crop",
  slotSeed: 0,
  numSlots: null,
  groundTruth: null,
  objects: [],
  encoding: { status: "preparing" },
  placed: [],
  isOwnOrder: true,
  render: { status: "none" },
});

/** An id for a scene. */
export const newSceneId = (context: StoreContext): SceneId => `scene-${newId(context)}`;

/** How a sample's picture and mask are read, or null where this page has no such sample. */
export function sampleReader(
  { services }: StoreContext,
  id: string,
): (() => Promise<SceneFiles>) | null {
  const sample = services.samples.find((one) => one.id === id);
  if (!sample) return null;
  return async () => {
    const [image, mask] = await Promise.all([
      services.fetchBytes(sample.url),
      services.fetchBytes(sample.maskUrl),
    ]);
    return { image, mask };
  };
}

/** Adds a scene, if there is room, and encodes it. */
export async function addScene(
  context: StoreContext,
  source: SceneSource,
  prepare: Prepare,
  original: Blob | null = null,
): Promise<void> {
  const { scenes, notify } = context.store.getState();
  if (scenes.length >= maxScenes) {
    const text = `There is room for ${maxScenes} scenes: “${sourceTitle(source)}” was left out. Remove a scene first.`;
    return notify("info", text);
  }
  const scene = blankScene(newSceneId(context), freeLetter(scenes), source);
  admitScene(context, scene.id, prepare, original);
  context.store.setState({ scenes: [...scenes, scene] });
  await encodeScene(context, scene.id);
}

/** Adds a sample, or says that there is none of that name. */
export async function addSample(context: StoreContext, id: string): Promise<void> {
  const read = sampleReader(context, id);
  if (!read) return context.store.getState().notify("error", `There is no sample ${id}.`);
  await addScene(context, { kind: "sample", id }, prepareFiles(context, read));
}

async function addFiles(context: StoreContext, files: Iterable<Blob>): Promise<void> {
  const adding = Array.from(files, (image) => {
    const read = () => Promise.resolve({ image, mask: null });
    const source = { kind: "upload", name: fileTitle(image) } as const;
    return addScene(context, source, prepareFiles(context, read), image);
  });
  await Promise.all(adding);
}

/** Adds scenes for the visitor, and marks the last of them to be brought into view. */
export function addInView({ store }: StoreContext, adding: () => Promise<void>): Promise<void> {
  const before = store.getState().scenes.length;
  const added = adding(); // scenes are on the page before the first wait
  const { scenes } = store.getState();
  if (scenes.length > before) store.setState({ newest: scenes.at(-1)?.id ?? null });
  return added;
}

function removeScene(context: StoreContext, id: SceneId): void {
  const scene = findScene(context.store.getState().scenes, id);
  if (!scene) return;
  doEdit(context, { label: `Scene ${scene.letter} removed.`, lists: [], remove: [id], add: [] });
}

/** The scenes' state and actions. */
export const createScenesSlice = (context: StoreContext): ScenesSlice => ({
  samples: context.services.samples,
  scenes: [],
  newest: null,
  addSample: (id) => addInView(context, () => addSample(context, id)),
  addFiles: (files) => addInView(context, () => addFiles(context, files)),
  removeScene: (id) => removeScene(context, id),
  retryScene: (id) => encodeScene(context, id),
  setFit: async (id, fit) => {
    if (findScene(context.store.getState().scenes, id)?.fit === fit) return;
    patchScene(context, id, { fit });
    await encodeScene(context, id);
  },
  setSlotSeed: async (id, seed) => {
    if (Number.isNaN(seed)) return;
    patchScene(context, id, { slotSeed: clampSeed(seed) });
    await encodeAgain(context, id);
  },
  setNumSlots: async (id, numSlots) => {
    if (numSlots !== null && Number.isNaN(numSlots)) return;
    patchScene(context, id, { numSlots: numSlots === null ? null : clampSlots(numSlots) });
    await encodeAgain(context, id);
  },
  encodeAll: () => encodeScenes(context),
});
