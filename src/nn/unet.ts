/**
 * The denoising U-Net on latents, conditioned on time and, through cross-attention, on slots.
 *
 * Rombach et al. 2022, https://arxiv.org/abs/2112.10752; SlotDiffusion section 3.2. Keys and the walk that numbers
 * the blocks follow SlotDiffusion's LDM code (ldm/modules/diffusionmodules/openaimodel.py, UNetModel).
 */
import * as tf from "@tensorflow/tfjs-core";

import type { Rng } from "../math/random";
import {
  conv2d,
  convSpec,
  groupNorm,
  linear,
  linearSpec,
  normSpec,
  silu,
  type ConvParams,
} from "./layers";
import { zeros, type Params } from "./params";
import { timestepEmbedding } from "./timestep";
import {
  downsample,
  downsampleSpec,
  resBlock,
  resBlockSpec,
  spatialTransformer,
  spatialTransformerSpec,
  upsample,
  upsampleSpec,
  type AttentionListener,
  type DownsampleParams,
  type ResBlockParams,
  type SpatialTransformerParams,
  type UpsampleParams,
} from "./unetBlocks";

const OUT_EPS = 1e-5;

/** Field names of the official `unet_dict`. */
export type UnetSizes = {
  in_channels: number;
  model_channels: number;
  out_channels: number;
  num_res_blocks: number;
  /** Downsampling factors at which transformers follow the residual blocks. */
  attention_resolutions: number[];
  dropout: number;
  channel_mult: number[];
  num_head_channels: number;
  transformer_depth: number;
  context_dim: number;
  norm_groups: number;
};

type LayerSpec =
  | ReturnType<typeof convSpec>
  | ReturnType<typeof resBlockSpec>
  | ReturnType<typeof spatialTransformerSpec>
  | ReturnType<typeof downsampleSpec>
  | ReturnType<typeof upsampleSpec>;
/** Layers of one block by position, as in an nn.Sequential. */
type BlockSpec = Record<string, LayerSpec>;
type LayerParams =
  ConvParams | ResBlockParams | SpatialTransformerParams | DownsampleParams | UpsampleParams;
type BlockParams = Record<string, LayerParams>;

/** The parameters of a U-Net; block numbers come out as in the official construction. */
export function unetSpec(sizes: UnetSizes) {
  const { in_channels, model_channels, out_channels, channel_mult } = sizes;
  const embSize = 4 * model_channels;
  const down = inputBlocks(sizes, embSize);
  const bottom = down.channels.at(-1) ?? model_channels;
  return {
    time_embed: { 0: linearSpec(model_channels, embSize), 2: linearSpec(embSize, embSize) },
    input_blocks: numbered([{ 0: convSpec(in_channels, model_channels, 3) }, ...down.blocks]),
    middle_block: {
      0: resBlockSpec(bottom, bottom, embSize),
      1: transformerSpec(sizes, bottom),
      2: resBlockSpec(bottom, bottom, embSize),
    },
    output_blocks: numbered(outputBlocks(sizes, embSize, down.channels)),
    out: {
      0: normSpec(model_channels * (channel_mult[0] ?? 1)),
      2: convSpec(model_channels * (channel_mult[0] ?? 1), out_channels, 3, zeros), // 1 is SiLU
    },
  };
}
export type UnetParams = Params<typeof unetSpec>;

const numbered = (blocks: BlockSpec[]): Record<string, BlockSpec> =>
  Object.fromEntries(blocks.map((block, i) => [`${i}`, block]));

const transformerSpec = (
  { context_dim, num_head_channels, transformer_depth }: UnetSizes,
  C: number,
) => spatialTransformerSpec(C, context_dim, num_head_channels, transformer_depth);

/** Blocks after the first convolution, and the channels of every skip, that convolution's included. */
function inputBlocks(sizes: UnetSizes, embSize: number) {
  const { model_channels, channel_mult, num_res_blocks, attention_resolutions } = sizes;
  const blocks: BlockSpec[] = [];
  const channels = [model_channels];
  let C = model_channels;
  channel_mult.forEach((mult, level) => {
    for (let i = 0; i < num_res_blocks; i++) {
      const block: BlockSpec = { 0: resBlockSpec(C, mult * model_channels, embSize) };
      C = mult * model_channels;
      if (attention_resolutions.includes(2 ** level)) block[1] = transformerSpec(sizes, C);
      blocks.push(block);
      channels.push(C);
    }
    if (level === channel_mult.length - 1) return;
    blocks.push({ 0: downsampleSpec(C) });
    channels.push(C);
  });
  return { blocks, channels };
}

