/** Scenes drawn from the library: how many slots of each concept, which ones, and the picture that the model makes of them. */
import { mulberry32 } from "../math/random";
import { rowAt } from "../slotspace/library";
import { joinFloats } from "../math/join";
import { drawCounts, sampleScene } from "../slotspace/sampleScene";
import { engineOf, errorText, report, type StoreContext } from "./context";
import { clampSeed, maxSlots } from "./limits";
import { modelInUse, patchSpace, spaceOf, type SpaceWork } from "./spaceContext";
import type { FoundConcepts, SpaceSample } from "./spaceState";

const patchSample = (context: StoreContext, change: Partial<SpaceSample>): void =>
  patchSpace(context, { sample: { ...spaceOf(context).sample, ...change } });

/** Counts that the dice choose: a scene of as many slots as the model uses, or as the library has. */
export function rollFor(context: StoreContext, concepts: FoundConcepts, seed: number): number[] {
  const { model } = context.store.getState();
  const wanted = model.status === "ready" ? model.info.numSlots : 0;
  const numBackgrounds = concepts.background === null ? 0 : 1;
  const numObjects = concepts.concepts.reduce(
    (sum, { rows }, concept) => sum + (concept === concepts.background ? 0 : rows.length),
    0,
  );
  return drawCounts(concepts, Math.min(wanted, numObjects + numBackgrounds), mulberry32(seed));
}

/** Lets the dice choose how many slots of each concept. */
export function rollCounts({ context }: SpaceWork, seed: number): void {
  const { concepts } = spaceOf(context);
  if (!concepts || Number.isNaN(seed)) return;
  const clamped = clampSeed(seed);
  patchSample(context, { seed: clamped, counts: rollFor(context, concepts, clamped) });
}

/** Takes so many slots of a concept, as far as it has them; of the background one at most. */
export function setConceptCount({ context }: SpaceWork, concept: number, count: number): void {
  const { concepts, sample } = spaceOf(context);
  const found = concepts?.concepts[concept];
  if (!concepts || !found || Number.isNaN(count)) return;
  const most = concept === concepts.background ? 1 : found.rows.length;
  const counts = concepts.concepts.map((_, i) => sample.counts[i] ?? 0);
  counts[concept] = Math.min(most, Math.max(0, Math.round(count)));
  patchSample(context, { counts });
}

/** Why no scene can be drawn now, as a sentence; null when it can. */
function whyNot({ context }: SpaceWork, counts: readonly number[]): string | null {
  const { model, concepts } = spaceOf(context);
  const { model: inUse } = context.store.getState();
  if (!concepts || concepts.concepts.length === 0)
    return "The library has no concepts yet. Add scenes.";
  if (inUse.status === "ready" && model?.hash !== inUse.info.hash)
    return "The library's slots are of another model. Add scenes anew.";
  const numSlots = counts.reduce((sum, count) => sum + count, 0);
  if (numSlots === 0) return "No slot is asked for. Choose at least one.";
  return numSlots > maxSlots ? `A scene takes ${maxSlots} slots at most. Ask for fewer.` : null;
}

/** Draws slots by the counts, and a picture of them; a newer call takes over. */
export async function drawSample(work: SpaceWork, seed: number): Promise<void> {
  const { context, jobs } = work;
  const { concepts, sample } = spaceOf(context);
  if (Number.isNaN(seed) || !modelInUse(context)) return;
  const reason = whyNot(work, sample.counts);
  if (reason !== null || !concepts)
    return context.store.getState().notify("info", reason ?? "The library is empty. Add scenes.");
  jobs.sample?.abort();
  const controller = (jobs.sample = new AbortController());
  try {
    await render(work, concepts, clampSeed(seed), controller.signal);
  } catch (error) {
    if (controller.signal.aborted || jobs.sample !== controller) return;
    report(context, error);
    patchSample(context, { render: { status: "failed", message: errorText(error) } });
  }
}

async function render(
  { context }: SpaceWork,
  concepts: FoundConcepts,
  seed: number,
  signal: AbortSignal,
): Promise<void> {
  const { counts } = spaceOf(context).sample;
  const rows = sampleScene({ concepts, counts, rng: mulberry32(seed) });
  const drawn = rows.map((row) => rowAt(concepts.library, row));
  const slots = drawn.map(({ sceneId, index }) => ({ sceneId, index }));
  const busy = { status: "running", step: 0, totalSteps: 0, preview: null } as const;
  patchSample(context, { seed, slots, render: busy });
  const vectors = joinFloats(drawn.map(({ slot }) => slot));
  const { settings } = context.store.getState();
  const args = { ...settings, seed, slots: vectors, numSlots: rows.length };
  const frames = engineOf(context).generate(args, signal);
  for (;;) {
    const next = await frames.next();
    if (signal.aborted) return;
    if (!next.done) {
      patchSample(context, { render: { status: "running", ...next.value } });
      continue;
    }
    const { image, elapsedMs } = next.value;
    patchSample(context, { render: { status: "done", image, elapsedMs, seed, counts } });
    return context.store.setState({ announcement: `The scene of ${rows.length} slots is drawn.` });
  }
}

/** Ends the picture under way. */
export function cancelSample({ context, jobs }: SpaceWork): void {
  jobs.sample?.abort();
  const { render } = spaceOf(context).sample;
  if (render.status === "running") patchSample(context, { render: { status: "none" } });
}
