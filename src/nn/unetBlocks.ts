/**
 * The blocks of the latent-diffusion U-Net: residual block, spatial transformer, down- and upsampling.
 *
 * Rombach et al. 2022, https://arxiv.org/abs/2112.10752; keys and epsilons follow SlotDiffusion's LDM code
 * (ldm/modules/diffusionmodules/openaimodel.py ResBlock, Downsample, Upsample; ldm/modules/attention.py).
 */
import * as tf from "@tensorflow/tfjs-core";

import type { Rng } from "../math/random";
import { attention, attentionSpec } from "./attention";
import {
  conv2d,
  convSpec,
  gelu,
  groupNorm,
  layerNorm,
  linear,
  linearSpec,
  normSpec,
  silu,
  upsampleNearest2x,
} from "./layers";
import { zeros, type Params } from "./params";

const RES_BLOCK_EPS = 1e-5;
const TRANSFORMER_EPS = 1e-6;

/** cin, cout = channels, embSize = size of the time embedding. */
export const resBlockSpec = (cin: number, cout: number, embSize: number) => ({
  in_layers: { 0: normSpec(cin), 2: convSpec(cin, cout, 3) }, // 1 is SiLU
  emb_layers: { 1: linearSpec(embSize, cout) }, // 0 is SiLU
  out_layers: { 0: normSpec(cout), 3: convSpec(cout, cout, 3, zeros) }, // 1 is SiLU, 2 dropout
  ...(cin !== cout ? { skip_connection: convSpec(cin, cout, 1) } : {}),
});
export type ResBlockParams = Params<typeof resBlockSpec>;

export type ResBlockOptions = {
  norm_groups: number;
  /** Probability of zeroing an activation, 0..1; acts only where `dropoutRng` is given. */
  dropout?: number;
  dropoutRng?: Rng | undefined;
};

/**
 * Two convolutions with the time embedding added between them, and a skip.
 * @param x - [B, H, W, cin]
 * @param emb - time embedding [B, embSize]
 * @returns [B, H, W, cout]
 */
export function resBlock(
  p: ResBlockParams,
  x: tf.Tensor4D,
  emb: tf.Tensor2D,
  { norm_groups, dropout: rate = 0, dropoutRng }: ResBlockOptions,
): tf.Tensor4D {
  return tf.tidy(() => {
    const normed = silu(groupNorm(p.in_layers[0], x, norm_groups, RES_BLOCK_EPS));
    const h = conv2d(p.in_layers[2], normed); // [B, H, W, cout]
    const shift = linear(p.emb_layers[1], silu(emb)); // [B, cout]
    const shifted = tf.add<tf.Tensor4D>(h, tf.reshape(shift, [x.shape[0], 1, 1, h.shape[3]]));
    const active = silu(groupNorm(p.out_layers[0], shifted, norm_groups, RES_BLOCK_EPS));
    const kept = dropoutRng && rate > 0 ? dropout(active, rate, dropoutRng) : active;
    const skip = p.skip_connection ? conv2d(p.skip_connection, x) : x;
    return tf.add<tf.Tensor4D>(skip, conv2d(p.out_layers[3], kept));
  });
}

/** Zeroes each value with probability `rate` and scales the others by 1 / (1 - rate). */
export function dropout<T extends tf.Tensor>(x: T, rate: number, rng: Rng): T {
  return tf.tidy(() => {
    const scale = rate < 1 ? 1 / (1 - rate) : 0;
    const mask = Float32Array.from({ length: x.size }, () => (rng() < rate ? 0 : scale));
    return tf.mul<T>(x, tf.tensor(mask, x.shape));
  });
}

/** C = token size, contextSize = slot size, innerSize = heads * head size. */
const transformerBlockSpec = (C: number, contextSize: number, innerSize: number) => ({
  attn1: attentionSpec(C, C, innerSize),
  ff: { net: { 0: { proj: linearSpec(C, 8 * C) }, 2: linearSpec(4 * C, C) } }, // 1 is a dropout of rate 0
  attn2: attentionSpec(C, contextSize, innerSize),
  norm1: normSpec(C),
  norm2: normSpec(C),
  norm3: normSpec(C),
});
type TransformerBlockParams = Params<typeof transformerBlockSpec>;

