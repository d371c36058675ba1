/** The loss of the stage under way on held-out pictures, with the same noise and times at every look. */
import * as tf from "@tensorflow/tfjs-core";

import { hash32 } from "../../data/scenes/seeding";
import { createSchedule } from "../../diffusion/schedule";
import { gaussianArray, mulberry32 } from "../../math/random";
import { decodeLatents, encodeLatents, quantize } from "../../nn/vqvae";
import { bindingLoss } from "../../slotdiffusion/binding";
import { latentShape, type ModelConfig } from "../../slotdiffusion/config";
import { firstStageLoss } from "../../slotdiffusion/firstStage";
import { denoisingLoss } from "../../slotdiffusion/losses";
import { drawTimes } from "../../train/draws";
import { readBatch, type ImageSource } from "../../train/images";
import type { StageRecipe } from "../../train/recipe";
import type { StageParams, TrainState } from "../../train/state";

/** Keeps the draws of looks apart from those of training. */
const lookStream = 0x100c;

export type LookModel = {
  /** With the scale that the latents have now. */
  config: ModelConfig;
  recipe: StageRecipe;
  state: Pick<TrainState, "stage" | "step">;
  params: StageParams;
};

/** Whether codes are set: before, the VQ-VAE's decoder sees latents as they are. */
export const isQuantized = ({ recipe, state }: Pick<LookModel, "recipe" | "state">): boolean =>
  state.stage !== "vqvae" || state.step > recipe.vqvae.quantizeFrom || recipe.start !== undefined;

/** Mean loss of some pictures. @param indices - the same at every look */
export async function lookLoss(
  model: LookModel,
  images: ImageSource,
  indices: readonly number[],
): Promise<number> {
  const loss = tf.tidy(() => stageLoss(model, readBatch(images, indices), indices[0] ?? 0));
  const [value = NaN] = await loss.data();
  loss.dispose();
  return value;
}

function stageLoss(
  { config, recipe, state, params }: LookModel,
  images: tf.Tensor4D,
  first: number,
): tf.Scalar {
  const rng = mulberry32(hash32(lookStream, recipe.seed, first));
  if (state.stage === "vqvae") {
    const { vqvae } = params.dm_decoder.vae;
    const { weights } = recipe.vqvae;
    return firstStageLoss(vqvae, config.vae, images, isQuantized({ recipe, state }), weights).loss;
  }
  if (state.stage === "binding") {
    const { binding } = recipe;
    if (!binding || !params.broadcast)
      throw new Error("lookLoss: expected the binding stage's decoder, got none.");
    const { side, places, attnWeight } = binding;
    const cells = Array.from({ length: places }, () => Math.floor(rng() * side * side));
    return bindingLoss(params, params.broadcast, config, images, {
      side,
      cells,
      slotNoise: rng,
      attnWeight,
    });
  }
  const shape: [number, number, number, number] = [images.shape[0], ...latentShape(config)];
  const schedule = createSchedule(config.diffusion);
  return denoisingLoss(params, config, schedule, {
    images,
    t: drawTimes(rng, shape[0], schedule.timesteps, recipe.slots.times),
    noise: tf.tensor4d(gaussianArray(rng, tf.util.sizeFromShape(shape)), shape),
    slotNoise: rng,
  });
}

/** Pictures through the VQ-VAE alone, as it is now. @returns values in about -1..1 [B * H * W * 3] */
export async function reconstruct(
  model: LookModel,
  images: ImageSource,
  indices: readonly number[],
): Promise<Float32Array> {
  const { vae } = model.config;
  const { vqvae } = model.params.dm_decoder.vae;
  const decoded = tf.tidy(() => {
    const z = encodeLatents(vqvae, vae, readBatch(images, indices));
    return decodeLatents(vqvae, vae, isQuantized(model) ? quantize(vqvae, z).zq : z);
  });
  const values = Float32Array.from(await decoded.data<"float32">());
  decoded.dispose();
  return values;
}
