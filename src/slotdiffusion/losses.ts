/**
 * The one loss of SlotDiffusion: how well the denoiser, told the slots, predicts what noised the latents.
 *
 * Wu et al. 2023, eq. 4, https://arxiv.org/abs/2305.11281; Ho et al. 2020, eq. 14. Follows SlotDiffusion
 * img_based/models/sa_diffusion.py, SADiffusion.calc_train_loss, and ddpm/ddpm.py, DDPM.p_losses.
 */
import * as tf from "@tensorflow/tfjs-core";

import { perSample, qSample, type Schedule } from "../diffusion/schedule";
import type { Rng } from "../math/random";
import { specEntries } from "../nn/params";
import type { ModelConfig, PredTarget } from "./config";
import {
  encodeImages,
  imagesToLatents,
  initialSlots,
  modelSpec,
  predict,
  type ModelParams,
} from "./model";
import { withoutGradient } from "./withoutGradient";

/** What is drawn for one step of a batch. */
export type DenoisingDraws = {
  /** One integer a sample, 0..T-1. */
  t: number[];
  /** N(0, 1), [B, h, w, C]. */
  noise: tf.Tensor4D;
  /** Draws the dropout masks; none means no dropout. */
  dropoutRng?: Rng | undefined;
};

export type DenoisingBatch = DenoisingDraws & {
  /** [B, H, W, 3] in [-1, 1]. */
  images: tf.Tensor4D;
  /** Clean latents of the images, where the caller has them already [B, h, w, C]. */
  latents?: tf.Tensor4D | undefined;
  /** Where Gaussian slots start: N(0, 1) values [B, K, D] or where to draw them from. */
  slotNoise?: Float32Array | Rng | undefined;
};

/** Mean squared error of the denoiser on a batch; gradients reach the slots and the encoder, not the VQ-VAE. */
export function denoisingLoss(
  p: ModelParams,
  config: ModelConfig,
  schedule: Schedule,
  { images, latents, slotNoise, ...draws }: DenoisingBatch,
): tf.Scalar {
  return tf.tidy(() => {
    const x0 = latents ?? withoutGradient(images, (x) => imagesToLatents(p, config, x));
    const initial = initialSlots(p, config, images.shape[0], slotNoise);
    const { slots } = encodeImages(p, config, images, { initial });
    return slotsLoss(p, config, schedule, { ...draws, latents: x0, slots });
  });
}

/**
 * Mean squared error of the denoiser told these slots.
 * @param batch - clean latents [B, h, w, C] and slots [B, K, D]
 */
export function slotsLoss(
  p: ModelParams,
  config: ModelConfig,
  schedule: Schedule,
  batch: DenoisingDraws & { latents: tf.Tensor4D; slots: tf.Tensor3D },
): tf.Scalar {
  const { latents, slots, t, noise, dropoutRng } = batch;
  return tf.tidy(() => {
    const xt = qSample(schedule, latents, t, noise);
    const output = predict(p, config, xt, t, slots, { dropoutRng });
    const target = denoisingTarget(config.diffusion.pred_target, schedule, latents, t, noise);
    return tf.mean<tf.Scalar>(tf.squaredDifference(output, target));
  });
}

/** What the denoiser should say, [B, h, w, C]; v = sqrt(ab) noise - sqrt(1 - ab) x0 (Salimans & Ho 2022). */
function denoisingTarget(
  target: PredTarget,
  schedule: Schedule,
  x0: tf.Tensor4D,
  t: readonly number[],
  noise: tf.Tensor4D,
): tf.Tensor4D {
  if (target === "eps") return noise;
  if (target === "x0") return x0;
  return tf.tidy(() => {
    const alpha = perSample(schedule.sqrtAlphasCumprod, t);
    const sigma = perSample(schedule.sqrtOneMinusAlphasCumprod, t);
    return tf.sub<tf.Tensor4D>(tf.mul(alpha, noise), tf.mul(sigma, x0));
  });
}

/** Keys that the denoising loss trains: all but the frozen VQ-VAE, a frozen DINO encoder and constants. */
export const trainableKeys = (config: ModelConfig): string[] =>
  specEntries(modelSpec(config))
    .filter(([, leaf]) => !leaf.isBuffer)
    .map(([key]) => key)
    .filter((key) => !key.startsWith("dm_decoder.vae.") && !key.startsWith("encoder.dino."));
