/**
 * Vector quantisation: each latent is replaced by the nearest of E codes.
 *
 * van den Oord et al. 2017, section 3.2 and equation 3, https://arxiv.org/abs/1711.00937
 * Follows SlotDiffusion img_based/models/vqvae/quantize.py, VectorQuantizer2: codes are trained by gradient, without EMA.
 */
import * as tf from "@tensorflow/tfjs-core";

import { stopGradient } from "./layers";
import { ParamSpec, type Init, type Params } from "./params";

/** U(-1/E, 1/E), as VectorQuantizer2 draws its E codes. */
const uniformCodes: Init = ([E = 1, D = 1], rng) =>
  Float32Array.from({ length: E * D }, () => (2 * rng() - 1) / E);

/** E codes of size D. */
export const codebookSpec = (E: number, D: number) => ({
  embedding: { weight: new ParamSpec([E, D], uniformCodes) },
});
export type CodebookParams = Params<typeof codebookSpec>;

/**
 * Finds the nearest code of each latent.
 * @param z - [B, h, w, D]
 * @returns rows, the codes themselves shaped as z and differentiable by the codebook only; indices [B, h, w] int32,
 *   on ties the lowest
 */
export function lookUp(
  { embedding }: CodebookParams,
  z: tf.Tensor4D,
  { maxDistances = 2 ** 24 } = {}, // floats of one block of the [B h w, E] distances: 64 MiB
): { rows: tf.Tensor4D; indices: tf.Tensor3D } {
  const [B, h, w, D] = z.shape;
  const codebook = embedding.weight as tf.Tensor2D; // [E, D] by its spec
  const points: tf.Tensor2D = tf.reshape(z, [-1, D]);
  const indices = nearestCodes(codebook, points, maxDistances); // [B h w]
  return {
    rows: tf.reshape(gatherCodes(codebook, indices), z.shape),
    indices: tf.reshape(indices, [B, h, w]),
  };
}

/** z + sg[zq - z]: the value of zq, the gradient of z. */
export const passStraight = (z: tf.Tensor4D, zq: tf.Tensor4D): tf.Tensor4D =>
  tf.add<tf.Tensor4D>(z, stopGradient(tf.sub<tf.Tensor4D>(zq, z)));

/** @param z - [N, D] @returns [N] int32, off the gradient tape: the [N, E] distances are not kept for a backward pass */
const nearestCodes = (codebook: tf.Tensor2D, z: tf.Tensor2D, maxDistances: number): tf.Tensor1D =>
  tf.customGrad<tf.Tensor1D>(() => ({
    value: searchCodes(codebook, z, maxDistances),
    gradFunc: () => [tf.zeros(codebook.shape), tf.zeros(z.shape)],
  }))(codebook, z);

/** Searches in blocks of rows, so that the distance matrix stays bounded. */
function searchCodes(codebook: tf.Tensor2D, z: tf.Tensor2D, maxDistances: number): tf.Tensor1D {
  return tf.tidy(() => {
    const [E] = codebook.shape;
    const [N, D] = z.shape;
    const transposed = tf.transpose(codebook); // [D, E]
    const norms: tf.Tensor1D = tf.sum(tf.square(codebook), 1); // [E]
    const rowsAtOnce = Math.max(1, Math.floor(maxDistances / E));
    const blocks: tf.Tensor1D[] = [];
    for (let start = 0; start < N; start += rowsAtOnce) {
      const block = tf.slice(z, [start, 0], [Math.min(rowsAtOnce, N - start), D]);
      blocks.push(tf.tidy(() => lowestMinimum(codeDistances(block, transposed, norms))));
    }
    return tf.concat1d(blocks);
  });
}

/**
 * Differs from the official code: |z|² is left out of |z|² + |e|² - 2 z e. It is the same for every code, and where
 * |z| is large (x0 at noisy steps) it only rounds the rest away.
 */
const codeDistances = (z: tf.Tensor2D, transposed: tf.Tensor2D, norms: tf.Tensor1D): tf.Tensor2D =>
  tf.sub(norms, tf.matMul(tf.mul<tf.Tensor2D>(z, 2), transposed)); // [N, E]

/** Backends whose argMin scans in order; the GPUs' tree reductions may return any of several equal minima. */
const scansInOrder = new Set(["cpu", "wasm", "tensorflow"]);

/** Index of each row's minimum, the first of equals. @param x - [N, E] @returns [N] int32 */
function lowestMinimum(x: tf.Tensor2D): tf.Tensor1D {
  if (scansInOrder.has(tf.getBackend())) return tf.argMin(x, 1);
  const [, E] = x.shape;
  const isMinimum = tf.lessEqual(x, tf.min(x, 1, true));
  const candidates = tf.where<tf.Tensor>(isMinimum, tf.range(0, E), tf.scalar(E - 1)); // exact below 2^24 codes
  return tf.cast(tf.min(candidates, 1), "int32");
}

/** Rows of the codebook; their gradients are summed per code. */
const gatherCodes = (codebook: tf.Tensor2D, indices: tf.Tensor1D): tf.Tensor2D =>
  tf.customGrad<tf.Tensor2D>((...inputs) => {
    const [E] = codebook.shape;
    const save = inputs.at(-1) as tf.GradSaveFunc; // customGrad appends it to the inputs
    save([indices]);
    return {
      value: tf.gather(codebook, indices),
      gradFunc: (dy, saved) => tf.unsortedSegmentSum(dy, saved[0] as tf.Tensor1D, E), // saved above
    };
  })(codebook);

/**
 * Which term `beta` weighs. legacy, the official setting: the codes' term, mean((sg[zq] - z)²) + beta mean((zq - sg[z])²).
 * standard, as in the paper: the commitment term.
 */
export type QuantConvention = "legacy" | "standard";

/** Draws latents and codes together. @param zq - the codes themselves, without the straight-through step */
export function quantLoss(
  z: tf.Tensor4D,
  zq: tf.Tensor4D,
  convention: QuantConvention,
  beta = 0.25,
): tf.Scalar {
  return tf.tidy(() => {
    const commitment = meanSquare(tf.sub(stopGradient(zq), z));
    const codes = meanSquare(tf.sub(zq, stopGradient(z)));
    return convention === "legacy"
      ? tf.add<tf.Scalar>(commitment, tf.mul(codes, beta))
      : tf.add<tf.Scalar>(codes, tf.mul(commitment, beta));
  });
}

/** @returns the mean of x² */
export const meanSquare = (x: tf.Tensor): tf.Scalar => tf.mean(tf.square(x));
