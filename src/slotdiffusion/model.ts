/**
 * SlotDiffusion assembled: image encoder, Slot Attention, VQ-VAE and the denoiser conditioned on slots.
 *
 * Wu et al. 2023, https://arxiv.org/abs/2305.11281, section 3 and figure 2. Keys follow SlotDiffusion
 * img_based/models/sa_diffusion.py, SADiffusion; its schedule buffers (`dm_decoder.betas`, ...) are recomputed
 * from the config and are no parameters here.
 */
import * as tf from "@tensorflow/tfjs-core";

import { InputError } from "../errors";
import { gaussianArray, type Rng } from "../math/random";
import { cnn, cnnSpec, type CnnParams } from "../nn/cnn";
import { layerNorm, linear, linearSpec, normSpec } from "../nn/layers";
import { gaussian, ParamSpec, zeros, type Params } from "../nn/params";
import { posEmbed, posEmbedSpec } from "../nn/posEmbed";
import { resnet, resnetSpec, type ResnetParams } from "../nn/resnet";
import { slotAttention, slotAttentionSpec } from "../nn/slotAttention";
import { unet, unetSpec, type UnetOptions } from "../nn/unet";
import { vit, vitSpec, type VitParams } from "../nn/vit";
import { decodeLatents, encodeLatents, quantize, vqvaeSpec } from "../nn/vqvae";
import { tokenGrid, type ModelConfig, type SlotConfig } from "./config";
import { withoutGradient } from "./withoutGradient";

/** Every parameter of a model, under its official state_dict key. */
export function modelSpec(config: ModelConfig) {
  const { encoder, slot_dict, vae, unet_dict } = config;
  const [h, w] = tokenGrid(config);
  const C = featureSize(config);
  const outSize = encoder.enc_out_channels;
  return {
    ...initialSlotsSpec(slot_dict),
    slot_attention: slotAttentionSpec(outSize, slot_dict.slot_size, slot_dict.slot_mlp_size),
    encoder: encoderSpec(config),
    encoder_pos_embedding: posEmbedSpec(h, w, C),
    encoder_out_layer: {
      0: normSpec(C),
      1: linearSpec(C, outSize),
      3: linearSpec(outSize, outSize),
    },
    dm_decoder: { model: { diffusion_model: unetSpec(unet_dict) }, vae: { vqvae: vqvaeSpec(vae) } },
  };
}
export type ModelParams = Params<typeof modelSpec>;

function initialSlotsSpec({ init, num_slots: K, slot_size: D }: SlotConfig): {
  init_latents?: ParamSpec;
  slots_mu?: ParamSpec;
  slots_logsigma?: ParamSpec;
} {
  if (init === "learned") return { init_latents: new ParamSpec([1, K, D], gaussian) };
  return {
    slots_mu: new ParamSpec([1, 1, D], zeros),
    slots_logsigma: new ParamSpec([1, 1, D], zeros),
  };
}

function encoderSpec({ encoder, resolution }: ModelConfig) {
  switch (encoder.kind) {
    case "cnn":
      return cnnSpec(encoder);
    case "resnet18":
      return resnetSpec(encoder);
    case "dino":
      return vitSpec(encoder, resolution);
  }
}

/** Channels of the encoder's feature map. */
function featureSize({ encoder }: ModelConfig): number {
  switch (encoder.kind) {
    case "cnn":
      return encoder.enc_channels.at(-1) ?? 0;
    case "resnet18":
      return encoder.widths.at(-1) ?? 0;
    case "dino":
      return encoder.hidden_size;
  }
}

/**
 * Pictures to the tokens that Slot Attention reads: features, position, a small MLP.
 * @param images - [B, H, W, 3] in [-1, 1]
 * @returns [B, N, enc_out_channels], N = h * w row-major
 */
export function encodeTokens(
  p: ModelParams,
  config: ModelConfig,
  images: tf.Tensor4D,
): tf.Tensor3D {
  checkImages(config, images);
  return tf.tidy(() => {
    const placed = posEmbed(p.encoder_pos_embedding, encodeFeatures(p, config, images));
    const [B, h, w, C] = placed.shape;
    const tokens: tf.Tensor3D = tf.reshape(placed, [B, h * w, C]);
    const head = p.encoder_out_layer;
    return linear(head[3], tf.relu(linear(head[1], layerNorm(head[0], tokens))));
  });
}

/** Each cast is beside the kind that encoderSpec built the parameters for. @returns [B, h, w, C] */
function encodeFeatures(p: ModelParams, config: ModelConfig, images: tf.Tensor4D): tf.Tensor4D {
  const { encoder } = config;
  switch (encoder.kind) {
    case "cnn":
      return cnn(p.encoder as CnnParams, encoder, images);
    case "resnet18":
      return resnet(p.encoder as ResnetParams, encoder, images);
    case "dino": // frozen
      return withoutGradient(images, (x) => vit(p.encoder as VitParams, encoder, x));
  }
}

function checkImages({ resolution: [H, W] }: ModelConfig, images: tf.Tensor4D): void {
  const [, height, width, channels] = images.shape;
  if (height !== H || width !== W || channels !== 3)
    throw new InputError(
      `model: expected pictures [B, ${H}, ${W}, 3], got [${images.shape}]. Resize them first.`,
    );
}

/**
 * Where Slot Attention starts: the learned slots, or draws from the learned Gaussian.
 * @param noise - for Gaussian slots: N(0, 1) values [B, K, D] or where to draw them from; learned slots need none
 * @param numSlots - K; learned slots come in their own number only
 * @returns [B, K, D]
 */
