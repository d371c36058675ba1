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

const modelFields = z.object({
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
  /** Linear map from latents to RGB in [-1, 1] for previews: rgb = latents * weight + bias, latents as the sampler has them; weight is [z_channels, 3]. */
  preview: z
    .object({ weight: z.array(z.array(z.number()).length(3)), bias: z.array(z.number()).length(3) })
    .optional(),
});

type ModelFields = z.infer<typeof modelFields>;
type Claim = [holds: boolean, path: string, message: string];

/** Parses a config.json: every field in range, and the parts fit together. */
export const modelConfigSchema = modelFields.superRefine((config, context) => {
  for (const [holds, path, message] of [...sizeClaims(config), ...encoderClaims(config)])
    if (!holds) context.addIssue({ code: "custom", path: path.split("."), message });
});

/** What U-Net, VQ-VAE and slots must agree on. */
function sizeClaims({ resolution, vae, unet_dict, slot_dict, preview }: ModelFields): Claim[] {
  const { embed_dim } = vae.vq_dict;
  const { ch, norm_groups: vaeGroups } = vae.enc_dec_dict;
  const { model_channels, norm_groups, in_channels, out_channels, context_dim } = unet_dict;
  const halvings = vae.enc_dec_dict.ch_mult.length + unet_dict.channel_mult.length - 2;
  const narrowest = Math.min(...transformerWidths(unet_dict));
  const depth = transformerBlocks(unet_dict);
  return [
    [
      depth <= maxTransformerBlocks,
      "unet_dict.transformer_depth",
      `must give at most ${maxTransformerBlocks} transformer blocks, gives ${depth}`,
    ],
    [
      resolution.every((side) => side % 2 ** halvings === 0),
      "resolution",
      `must be divisible by ${2 ** halvings}, which VQ-VAE and U-Net shrink it by`,
    ],
    [in_channels === embed_dim, "unet_dict.in_channels", `must be vq_dict.embed_dim, ${embed_dim}`],
    [out_channels === in_channels, "unet_dict.out_channels", "must be unet_dict.in_channels"],
    [
      context_dim === slot_dict.slot_size,
      "unet_dict.context_dim",
      `must be slot_dict.slot_size, ${slot_dict.slot_size}`,
    ],
    [model_channels % norm_groups === 0, "unet_dict.norm_groups", "must divide model_channels"],
    [ch % vaeGroups === 0, "vae.enc_dec_dict.norm_groups", "must divide ch"],
    [
      unet_dict.num_head_channels <= narrowest,
      "unet_dict.num_head_channels",
      `must be at most ${narrowest}, the narrowest level with attention`,
    ],
    [
      preview === undefined || preview.weight.length === embed_dim,
      "preview.weight",
      `must have ${embed_dim} rows, one a latent channel`,
    ],
  ];
}

/** Of a U-Net: fifty times the official one's, and few enough for every part to be listed. */
const maxTransformerBlocks = 512;

/** Most transformer blocks that levels of these sizes have, down and up and in the middle. */
const transformerBlocks = ({ channel_mult, num_res_blocks, transformer_depth }: UnetConfig) =>
  (channel_mult.length * (2 * num_res_blocks + 1) + 1) * transformer_depth;

/** Channels of the levels that have transformers, the middle block's included. */
function transformerWidths({ channel_mult, model_channels, ...unet }: ModelFields["unet_dict"]) {
  const last = channel_mult.length - 1;
  return channel_mult
    .filter((_, level) => level === last || unet.attention_resolutions.includes(2 ** level))
    .map((mult) => mult * model_channels);
}

function encoderClaims({ encoder, resolution }: ModelFields): Claim[] {
  switch (encoder.kind) {
    case "cnn":
      return [
        [
          encoder.enc_channels.length === encoder.strides.length + 1,
          "encoder.strides",
          "must have one entry a convolution: one fewer than enc_channels",
        ],
        [encoder.enc_channels[0] === 3, "encoder.enc_channels", "must start with the image's 3"],
      ];
    case "resnet18": {
      const isWhole = encoder.widths.every((width) => width % encoder.norm_groups === 0);
      return [[isWhole, "encoder.norm_groups", "must divide every width"]];
    }
    case "dino": {
      const isWhole = resolution.every((side) => side % encoder.patch === 0);
      return [
        [isWhole, "encoder.patch", "must divide resolution"],
        [encoder.hidden_size % encoder.heads === 0, "encoder.heads", "must divide hidden_size"],
      ];
    }
  }
}

export type ModelConfig = ModelFields;
export type EncoderConfig = ModelConfig["encoder"];
export type SlotConfig = ModelConfig["slot_dict"];
export type VqvaeConfig = ModelConfig["vae"];
export type UnetConfig = ModelConfig["unet_dict"];
export type DiffusionConfig = ModelConfig["diffusion"];
export type PredTarget = DiffusionConfig["pred_target"];

/** Tokens that the image encoder makes of a picture. @returns [h, w] */
export function tokenGrid({ encoder, resolution }: ModelConfig): [number, number] {
  const [H, W] = resolution;
  return [shrink(encoder, H), shrink(encoder, W)];
}

function shrink(encoder: EncoderConfig, side: number): number {
  if (encoder.kind === "dino") return side / encoder.patch;
  const strides = encoder.kind === "cnn" ? encoder.strides : [1, 2, 2];
  const kernel = encoder.kind === "cnn" ? encoder.enc_ks : 3;
  const conv = (length: number, stride: number): number =>
    Math.floor((length + 2 * Math.floor(kernel / 2) - kernel) / stride) + 1;
  return strides.reduce(conv, side);
}

/** Shape of one picture's latents. @returns [h, w, C] */
export function latentShape({ vae, resolution }: ModelConfig): [number, number, number] {
  const factor = 2 ** (vae.enc_dec_dict.ch_mult.length - 1);
  return [resolution[0] / factor, resolution[1] / factor, vae.vq_dict.embed_dim];
}
