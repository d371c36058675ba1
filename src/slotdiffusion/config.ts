/**
 * What a model is, as a config.json beside its weights says it. Field names are the official configs'
 * (img_based/configs, Wuziyi616/SlotDiffusion) where the official code has the field.
 */
import { z } from "zod";

const positive = z.int().positive().max(65536);
const size = z.tuple([positive, positive]);

/** Plain CNN (MOVi-Solid/Tex and our small models): `enc_channels` starts with the image's 3. */
const cnnSchema = z.object({
  kind: z.literal("cnn"),
  enc_channels: z.array(positive).min(2).max(16),
  enc_ks: positive.max(15).default(5),
  strides: z.array(positive.max(4)).min(1).max(15),
  enc_out_channels: positive,
});

/** ResNet-18 with GroupNorm, 3x3 stem, no max-pool, no layer4: stride 4. */
const resnetSchema = z.object({
  kind: z.literal("resnet18"),
  widths: z.array(positive).length(3).default([64, 128, 256]),
  blocks: z.array(positive.max(8)).length(3).default([2, 2, 2]),
  norm_groups: positive.default(32),
  enc_out_channels: positive,
});

/** DINO ViT, frozen in the official code. */
const dinoSchema = z.object({
  kind: z.literal("dino"),
  hidden_size: positive,
  layers: positive.max(48),
  heads: positive.max(64),
  mlp_size: positive,
  patch: positive.max(64),
  layer_norm_eps: z.number().positive().default(1e-12),
  enc_out_channels: positive,
});

export const modelConfigSchema = z.object({
  name: z.string().max(100).default("untitled"),
  resolution: size,
  encoder: z.discriminatedUnion("kind", [cnnSchema, resnetSchema, dinoSchema]),
  slot_dict: z.object({
    num_slots: positive.max(128),
    slot_size: positive,
    slot_mlp_size: positive,
    num_iterations: positive.max(50),
    eps: z.number().positive().default(1e-6),
    /** learned: `init_latents`, slot-specific (official). gaussian: `slots_mu` + exp(`slots_logsigma`) N(0, 1), shared. */
    init: z.enum(["learned", "gaussian"]).default("learned"),
  }),
  vae: z.object({
    enc_dec_dict: z.object({
      in_channels: positive.default(3),
      z_channels: positive,
      ch: positive,
      ch_mult: z.array(positive.max(64)).min(1).max(8),
      num_res_blocks: positive.max(16),
      out_ch: positive.default(3),
      norm_groups: positive.default(32),
    }),
    vq_dict: z.object({ n_embed: positive, embed_dim: positive }),
    scale_factor: z.number().positive().default(1),
  }),
  unet_dict: z.object({
    in_channels: positive,
    model_channels: positive,
    out_channels: positive,
    num_res_blocks: positive.max(16),
    attention_resolutions: z.array(positive).max(8),
    dropout: z.number().min(0).max(1).default(0),
    channel_mult: z.array(positive.max(64)).min(1).max(8),
    num_head_channels: positive,
    transformer_depth: positive.max(16).default(1),
    context_dim: positive,
    norm_groups: positive.default(32),
  }),
  diffusion: z.object({
    timesteps: positive.max(10000).default(1000),
    beta_schedule: z.enum(["linear", "cosine"]).default("linear"),
    linear_start: z.number().positive().max(1).default(0.0015),
    linear_end: z.number().positive().max(1).default(0.0195),
    cosine_s: z.number().positive().default(0.008),
    pred_target: z.enum(["eps", "x0", "v"]).default("eps"),
    /** Snap every predicted x0 to its nearest codes while sampling (official: true). */
    vq_denoised: z.boolean().default(true),
  }),
  /** Shrinks a picture to `resolution`: bilinear as the official code (no antialias), or area average. */
  resize: z.enum(["bilinear", "area"]).default("bilinear"),
  /** Linear map from latents to RGB in [-1, 1] for previews: rgb = latents * weight + bias; weight is [z_channels, 3]. */
  preview: z
    .object({ weight: z.array(z.array(z.number()).length(3)), bias: z.array(z.number()).length(3) })
    .optional(),
});

export type ModelConfig = z.infer<typeof modelConfigSchema>;
export type EncoderConfig = ModelConfig["encoder"];
export type SlotConfig = ModelConfig["slot_dict"];
export type VqvaeConfig = ModelConfig["vae"];
export type UnetConfig = ModelConfig["unet_dict"];
export type DiffusionConfig = ModelConfig["diffusion"];
export type PredTarget = DiffusionConfig["pred_target"];
