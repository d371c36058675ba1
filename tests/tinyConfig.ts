/** The model of the golden fixtures: their config.json in the form of our config. */
import { modelConfigSchema, type ModelConfig } from "../src/slotdiffusion/config";
import official from "./fixtures/config.json" with { type: "json" };

const { norm_groups, resolution, enc_dict, slot_dict, vae_dict, unet_dict, diffusion_dict } =
  official.tiny;

export const tinyConfig: ModelConfig = modelConfigSchema.parse({
  name: "tiny",
  resolution,
  encoder: {
    kind: "resnet18",
    widths: enc_dict.widths,
    blocks: enc_dict.blocks,
    enc_out_channels: enc_dict.enc_out_channels,
    norm_groups,
  },
  slot_dict,
  vae: { ...vae_dict, enc_dec_dict: { ...vae_dict.enc_dec_dict, norm_groups } },
  unet_dict: { ...unet_dict, norm_groups },
  diffusion: diffusion_dict,
});