export function initialSlots(
  p: ModelParams,
  { slot_dict }: ModelConfig,
  batchSize: number,
  noise?: Float32Array | Rng,
  numSlots = slot_dict.num_slots,
): tf.Tensor3D {
  const { init_latents, slots_mu, slots_logsigma } = p;
  const shape: [number, number, number] = [batchSize, numSlots, slot_dict.slot_size];
  if (init_latents) {
    if (numSlots !== slot_dict.num_slots)
      throw new InputError(
        `initialSlots: expected ${slot_dict.num_slots} slots, got ${numSlots}. This model learned each of its slots.`,
      );
    return tf.tidy(() => tf.add<tf.Tensor3D>(init_latents, tf.zeros(shape)));
  }
  if (!slots_mu || !slots_logsigma || !noise)
    throw new Error(
      "initialSlots: expected noise or an Rng for Gaussian slots, got none. Pass a seeded Rng.",
    );
  return tf.tidy(() => {
    const size = batchSize * numSlots * slot_dict.slot_size;
    const draws = noise instanceof Float32Array ? noise : gaussianArray(noise, size);
    const spread = tf.mul(tf.exp(slots_logsigma), tf.tensor3d(draws, shape));
    return tf.add<tf.Tensor3D>(slots_mu, spread);
  });
}

/**
 * Pictures to slots.
 * @param images - [B, H, W, 3] in [-1, 1]
 * @param initial - from initialSlots, [B, K, D]
 * @returns slots [B, K, D] and each iteration's attention, softmax over slots, [B, K, h, w] in 0..1
 */
export function encodeImages(
  p: ModelParams,
  config: ModelConfig,
  images: tf.Tensor4D,
  { initial }: { initial: tf.Tensor3D },
): { slots: tf.Tensor3D; attn: tf.Tensor4D[] } {
  return tf.tidy(() => attend(p, config, encodeTokens(p, config, images), initial));
}

/** The second half of encodeImages. @param tokens - from encodeTokens, [B, N, enc_out_channels] */
export function attend(
  p: ModelParams,
  config: ModelConfig,
  tokens: tf.Tensor3D,
  initial: tf.Tensor3D,
): { slots: tf.Tensor3D; attn: tf.Tensor4D[] } {
  return tf.tidy(() => {
    const { num_iterations: numIterations, eps } = config.slot_dict;
    const found = slotAttention(p.slot_attention, tokens, initial, { numIterations, eps });
    const [B, K] = initial.shape;
    const attn = found.attn.map((each): tf.Tensor4D =>
      tf.reshape(tf.transpose(each, [0, 2, 1]), [B, K, ...tokenGrid(config)]),
    );
    return { slots: found.slots, attn };
  });
}

/**
 * Attention enlarged to masks: bilinear between pixel centres, as F.interpolate with align_corners=False.
 * @param attn - [B, K, h, w]
 * @param size - height and width of the masks
 * @returns [B, K, H, W]
 */
export const masksAtResolution = (attn: tf.Tensor4D, size: [number, number]): tf.Tensor4D =>
  tf.tidy(() => {
    const images: tf.Tensor4D = tf.transpose(attn, [0, 2, 3, 1]); // [B, h, w, K]
    return tf.transpose(tf.image.resizeBilinear(images, size, false, true), [0, 3, 1, 2]);
  });

/**
 * Pictures to the clean latents that diffusion works on: before quantisation, divided by the scale factor.
 * @param images - [B, H, W, 3] in [-1, 1]
 * @returns [B, h, w, C]
 */
export function imagesToLatents(
  p: ModelParams,
  config: ModelConfig,
  images: tf.Tensor4D,
): tf.Tensor4D {
  checkImages(config, images);
  return tf.tidy(() => {
    const h = encodeLatents(p.dm_decoder.vae.vqvae, config.vae, images);
    return tf.div<tf.Tensor4D>(h, config.vae.scale_factor);
  });
}

/**
 * Latents to pictures, through their nearest codes.
 * @param latents - [B, h, w, C]
 * @returns [B, H, W, 3], about [-1, 1] and not clipped
 */
export function latentsToImages(
  p: ModelParams,
  config: ModelConfig,
  latents: tf.Tensor4D,
): tf.Tensor4D {
  const { vqvae } = p.dm_decoder.vae;
  return tf.tidy(() => {
    const { zq } = quantize(vqvae, tf.mul(latents, config.vae.scale_factor));
    return decodeLatents(vqvae, config.vae, zq);
  });
}

/** Moves every latent to its nearest code. @param x0 - [B, h, w, C] @returns [B, h, w, C] */
export function snapLatents(p: ModelParams, config: ModelConfig, x0: tf.Tensor4D): tf.Tensor4D {
  const scale = config.vae.scale_factor;
  return tf.tidy(() => {
    const { zq } = quantize(p.dm_decoder.vae.vqvae, tf.mul(x0, scale));
    return tf.div<tf.Tensor4D>(zq, scale);
  });
}

/**
 * The denoiser's raw output, which the config's `pred_target` names.
 * @param xt - noisy latents [B, h, w, C]
 * @param t - one time a sample or one for all, 0..T-1, fractional allowed
 * @param slots - [B, K, D], any K
 * @returns [B, h, w, C]
 */
export function predict(
  p: ModelParams,
  config: ModelConfig,
  xt: tf.Tensor4D,
  t: number | number[],
  slots: tf.Tensor3D,
  options?: UnetOptions,
): tf.Tensor4D {
  const times = typeof t === "number" ? Array.from({ length: xt.shape[0] }, () => t) : t;
  return unet(p.dm_decoder.model.diffusion_model, config.unet_dict, xt, times, slots, options);
}
