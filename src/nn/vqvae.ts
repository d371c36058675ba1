/**
 * VQ-VAE: pictures <-> a small map of latents, each near one of E codes.
 *
 * van den Oord et al. 2017, https://arxiv.org/abs/1711.00937; SlotDiffusion section 3.2.
 * Keys follow img_based/models/vqvae/vqvae.py VQVAE, with Encoder, Decoder and VectorQuantizer2.
 */
import * as tf from "@tensorflow/tfjs-core";

import { codebookSpec, lookUp, meanSquare, passStraight, quantLoss } from "./codebook";
import type { QuantConvention } from "./codebook";
import { conv2d, convSpec, normSpec, silu } from "./layers";
import type { Params } from "./params";
import {
  downsample,
  mid,
  midSpec,
  norm,
  resampleSpec,
  resnetBlock,
  resnetBlockSpec,
  upsample,
  type Recorder,
} from "./vqvaeBlocks";

/** Sizes under the names of the official configs. */
export type VqvaeSizes = {
  enc_dec_dict: {
    in_channels: number;
    z_channels: number;
    ch: number;
    ch_mult: number[];
    num_res_blocks: number;
    out_ch: number;
    norm_groups: number;
  };
  vq_dict: { n_embed: number; embed_dim: number };
};

export const vqvaeSpec = (sizes: VqvaeSizes) => {
  const { z_channels } = sizes.enc_dec_dict;
  const { n_embed, embed_dim } = sizes.vq_dict;
  return {
    encoder: encoderSpec(sizes.enc_dec_dict),
    decoder: decoderSpec(sizes.enc_dec_dict),
    quantize: codebookSpec(n_embed, embed_dim),
    quant_conv: convSpec(z_channels, embed_dim, 1),
    post_quant_conv: convSpec(embed_dim, z_channels, 1),
  };
};
export type VqvaeParams = Params<typeof vqvaeSpec>;

export { quantLoss, type QuantConvention } from "./codebook";

type EncDecSizes = VqvaeSizes["enc_dec_dict"];

const keyed = <T>(items: T[]): { [index: string]: T } => Object.fromEntries(items.entries());

function encoderSpec({ in_channels, z_channels, ch, ch_mult, num_res_blocks }: EncDecSizes) {
  const widths = ch_mult.map((mult) => mult * ch);
  const last = widths.length - 1;
  const deepest = widths[last] ?? ch;
  const level = (width: number, i: number) => ({
    block: keyed(
      Array.from({ length: num_res_blocks }, (_, j) =>
        resnetBlockSpec(j === 0 ? (widths[i - 1] ?? ch) : width, width),
      ),
    ),
    ...(i === last ? {} : { downsample: resampleSpec(width) }),
  });
  return {
    conv_in: convSpec(in_channels, ch, 3),
    down: keyed(widths.map(level)),
    mid: midSpec(deepest),
    norm_out: normSpec(deepest),
    conv_out: convSpec(deepest, z_channels, 3),
  };
}

function decoderSpec({ z_channels, ch, ch_mult, num_res_blocks, out_ch }: EncDecSizes) {
  const widths = ch_mult.map((mult) => mult * ch);
  const deepest = widths.at(-1) ?? ch;
  const level = (width: number, i: number) => ({
    block: keyed(
      Array.from({ length: num_res_blocks + 1 }, (_, j) =>
        resnetBlockSpec(j === 0 ? (widths[i + 1] ?? deepest) : width, width),
      ),
    ),
    ...(i === 0 ? {} : { upsample: resampleSpec(width) }),
  });
  return {
    conv_in: convSpec(z_channels, deepest, 3),
    mid: midSpec(deepest),
    up: keyed(widths.map(level)), // by resolution: the last one runs first
    norm_out: normSpec(widths[0] ?? ch),
    conv_out: convSpec(widths[0] ?? ch, out_ch, 3),
  };
}

/**
 * Encodes pictures; these latents, before quantisation, are what the diffusion model learns.
 * @param images - [B, H, W, 3] in [-1, 1]
 * @returns [B, h, w, embed_dim], h = H / 2^(levels - 1); not scaled by scale_factor
 */