/** C = channels, depth = transformer blocks; `proj_out` starts at zero, so a fresh transformer is the identity. */
export function spatialTransformerSpec(
  C: number,
  contextSize: number,
  headSize: number,
  depth: number,
) {
  const innerSize = Math.floor(C / headSize) * headSize;
  const blocks = Array.from({ length: depth }, (_, i) => [
    `${i}`,
    transformerBlockSpec(innerSize, contextSize, innerSize),
  ]);
  return {
    norm: normSpec(C),
    proj_in: convSpec(C, innerSize, 1),
    transformer_blocks: Object.fromEntries(blocks) as Record<
      string,
      ReturnType<typeof transformerBlockSpec>
    >,
    proj_out: convSpec(innerSize, C, 1, zeros),
  };
}
export type SpatialTransformerParams = Params<typeof spatialTransformerSpec>;

/** Hands out what a layer's queries attend to; the tensor lives only during the call unless tf.keep keeps it. */
export type AttentionListener = (layer: string, probs: tf.Tensor4D) => void;

export type SpatialTransformerOptions = {
  norm_groups: number;
  headSize: number;
  /** Called with the name and probs [B, heads, H*W, K] of each cross-attention. */
  crossAttention?: AttentionListener | undefined;
};

/**
 * Transformer over pixels: self-attention, cross-attention to the context, gated MLP.
 * @param x - [B, H, W, C]
 * @param context - slots [B, K, contextSize]
 * @returns [B, H, W, C]
 */
export function spatialTransformer(
  p: SpatialTransformerParams,
  x: tf.Tensor4D,
  context: tf.Tensor3D,
  { norm_groups, headSize, crossAttention }: SpatialTransformerOptions,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [B, H, W] = x.shape;
    const projected = conv2d(p.proj_in, groupNorm(p.norm, x, norm_groups, TRANSFORMER_EPS));
    const innerSize = projected.shape[3];
    let tokens: tf.Tensor3D = tf.reshape(projected, [B, H * W, innerSize]);
    for (const [i, block] of Object.entries(p.transformer_blocks)) {
      const listener =
        crossAttention &&
        ((probs: tf.Tensor4D) => crossAttention(`transformer_blocks.${i}.attn2`, probs));
      tokens = transformerBlock(block, tokens, context, headSize, listener);
    }
    const image: tf.Tensor4D = tf.reshape(tokens, [B, H, W, innerSize]);
    return tf.add<tf.Tensor4D>(conv2d(p.proj_out, image), x);
  });
}

/** @param x - [B, N, C] @param context - [B, K, contextSize] @returns [B, N, C] */
function transformerBlock(
  p: TransformerBlockParams,
  x: tf.Tensor3D,
  context: tf.Tensor3D,
  headSize: number,
  crossAttention?: (probs: tf.Tensor4D) => void,
): tf.Tensor3D {
  return tf.tidy(() => {
    const own = layerNorm(p.norm1, x);
    const mixed = tf.add<tf.Tensor3D>(attention(p.attn1, own, own, headSize).out, x);
    const read = attention(p.attn2, layerNorm(p.norm2, mixed), context, headSize);
    crossAttention?.(read.probs);
    const told = tf.add<tf.Tensor3D>(read.out, mixed);
    return tf.add<tf.Tensor3D>(gatedMlp(p.ff, layerNorm(p.norm3, told)), told);
  });
}

/** GEGLU (Shazeer 2020): the second half of the projection gates the first. @param x - [B, N, C] */
function gatedMlp(p: TransformerBlockParams["ff"], x: tf.Tensor3D): tf.Tensor3D {
  return tf.tidy(() => {
    const halves = tf.split(linear(p.net[0].proj, x), 2, -1); // 2 x [B, N, 4C]
    const [value, gate] = halves as [tf.Tensor3D, tf.Tensor3D];
    return linear(p.net[2], tf.mul<tf.Tensor3D>(value, gelu(gate)));
  });
}

export const downsampleSpec = (C: number) => ({ op: convSpec(C, C, 3) });
export type DownsampleParams = Params<typeof downsampleSpec>;

/** Halves the size; padded on all sides, unlike the VQ-VAE's. @param x - [B, H, W, C] */
export const downsample = (p: DownsampleParams, x: tf.Tensor4D): tf.Tensor4D =>
  conv2d(p.op, x, { stride: 2, pad: 1 });

export const upsampleSpec = (C: number) => ({ conv: convSpec(C, C, 3) });
export type UpsampleParams = Params<typeof upsampleSpec>;

/** Doubles the size. @param x - [B, H, W, C] */
export const upsample = (p: UpsampleParams, x: tf.Tensor4D): tf.Tensor4D =>
  tf.tidy(() => conv2d(p.conv, upsampleNearest2x(x)));
