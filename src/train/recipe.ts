/** How a model is trained, as the training.json beside its config.json says it. */
import { z } from "zod";

import { sceneKindNames } from "../data/scenes/scene";

const count = z.int().nonnegative();
const positive = z.int().positive();
const fraction = z.number().min(0).max(1);

/** Adam's settings, warm-up and length: what both stages have. */
const stageFields = {
  /** Optimizer steps; 0 leaves the stage out. */
  steps: count,
  /** Images a pass. */
  batch: positive,
  /** Passes whose gradients are averaged for one step. */
  accumulate: positive.default(1),
  /** Largest learning rate. */
  lr: z.number().positive(),
  /** Steps of the linear warm-up. */
  warmup: count,
  beta1: fraction.default(0.9),
  beta2: fraction.default(0.999),
  eps: z.number().positive().default(1e-8),
  /** Largest global norm of the gradients. */
  clipNorm: z.number().positive().default(1),
};

const vqvaeSchema = z.object({
  ...stageFields,
  /** Steps before the codes are set and quantisation begins. */
  quantizeFrom: count,
  /** Images whose latents the codes are set from. */
  kMeansImages: positive.default(128),
  kMeansRounds: positive.default(10),
  /** Codes that no latent used for this many steps get new places, up to step `reseedUntil`. */
  reseedEvery: positive.default(50),
  reseedUntil: count,
  weights: z
    .object({
      l1: z.number().default(1),
      l2: z.number().default(1),
      edges: z.number().default(0.5),
      quantizer: z.number().default(1),
    })
    .prefault({}),
});

/**
 * What of encoder, slots and denoiser the last stage trains: slots = encoder and Slot Attention; attention = these and the
 * denoiser's cross-attention; all = these and the whole denoiser.
 */
export const slotsLearnNames = ["slots", "attention", "all"] as const;

const slotsSchema = z.object({
  ...stageFields,
  /** Largest learning rate of the denoiser; `lr` is that of the encoder and the slots (official: twice as much). */
  decoderLr: z.number().positive(),
  /** Decay of the averaged weights. */
  emaDecay: fraction.default(0.9999),
  /** How timesteps are drawn; see drawTimes. */
  times: z.enum(["uniform", "sqrt"]).default("uniform"),
  /** Standard deviation that Gaussian slots start with. */
  initialSigma: z.number().positive().default(1),
  learn: z.enum(slotsLearnNames).default("all"),
  /** Keeps the config's scale_factor in place of measuring it: for a denoiser tuned over a first stage that stays as it was. */
  keepScale: z.boolean().default(false),
});

const bindingSchema = z.object({
  ...stageFields,
  /** Hidden size of the decoder, which is thrown away. */
  hidden: positive.default(64),
  /** Height and width of what it draws; divides the model's resolution. */
  side: positive,
  /** Places of it that a step draws. */
  places: positive.default(256),
  /** Weight of the error of a picture that attention mixes, see bindingLoss. */
  attnWeight: z.number().min(0).max(100).default(0),
  /** Decay of the averaged weights. */
  emaDecay: fraction.default(0.999),
});

/** What the trainer itself goes by, wherever its pictures come from. */
export const stagesSchema = z.object({
  /** Of initial weights, batches and noise. */
  seed: count,
  /** Folder beside this model's whose weights a run starts from; convolutions fit any resolution. */
  start: z.string().optional(),
  vqvae: vqvaeSchema,
  /** Binds slots to objects before the denoiser is trained; left out, slots learn from the denoising loss alone. */
  binding: bindingSchema.optional(),
  slots: slotsSchema,
});
export type StageRecipe = z.infer<typeof stagesSchema>;

/** Parses a training.json. */
export const recipeSchema = stagesSchema.extend({
  data: z.object({
    kind: z.enum(sceneKindNames),
    seed: count,
    /** Scenes in all, held-out ones included. */
    n: positive,
    /** Scenes 0..heldOut-1 are for evaluation and never trained on. */
    heldOut: positive,
  }),
  /** Minutes between checkpoints. */
  checkpointMinutes: z.number().positive().default(5),
  /** Steps between evaluations on held-out scenes, which also draw a sheet. */
  evaluateEvery: positive.default(1000),
  evaluateImages: positive.default(128),
});

export type Recipe = z.infer<typeof recipeSchema>;
export type VqvaeRecipe = StageRecipe["vqvae"];
export type BindingRecipe = NonNullable<StageRecipe["binding"]>;
export type SlotsRecipe = StageRecipe["slots"];
