/** From a plan to what the trainer goes by. Pure: a run is rebuilt from its plan each time it is taken up. */
import { InputError } from "../../errors";
import { tokenGrid, type ModelConfig } from "../../slotdiffusion/config";
import { stagesSchema, type StageRecipe } from "../../train/recipe";
import { setLimits } from "../protocol/sets";
import { runStages, type RunPlan, type RunStage } from "../protocol/training";

/** Sides of the picture that the binding stage draws: the largest that divides the model's and is no larger. */
const bindingSide = 32;

/** Most generated scenes: as many as the command line's recipe, 240 MB of bytes at 64x64. */
export const mostScenes = 20_000;

const learnsVqvae = ({ learn, isFromScratch }: RunPlan): boolean =>
  isFromScratch || learn === "vqvae";

/** The configuration of the model that a run trains. @param parent - the model that it starts from */
export function planConfig(plan: RunPlan, parent: ModelConfig): ModelConfig {
  const numSlots = plan.numSlots ?? parent.slot_dict.num_slots;
  const config = {
    ...parent,
    name: plan.name,
    slot_dict: { ...parent.slot_dict, num_slots: numSlots },
  };
  if (!learnsVqvae(plan)) return config;
  const { preview: _, ...rest } = config; // a map from the parent's latents; this run's will be others
  return plan.isFromScratch ? { ...rest, vae: { ...rest.vae, scale_factor: 1 } } : rest;
}

/**
 * The recipe of a plan. The plan's rate is that of the encoder in the last stage, and the U-Net's is `unetFactor` times as
 * large; the earlier stages have shares of it. From scratch these are those of models/sprites/training.json, 1e-3 for the
 * VQ-VAE and 8e-4 for binding where the last stage has 2e-5, and no larger for a larger rate. Tuning takes smaller ones, so
 * that what is known is kept.
 */
export function planRecipe(plan: RunPlan, config: ModelConfig): StageRecipe {
  const { isFromScratch, learn, lr, batch, seed } = plan;
  const vqvaeSteps = learnsVqvae(plan) ? plan.steps.vqvae : 0;
  const { binding, slots } = plan.steps;
  const side = largestDivisor(config.resolution[0], bindingSide);
  const attnWeight = tokenGrid(config).every((tokens) => tokens % side === 0) ? 1 : 0;
  return stagesSchema.parse({
    seed,
    ...(isFromScratch ? {} : { start: plan.parent.id }),
    vqvae: {
      ...{
        steps: vqvaeSteps,
        batch,
        lr: isFromScratch ? Math.min(lr * 50, 1e-3) : lr * 4,
        beta2: 0.99,
      },
      warmup: warmupOf(vqvaeSteps, 100),
      // Codes that come from the parent stay; new ones are set when the encoder has found its range.
      quantizeFrom: isFromScratch ? Math.min(300, Math.ceil(vqvaeSteps / 8)) : 0,
      reseedUntil: Math.floor(0.75 * vqvaeSteps),
    },
    ...(binding > 0 && {
      binding: {
        ...{ steps: binding, batch, lr: isFromScratch ? Math.min(lr * 40, 8e-4) : lr * 4 },
        ...{ warmup: warmupOf(binding, 200), side, places: Math.min(256, side * side), attnWeight },
      },
    }),
    slots: {
      ...{ steps: slots, batch, lr, decoderLr: lr * plan.unetFactor },
      ...{ warmup: warmupOf(slots, 300), emaDecay: 0.9995, initialSigma: 0.7 },
      // Our models predict x0 and see noisy times more often; others are trained as the official code does.
      times: config.diffusion.pred_target === "x0" ? "sqrt" : "uniform",
      learn: isFromScratch || learn === "vqvae" ? "all" : learn,
      keepScale: !learnsVqvae(plan),
    },
  });
}

/** A tenth of the stage, and no more than the long recipes take. */
const warmupOf = (steps: number, most: number): number => Math.min(most, Math.ceil(steps / 10));

function largestDivisor(value: number, most: number): number {
  for (let divisor = Math.min(value, most); divisor > 1; divisor--)
    if (value % divisor === 0) return divisor;
  return 1;
}

/** Steps that each stage takes. */
export const stageSteps = ({ vqvae, binding, slots }: StageRecipe): Record<RunStage, number> => ({
  vqvae: vqvae.steps,
  binding: binding?.steps ?? 0,
  slots: slots.steps,
});

/** The first stage that has steps; the last where none has. */
export const firstStage = (recipe: StageRecipe): RunStage =>
  runStages.find((stage) => stageSteps(recipe)[stage] > 0) ?? "slots";

/** What a plan's pictures are, as far as a plan must fit them. */
export type PlannedPictures = {
  count: number;
  resolution: readonly [number, number];
  from: string;
};

/**
 * Throws an InputError where the parts of a plan do not fit together.
 * @param parent - config of the model that it starts from
 */
export function checkPlan(plan: RunPlan, parent: ModelConfig, pictures: PlannedPictures): void {
  checkStages(plan, parent);
  checkSlots(plan, parent);
  const [height, width] = pictures.resolution;
  if (height !== parent.resolution[0] || width !== parent.resolution[1])
    throw new InputError(
      `train: expected pictures of ${parent.resolution[1]}x${parent.resolution[0]}, the size of ${parent.name}, got ` +
        `${pictures.from} of ${width}x${height}. Load the model that the set was made for, or make a set for this one.`,
    );
  const most = plan.data.kind === "set" ? setLimits.most : mostScenes;
  if (pictures.count < setLimits.fewest || pictures.count > most)
    throw new InputError(
      `train: expected ${setLimits.fewest} to ${most} pictures, got ${pictures.count} of ${pictures.from}. ` +
        (pictures.count < setLimits.fewest ? "Add some." : "Take fewer."),
    );
  if (plan.data.kind === "scenes" && plan.data.heldOut >= plan.data.count)
    throw new InputError(
      `train: expected fewer held-out scenes than ${plan.data.count}, got ${plan.data.heldOut}. Hold fewer out.`,
    );
}

function checkStages(plan: RunPlan, { resolution }: ModelConfig): void {
  const { vqvae, binding, slots } = plan.steps;
  const learned = learnsVqvae(plan) ? vqvae : 0;
  if (learned + binding + slots === 0)
    throw new InputError("train: expected a stage with steps, got none. Give one some.");
  if (learnsVqvae(plan) && vqvae === 0)
    throw new InputError(
      `train: expected steps of the VQ-VAE ${plan.isFromScratch ? "from scratch" : "that is to learn"}, got 0. ` +
        "Give it some, or start from a model's weights and keep its VQ-VAE.",
    );
  if (binding > 0 && resolution[0] !== resolution[1])
    throw new InputError(
      `train: expected square pictures for the binding stage, got ${resolution[1]}x${resolution[0]}. Leave the stage out.`,
    );
}

function checkSlots({ numSlots, isFromScratch }: RunPlan, { slot_dict }: ModelConfig): void {
  const isFixed = slot_dict.init === "learned" && !isFromScratch;
  if (isFixed && numSlots !== null && numSlots !== slot_dict.num_slots)
    throw new InputError(
      `train: expected ${slot_dict.num_slots} slots, each of which this model has learned, got ${numSlots}. Keep their number.`,
    );
}
