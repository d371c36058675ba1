/**
 * DINO's Vision Transformer as an image encoder, frozen in the official VOC and COCO models.
 *
 * Dosovitskiy et al. 2021, https://arxiv.org/abs/2010.11929; Caron et al. 2021, https://arxiv.org/abs/2104.14294
 * Follows SlotDiffusion img_based/models/dino.py DINOEncoder; keys are those of transformers 4.x ViTModel.
 */
import * as tf from "@tensorflow/tfjs-core";

import { conv2d, convSpec, gelu, layerNorm, linear, linearSpec, normSpec } from "./layers";
import { gaussian, ParamSpec, type Init, type Params } from "./params";

/** Sizes of a ViT; patch is the side of a patch in pixels. */
export type VitSizes = {
  hidden_size: number;
  layers: number;
  heads: number;
  mlp_size: number;
  patch: number;
  layer_norm_eps: number;
};

const small = { hidden_size: 384, layers: 12, heads: 6, mlp_size: 1536, layer_norm_eps: 1e-12 };
const base = { hidden_size: 768, layers: 12, heads: 12, mlp_size: 3072, layer_norm_eps: 1e-12 };

/** The published DINO models; the official code uses vits8. */
export const dinoPresets = {
  vits8: { ...small, patch: 8 },
  vits16: { ...small, patch: 16 },
  vitb8: { ...base, patch: 8 },
  vitb16: { ...base, patch: 16 },
} satisfies { [name: string]: VitSizes };

/** N(0, 0.02²), transformers' initializer_range. */
const narrowGaussian: Init = (shape, rng) => gaussian(shape, rng).map((value) => 0.02 * value);

const vitLayerSpec = (C: number, mlpSize: number) => ({
  attention: {
    attention: { query: linearSpec(C, C), key: linearSpec(C, C), value: linearSpec(C, C) },
    output: { dense: linearSpec(C, C) },
  },
  intermediate: { dense: linearSpec(C, mlpSize) },
  output: { dense: linearSpec(mlpSize, C) },
  layernorm_before: normSpec(C),
  layernorm_after: normSpec(C),
});
type VitLayerParams = Params<typeof vitLayerSpec>;

/** @param imageSize - [H, W] of the pictures, both divisible by the patch */
export const vitSpec = (
  { hidden_size: C, layers, mlp_size, patch }: VitSizes,
  [H, W]: [number, number],
) => {
  if (H % patch !== 0 || W % patch !== 0)
    throw new Error(`vit: expected sides divisible by ${patch}, got ${H} x ${W}.`);
  const layer: { [index: string]: ReturnType<typeof vitLayerSpec> } = Object.fromEntries(
    Array.from({ length: layers }, (_, i) => [i, vitLayerSpec(C, mlp_size)]),
  );
  return {
    dino: {
      embeddings: {
        cls_token: new ParamSpec([1, 1, C], narrowGaussian),
        position_embeddings: new ParamSpec([1, 1 + (H / patch) * (W / patch), C], narrowGaussian),
        patch_embeddings: { projection: convSpec(3, C, patch) },
      },
      encoder: { layer },
      layernorm: normSpec(C),
      pooler: { dense: linearSpec(C, C) }, // in the files, not used
    },
  };
};
export type VitParams = Params<typeof vitSpec>;

/**
 * Features of the patches after the last layer, without the class token.
 * @param images - [B, H, W, 3]
 * @returns [B, H / patch, W / patch, hidden_size]
 */
export function vit({ dino: p }: VitParams, sizes: VitSizes, images: tf.Tensor4D): tf.Tensor4D {
  const { patch: stride, layer_norm_eps, heads } = sizes;
  return tf.tidy(() => {
    const { cls_token, position_embeddings, patch_embeddings } = p.embeddings;
    const patches = conv2d(patch_embeddings.projection, images, { stride, pad: 0 });
    const [B, h, w, C] = patches.shape;
    const classTokens = tf.tile(cls_token, [B, 1, 1]);
    const tokens = tf.concat([classTokens, tf.reshape(patches, [B, h * w, C])], 1);
    const x = Object.values(p.encoder.layer).reduce(
      (y, layer) => vitLayer(layer, y, heads, layer_norm_eps),
      tf.add<tf.Tensor3D>(tokens, position_embeddings), // [B, 1 + N, C]
    );
    const features = layerNorm(p.layernorm, tf.slice(x, [0, 1, 0], [B, h * w, C]), layer_norm_eps);
    return tf.reshape(features, [B, h, w, C]);
  });
}

/** A pre-norm transformer layer. @param x - [B, N, C] */
function vitLayer(p: VitLayerParams, x: tf.Tensor3D, heads: number, eps: number): tf.Tensor3D {
  return tf.tidy(() => {
    const attended = selfAttention(p.attention, layerNorm(p.layernorm_before, x, eps), heads);
    const y: tf.Tensor3D = tf.add(x, attended);
    const hidden = gelu(linear(p.intermediate.dense, layerNorm(p.layernorm_after, y, eps)));
    return tf.add<tf.Tensor3D>(y, linear(p.output.dense, hidden));
  });
}

/** @param x - [B, N, C] */
function selfAttention(
  { attention: p, output }: VitLayerParams["attention"],
  x: tf.Tensor3D,
  heads: number,
): tf.Tensor3D {
  const [B, N, C] = x.shape;
  const headSize = C / heads;
  const split = (y: tf.Tensor3D, order: number[]): tf.Tensor4D =>
    tf.transpose(tf.reshape(y, [B, N, heads, headSize]), order);
  const q = split(linear(p.query, x), [0, 2, 1, 3]); // [B, heads, N, d]
  const k = split(linear(p.key, x), [0, 2, 3, 1]); // [B, heads, d, N]
  const v = split(linear(p.value, x), [0, 2, 1, 3]); // [B, heads, N, d]
  const attn: tf.Tensor4D = tf.softmax(tf.mul(tf.matMul(q, k), headSize ** -0.5)); // over keys
  const read = tf.transpose(tf.matMul(attn, v), [0, 2, 1, 3]); // [B, N, heads, d]
  return linear(output.dense, tf.reshape(read, [B, N, C]));
}
