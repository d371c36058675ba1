/**
 * The trainer: all stages, one step at a time. The same in the tab and in Node; who calls it owns progress, checkpoints,
 * evaluation and cancelling, which all may happen between two reports.
 */
import type { ModelConfig } from "../slotdiffusion/config";

import { createBindingStepper } from "./bindingStage";
import type { ImageSource } from "./images";
import { nextTask } from "./nextTask";
import type { StepResult } from "./optimize";
import type { StageRecipe } from "./recipe";
import { cacheLatents, createSlotsStepper } from "./slotsStage";
import { beginStage, type TrainState } from "./state";
import { createVqvaeStepper, type VqvaeStepResult } from "./vqvaeStage";

export type TrainContext = {
  config: ModelConfig;
  recipe: StageRecipe;
  images: ImageSource;
  /** Changed by every step. */
  state: TrainState;
  signal?: AbortSignal | undefined;
  /** Images whose latents are computed between two reports. */
  latentsAtOnce?: number | undefined;
};

/** How far a run is; `step` counts the steps of its stage that are done. */
export type Report = { step: number; steps: number; stepsPerSecond: number } & (
  | ({ stage: "vqvae" } & VqvaeStepResult)
  | ({ stage: "binding" | "slots" } & StepResult)
  /** Steps are images here. */
  | { stage: "latents" }
);

/**
 * Trains until the recipe's steps are done; yields after each. Throws signal.reason on abort, between steps.
 * @param now - milliseconds
 */
export async function* train(
  context: TrainContext,
  now: () => number,
): AsyncGenerator<Report, void> {
  const { config, recipe, images, state } = context;
  if (state.stage === "vqvae") {
    const takeStep = createVqvaeStepper(context);
    yield* repeat(context, recipe.vqvae.steps, now, async () => ({
      stage: "vqvae" as const,
      ...(await takeStep()),
    }));
    await beginStage(config, recipe, state, recipe.binding ? "binding" : "slots");
  }
  if (state.stage === "binding" && recipe.binding) {
    const takeStep = createBindingStepper(context, recipe.binding);
    yield* repeat(context, recipe.binding.steps, now, async () => ({
      stage: "binding" as const,
      ...(await takeStep()),
    }));
    await beginStage(config, recipe, state, "slots");
  }
  if (!state.latents) {
    let [before, done] = [now(), 0];
    for await (const step of cacheLatents(context)) {
      const after = now();
      await nextTask();
      const stepsPerSecond = (1000 * (step - done)) / (after - before);
      yield { stage: "latents", step, steps: images.count, stepsPerSecond };
      [before, done] = [now(), step];
    }
  }
  const takeStep = createSlotsStepper(context);
  yield* repeat(context, recipe.slots.steps, now, async () => ({
    stage: "slots" as const,
    ...(await takeStep()),
  }));
}

/** Passes over stages that have no steps, so that the state is at the first step there is to take. */
export async function skipEmptyStages({
  config,
  recipe,
  state,
}: Pick<TrainContext, "config" | "recipe" | "state">): Promise<void> {
  if (state.stage === "vqvae" && recipe.vqvae.steps === 0)
    await beginStage(config, recipe, state, recipe.binding ? "binding" : "slots");
  if (state.stage === "binding" && !recipe.binding?.steps)
    await beginStage(config, recipe, state, "slots");
}

/** Takes steps until the state has counted `steps` of them. */
async function* repeat<R>(
  { state, signal }: TrainContext,
  steps: number,
  now: () => number,
  takeStep: () => Promise<R>,
): AsyncGenerator<R & { step: number; steps: number; stepsPerSecond: number }, void> {
  while (state.step < steps) {
    signal?.throwIfAborted();
    const before = now();
    const result = await takeStep();
    await nextTask();
    yield { ...result, step: state.step, steps, stepsPerSecond: 1000 / (now() - before) };
  }
}
