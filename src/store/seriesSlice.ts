/** The endless source of scenes: kind and seed name a series, and each press draws the next of it. */
import type { SceneRef } from "../engine/protocol";
import type { StoreContext } from "./context";
import { clampSeed, maxScenes } from "./limits";
import { prepareGenerated } from "./preparation";
import { addInView, addScene } from "./scenesSlice";
import type { Scene, SeriesSlice } from "./state";

/** No shipped model has seen a scene of this seed; they learn from seed 1. */
export const firstSeed = 7;

const isOf =
  ({ kind, seed, index }: SceneRef) =>
  ({ source }: Scene): boolean =>
    source.kind === "generated" &&
    source.scene.kind === kind &&
    source.scene.seed === seed &&
    source.scene.index === index;

/** Adds the next scene of the series that is not on the page already. */
export async function drawScene(context: StoreContext): Promise<void> {
  const { series, scenes } = context.store.getState();
  const { kind, seed } = series;
  let { index } = series;
  while (scenes.some(isOf({ kind, seed, index }))) index++;
  if (scenes.length < maxScenes)
    context.store.setState({ series: { ...series, index: clampSeed(index + 1) } });
  const scene = { kind, seed, index };
  await addScene(context, { kind: "generated", scene }, prepareGenerated(context, scene));
}

/** The series' state and actions. */
export const createSeriesSlice = (context: StoreContext): SeriesSlice => ({
  series: { kind: "clevr", seed: firstSeed, index: 0, isKindChosen: false },
  drawScene: () => addInView(context, () => drawScene(context)),
  setSeries: ({ kind, seed }) => {
    const { series } = context.store.getState();
    if (seed !== undefined && Number.isNaN(seed)) return;
    context.store.setState({
      series: {
        kind: kind ?? series.kind,
        seed: clampSeed(seed ?? series.seed),
        index: 0,
        isKindChosen: series.isKindChosen || kind !== undefined,
      },
    });
  },
});
