/**
 * The layers that every network here is made of. Features are NHWC, tokens are [B, N, C].
 *
 * Numerics follow torch.nn: LayerNorm and GroupNorm with biased variance, erf GELU, GRUCell's gate order r, z, n.
 */
import * as tf from "@tensorflow/tfjs-core";

import { groupNormalize } from "../gpu/fusedLayers";
import { ones, ParamSpec, uniformFanIn, zeros, type Init, type Params } from "./params";

/** x * sigmoid(x), called swish in the official VQ-VAE. */
export { silu } from "../gpu/fusedLayers";

export const linearSpec = (inSize: number, outSize: number) => ({
  weight: new ParamSpec([inSize, outSize], uniformFanIn(), "linear"),
  bias: new ParamSpec([outSize], uniformFanIn(inSize)),
});
export type LinearParams = Params<typeof linearSpec>;

/** A linear layer without bias. */
export const projectionSpec = (inSize: number, outSize: number) => ({
  weight: new ParamSpec([inSize, outSize], uniformFanIn(), "linear"),
});
export type ProjectionParams = Params<typeof projectionSpec>;

/** @param x - [..., in] @returns [..., out] */
export function linear<T extends tf.Tensor>(p: LinearParams | ProjectionParams, x: T): T {
  return tf.tidy(() => {
    const [inSize = 0, outSize = 0] = p.weight.shape;
    const rows = tf.reshape(x, [-1, inSize]); // rank 2: tfjs has no gradient for a broadcast matmul
    const product = tf.matMul(rows, p.weight);
    const y = "bias" in p ? tf.add(product, p.bias) : product;
    return tf.reshape(y, [...x.shape.slice(0, -1), outSize]) as T;
  });
}

/** Weight and bias of a LayerNorm or GroupNorm. */
export const normSpec = (C: number) => ({
  weight: new ParamSpec([C], ones),
  bias: new ParamSpec([C], zeros),
});
export type NormParams = Params<typeof normSpec>;

/** Normalises the last axis. @param x - [..., C] */
export function layerNorm<T extends tf.Tensor>(p: NormParams, x: T, eps = 1e-5): T {
  return tf.tidy(() => {
    const centered = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centered), -1, true);
    const normalized = tf.mul(centered, tf.rsqrt(tf.add(variance, eps)));
    return tf.add<T>(tf.mul(normalized, p.weight), p.bias);
  });
}

/**
 * Normalises over space and each of `groups` contiguous blocks of channels.
 * @param x - [B, H, W, C], C divisible by groups
 */
export function groupNorm(p: NormParams, x: tf.Tensor4D, groups: number, eps: number): tf.Tensor4D {
  const C = x.shape[3];
  if (C % groups !== 0)
    throw new Error(`groupNorm: ${C} channels do not divide into ${groups} groups.`);
  // normSpec gives both one axis
  return groupNormalize(x, p.weight as tf.Tensor1D, p.bias as tf.Tensor1D, groups, eps);
}

/** A square convolution's weight (HWIO here) and bias. */
export const convSpec = (inC: number, outC: number, kernel: number, init?: Init) => ({
  weight: new ParamSpec([kernel, kernel, inC, outC], init ?? uniformFanIn(), "conv"),
  bias: new ParamSpec([outC], init ?? uniformFanIn(kernel * kernel * inC)),
});
export type ConvParams = Params<typeof convSpec>;

/** A square convolution without bias. */
export const convNoBiasSpec = (inC: number, outC: number, kernel: number, init?: Init) => ({
  weight: new ParamSpec([kernel, kernel, inC, outC], init ?? uniformFanIn(), "conv"),
});
export type ConvNoBiasParams = Params<typeof convNoBiasSpec>;

/**
 * PyTorch's Conv2d: symmetric zero padding, by default the one that keeps the size at stride 1.
 * @param x - [B, H, W, in] @returns [B, H', W', out]
 */
export function conv2d(
  p: ConvParams | ConvNoBiasParams,
  x: tf.Tensor4D,
  {
    stride = 1,
    pad = ((p.weight.shape[0] ?? 1) - 1) / 2,
  }: { stride?: number; pad?: number | tf.backend_util.ExplicitPadding } = {},
): tf.Tensor4D {
  return tf.tidy(() => {
    const filter = p.weight as tf.Tensor4D;
    const y = tf.conv2d(x, filter, stride, pad, "NHWC", 1, "floor");
    return "bias" in p ? tf.add<tf.Tensor4D>(y, p.bias) : y;
  });
}

/** The same values, through which no gradient flows: sg[x] in the papers. */
export const stopGradient = <T extends tf.Tensor>(x: T): T =>
  tf.customGrad<T>(() => ({ value: tf.clone(x), gradFunc: (dy) => tf.zerosLike(dy) }))(x);

/** Exact GELU: x * Phi(x). */
export const gelu = <T extends tf.Tensor>(x: T): T =>
  tf.tidy(() => tf.mul<T>(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)));

/**
 * Each pixel twice along both axes. The gradient is spelled out: tfjs 4.22's own is wrong on the CPU backend for more than
 * one picture, and on GPUs it searches a 6 x 6 window per pixel.
 * @param x - [B, H, W, C] @returns [B, 2H, 2W, C]
 */
export function upsampleNearest2x(x: tf.Tensor4D): tf.Tensor4D {
  const [, H, W] = x.shape;
  return tf.customGrad<tf.Tensor4D>(() => ({
    value: tf.image.resizeNearestNeighbor(x, [2 * H, 2 * W]),
    gradFunc: (dy) => tf.mul(tf.avgPool(dy, 2, 2, "valid"), 4), // the sum over each 2 x 2
  }))(x);
}

/** PyTorch's GRUCell; rows of both weights are the gates r, z, n. D = input and hidden size. */
export const gruCellSpec = (inputSize: number, D: number) => ({
  weight_ih: new ParamSpec([inputSize, 3 * D], uniformFanIn(D), "linear"),
  weight_hh: new ParamSpec([D, 3 * D], uniformFanIn(D), "linear"),
  bias_ih: new ParamSpec([3 * D], uniformFanIn(D)),
  bias_hh: new ParamSpec([3 * D], uniformFanIn(D)),
});
export type GruCellParams = Params<typeof gruCellSpec>;

/**
 * h' = (1 - z) n + z h, n = tanh(W_in x + b_in + r (W_hn h + b_hn))
 * @param input - [B, K, inputSize] @param hidden - [B, K, D] @returns [B, K, D]
 */
export function gruCell(p: GruCellParams, input: tf.Tensor3D, hidden: tf.Tensor3D): tf.Tensor3D {
  return tf.tidy(() => {
    const fromInput = tf.split(linear({ weight: p.weight_ih, bias: p.bias_ih }, input), 3, -1);
    const fromHidden = tf.split(linear({ weight: p.weight_hh, bias: p.bias_hh }, hidden), 3, -1);
    const [xr, xz, xn] = fromInput as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const [hr, hz, hn] = fromHidden as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const r = tf.sigmoid(tf.add(xr, hr));
    const z = tf.sigmoid(tf.add(xz, hz));
    const n = tf.tanh(tf.add(xn, tf.mul(r, hn)));
    return tf.add<tf.Tensor3D>(n, tf.mul(z, tf.sub(hidden, n)));
  });
}
