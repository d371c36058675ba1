/** The U-Net's sizes by the shapes of its tensors; what the walk in nn/unet.ts numbers is counted here. */
import type { UnetConfig } from "../../slotdiffusion/config";

import {
  countNumbered,
  hasUnder,
  lengths,
  likelyGroups,
  multiplesOf,
  sameOf,
  unlike,
} from "./tensorShapes";
import type { TensorShapes } from "./tensorShapes";

const prefix = "dm_decoder.model.diffusion_model.";
/** Of every official configuration. */
const officialHeadSize = 32;
const officialDropout = 0.1;

type Level = { width: number; blocks: number; hasAttention: boolean };

/** Sizes that shapes tell; head size, norm groups and dropout are the official ones where they fit. */
export function recognizeUnet(shapes: TensorShapes): UnetConfig {
  const [model_channels, in_channels] = lengths(shapes, `${prefix}input_blocks.0.0.weight`, 4);
  const [out_channels] = lengths(shapes, `${prefix}out.2.weight`, 4);
  const middle = `${prefix}middle_block.1.`;
  const levels = walkDown(shapes);
  const widths = levels.map(({ width }) => width);
  const blocks = levels.map((level) => level.blocks);
  const resolutions = levels.flatMap(({ hasAttention }, i) => (hasAttention ? [2 ** i] : []));
  const [, context_dim] = lengths(shapes, `${middle}transformer_blocks.0.attn2.to_k.weight`, 2);
  return {
    in_channels,
    model_channels,
    out_channels,
    num_res_blocks: sameOf(blocks, "number of blocks a level"),
    attention_resolutions: resolutions.reverse(), // official configs begin with the coarsest
    dropout: officialDropout,
    channel_mult: multiplesOf(model_channels, widths, "U-Net widths"),
    num_head_channels: likelyHeadSize(shapes),
    transformer_depth: countNumbered(shapes, `${middle}transformer_blocks.`),
    context_dim,
    norm_groups: likelyGroups([model_channels, ...widths]),
  };
}

/** Levels from the finest to the coarsest; a convolution named op ends each but the last. */
function walkDown(shapes: TensorShapes): Level[] {
  const count = countNumbered(shapes, `${prefix}input_blocks.`);
  const levels: Level[] = [];
  let level: Level = { width: 0, blocks: 0, hasAttention: false };
  for (let i = 1; i < count; i++) {
    const block = `${prefix}input_blocks.${i}.`;
    if (shapes.has(`${block}0.op.weight`)) {
      levels.push(level);
      level = { width: 0, blocks: 0, hasAttention: false };
      continue;
    }
    const [width] = lengths(shapes, `${block}0.out_layers.3.weight`, 4);
    level = { width, blocks: level.blocks + 1, hasAttention: hasUnder(shapes, `${block}1.`) };
  }
  if (level.blocks === 0) throw unlike("residual blocks in every level of the U-Net", "none");
  return [...levels, level];
}

/** The largest power of two up to 32 that gives every transformer the width it has. */
function likelyHeadSize(shapes: TensorShapes): number {
  const inner = [...shapes.keys()]
    .filter((key) => key.startsWith(prefix) && key.endsWith(".proj_in.weight"))
    .map((key) => lengths(shapes, key, 4));
  let size = officialHeadSize;
  const fits = ([width, channels]: [number, number, number, number]) =>
    width > 0 && Math.floor(channels / size) * size === width;
  while (size > 1 && !inner.every(fits)) size /= 2;
  return size;
}
