/**
 * Loss that binds slots to objects before a denoiser is there to ask for it: a small broadcast decoder draws the picture
 * from the slots.
 *
 * Differs from SlotDiffusion, which trains encoder and slots by the denoising loss alone: that takes tens of thousands of
 * steps of the whole network before masks follow objects, and this loss costs a tenth of a step. The decoder is thrown
 * away afterwards; no mask enters. Mean squared error of a mixture of slots: Locatello et al. 2020, section 4.1. With
 * attention as the mixture's shares beside, attention itself learns where objects end: the masks are read from it.
 */
import * as tf from "@tensorflow/tfjs-core";

import type { Rng } from "../math/random";
import {
  broadcastDecoder,
  broadcastDecoderSpec,
  cellCentres,
  mixColors,
  slotFrames,
  type BroadcastDecoderParams,
} from "../nn/broadcastDecoder";
import { linear, stopGradient } from "../nn/layers";

import type { ModelConfig } from "./config";
import { encodeImages, initialSlots, type ModelParams } from "./model";

/** Parameters of the decoder. @param hidden - its hidden size */
export const bindingDecoderSpec = ({ slot_dict }: ModelConfig, hidden: number) =>
  broadcastDecoderSpec(slot_dict.slot_size, hidden);

export type BindingDraws = {
  /** Height and width of the picture to draw; divides the model's. */
  side: number;
  /** Cells of it that are drawn, row-major numbers. */
  cells: number[];
  /** Where Gaussian slots start; see initialSlots. */
  slotNoise: Float32Array | Rng;
  /** Weight of the same error with attention in the place of the decoder's opacities. */
  attnWeight: number;
};

/**
 * Attention at some cells of a grid that is as coarse or coarser. A product, since few backends have gather's gradient.
 * @param attn - [B, K, h, w], both multiples of side
 * @returns [B, K, N]
 */
function attnAt(attn: tf.Tensor4D, side: number, cells: readonly number[]): tf.Tensor3D {
  const [B, K, h, w] = attn.shape;
  const factor = h / side;
  if (!Number.isInteger(factor) || w !== h)
    throw new Error(
      `bindingLoss: expected square attention in a multiple of ${side} cells, got ${h}x${w}. Change the recipe's side.`,
    );
  const rows: tf.Tensor2D = tf.reshape(attn, [B * K, h * w]);
  const chosen = new Float32Array(cells.length * h * w);
  cells.forEach((cell, n) => {
    const top = factor * Math.floor(cell / side);
    const left = factor * (cell % side);
    for (let y = top; y < top + factor; y++)
      chosen.fill(1 / factor ** 2, (n * h + y) * w + left, (n * h + y) * w + left + factor);
  });
  const shares = tf.matMul(rows, tf.tensor2d(chosen, [cells.length, h * w]), false, true);
  return tf.reshape(shares, [B, K, cells.length]);
}

/**
 * Mean squared error of what the slots draw, and of where they say they look: the denoiser will know places from slots
 * alone.
 * @param images - [B, H, W, 3] in [-1, 1]
 */
export function bindingLoss(
  p: ModelParams,
  decoder: BroadcastDecoderParams,
  config: ModelConfig,
  images: tf.Tensor4D,
  { side, cells, slotNoise, attnWeight }: BindingDraws,
): tf.Scalar {
  return tf.tidy(() => {
    const [B, H] = images.shape;
    const initial = initialSlots(p, config, B, slotNoise);
    const { slots, attn } = encodeImages(p, config, images, { initial });
    const last = attn.at(-1);
    if (!last) throw new Error("bindingLoss: expected an iteration of Slot Attention, got none.");
    const frames = slotFrames(last);
    const places = cellCentres(cells, side, side);
    const { image, colors } = broadcastDecoder(decoder, slots, frames, places);
    const small = tf.avgPool(images, H / side, H / side, "valid");
    const target = tf.gather(tf.reshape(small, [B, side * side, 3]), cells, 1); // [B, N, 3]
    const told = linear(decoder.frame, slots);
    const drawn = tf.add<tf.Scalar>(
      tf.mean(tf.squaredDifference(image, target)),
      tf.mean(tf.squaredDifference(told, stopGradient(frames))),
    );
    if (attnWeight === 0) return drawn;
    const seen = mixColors(colors, attnAt(last, side, cells));
    return tf.add(drawn, tf.mul(tf.mean(tf.squaredDifference(seen, target)), attnWeight));
  });
}
