/**
 * Plain convolutional image encoder, used for MOVi-Solid and MOVi-Tex and for our small models.
 *
 * Differs from the official code: convolutions start as He et al. 2015 propose. PyTorch's default start shrinks what
 * depends on the picture by 6 in variance a layer, so that slots see little but biases and find objects much later.
 * Keys follow the Sequential that SlotDiffusion img_based/models/sa_diffusion.py builds of `conv_norm_act` blocks.
 */
import * as tf from "@tensorflow/tfjs-core";

import { conv2d, convSpec } from "./layers";
import { kaimingFanIn, ParamSpec, zeros, type Params } from "./params";

/** Sizes under the names of the official configs; `enc_channels` starts with the image's channels. */
export type CnnSizes = { enc_channels: number[]; enc_ks: number; strides: number[] };

export const cnnSpec = ({ enc_channels, enc_ks }: CnnSizes): CnnSpec =>
  Object.fromEntries(
    enc_channels
      .slice(1)
      .map((outC, i) => [i, { 0: blockSpec(enc_channels[i] ?? 0, outC, enc_ks) }]),
  );

const blockSpec = (inC: number, outC: number, kernel: number): ReturnType<typeof convSpec> => ({
  ...convSpec(inC, outC, kernel, kaimingFanIn),
  bias: new ParamSpec([outC], zeros),
});
type CnnSpec = { [index: string]: { 0: ReturnType<typeof convSpec> } };
export type CnnParams = Params<CnnSpec>;

/** Convolutions with a ReLU after all but the last. @param x - [B, H, W, 3] @returns [B, h, w, C] */
export function cnn(p: CnnParams, { enc_ks, strides }: CnnSizes, x: tf.Tensor4D): tf.Tensor4D {
  const pad = Math.floor(enc_ks / 2);
  const blocks = Object.values(p);
  return tf.tidy(() =>
    blocks.reduce((features, block, i) => {
      const y = conv2d(block[0], features, { stride: strides[i] ?? 1, pad });
      return i === blocks.length - 1 ? y : tf.relu(y);
    }, x),
  );
}
