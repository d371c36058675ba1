/**
 * The second stage: encoder, Slot Attention and denoiser over the frozen first stage, whose latents are computed once.
 *
 * Wu et al. 2023, https://arxiv.org/abs/2305.11281, section 3 and appendix; img_based/models/sa_diffusion.py.
 */
import * as tf from "@tensorflow/tfjs-core";

import { createSchedule } from "../diffusion/schedule";
import { gaussianArray } from "../math/random";
import { latentShape } from "../slotdiffusion/config";
import { denoisingLoss } from "../slotdiffusion/losses";

import { createBatchOrder, drawTimes, stepRng } from "./draws";
import { readBatch } from "./images";
import { optimize, type StepResult } from "./optimize";
import type { TrainState } from "./state";
import type { TrainContext } from "./trainer";
import { encodeUnscaled } from "./vqvaeStage";

/**
 * Latents of every image, scaled to unit variance: fills `state.latents` and, before the stage's first step, sets
 * `state.scaleFactor` unless the recipe keeps the config's.
 * @returns yields the number of images done
 */
export async function* cacheLatents(context: TrainContext): AsyncGenerator<number, void> {
  const { config, recipe, images, state, signal, latentsAtOnce = 256 } = context;
  const size = latentShape(config).reduce((product, length) => product * length, 1);
  const latents = new Float32Array(images.count * size);
  for (let at = 0; at < images.count; at += latentsAtOnce) {
    signal?.throwIfAborted();
    const n = Math.min(latentsAtOnce, images.count - at);
    const indices = Array.from({ length: n }, (_, i) => at + i);
    latents.set(await encodeUnscaled(context, indices), at * size);
    yield at + n;
  }
  if (recipe.slots.keepScale) state.scaleFactor = config.vae.scale_factor;
  else if (state.step === 0) state.scaleFactor = standardDeviation(latents); // a run on its way keeps its scale
  for (let i = 0; i < latents.length; i++) latents[i] = (latents[i] ?? 0) / state.scaleFactor;
  state.latents = latents;
}

function standardDeviation(values: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.sqrt(squares / values.length - mean * mean);
}

/** A function that takes one step after another. */
export function createSlotsStepper({ config, recipe, images, state }: TrainContext) {
  const settings = recipe.slots;
  const schedule = createSchedule(config.diffusion);
  const order = createBatchOrder(recipe.seed, images.count, settings.batch);
  const shape = latentShape(config);
  return async (): Promise<StepResult> => {
    const { step } = state;
    const rng = stepRng(recipe.seed, "slots", step);
    return optimize(state, settings, (params, pass) => {
      const indices = order(step * settings.accumulate + pass);
      const B = indices.length;
      const size = B * shape.reduce((product, length) => product * length, 1);
      return denoisingLoss(params, config, schedule, {
        images: readBatch(images, indices),
        latents: readLatents(state, indices, shape),
        t: drawTimes(rng, B, schedule.timesteps, settings.times),
        noise: tf.tensor4d(gaussianArray(rng, size), [B, ...shape]),
        slotNoise: rng,
        dropoutRng: config.unet_dict.dropout > 0 ? rng : undefined,
      });
    });
  };
}

function readLatents(
  { latents }: TrainState,
  indices: readonly number[],
  shape: [number, number, number],
): tf.Tensor4D {
  if (!latents) throw new Error("slotsStage: expected cached latents, got none.");
  const size = shape.reduce((product, length) => product * length, 1);
  const values = new Float32Array(indices.length * size);
  indices.forEach((index, i) =>
    values.set(latents.subarray(index * size, (index + 1) * size), i * size),
  );
  return tf.tensor4d(values, [indices.length, ...shape]);
}
