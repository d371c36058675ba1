/**
 * Position embedding of the image features: a linear map of each pixel's distances to the four borders.
 *
 * Locatello et al. 2020, appendix E.2. Keys follow SlotDiffusion img_based/models/utils.py, SoftPositionEmbed.
 */
import * as tf from "@tensorflow/tfjs-core";

import { linear, linearSpec } from "./layers";
import { ParamSpec, type Init, type Params } from "./params";

/** h, w = size of the feature map, C = its channels. `grid` is a buffer: [1, h, w, (y, x, 1 - y, 1 - x)]. */
export const posEmbedSpec = (h: number, w: number, C: number) => ({
  grid: new ParamSpec([1, h, w, 4], borderDistances, "plain", true),
  dense: linearSpec(4, C),
});
export type PosEmbedParams = Params<typeof posEmbedSpec>;

/** y and x run from 0 to 1, both included. */
const borderDistances: Init = ([, h = 1, w = 1]) => {
  const unit = (i: number, length: number) => (length === 1 ? 0 : i / (length - 1)); // as torch.linspace
  return Float32Array.from({ length: h * w * 4 }, (_, i) => {
    const pixel = i >> 2;
    const along = i % 2 === 0 ? unit(Math.floor(pixel / w), h) : unit(pixel % w, w);
    return i % 4 < 2 ? along : 1 - along;
  });
};

/** Adds the embedding of each position. @param x - [B, h, w, C] */
export const posEmbed = (p: PosEmbedParams, x: tf.Tensor4D): tf.Tensor4D =>
  tf.tidy(() => tf.add<tf.Tensor4D>(x, linear(p.dense, p.grid)));
