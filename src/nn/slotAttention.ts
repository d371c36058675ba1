/**
 * Slot Attention: K slots compete to explain N image features.
 *
 * Locatello et al. 2020, Algorithm 1, https://arxiv.org/abs/2006.15055
 * Keys and eps follow SlotDiffusion img_based/models/sa_diffusion.py, SlotAttentionWMask.
 */
import * as tf from "@tensorflow/tfjs-core";

import {
  gruCell,
  gruCellSpec,
  layerNorm,
  linear,
  linearSpec,
  normSpec,
  projectionSpec,
} from "./layers";
import type { Params } from "./params";

/** C = feature size, D = slot size, M = hidden size of the slot MLP. */
export const slotAttentionSpec = (C: number, D: number, M: number) => ({
  norm_inputs: normSpec(C),
  project_q: { 0: normSpec(D), 1: projectionSpec(D, D) },
  project_k: projectionSpec(C, D),
  project_v: projectionSpec(C, D),
  gru: gruCellSpec(D, D),
  mlp: { 0: normSpec(D), 1: linearSpec(D, M), 3: linearSpec(M, D) }, // 2 is the ReLU
});
export type SlotAttentionParams = Params<typeof slotAttentionSpec>;

/** What Slot Attention found; one entry an iteration in `slotsByIteration` and `attn`. */
export type SlotAttentionResult = {
  /** The refined slots [B, K, D]: the last of `slotsByIteration`. */
  slots: tf.Tensor3D;
  /** Slots after each iteration, [B, K, D] each. */
  slotsByIteration: tf.Tensor3D[];
  /** Softmax over slots in each iteration, [B, N, K] each, in 0..1; the last is read as the segmentation. */
  attn: tf.Tensor3D[];
};

/**
 * Refines slots by `numIterations` rounds of attention; gradients flow through every round.
 * @param inputs - image features [B, N, C]
 * @param slots - initial slots [B, K, D]
 */
export function slotAttention(
  p: SlotAttentionParams,
  inputs: tf.Tensor3D,
  slots: tf.Tensor3D,
  { numIterations = 3, eps = 1e-6 } = {},
): SlotAttentionResult {
  // tidy looks for tensors in the returned object and its arrays, and keeps those.
  return tf.tidy(() => {
    const x = layerNorm(p.norm_inputs, inputs);
    const k = linear(p.project_k, x); // [B, N, D]
    const v = linear(p.project_v, x); // [B, N, D]

    const result: SlotAttentionResult = { slots, slotsByIteration: [], attn: [] };
    for (let i = 0; i < numIterations; i++) {
      const round = refine(p, k, v, result.slots, eps);
      result.slots = round.slots;
      result.slotsByIteration.push(round.slots);
      result.attn.push(round.attn);
    }
    return result;
  });
}

/**
 * Refines slots by attention that is given instead of computed: the same in every round.
 * @param inputs - image features [B, N, C]
 * @param slots - initial slots [B, K, D]
 * @param attn - each feature's shares, which sum to 1 over slots [B, K, N]
 * @returns [B, K, D]
 */
export function slotsByAttention(
  p: SlotAttentionParams,
  inputs: tf.Tensor3D,
  slots: tf.Tensor3D,
  attn: tf.Tensor3D,
  { numIterations = 3, eps = 1e-6 } = {},
): tf.Tensor3D {
  return tf.tidy(() => {
    const v = linear(p.project_v, layerNorm(p.norm_inputs, inputs)); // [B, N, D]
    let refined = slots;
    for (let i = 0; i < numIterations; i++) refined = updateSlots(p, v, refined, attn, eps);
    return refined;
  });
}

/** One round. @param k - keys [B, N, D] @param v - values [B, N, D] @param slots - [B, K, D] */
function refine(
  p: SlotAttentionParams,
  k: tf.Tensor3D,
  v: tf.Tensor3D,
  slots: tf.Tensor3D,
  eps: number,
): { slots: tf.Tensor3D; attn: tf.Tensor3D } {
  return tf.tidy(() => {
    const q = linear(p.project_q[1], layerNorm(p.project_q[0], slots)); // [B, K, D]
    const scaled: tf.Tensor3D = tf.mul(q, q.shape[2] ** -0.5);
    // The few slots are turned, not the many features: transposed matmul operands are slow.
    const logits: tf.Tensor3D = tf.matMul(k, tf.transpose(scaled, [0, 2, 1])); // [B, N, K]
    const attn = tf.softmax(logits); // slots compete for each feature
    return { slots: updateSlots(p, v, slots, tf.transpose(attn, [0, 2, 1]), eps), attn };
  });
}

/** What slots become by attention of any origin. @param v - values [B, N, D] @param attn - [B, K, N] */
function updateSlots(
  p: SlotAttentionParams,
  v: tf.Tensor3D,
  slots: tf.Tensor3D,
  attn: tf.Tensor3D,
  eps: number,
): tf.Tensor3D {
  return tf.tidy(() => {
    const raised = tf.add(attn, eps);
    const weights = tf.div<tf.Tensor3D>(raised, tf.sum(raised, 2, true)); // sums to 1 over N
    const updates: tf.Tensor3D = tf.matMul(weights, v); // [B, K, D]

    const h = gruCell(p.gru, updates, slots);
    const hidden = tf.relu(linear(p.mlp[1], layerNorm(p.mlp[0], h))); // [B, K, M]
    return tf.add<tf.Tensor3D>(h, linear(p.mlp[3], hidden));
  });
}
