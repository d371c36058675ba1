/**
 * Blocks of the VQ-VAE's encoder and decoder.
 *
 * Esser et al. 2021, https://arxiv.org/abs/2012.09841, in the form of latent diffusion.
 * Keys follow SlotDiffusion img_based/models/vqvae/modules.py: ResnetBlock, AttnBlock, Downsample, Upsample.
 */
import * as tf from "@tensorflow/tfjs-core";

import { conv2d, convSpec, groupNorm, normSpec, silu, upsampleNearest2x } from "./layers";
import type { NormParams } from "./layers";
import type { Params } from "./params";

/** Told the output of each module under its official name. The tensor lives until the callback returns. */
export type Recorder = (name: string, x: tf.Tensor4D) => void;

const normEps = 1e-6; // PyTorch's default is 1e-5; every norm of the VQ-VAE sets this one

export const resnetBlockSpec = (inC: number, outC: number) => ({
  norm1: normSpec(inC),
  conv1: convSpec(inC, outC, 3),
  norm2: normSpec(outC),
  conv2: convSpec(outC, outC, 3),
  ...(inC === outC ? {} : { nin_shortcut: convSpec(inC, outC, 1) }),
});
export type ResnetBlockParams = Params<typeof resnetBlockSpec>;

/** GroupNorm with the VQ-VAE's eps. @param x - [B, H, W, C] */
export const norm = (p: NormParams, x: tf.Tensor4D, groups: number): tf.Tensor4D =>
  groupNorm(p, x, groups, normEps);

/** Two convolutions beside a skip. @param x - [B, H, W, inC] @returns [B, H, W, outC] */
export function resnetBlock(p: ResnetBlockParams, x: tf.Tensor4D, groups: number): tf.Tensor4D {
  return tf.tidy(() => {
    const h = conv2d(p.conv1, silu(norm(p.norm1, x, groups)));
    const y = conv2d(p.conv2, silu(norm(p.norm2, h, groups)));
    return tf.add<tf.Tensor4D>(p.nin_shortcut ? conv2d(p.nin_shortcut, x) : x, y);
  });
}

export const attnBlockSpec = (C: number) => ({
  norm: normSpec(C),
  q: convSpec(C, C, 1),
  k: convSpec(C, C, 1),
  v: convSpec(C, C, 1),
  proj_out: convSpec(C, C, 1),
});
export type AttnBlockParams = Params<typeof attnBlockSpec>;

/** Every pixel attends to all, with one head as wide as the features. @param x - [B, H, W, C] */
export function attnBlock(p: AttnBlockParams, x: tf.Tensor4D, groups: number): tf.Tensor4D {
  return tf.tidy(() => {
    const [B, H, W, C] = x.shape;
    const h = norm(p.norm, x, groups);
    const q: tf.Tensor3D = tf.reshape(conv2d(p.q, h), [B, H * W, C]);
    const k = tf.transpose(tf.reshape(conv2d(p.k, h), [B, H * W, C]), [0, 2, 1]); // [B, C, N]
    const v: tf.Tensor3D = tf.reshape(conv2d(p.v, h), [B, H * W, C]);
    const attn = tf.softmax(tf.mul(tf.matMul(q, k), C ** -0.5)); // [B, N, N] over keys
    const read: tf.Tensor4D = tf.reshape(tf.matMul(attn, v), x.shape);
    return tf.add<tf.Tensor4D>(x, conv2d(p.proj_out, read));
  });
}

export const midSpec = (C: number) => ({
  block_1: resnetBlockSpec(C, C),
  attn_1: attnBlockSpec(C),
  block_2: resnetBlockSpec(C, C),
});
export type MidParams = Params<typeof midSpec>;

/** The blocks at the lowest resolution. @param x - [B, h, w, C] */
export function mid(
  p: MidParams,
  x: tf.Tensor4D,
  groups: number,
  record?: (name: "attn_1", x: tf.Tensor4D) => void,
): tf.Tensor4D {
  return tf.tidy(() => {
    const attended = attnBlock(p.attn_1, resnetBlock(p.block_1, x, groups), groups);
    record?.("attn_1", attended);
    return resnetBlock(p.block_2, attended, groups);
  });
}

/** The convolution of a Downsample or an Upsample. */
export const resampleSpec = (C: number) => ({ conv: convSpec(C, C, 3) });
export type ResampleParams = Params<typeof resampleSpec>;

/** Halves the size; zeros are padded at the right and bottom only. @returns [B, H/2, W/2, C] */
export const downsample = (p: ResampleParams, x: tf.Tensor4D): tf.Tensor4D =>
  conv2d(p.conv, x, {
    stride: 2,
    pad: [
      [0, 0],
      [0, 1],
      [0, 1],
      [0, 0],
    ],
  });

/** Doubles the size. @returns [B, 2H, 2W, C] */
export const upsample = (p: ResampleParams, x: tf.Tensor4D): tf.Tensor4D =>
  tf.tidy(() => conv2d(p.conv, upsampleNearest2x(x)));
