/** The stage between: encoder and Slot Attention learn to draw pictures through a small decoder, so that slots bind to objects. */
import { bindingLoss } from "../slotdiffusion/binding";

import { createBatchOrder, stepRng } from "./draws";
import { readBatch } from "./images";
import { optimize, type StepResult } from "./optimize";
import type { BindingRecipe } from "./recipe";
import type { TrainContext } from "./trainer";

/** A function that takes one step after another. */
export function createBindingStepper(
  { config, recipe, images, state }: TrainContext,
  settings: BindingRecipe,
) {
  const order = createBatchOrder(recipe.seed, images.count, settings.batch);
  return async (): Promise<StepResult> => {
    const { step } = state;
    const rng = stepRng(recipe.seed, "binding", step);
    return optimize(state, settings, (params, pass) => {
      const { broadcast } = params;
      if (!broadcast) throw new Error("bindingStage: expected its decoder's parameters, got none.");
      const batch = readBatch(images, order(step * settings.accumulate + pass));
      const { side, places, attnWeight } = settings;
      const cells = Array.from({ length: places }, () => Math.floor(rng() * side * side));
      return bindingLoss(params, broadcast, config, batch, {
        side,
        cells,
        slotNoise: rng,
        attnWeight,
      });
    });
  };
}
