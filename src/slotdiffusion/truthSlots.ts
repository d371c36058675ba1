/**
 * Slots made from true masks: what the denoiser would read if segmentation were perfect.
 *
 * SlotDiffusion (https://arxiv.org/abs/2305.11281) finds attention and slots together; here the rounds of Slot Attention
 * (Locatello et al. 2020, Algorithm 1) run with each slot's attention replaced by one object's mask, everything else as it
 * is: the same values, the same weighted mean over features, the same GRU and MLP, as many rounds.
 * Differs from: the paper and its official code, which have no such slots. Nothing here was trained with them: the
 * network's own attention is soft, and it is a stand-in for a denoiser trained on true masks, not one. Slots that start
 * from draws all start from the same draw, since masks and not starts tell them apart: an object's slot does not depend
 * on its number. Learned starts are the learned slots in their order, whatever object each had learned to look for.
 */
import * as tf from "@tensorflow/tfjs-core";

import { InputError } from "../errors";
import type { Rng } from "../math/random";
import { slotsByAttention } from "../nn/slotAttention";
import { tokenGrid, type ModelConfig } from "./config";
import { encodeTokens, initialSlots, type ModelParams } from "./model";

/** Masks at the size of the tokens. */
export type TokenShares = {
  /** The ids that occur, ascending: background, id 0, is first where any of it shows. */
  objects: number[];
  /** How much of each token's area is each object's, 0..1, sums to 1 over objects: [K, N], N = h * w row-major. */
  shares: Float32Array;
};

/** Shrinks masks to the token grid by area. @param ids - object id per pixel at the model's resolution [H, W] */
export function tokenShares(config: ModelConfig, ids: Uint8Array): TokenShares {
  const [H, W] = config.resolution;
  if (ids.length !== H * W)
    throw new InputError(
      `truthSlots: expected ids of ${W}×${H} pixels, got ${ids.length}. Give one id a pixel of the model's picture.`,
    );
  const [h, w] = tokenGrid(config);
  const objects = [...new Set(ids)].sort((a, b) => a - b);
  const shares = new Float32Array(objects.length * h * w);
  const addPixel = (token: number, id: number, share: number): void => {
    const at = objects.indexOf(id) * h * w + token;
    shares[at] = (shares[at] ?? 0) + share;
  };
  const columns = cellShares(W, w);
  cellShares(H, h).forEach((rows, i) =>
    columns.forEach((across, j) => {
      for (const [y, byRow] of rows)
        for (const [x, byColumn] of across)
          addPixel(i * w + j, ids[y * W + x] ?? 0, byRow * byColumn);
    }),
  );
  return { objects, shares };
}

/** Which of `from` pixels each of `to` cells covers, with their shares of the cell, which sum to 1. */
function cellShares(from: number, to: number): [pixel: number, share: number][][] {
  return Array.from({ length: to }, (_, cell) => {
    const [low, high] = [(cell * from) / to, ((cell + 1) * from) / to];
    const first = Math.floor(low);
    return Array.from({ length: Math.ceil(high) - first }, (_, k) => {
      const covered = Math.min(first + k + 1, high) - Math.max(first + k, low);
      return [first + k, covered / (high - low)];
    });
  });
}

/**
 * Slots of one picture by given masks.
 * @param images - [1, H, W, 3] in [-1, 1]
 * @param shares - from tokenShares, [1, K, N]
 * @param rng - draws the start of slots that are not learned
 * @returns [1, K, D]; slot k is that of mask k
 */
export function truthSlots(
  p: ModelParams,
  config: ModelConfig,
  images: tf.Tensor4D,
  shares: tf.Tensor3D,
  rng: Rng,
): tf.Tensor3D {
  return tf.tidy(() => {
    const { num_iterations: numIterations, eps } = config.slot_dict;
    const tokens = encodeTokens(p, config, images);
    const initial = firstSlots(p, config, shares.shape[1], rng);
    return slotsByAttention(p.slot_attention, tokens, initial, shares, { numIterations, eps });
  });
}

/** @returns [1, K, D] */
function firstSlots(p: ModelParams, config: ModelConfig, K: number, rng: Rng): tf.Tensor3D {
  const { init, num_slots, slot_size } = config.slot_dict;
  if (init === "gaussian") return tf.tile(initialSlots(p, config, 1, rng, 1), [1, K, 1]);
  if (K > num_slots)
    throw new InputError(
      `truthSlots: expected at most ${num_slots} objects with the background, got ${K}. This model learned each of its slots.`,
    );
  return tf.slice(initialSlots(p, config, 1), [0, 0, 0], [1, K, slot_size]);
}
