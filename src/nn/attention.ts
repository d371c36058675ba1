/**
 * Multi-head attention, of tokens to themselves or to a context.
 *
 * Vaswani et al. 2017, section 3.2, https://arxiv.org/abs/1706.03762
 * Keys follow SlotDiffusion's LDM code (ldm/modules/attention.py, CrossAttention): no bias before the softmax,
 * heads are contiguous blocks of `headSize` channels.
 */
import * as tf from "@tensorflow/tfjs-core";

import { linear, linearSpec, projectionSpec } from "./layers";
import type { Params } from "./params";

/** C = token size, contextSize = size of the tokens attended to, innerSize = heads * head size. */
export const attentionSpec = (C: number, contextSize: number, innerSize: number) => ({
  to_q: projectionSpec(C, innerSize),
  to_k: projectionSpec(contextSize, innerSize),
  to_v: projectionSpec(contextSize, innerSize),
  to_out: { 0: linearSpec(innerSize, C) }, // 1 is a dropout of rate 0
});
export type AttentionParams = Params<typeof attentionSpec>;

/**
 * Lets tokens read from a context.
 * @param x - queries come from here [B, N, C]
 * @param context - keys and values come from here [B, M, contextSize]; x itself for self-attention
 * @param headSize - channels of one head
 * @returns out [B, N, C] and probs [B, heads, N, M], the softmax over the context
 */
export function attention(
  p: AttentionParams,
  x: tf.Tensor3D,
  context: tf.Tensor3D,
  headSize: number,
): { out: tf.Tensor3D; probs: tf.Tensor4D } {
  return tf.tidy(() => {
    const [B, N] = x.shape;
    const innerSize = p.to_q.weight.shape[1] ?? 0;
    const split = (tokens: tf.Tensor3D, order: number[]): tf.Tensor4D =>
      tf.transpose(tf.reshape(tokens, [B, tokens.shape[1], innerSize / headSize, headSize]), order);
    // Queries are scaled before the product: N * innerSize multiplications, not heads * N * M.
    const q = split(tf.mul(linear(p.to_q, x), headSize ** -0.5), [0, 2, 1, 3]); // [B, H, N, d]
    const k = split(linear(p.to_k, context), [0, 2, 3, 1]); // [B, H, d, M]
    const v = split(linear(p.to_v, context), [0, 2, 1, 3]); // [B, H, M, d]
    const probs: tf.Tensor4D = tf.softmax(tf.matMul(q, k)); // [B, H, N, M]
    const heads = tf.transpose(tf.matMul(probs, v), [0, 2, 1, 3]); // [B, N, H, d]
    const joined: tf.Tensor3D = tf.reshape(heads, [B, N, innerSize]);
    return { out: linear(p.to_out[0], joined), probs };
  });
}
