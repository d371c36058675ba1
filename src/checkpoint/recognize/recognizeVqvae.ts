/** The VQ-VAE's sizes by the shapes of its tensors. */
import type { VqvaeConfig } from "../../slotdiffusion/config";

import {
  countNumbered,
  hasUnder,
  lengths,
  likelyGroups,
  multiplesOf,
  unlike,
} from "./tensorShapes";
import type { TensorShapes } from "./tensorShapes";

const prefix = "dm_decoder.vae.vqvae.";

/** Sizes that shapes tell; the norm groups are the official ones where they fit, latents are not scaled. */
export function recognizeVqvae(shapes: TensorShapes): VqvaeConfig {
  const [ch, in_channels] = lengths(shapes, `${prefix}encoder.conv_in.weight`, 4);
  const [z_channels] = lengths(shapes, `${prefix}encoder.conv_out.weight`, 4);
  const [out_ch] = lengths(shapes, `${prefix}decoder.conv_out.weight`, 4);
  const [n_embed, embed_dim] = lengths(shapes, `${prefix}quantize.embedding.weight`, 2);
  const down = `${prefix}encoder.down.`;
  const levels = countNumbered(shapes, down);
  const widths = Array.from(
    { length: levels },
    (_, i) => lengths(shapes, `${down}${i}.block.0.conv1.weight`, 4)[0],
  );
  for (let i = 0; i < levels; i++)
    if (hasUnder(shapes, `${down}${i}.attn.`))
      throw unlike("a VQ-VAE with attention in its middle only", `attention in level ${i}`);
  return {
    enc_dec_dict: {
      in_channels,
      z_channels,
      ch,
      ch_mult: multiplesOf(ch, widths, "VQ-VAE widths"),
      num_res_blocks: countNumbered(shapes, `${down}0.block.`),
      out_ch,
      norm_groups: likelyGroups([ch, ...widths]),
    },
    vq_dict: { n_embed, embed_dim },
    scale_factor: 1,
  };
}
