/** Slot space: the library, its map and concepts, and scenes drawn from it. */
import type { StoreContext } from "./context";
import { analyse, setNumConcepts, showPca, startUmap } from "./spaceAnalysis";
import { clearLibrary, createSpaceJobs, patchSpace, removeScene, spaceOf } from "./spaceContext";
import { addGenerated, addPageScenes, openSpace } from "./spaceFill";
import { emptySpace } from "./spaceLibrary";
import { cancelSample, drawSample, rollCounts, setConceptCount } from "./spaceSample";
import type { SpaceSlice } from "./spaceState";
import type { SlotRef } from "./state";

function pickSlot(context: StoreContext, picked: SlotRef | null): void {
  const scene = spaceOf(context).scenes.find(({ id }) => id === picked?.sceneId);
  patchSpace(context, { picked });
  const words = picked && scene ? `${scene.title}, slot ${picked.index + 1}, picked.` : "";
  context.store.setState({ announcement: words });
}

/** Slot space's state and actions. */
export function createSpaceSlice(context: StoreContext): SpaceSlice {
  const work = { context, jobs: createSpaceJobs() };
  return {
    space: emptySpace,
    openSpace: () => void openSpace(work),
    addPageScenes: () => void addPageScenes(work),
    addGeneratedScenes: (series, count) => addGenerated(work, series, count),
    cancelFilling: () => work.jobs.filling?.abort(),
    removeLibraryScene: (id) => {
      removeScene(work, id);
      void analyse(work);
    },
    emptyLibrary: () => {
      work.jobs.filling?.abort();
      clearLibrary(work);
      void analyse(work);
    },
    setNumConcepts: (numConcepts) => void setNumConcepts(work, numConcepts),
    startUmap: () => startUmap(work),
    stopUmap: () => work.jobs.umap?.abort(),
    showPca: () => void showPca(work),
    pickSlot: (picked) => pickSlot(context, picked),
    setConceptCount: (concept, count) => setConceptCount(work, concept, count),
    rollCounts: (seed) => rollCounts(work, seed),
    sampleScene: (seed) => drawSample(work, seed),
    cancelSample: () => cancelSample(work),
  };
}
