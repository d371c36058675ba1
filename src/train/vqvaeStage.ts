/**
 * The first stage: the VQ-VAE. It starts without quantisation; then the codes are set by k-means on what the encoder makes
 * of images, and codes that stay unused move to latents of the current batch.
 */
import * as tf from "@tensorflow/tfjs-core";

import { joinFloats } from "../math/join";
import { firstStageLoss, type FirstStageLoss } from "../slotdiffusion/firstStage";
import { imagesToLatents } from "../slotdiffusion/model";

import { drawRows, kMeans, unusedCodes } from "./codebook";
import { createBatchOrder, stepRng } from "./draws";
import { readBatch } from "./images";
import { optimize, type StepResult } from "./optimize";
import { paramsOf, type TrainState } from "./state";
import type { TrainContext } from "./trainer";
import { rangeOf } from "./vectors";

export type VqvaeStepResult = StepResult & {
  /** Of the reconstructions of this step's images, decibels. */
  psnr: number;
  /** Codes in use since the last look; null before quantisation. */
  codesUsed: number | null;
};

const codesKey = "dm_decoder.vae.vqvae.quantize.embedding.weight";
/** Latents that k-means looks at. */
const maxPoints = 16384;

/** A function that takes one step after another. */
export function createVqvaeStepper(context: TrainContext) {
  const { config, recipe, images, state } = context;
  const settings = recipe.vqvae;
  const order = createBatchOrder(recipe.seed, images.count, settings.batch);
  return async (): Promise<VqvaeStepResult> => {
    const { step } = state;
    if (step === settings.quantizeFrom && !recipe.start) await setCodes(context);
    const isQuantized = step >= settings.quantizeFrom;
    const kept: Kept[] = [];
    try {
      const result = await optimize(state, settings, (params, pass) => {
        const batch = readBatch(images, order(step * settings.accumulate + pass));
        const { vqvae } = params.dm_decoder.vae;
        const parts = firstStageLoss(vqvae, config.vae, batch, isQuantized, settings.weights);
        const { loss, ...rest } = parts;
        for (const tensor of Object.values(rest)) tf.keep(tensor);
        kept.push(rest);
        return loss;
      });
      return { ...result, ...(await lookAtStep(context, kept, isQuantized)) };
    } finally {
      tf.dispose(kept);
    }
  };
}

type Kept = Omit<FirstStageLoss, "loss">;

/** What a step's reconstructions and codes were; codes in use are counted, and moved where it is time to. */
async function lookAtStep(
  context: TrainContext,
  kept: readonly Kept[],
  isQuantized: boolean,
): Promise<Omit<VqvaeStepResult, keyof StepResult>> {
  const { state } = context;
  const squaredErrors = await Promise.all(
    kept.map(async (each) => (await each.squaredError.data())[0] ?? NaN),
  );
  for (const { indices } of kept) if (indices) await countUses(state, indices);
  const codesUsed = isQuantized
    ? state.codeUses.reduce((sum, uses) => sum + (uses > 0 ? 1 : 0), 0)
    : null;
  const last = kept.at(-1);
  if (isQuantized && last) await lookAtCodes(context, last.latents);
  const meanSquare = squaredErrors.reduce((sum, error) => sum + error, 0) / squaredErrors.length;
  return { psnr: -10 * Math.log10(meanSquare / 4), codesUsed }; // range 2
}

async function countUses({ codeUses }: TrainState, indices: tf.Tensor3D): Promise<void> {
  for (const code of await indices.data<"int32">()) codeUses[code] = (codeUses[code] ?? 0) + 1;
}

/** Moves unused codes where it is time to. @param latents - of the current batch [B, h, w, D] */
async function lookAtCodes(
  { config, recipe, state }: TrainContext,
  latents: tf.Tensor4D,
): Promise<void> {
  const { reseedEvery, reseedUntil } = recipe.vqvae;
  if (state.step % reseedEvery !== 0) return;
  const unused = unusedCodes(state.codeUses);
  state.codeUses.fill(0);
  if (state.step > reseedUntil || unused.length === 0) return;
  const D = config.vae.vq_dict.embed_dim;
  const points = { values: await latents.data<"float32">(), D };
  const places = drawRows(points, unused.length, stepRng(recipe.seed, "codes", state.step));
  await moveCodes(state, (codes, moments) => {
    unused.forEach((code, i) => {
      codes.set(places.subarray(i * D, (i + 1) * D), code * D);
      for (const moment of moments) moment.fill(0, code * D, (code + 1) * D);
    });
  });
}

/** Sets every code by k-means on the latents of some images. */
async function setCodes({ config, recipe, images, state }: TrainContext): Promise<void> {
  const { kMeansImages, kMeansRounds } = recipe.vqvae;
  const rng = stepRng(recipe.seed, "codes", 0);
  const { n_embed, embed_dim: D } = config.vae.vq_dict;
  const indices = Array.from({ length: kMeansImages }, () => Math.floor(rng() * images.count));
  const all = { values: await encodeUnscaled({ config, recipe, images, state }, indices), D };
  const points = { values: drawRows(all, Math.min(maxPoints, all.values.length / D), rng), D };
  const places = kMeans(points, n_embed, kMeansRounds, rng);
  await moveCodes(state, (codes, moments) => {
    codes.set(places);
    for (const moment of moments) moment.fill(0);
  });
}

/** Latents of images before the scale factor, by the weights of this step [n * h * w * D]. */
export async function encodeUnscaled(
  { config, images, state }: TrainContext,
  indices: readonly number[],
  batchSize = 32,
): Promise<Float32Array> {
  const unscaled = { ...config, vae: { ...config.vae, scale_factor: 1 } };
  const parts: Float32Array[] = [];
  for (let at = 0; at < indices.length; at += batchSize) {
    const latents = tf.tidy(() => {
      const vectors = state.groups.map(({ vectors }) => vectors.weights);
      const batch = readBatch(images, indices.slice(at, at + batchSize));
      return imagesToLatents(paramsOf(state, vectors), unscaled, batch);
    });
    parts.push(await latents.data<"float32">());
    latents.dispose();
  }
  return joinFloats(parts);
}

/** Changes the codes and their two moments in place. */
async function moveCodes(
  { groups }: TrainState,
  change: (codes: Float32Array, moments: Float32Array[]) => void,
): Promise<void> {
  const group = groups[0];
  if (!group) throw new Error("moveCodes: expected the VQ-VAE's group, got none.");
  const { weights, m, v } = group.vectors;
  const arrays = await Promise.all(
    [weights, m, v].map(async (each) => (await each.data<"float32">()).slice()),
  );
  const [codes, ...moments] = arrays.map((values) =>
    values.subarray(...rangeOf(group.layout, codesKey)),
  );
  if (!codes) throw new Error("moveCodes: expected weights, got none.");
  change(codes, moments);
  const [newWeights, newM, newV] = arrays.map((values) => tf.tensor1d(values));
  if (!newWeights || !newM || !newV) throw new Error("moveCodes: expected three vectors.");
  tf.dispose([weights, m, v]);
  group.vectors = { weights: newWeights, m: newM, v: newV };
}
