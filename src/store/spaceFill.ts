/** Scenes on their way into the library: those of the Play page at once, generated ones one after another. */
import type { SceneRef } from "../engine/protocol";
import { isAbort } from "../errors";
import { engineOf, errorText, report } from "./context";
import { isCurrent } from "./encodeJobs";
import { analyse } from "./spaceAnalysis";
import { admit, modelInUse, patchSpace, spaceOf, type SpaceWork } from "./spaceContext";
import { arrivalOf, generatedId, generatedTitle, toArrival, type Arrival } from "./spaceLibrary";
import { maxFill } from "./spaceState";

/** Scenes between two looks at map and concepts while the library fills. */
const scenesPerLook = 8;

function pageArrivals({ context }: SpaceWork): Arrival[] {
  const { scenes } = context.store.getState();
  const ready = scenes.filter((scene) => isCurrent(context, scene));
  return ready.map(arrivalOf).filter((arrival) => arrival !== null);
}

/** Adds every scene of the Play page that has slots. */
export async function addPageScenes(work: SpaceWork): Promise<void> {
  const { context } = work;
  if (!modelInUse(context)) return;
  const arrivals = pageArrivals(work);
  if (arrivals.length === 0) {
    const text = "No scene of the Play page has slots yet. Add one there, or wait for its masks.";
    return context.store.getState().notify("info", text);
  }
  try {
    admit(work, arrivals);
    context.store.setState({ announcement: `${arrivals.length} scenes are in the library.` });
  } catch (error) {
    report(context, error);
  }
  await analyse(work);
}

/** A library that nobody has touched takes the scenes of the Play page. */
export async function openSpace(work: SpaceWork): Promise<void> {
  const { library } = spaceOf(work.context);
  if (library === null && pageArrivals(work).length > 0) await addPageScenes(work);
}

/** The next scenes of a series that the library lacks. */
function nextScenes(
  { context }: SpaceWork,
  series: Omit<SceneRef, "index">,
  count: number,
): SceneRef[] {
  const known = new Set(spaceOf(context).scenes.map(({ id }) => id));
  const refs: SceneRef[] = [];
  for (let index = 0; refs.length < count; index++) {
    const ref = { ...series, index };
    if (!known.has(generatedId(ref))) refs.push(ref);
  }
  return refs;
}

async function fetchScene(
  { context }: SpaceWork,
  ref: SceneRef,
  signal: AbortSignal,
): Promise<Arrival> {
  const engine = engineOf(context);
  const { pixels, display } = await engine.call("renderScene", ref, { signal });
  display.close();
  const args = { input: pixels, seed: 0, groundTruth: null };
  const encoding = await engine.call("encode", args, { signal });
  const known = { id: generatedId(ref), title: generatedTitle(ref), picture: pixels };
  return toArrival(known, encoding);
}

/** @returns scenes added; fewer where another model came meanwhile */
async function fill(work: SpaceWork, refs: SceneRef[], signal: AbortSignal): Promise<number> {
  const { context } = work;
  const { current } = context.loads;
  const total = refs.length;
  for (const [done, ref] of refs.entries()) {
    patchSpace(context, { filling: { status: "running", progress: { done, total } } });
    const arrival = await fetchScene(work, ref, signal);
    signal.throwIfAborted();
    if (context.loads.current !== current) return done;
    admit(work, [arrival]);
    if ((done + 1) % scenesPerLook === 0) void analyse(work);
  }
  return total;
}

/** Generates scenes and adds them; scenes that came before a cancel or a failure stay. */
export async function addGenerated(
  work: SpaceWork,
  series: Omit<SceneRef, "index">,
  count: number,
): Promise<void> {
  const { context, jobs } = work;
  if (jobs.filling || !(count >= 1) || !modelInUse(context)) return;
  const { signal } = (jobs.filling = new AbortController());
  try {
    const added = await fill(work, nextScenes(work, series, Math.min(count, maxFill)), signal);
    patchSpace(context, { filling: { status: "done", result: { added } } });
    context.store.setState({ announcement: `${added} scenes are in the library.` });
  } catch (error) {
    report(context, error);
    const message = errorText(error);
    patchSpace(context, {
      filling: isAbort(error) ? { status: "none" } : { status: "failed", message },
    });
  } finally {
    jobs.filling = null;
  }
  await analyse(work);
}
