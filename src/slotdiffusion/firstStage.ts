/**
 * Training loss of the first stage, the VQ-VAE, without a perceptual network.
 *
 * van den Oord et al. 2017, eq. 3, https://arxiv.org/abs/1711.00937; SlotDiffusion img_based/models/vqvae/vqvae.py.
 * Differs from the official code: LPIPS, which needs another network's weights, gives way to squared error and to the
 * difference of image gradients, which keeps edges; and quantisation can be left out while the codes are not set yet.
 */
import * as tf from "@tensorflow/tfjs-core";

import { lookUp, meanSquare, passStraight, quantLoss } from "../nn/codebook";
import { decodeLatents, encodeLatents, type VqvaeParams, type VqvaeSizes } from "../nn/vqvae";

/** Weights of the loss's terms. */
export type FirstStageWeights = { l1: number; l2: number; edges: number; quantizer: number };

export type FirstStageLoss = {
  loss: tf.Scalar;
  /** Mean squared error of the reconstruction, values in -1..1. */
  squaredError: tf.Scalar;
  /** Code of each latent [B, h, w] int32; none without quantisation. */
  indices?: tf.Tensor3D;
  /** What the encoder made of the images [B, h, w, embed_dim]. */
  latents: tf.Tensor4D;
};

/**
 * @param images - [B, H, W, 3] in [-1, 1]
 * @param isQuantized - false: the decoder sees the encoder's latents as they are, and codes get no gradient
 */
export function firstStageLoss(
  p: VqvaeParams,
  sizes: VqvaeSizes,
  images: tf.Tensor4D,
  isQuantized: boolean,
  weights: FirstStageWeights,
): FirstStageLoss {
  return tf.tidy(() => {
    const z = encodeLatents(p, sizes, images);
    const found = isQuantized ? lookUp(p.quantize, z) : null;
    const recon = decodeLatents(p, sizes, found ? passStraight(z, found.rows) : z);
    const error = tf.sub<tf.Tensor4D>(recon, images);
    const squaredError = meanSquare(error);
    const terms: [number, tf.Scalar][] = [
      [weights.l1, tf.mean(tf.abs(error))],
      [weights.l2, squaredError],
      [weights.edges, edgeError(error)],
    ];
    if (found) terms.push([weights.quantizer, quantLoss(z, found.rows, "legacy")]);
    const loss = tf.addN(terms.map(([weight, term]) => tf.mul<tf.Scalar>(term, weight)));
    return { loss, squaredError, latents: z, ...(found ? { indices: found.indices } : {}) };
  });
}

/** Mean absolute difference of the image gradients, which are linear: the gradients of the difference. */
function edgeError(error: tf.Tensor4D): tf.Scalar {
  const [B, H, W, C] = error.shape;
  const right = tf.slice(error, [0, 0, 1, 0], [B, H, W - 1, C]);
  const left = tf.slice(error, [0, 0, 0, 0], [B, H, W - 1, C]);
  const below = tf.slice(error, [0, 1, 0, 0], [B, H - 1, W, C]);
  const above = tf.slice(error, [0, 0, 0, 0], [B, H - 1, W, C]);
  return tf.add(tf.mean(tf.abs(tf.sub(right, left))), tf.mean(tf.abs(tf.sub(below, above))));
}