export function encodeLatents(
  { encoder: p, quant_conv }: VqvaeParams,
  sizes: VqvaeSizes,
  images: tf.Tensor4D,
  record?: Recorder,
): tf.Tensor4D {
  const groups = sizes.enc_dec_dict.norm_groups;
  return tf.tidy(() => {
    let x = conv2d(p.conv_in, images);
    record?.("encoder.conv_in", x);
    for (const [i, level] of Object.entries(p.down)) {
      for (const [j, block] of Object.entries(level.block)) {
        x = resnetBlock(block, x, groups);
        record?.(`encoder.down.${i}.block.${j}`, x);
      }
      if (!level.downsample) continue;
      x = downsample(level.downsample, x);
      record?.(`encoder.down.${i}.downsample`, x);
    }
    x = mid(p.mid, x, groups, (name, y) => record?.(`encoder.mid.${name}`, y));
    const z = conv2d(p.conv_out, silu(norm(p.norm_out, x, groups)));
    return conv2d(quant_conv, z);
  });
}

/**
 * Decodes latents; quantise them first to reconstruct as the model was trained to.
 * @param z - [B, h, w, embed_dim]
 * @returns [B, H, W, 3], about [-1, 1] but not clipped
 */
export function decodeLatents(
  { decoder: p, post_quant_conv }: VqvaeParams,
  sizes: VqvaeSizes,
  z: tf.Tensor4D,
  record?: Recorder,
): tf.Tensor4D {
  const groups = sizes.enc_dec_dict.norm_groups;
  return tf.tidy(() => {
    let x = conv2d(p.conv_in, conv2d(post_quant_conv, z));
    x = mid(p.mid, x, groups, (name, y) => record?.(`decoder.mid.${name}`, y));
    for (const [i, level] of Object.entries(p.up).reverse()) {
      for (const [j, block] of Object.entries(level.block)) {
        x = resnetBlock(block, x, groups);
        record?.(`decoder.up.${i}.block.${j}`, x);
      }
      if (!level.upsample) continue;
      x = upsample(level.upsample, x);
      record?.(`decoder.up.${i}.upsample`, x);
    }
    x = norm(p.norm_out, x, groups);
    record?.("decoder.norm_out", x);
    return conv2d(p.conv_out, silu(x));
  });
}

/**
 * Replaces each latent by its nearest code. The gradient passes straight through to z and does not reach the codes.
 * @param z - [B, h, w, embed_dim]
 * @returns zq, shaped as z, and indices [B, h, w] int32; on ties the lowest
 */
export function quantize(
  p: VqvaeParams,
  z: tf.Tensor4D,
): { zq: tf.Tensor4D; indices: tf.Tensor3D } {
  return tf.tidy(() => {
    const { rows, indices } = lookUp(p.quantize, z);
    return { zq: passStraight(z, rows), indices };
  });
}

/** First-stage training loss and its parts. */
export type VqvaeLoss = {
  loss: tf.Scalar;
  reconLoss: tf.Scalar;
  quantLoss: tf.Scalar;
  recon: tf.Tensor4D;
  indices: tf.Tensor3D;
};

/**
 * Reconstruction plus quantisation loss. Differs from the official code: no perceptual (LPIPS) term.
 * @param images - [B, H, W, 3] in [-1, 1]
 * @param recon - l1: mean |x - y|, official beside LPIPS; mse: official without it
 */
export function vqvaeLoss(
  p: VqvaeParams,
  sizes: VqvaeSizes,
  images: tf.Tensor4D,
  {
    recon: kind = "l1",
    convention = "legacy",
    beta = 0.25,
  }: { recon?: "l1" | "mse"; convention?: QuantConvention; beta?: number } = {},
): VqvaeLoss {
  return tf.tidy(() => {
    const z = encodeLatents(p, sizes, images);
    const { rows, indices } = lookUp(p.quantize, z);
    const recon = decodeLatents(p, sizes, passStraight(z, rows));
    const error = tf.sub(recon, images);
    const reconLoss: tf.Scalar = kind === "l1" ? tf.mean(tf.abs(error)) : meanSquare(error);
    const quant = quantLoss(z, rows, convention, beta);
    return {
      loss: tf.add<tf.Scalar>(reconLoss, quant),
      reconLoss,
      quantLoss: quant,
      recon,
      indices,
    };
  });
}