/** Blocks on the way up; each pops one skip. @param skips - channels pushed on the way down */
function outputBlocks(sizes: UnetSizes, embSize: number, skips: number[]): BlockSpec[] {
  const { model_channels, channel_mult, num_res_blocks, attention_resolutions } = sizes;
  const blocks: BlockSpec[] = [];
  const stack = [...skips];
  let C = skips.at(-1) ?? model_channels;
  for (let level = channel_mult.length - 1; level >= 0; level--) {
    const width = (channel_mult[level] ?? 1) * model_channels;
    for (let i = 0; i <= num_res_blocks; i++) {
      const layers: LayerSpec[] = [resBlockSpec(C + (stack.pop() ?? 0), width, embSize)];
      C = width;
      if (attention_resolutions.includes(2 ** level)) layers.push(transformerSpec(sizes, C));
      if (level > 0 && i === num_res_blocks) layers.push(upsampleSpec(C));
      blocks.push(Object.fromEntries(layers.entries()));
    }
  }
  return blocks;
}

export type UnetOptions = {
  /** Given in training only: draws the dropout masks. */
  dropoutRng?: Rng | undefined;
  /** Called with the name and output of every block; the tensor lives only during the call unless kept. */
  record?: ((name: string, x: tf.Tensor) => void) | undefined;
  /** Called with the name and probs [B, heads, H*W, K] of every cross-attention; as above. */
  crossAttention?: AttentionListener | undefined;
};

/**
 * What the network makes of noisy latents: by the model's convention the noise, the clean latents or v.
 * @param xt - noisy latents [B, h, w, in_channels]
 * @param t - one time a sample, 0..T-1, fractional allowed
 * @param context - slots [B, K, context_dim], any K
 * @returns [B, h, w, out_channels]
 */
export function unet(
  p: UnetParams,
  sizes: UnetSizes,
  xt: tf.Tensor4D,
  t: number[],
  context: tf.Tensor3D,
  options: UnetOptions = {},
): tf.Tensor4D {
  checkInputs(sizes, xt, t, context);
  return tf.tidy(() => {
    const emb = embedTime(p, sizes, t); // [B, 4 * model_channels]
    options.record?.("time_embed", emb);
    const run = (name: string, block: BlockParams, x: tf.Tensor4D): tf.Tensor4D => {
      const y = runBlock(name, block, sizes, x, emb, context, options);
      options.record?.(name, y);
      return y;
    };
    const skips: tf.Tensor4D[] = [];
    let h = xt;
    for (const [i, block] of Object.entries(p.input_blocks)) {
      h = run(`input_blocks.${i}`, block, h);
      skips.push(h);
    }
    h = run("middle_block", p.middle_block, h);
    for (const [i, block] of Object.entries(p.output_blocks)) {
      const skip = skips.pop() as tf.Tensor4D; // the spec has as many output blocks as input blocks
      h = run(`output_blocks.${i}`, block, tf.concat([h, skip], 3));
    }
    return conv2d(p.out[2], silu(groupNorm(p.out[0], h, sizes.norm_groups, OUT_EPS)));
  });
}

function checkInputs(
  { in_channels, context_dim, channel_mult }: UnetSizes,
  xt: tf.Tensor4D,
  t: number[],
  context: tf.Tensor3D,
): void {
  const [B, h, w, C] = xt.shape;
  const factor = 2 ** (channel_mult.length - 1);
  const fits = C === in_channels && h % factor === 0 && w % factor === 0;
  if (!fits || t.length !== B || context.shape[0] !== B || context.shape[2] !== context_dim)
    throw new Error(
      `unet: expected latents [B, h, w, ${in_channels}] with h and w divisible by ${factor}, B times and ` +
        `context [B, K, ${context_dim}], got [${xt.shape}], ${t.length} times and [${context.shape}]. ` +
        "Check the model's config against these inputs.",
    );
}

function embedTime(p: UnetParams, sizes: UnetSizes, t: number[]): tf.Tensor2D {
  return tf.tidy(() => {
    const sinusoids = timestepEmbedding(t, sizes.model_channels);
    return linear(p.time_embed[2], silu(linear(p.time_embed[0], sinusoids)));
  });
}

/** Runs the layers of one block; what a layer is shows in its keys. */
function runBlock(
  name: string,
  block: BlockParams,
  sizes: UnetSizes,
  x: tf.Tensor4D,
  emb: tf.Tensor2D,
  context: tf.Tensor3D,
  { dropoutRng, crossAttention }: UnetOptions,
): tf.Tensor4D {
  const { norm_groups, dropout, num_head_channels: headSize } = sizes;
  const run = (h: tf.Tensor4D, [position, layer]: [string, LayerParams]): tf.Tensor4D => {
    if ("in_layers" in layer) return resBlock(layer, h, emb, { norm_groups, dropout, dropoutRng });
    if ("op" in layer) return downsample(layer, h);
    if ("conv" in layer) return upsample(layer, h);
    if ("weight" in layer) return conv2d(layer, h);
    const listener: AttentionListener | undefined =
      crossAttention && ((path, probs) => crossAttention(`${name}.${position}.${path}`, probs));
    return spatialTransformer(layer, h, context, {
      norm_groups,
      headSize,
      crossAttention: listener,
    });
  };
  return tf.tidy(() => Object.entries(block).reduce(run, x));
}
