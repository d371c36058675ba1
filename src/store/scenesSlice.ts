/** The scenes on the page: how they come, change and go. */
import { newId, patchScene, type SceneFiles, type StoreContext } from "./context";
import { admitScene, encodeAgain, encodeScene, encodeScenes } from "./encodeJobs";
import { doEdit } from "./edits";
import { clampSeed, maxScenes } from "./limits";
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
  groundTruth: null,
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
async function addScene(
  context: StoreContext,
  source: SceneSource,
  read: () => Promise<SceneFiles>,
): Promise<void> {
  const { scenes, notify } = context.store.getState();
  if (scenes.length >= maxScenes) {
    const text = `There is room for ${maxScenes} scenes: “${sourceTitle(source)}” was left out. Remove a scene first.`;
    return notify("info", text);
  }
  const scene = blankScene(newSceneId(context), freeLetter(scenes), source);
  admitScene(context, scene.id, read);
  context.store.setState({ scenes: [...scenes, scene] });
  await encodeScene(context, scene.id);
}

async function addSample(context: StoreContext, id: string): Promise<void> {
  const read = sampleReader(context, id);
  if (!read) return context.store.getState().notify("error", `There is no sample ${id}.`);
  await addScene(context, { kind: "sample", id }, read);
}

async function addFiles(context: StoreContext, files: Iterable<Blob>): Promise<void> {
  const adding = Array.from(files, (image) =>
    addScene(context, { kind: "upload", name: fileTitle(image) }, () =>
      Promise.resolve({ image, mask: null }),
    ),
  );
  await Promise.all(adding);
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
  addSample: (id) => addSample(context, id),
  addFiles: (files) => addFiles(context, files),
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
  encodeAll: () => encodeScenes(context),
});
