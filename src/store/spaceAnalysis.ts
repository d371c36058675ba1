/** The map and the concepts of the library: computed in workers, and again while the library changes. */
import { liveRows, type SlotLibrary } from "../slotspace/library";
import type { UmapStep } from "../slotspace/projection";
import { isAbort } from "../errors";
import { errorText, report } from "./context";
import { createNewsBatch } from "./newsBatch";
import { patchSpace, spaceOf, type SpaceWork } from "./spaceContext";
import { rollFor } from "./spaceSample";
import { conceptLimits, type FoundConcepts, type Space } from "./spaceState";
import { askSpace } from "./spaceWorker";

/** Slots that a map needs. */
const minMapped = 2;

/** Same library, same concepts and same map. */
const seed = 0;

const isMapped = ({ library, map }: Space): boolean => map?.library === library;
const hasConcepts = ({ library, concepts, numConcepts }: Space): boolean =>
  concepts?.library === library && concepts?.asked === numConcepts;

/** Brings map and concepts up to date; a call while that is under way changes nothing, for the end looks again. */
export async function analyse(work: SpaceWork): Promise<void> {
  const { context, jobs } = work;
  if (jobs.isAnalysing) return;
  jobs.isAnalysing = true;
  try {
    while (await analyseOnce(work));
  } catch (error) {
    if (!isAbort(error)) patchSpace(context, { problem: errorText(error) });
  } finally {
    jobs.isAnalysing = false;
  }
}

/** @returns whether the library has changed meanwhile; one that is being filled calls again by itself */
async function analyseOnce(work: SpaceWork): Promise<boolean> {
  const { context } = work;
  const { library } = spaceOf(context);
  if (!library || library.origins.length < minMapped) {
    patchSpace(context, { map: null, concepts: null, problem: null });
    return false;
  }
  if (!isMapped(spaceOf(context))) await mapPca(work, library);
  if (!hasConcepts(spaceOf(context))) await cluster(work, library);
  const space = spaceOf(context);
  return space.filling.status !== "running" && !(isMapped(space) && hasConcepts(space));
}

/** A signal that nothing aborts: these tasks take a second at most. */
const noSignal = (): AbortSignal => new AbortController().signal;

async function mapPca({ context }: SpaceWork, library: SlotLibrary): Promise<void> {
  const { slots, slotSize } = library;
  const port = context.services.spaceWorker();
  const found = await askSpace(port, "pca", { slots, slotSize }, { signal: noSignal() });
  if (spaceOf(context).library?.origins.length === 0) return; // emptied meanwhile
  patchSpace(context, { map: { kind: "pca", library, ...found }, problem: null });
}

async function cluster({ context }: SpaceWork, library: SlotLibrary): Promise<void> {
  const { numConcepts: asked } = spaceOf(context);
  if (liveRows(library).length === 0) {
    const none = { concepts: [], labels: new Int32Array(library.origins.length).fill(-1) };
    return takeConcepts(context, { ...none, background: null, inertia: 0, library, asked });
  }
  const port = context.services.spaceWorker();
  const args = { library, numConcepts: asked, seed };
  const found = await askSpace(port, "concepts", args, { signal: noSignal() });
  if (spaceOf(context).library?.origins.length === 0) return;
  takeConcepts(context, { ...found, library, asked });
}

/** New concepts are other concepts: the dice choose anew how many slots of each. */
function takeConcepts(context: SpaceWork["context"], concepts: FoundConcepts): void {
  const { sample } = spaceOf(context);
  const counts = rollFor(context, concepts, sample.seed);
  patchSpace(context, { concepts, problem: null, sample: { ...sample, counts } });
}

/** Other concepts, as many as asked for. */
export async function setNumConcepts(work: SpaceWork, numConcepts: number): Promise<void> {
  const { fewest, most } = conceptLimits;
  if (Number.isNaN(numConcepts)) return;
  const wanted = Math.min(most, Math.max(fewest, Math.round(numConcepts)));
  patchSpace(work.context, { numConcepts: wanted });
  await analyse(work);
}

/** The map of principal components in place of UMAP's. */
export async function showPca(work: SpaceWork): Promise<void> {
  const { context, jobs } = work;
  jobs.umap?.abort();
  const { map, library } = spaceOf(context);
  if (map?.kind === "umap" && library)
    await mapPca(work, library).catch((error: unknown) => report(context, error));
}

/** Lays the library out by UMAP; a newer call takes over. */
export async function startUmap({ context, jobs }: SpaceWork): Promise<void> {
  const { library } = spaceOf(context);
  if (!library) return;
  jobs.umap?.abort();
  const controller = (jobs.umap = new AbortController());
  const { signal } = controller;
  patchSpace(context, { umap: { status: "running", progress: null } });
  const show = (points: Float32Array, isWhole: boolean): void =>
    patchSpace(context, { map: { kind: "umap", library, points, isWhole } });
  const batch = createNewsBatch<UmapStep>(context.services.now, (news) => {
    const step = news.at(-1);
    if (!step || signal.aborted) return;
    const { stage, done, total } = step;
    patchSpace(context, { umap: { status: "running", progress: { stage, done, total } } });
    if (step.stage === "layout") show(step.points, false);
  });
  try {
    const { slots, slotSize } = library;
    const args = { matrix: { slots, slotSize }, seed };
    const port = context.services.spaceWorker();
    const points = await askSpace(port, "umap", args, { signal, onProgress: batch.add });
    batch.flush();
    show(points, true);
    context.store.setState({ announcement: `UMAP of ${library.origins.length} slots is done.` });
    patchSpace(context, { umap: { status: "done", result: null } });
  } catch (error) {
    report(context, error);
    if (jobs.umap !== controller) return; // a newer one has begun
    const message = errorText(error);
    patchSpace(context, {
      umap: isAbort(error) ? { status: "none" } : { status: "failed", message },
    });
  }
}
