/** Variants: one scene's slots drawn with several seeds in one batch. */
import type { Pixels } from "../engine/protocol";
import { engineOf, errorText, type StoreContext } from "./context";
import { doEdit } from "./edits";
import { cancelRender, finishRender, isFrameKept } from "./generateJobs";
import { maxSeed } from "./limits";
import { originsOf, slotKeys } from "./placement";
import { findScene } from "./selectors";
import { slotVectors } from "./slotVectors";
import type { AppState, Scene, SceneId } from "./state";
import type { VariantsAsked } from "./compositionState";
import { whyNotDraw } from "./whyNotDraw";

/** Variants of one batch. */
export const variantCounts = [2, 3, 4, 5, 6] as const;

const seedsFrom = (seed: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => (seed + k) % (maxSeed + 1));

/** Whether the page's variants are still those that were asked for. */
const areMine = ({ variants }: AppState, { seeds }: VariantsAsked): boolean =>
  variants.status !== "none" && variants.seeds === seeds;

/** Whether nothing that the pictures are made of has changed since `start`. */
function isWanted(now: AppState, start: AppState, asked: VariantsAsked): boolean {
  const scene = findScene(now.scenes, asked.sceneId);
  if (!scene || !areMine(now, asked) || now.model !== start.model) return false;
  const isSame = (id: SceneId): boolean =>
    findScene(now.scenes, id)?.encoding === findScene(start.scenes, id)?.encoding;
  return (
    slotKeys(scene.placed) === asked.slotKeys &&
    scene.placed.flatMap(originsOf).every(({ sceneId }) => isSame(sceneId))
  );
}

/** Draws a scene with `count` seeds; newer variants, and edits of what they are made of, end it. */
export async function drawVariants(
  context: StoreContext,
  id: SceneId,
  count: number,
): Promise<void> {
  const { store } = context;
  const state = store.getState();
  const scene = findScene(state.scenes, id);
  const reason = whyNotDraw(state, id);
  if (reason !== null) state.notify("info", reason);
  if (reason !== null || !scene) return;
  const { settings } = state;
  const seeds = seedsFrom(settings.seed, count);
  const asked = { sceneId: id, slotKeys: slotKeys(scene.placed), settings, seeds };
  const waiting = { status: "running" as const, step: 0, totalSteps: settings.steps, previews: [] };
  store.setState({ variants: { ...asked, ...waiting } });
  const controller = new AbortController();
  const stop = store.subscribe((now) => {
    if (!isWanted(now, state, asked)) controller.abort();
  });
  try {
    await runVariants(context, scene, asked, controller.signal);
  } catch (error) {
    if (!areMine(store.getState(), asked)) return;
    const failed = { ...asked, status: "failed", message: errorText(error) } as const;
    store.setState({ variants: controller.signal.aborted ? { status: "none" } : failed });
  } finally {
    stop();
  }
}

async function runVariants(
  context: StoreContext,
  { letter, placed }: Scene,
  asked: VariantsAsked,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  const { settings, seeds } = asked;
  const slots = slotVectors(store.getState().scenes, placed);
  const frames: Pixels[][] = [];
  const args = { ...settings, slots, numSlots: placed.length, seeds };
  const { images, elapsedMs } = await engineOf(context).call("generateVariants", args, {
    signal,
    onProgress: (frame) => {
      if (signal.aborted) return;
      if (isFrameKept(frame.step, frame.totalSteps)) frames.push(frame.previews);
      store.setState({ variants: { ...asked, status: "running", ...frame } });
    },
  });
  signal.throwIfAborted();
  store.setState({
    variants: { ...asked, status: "done", images, frames, elapsedMs },
    announcement: `${images.length} variants of scene ${letter} are ready.`,
  });
}

/** Whether the variants are of the slots that their scene has now. */
export const areVariantsCurrent = ({ scenes, variants }: AppState): boolean =>
  variants.status !== "none" &&
  slotKeys(findScene(scenes, variants.sceneId)?.placed ?? []) === variants.slotKeys;

/** Makes the variant of a seed its scene's picture, and its seed the page's; undo brings the seed before back. */
export function keepVariant(context: StoreContext, seed: number): void {
  const state = context.store.getState();
  const { variants } = state;
  const k = "seeds" in variants ? variants.seeds.indexOf(seed) : -1;
  const image = variants.status === "done" ? variants.images[k] : undefined;
  if (variants.status !== "done" || !image) return;
  if (!areVariantsCurrent(state))
    return state.notify("info", "The slots have changed since: draw the variants again.");
  const { sceneId, seeds, frames, elapsedMs } = variants;
  const settings = { ...variants.settings, seed };
  const letter = findScene(state.scenes, sceneId)?.letter ?? "?";
  cancelRender(context, sceneId);
  finishRender(context, sceneId, {
    image,
    slotKeys: variants.slotKeys,
    settings,
    elapsedMs,
    msPerStep: elapsedMs / settings.steps,
    frames: frames.flatMap((previews) => previews[k] ?? []),
    batch: seeds.length,
    shuffled: null,
  });
  const label = `Variant with seed ${seed} kept for scene ${letter}.`;
  const value = { value: settings, of: sceneId };
  doEdit(context, { label, lists: [], remove: [], add: [], settings: value });
}
