/**
 * ResNet-18 image encoder for small pictures: GroupNorm, a 3x3 stem of stride 1, no max-pool, no layer4; total stride 4.
 *
 * He et al. 2016, https://arxiv.org/abs/1512.03385. Keys follow SlotDiffusion img_based/models/resnet.py,
 * resnet18(small_inputs=True, use_layer4=False), whose norms keep the name bn.
 */
import * as tf from "@tensorflow/tfjs-core";

import { conv2d, convNoBiasSpec, groupNorm, normSpec } from "./layers";
import { kaimingFanOut, type Params } from "./params";

/** Official: widths [64, 128, 256], blocks [2, 2, 2], norm_groups 32. */
export type ResnetSizes = { widths: number[]; blocks: number[]; norm_groups: number };

const normEps = 1e-5;
const convOf = (inC: number, outC: number, kernel: number) =>
  convNoBiasSpec(inC, outC, kernel, kaimingFanOut);

/** Only layer1 keeps the size. */
const strideOf = (layer: number, block: number): number => (layer > 0 && block === 0 ? 2 : 1);

export const basicBlockSpec = (inC: number, outC: number, stride: number) => ({
  conv1: convOf(inC, outC, 3),
  bn1: normSpec(outC),
  conv2: convOf(outC, outC, 3),
  bn2: normSpec(outC),
  ...(inC === outC && stride === 1
    ? {}
    : { downsample: { 0: convOf(inC, outC, 1), 1: normSpec(outC) } }),
});
export type BasicBlockParams = Params<typeof basicBlockSpec>;

const layerSpec = ({ widths, blocks }: ResnetSizes, layer: number) => {
  const width = widths[layer] ?? 0;
  const before = widths[Math.max(0, layer - 1)] ?? width;
  const block = (i: number) => basicBlockSpec(i === 0 ? before : width, width, strideOf(layer, i));
  const keyed: { [index: string]: ReturnType<typeof basicBlockSpec> } = Object.fromEntries(
    Array.from({ length: blocks[layer] ?? 0 }, (_, i) => [i, block(i)]),
  );
  return keyed;
};

export const resnetSpec = (sizes: ResnetSizes) => ({
  conv1: convOf(3, sizes.widths[0] ?? 0, 3),
  bn1: normSpec(sizes.widths[0] ?? 0),
  layer1: layerSpec(sizes, 0),
  layer2: layerSpec(sizes, 1),
  layer3: layerSpec(sizes, 2),
});
export type ResnetParams = Params<typeof resnetSpec>;

/** @param images - [B, H, W, 3] in [-1, 1] @returns [B, H/4, W/4, last width] */
export function resnet(
  p: ResnetParams,
  { norm_groups }: ResnetSizes,
  images: tf.Tensor4D,
): tf.Tensor4D {
  return tf.tidy(() => {
    const stem = tf.relu(groupNorm(p.bn1, conv2d(p.conv1, images), norm_groups, normEps));
    return [p.layer1, p.layer2, p.layer3].reduce(
      (x, blocks, layer) =>
        Object.values(blocks).reduce(
          (y, block, i) => basicBlock(block, y, strideOf(layer, i), norm_groups),
          x,
        ),
      stem,
    );
  });
}

/** @param x - [B, H, W, inC] @returns [B, H / stride, W / stride, outC] */
export function basicBlock(
  p: BasicBlockParams,
  x: tf.Tensor4D,
  stride: number,
  groups: number,
): tf.Tensor4D {
  return tf.tidy(() => {
    const norm = (params: typeof p.bn1, y: tf.Tensor4D) => groupNorm(params, y, groups, normEps);
    const h = tf.relu(norm(p.bn1, conv2d(p.conv1, x, { stride })));
    const y = norm(p.bn2, conv2d(p.conv2, h));
    const skip = p.downsample ? norm(p.downsample[1], conv2d(p.downsample[0], x, { stride })) : x;
    return tf.relu(tf.add<tf.Tensor4D>(y, skip));
  });
}
