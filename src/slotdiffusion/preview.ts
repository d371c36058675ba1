/**
 * A cheap look at latents: a linear map from latent channels to colours, one small matmul instead of the decoder.
 *
 * Fitted by least squares to what the encoder makes of pictures: a shipped model's config.json holds the map for its own
 * domain (scripts/fitPreview.ts); a checkpoint without one is fitted to mosaics of random colours.
 */
import * as tf from "@tensorflow/tfjs-core";

import { leastSquares } from "../math/leastSquares";
import { mulberry32 } from "../math/random";
import type { ModelConfig } from "./config";
import { imagesToLatents, type ModelParams } from "./model";

/** rgb = latents * weight + bias, for latents as the sampler has them; weight is [C, 3], rgb in about [-1, 1]. */
export type PreviewMap = { weight: number[][]; bias: number[] };

/** Side of a mosaic's cell in latents: wide enough that most latents see one colour only. */
const cellSide = 4;
/** Pixels of all mosaics together: hundreds of latents at any resolution. */
const numPixels = 128 * 128;

/** Random colours in -1..1, one a cell, as images at the model's resolution [B, H, W, 3]. */
export function mosaics(config: ModelConfig): tf.Tensor4D {
  const [H, W] = config.resolution;
  const B = Math.max(1, Math.round(numPixels / (H * W)));
  const side = cellSide * latentFactor(config);
  const [rows, columns] = [Math.ceil(H / side), Math.ceil(W / side)];
  const rng = mulberry32(0);
  const colors = Float32Array.from({ length: B * rows * columns * 3 }, () => 2 * rng() - 1);
  return tf.tidy(() => {
    const cells = tf.tensor4d(colors, [B, rows, columns, 3]);
    const wide = tf.image.resizeNearestNeighbor(cells, [rows * side, columns * side]);
    return tf.slice(wide, [0, 0, 0, 0], [B, H, W, 3]);
  });
}

/** Pixels per latent along one axis. */
const latentFactor = ({ vae }: ModelConfig): number => 2 ** (vae.enc_dec_dict.ch_mult.length - 1);

/** The map that turns the latents of images into their colours best. @param images - in -1..1 [B, H, W, 3] */
export async function fitPreview(
  params: ModelParams,
  config: ModelConfig,
  images: tf.Tensor4D,
): Promise<PreviewMap> {
  const factor = latentFactor(config);
  const { latents, colors } = tf.tidy(() => ({
    latents: imagesToLatents(params, config, images), // [B, h, w, C]
    colors: tf.avgPool(images, factor, factor, "valid"), // [B, h, w, 3]
  }));
  const C = latents.shape[3];
  const [latentValues, colorValues] = await Promise.all([latents.data(), colors.data()]);
  tf.dispose([latents, colors]);
  const count = colorValues.length / 3;
  const xs = Array.from({ length: count }, (_, i) => [
    ...latentValues.slice(i * C, (i + 1) * C),
    1,
  ]);
  const byChannel = [0, 1, 2].map((channel) =>
    leastSquares(
      xs,
      Array.from({ length: count }, (_, i) => colorValues[3 * i + channel] ?? 0),
    ),
  );
  const weight = Array.from({ length: C }, (_, c) => byChannel.map((column) => column[c] ?? 0));
  return { weight, bias: byChannel.map((column) => column[C] ?? 0) };
}

/** @param latents - [B, h, w, C] @returns colours [B, h, w, 3] */
export const previewColors = (latents: tf.Tensor4D, { weight, bias }: PreviewMap): tf.Tensor4D =>
  tf.tidy(() => {
    const [B, h, w, C] = latents.shape;
    const rows = tf.reshape(latents, [B * h * w, C]);
    const rgb = tf.add(tf.matMul(rows, tf.tensor2d(weight)), tf.tensor1d(bias));
    return tf.reshape(rgb, [B, h, w, 3]);
  });
