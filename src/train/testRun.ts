/** A run small enough for tests: pictures of one coloured square each, and a model of a few thousand parameters. */
import { hash32 } from "../data/scenes/seeding";
import { modelConfigSchema } from "../slotdiffusion/config";

import type { ImageSource } from "./images";
import { recipeSchema, type Recipe } from "./recipe";

const side = 16;

export const testConfig = modelConfigSchema.parse({
  name: "test",
  resolution: [side, side],
  encoder: {
    kind: "cnn",
    enc_channels: [3, 8, 8],
    enc_ks: 3,
    strides: [2, 1],
    enc_out_channels: 16,
  },
  slot_dict: {
    num_slots: 3,
    slot_size: 16,
    slot_mlp_size: 16,
    num_iterations: 2,
    init: "gaussian",
  },
  vae: {
    enc_dec_dict: { z_channels: 3, ch: 8, ch_mult: [1, 1], num_res_blocks: 1, norm_groups: 4 },
    vq_dict: { n_embed: 16, embed_dim: 3 },
  },
  unet_dict: {
    in_channels: 3,
    out_channels: 3,
    model_channels: 8,
    num_res_blocks: 1,
    attention_resolutions: [2],
    channel_mult: [1, 2],
    num_head_channels: 8,
    context_dim: 16,
    norm_groups: 4,
  },
  diffusion: { pred_target: "x0" },
});

/** A recipe of few steps; fields of the stages can be set. */
export const testRecipe = (
  vqvae: Partial<Recipe["vqvae"]> = {},
  slots: Partial<Recipe["slots"]> = {},
  binding?: Recipe["binding"],
): Recipe =>
  recipeSchema.parse({
    data: { kind: "sprites", seed: 1, n: 12, heldOut: 4 },
    seed: 3,
    vqvae: {
      steps: 6,
      batch: 2,
      lr: 5e-3,
      warmup: 2,
      quantizeFrom: 3,
      reseedEvery: 2,
      reseedUntil: 5,
      kMeansImages: 4,
      ...vqvae,
    },
    binding,
    slots: { steps: 6, batch: 2, lr: 1e-3, decoderLr: 2e-3, warmup: 2, ...slots },
  });

/** Eight pictures: grey, with a square whose place and colour the number decides. */
export const testImages: ImageSource = {
  count: 8,
  size: [side, side],
  read: (index) => {
    const pixels = new Uint8Array(side * side * 3).fill(90);
    const place = hash32(index, 0) % (side * side);
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 6; x++) {
        const at = (place + y * side + x) % (side * side);
        pixels.set(
          [hash32(index, 1) % 256, hash32(index, 2) % 256, hash32(index, 3) % 256],
          3 * at,
        );
      }
    }
    return pixels;
  },
};
