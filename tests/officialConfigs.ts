/** Configs of the official models (img_based/configs), for counting: nothing here is loaded. */
import { modelConfigSchema } from "../src/slotdiffusion/config";

const vae = {
  enc_dec_dict: { z_channels: 3, ch: 64, ch_mult: [1, 2, 4], num_res_blocks: 2 },
  vq_dict: { n_embed: 4096, embed_dim: 3 },
};

const unet = (context_dim: number) => ({
  in_channels: 3,
  model_channels: 128,
  out_channels: 3,
  num_res_blocks: 2,
  attention_resolutions: [8, 4, 2],
  dropout: 0.1,
  channel_mult: [1, 2, 3, 4],
  num_head_channels: 32,
  context_dim,
});

/** sa_ldm_clevrtex_params-res128.py */
export const clevrtexConfig = modelConfigSchema.parse({
  name: "CLEVRTex",
  resolution: [128, 128],
  encoder: { kind: "resnet18", enc_out_channels: 192 },
  slot_dict: { num_slots: 11, slot_size: 192, slot_mlp_size: 384, num_iterations: 3 },
  vae,
  unet_dict: unet(192),
  diffusion: {},
});

/** sa_ldm_dino_coco_params-res224.py */
export const cocoConfig = modelConfigSchema.parse({
  name: "COCO",
  resolution: [224, 224],
  encoder: {
    kind: "dino",
    hidden_size: 384,
    layers: 12,
    heads: 6,
    mlp_size: 1536,
    patch: 8,
    enc_out_channels: 256,
  },
  slot_dict: { num_slots: 7, slot_size: 256, slot_mlp_size: 512, num_iterations: 3 },
  vae,
  unet_dict: unet(256),
  diffusion: {},
});
