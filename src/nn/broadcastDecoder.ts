/**
 * Spatial broadcast decoder: every slot draws colours and an opacity at every place, and the opacities compete.
 *
 * Watters et al. 2019, https://arxiv.org/abs/1901.07017; mixture of slots as in Locatello et al. 2020, section 3.2; a
 * pointwise MLP instead of convolutions as in Seitzer et al. 2023, appendix C, https://arxiv.org/abs/2209.14860. Places are
 * seen from each slot's own frame, the centre and spread of its attention, as in Biza et al. 2023, section 3,
 * https://arxiv.org/abs/2302.04973: a slot then draws the same thing wherever it is.
 */
import * as tf from "@tensorflow/tfjs-core";

import { linear, linearSpec } from "./layers";
import { kaimingFanIn, ParamSpec, zeros, type Params } from "./params";

/** Both coordinates of a place; in the slot's frame also their products, and sines and cosines of two octaves. */
const placeSize = 2 + 5 + 8;

const reluSpec = (inSize: number, outSize: number) => ({
  weight: new ParamSpec([inSize, outSize], kaimingFanIn, "linear"),
  bias: new ParamSpec([outSize], zeros),
});

/** D = slot size, M = hidden size. */
export const broadcastDecoderSpec = (D: number, M: number) => ({
  from_slot: reluSpec(D, M),
  from_place: { weight: new ParamSpec([placeSize, M], kaimingFanIn, "linear") },
  hidden: { 0: reluSpec(M, M), 2: reluSpec(M, M) }, // 1 and 3 are ReLUs
  out: linearSpec(M, 4),
  /** Tells a slot's frame from the slot alone. */
  frame: linearSpec(D, 3),
});
export type BroadcastDecoderParams = Params<typeof broadcastDecoderSpec>;

/** Coordinates -1..1 of the middles of cells. @param cells - numbers of cells, row-major @returns [N, 2] as (y, x) */
export const cellCentres = (cells: readonly number[], height: number, width: number): tf.Tensor2D =>
  tf.tensor2d(
    cells.flatMap((cell) => [
      (2 * Math.floor(cell / width) + 1) / height - 1,
      (2 * (cell % width) + 1) / width - 1,
    ]),
    [cells.length, 2],
  );

/**
 * Where each slot looks: centre (y, x) and spread of its attention, in coordinates -1..1.
 * @param attn - [B, K, h, w], at least 0
 * @returns [B, K, 3]
 */
export function slotFrames(attn: tf.Tensor4D): tf.Tensor3D {
  return tf.tidy(() => {
    const [B, K, h, w] = attn.shape;
    const cells = Array.from({ length: h * w }, (_, cell) => cell);
    const places = cellCentres(cells, h, w); // [N, 2]
    const rows: tf.Tensor2D = tf.reshape(attn, [B * K, h * w]);
    const shares = tf.div<tf.Tensor2D>(rows, tf.add(tf.sum(rows, 1, true), 1e-6));
    const centre = tf.matMul(shares, places); // [B * K, 2]
    const squares = tf.matMul(shares, tf.square(places));
    const variance = tf.relu(tf.mean(tf.sub(squares, tf.square(centre)), 1, true));
    const spread = tf.sqrt(tf.add(variance, 1e-3)); // a quarter of a cell and more
    return tf.reshape(tf.concat([centre, spread], 1), [B, K, 3]);
  });
}

/** Farthest that a slot tells places apart, in spreads. */
const farthest = 4;

/** @param places - [N, 2] @param frames - [B, K, 3] @returns [B, K, N, placeSize] */
function placeFeatures(places: tf.Tensor2D, frames: tf.Tensor3D): tf.Tensor4D {
  const [B, K] = frames.shape;
  const N = places.shape[0];
  const [centre, spread] = tf.split(tf.expandDims(frames, 2), [2, 1], 3) as [tf.Tensor, tf.Tensor];
  const distances = tf.div<tf.Tensor4D>(tf.sub(places, centre), spread); // [B, K, N, 2]
  const relative = tf.clipByValue(distances, -farthest, farthest);
  const [y, x] = tf.split(relative, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  const angles = [Math.PI / 4, Math.PI / 2].map((rate) => tf.mul<tf.Tensor4D>(relative, rate));
  const waves = angles.flatMap((angle) => [tf.sin(angle), tf.cos(angle)]);
  const absolute = tf.add<tf.Tensor4D>(tf.zeros([B, K, N, 2]), places);
  return tf.concat([absolute, relative, tf.square(relative), tf.mul(y, x), ...waves], 3);
}

/**
 * @param slots - [B, K, D]
 * @param frames - of the slots, [B, K, 3]; see slotFrames
 * @param places - what to draw, coordinates -1..1 (y, x), [N, 2]
 * @returns the mixture [B, N, 3], each slot's share of it [B, K, N], which sum to 1 over K, and its colours [B, K, N, 3]
 */
export function broadcastDecoder(
  p: BroadcastDecoderParams,
  slots: tf.Tensor3D,
  frames: tf.Tensor3D,
  places: tf.Tensor2D,
): { image: tf.Tensor3D; masks: tf.Tensor3D; colors: tf.Tensor4D } {
  return tf.tidy(() => {
    const [B, K] = slots.shape;
    const N = places.shape[0];
    const perSlot = tf.expandDims(linear(p.from_slot, slots), 2); // [B, K, 1, M]
    const perPlace = linear(p.from_place, placeFeatures(places, frames)); // [B, K, N, M]
    const first = tf.relu<tf.Tensor4D>(tf.add(perSlot, perPlace));
    const second = tf.relu(linear(p.hidden[0], first));
    const drawn = linear(p.out, tf.relu(linear(p.hidden[2], second))); // [B, K, N, 4]
    const [colors, opacity] = tf.split(drawn, [3, 1], 3) as [tf.Tensor4D, tf.Tensor4D];
    const shares: tf.Tensor4D = tf.softmax(tf.transpose(opacity, [0, 2, 3, 1])); // [B, N, 1, K]
    const masks: tf.Tensor3D = tf.transpose(tf.squeeze<tf.Tensor3D>(shares, [2]), [0, 2, 1]);
    return { image: mixColors(colors, masks), masks: tf.reshape(masks, [B, K, N]), colors };
  });
}

/** Colours in their shares. @param colors - [B, K, N, 3] @param shares - [B, K, N] @returns [B, N, 3] */
export const mixColors = (colors: tf.Tensor4D, shares: tf.Tensor3D): tf.Tensor3D =>
  tf.tidy(() => tf.sum(tf.mul(colors, tf.expandDims(shares, 3)), 1));
