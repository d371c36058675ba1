/**
 * A model's configuration as the authors' code reads it: a Python file with the class SlotAttentionParams, fields as in
 * img_based/configs/sa_ldm (Wuziyi616/SlotDiffusion). What that code has no field for is told in comments.
 */
import type { EncoderConfig, ModelConfig, VqvaeConfig } from "../slotdiffusion/config";
import { officialDifferences } from "./officialDifferences";

type Field = [name: string, value: string];

/**
 * The text of a configuration for scripts/train.py and the test scripts.
 * @param weightsFile - name of the .pth that it belongs to
 */
export function officialConfig(config: ModelConfig, weightsFile: string): string {
  const fields = [
    ...section("training settings", trainingFields),
    ...section(
      "data settings: the authors' loaders are clevrtex, celeba, voc and coco",
      dataFields,
    ),
    ...modelSections(config),
    ...section("loss configs", [
      ["loss_dict", "dict(use_denoise_loss=True)"],
      ["denoise_loss_w", "1."],
    ]),
  ];
  return [
    ...opening(config, weightsFile),
    "from nerv.training import BaseParams",
    "",
    "",
    "class SlotAttentionParams(BaseParams):",
    "    project = 'SlotDiffusion'",
    ...fields.map((line) => (line === "" ? "" : `    ${line}`)),
    "",
  ].join("\n");
}

const modelSections = (config: ModelConfig): string[] => [
  ...section("model configs", [
    ["model", "'SADiffusion'"],
    ["resolution", tuple(config.resolution)],
    ["img_ch", `${config.vae.enc_dec_dict.in_channels}`],
  ]),
  ...section("Slot Attention", [
    ["slot_size", `${config.slot_dict.slot_size}`],
    ["slot_dict", dict(slotFields(config))],
  ]),
  ...section("image encoder", [["enc_dict", dict(encoderFields(config.encoder))]]),
  ...section("LDM decoder", [
    ["latent_ch", `${config.vae.vq_dict.embed_dim}`],
    ["vae_dict", dict(vaeFields(config.vae, config.resolution[0]))],
    ["unet_dict", dict(unetFields(config))],
    ["dec_dict", dict(decoderFields(config))],
  ]),
];

function opening(config: ModelConfig, weightsFile: string): string[] {
  const differences = officialDifferences(config);
  const advice =
    differences.length > 0
      ? ["This model differs from what that code can build. Change there (in slotdiffusion/):"]
      : ["That code builds this model as it is."];
  return [
    `${config.name}, for the authors' code: https://github.com/Wuziyi616/SlotDiffusion`,
    `Weights: ${weightsFile}; model.load_weight() and scripts/train.py --weight take it, the latter from epoch 0.`,
    ...advice,
    ...differences.map((difference, i) => `${i + 1}. ${difference}`),
  ].map((line) => `# ${line.replace(/\s+/g, " ")}`);
}

const trainingFields: Field[] = [
  ["gpus", "1"],
  ["max_epochs", "100"],
  ["save_interval", "0.5"],
  ["eval_interval", "4"],
  ["save_epoch_end", "True"],
  ["n_samples", "10"],
  ["optimizer", "'Adam'"],
  ["lr", "1e-4"],
  ["dec_lr", "2 * lr"],
  ["weight_decay", "0.0"],
  ["clip_grad", "1."],
  ["warmup_steps_pct", "0.05"],
];

const dataFields: Field[] = [
  ["dataset", "'clevrtex'"],
  ["data_root", "'./data/CLEVRTex'"],
  ["load_mask", "True"],
  ["max_obj", "-1"],
  ["train_batch_size", "64 // gpus"],
  ["val_batch_size", "train_batch_size * 2"],
  ["num_workers", "8"],
];

const slotFields = ({ slot_dict }: ModelConfig): Field[] => [
  ["num_slots", `${slot_dict.num_slots}`],
  ["slot_size", "slot_size"],
  ["slot_mlp_size", `${slot_dict.slot_mlp_size}`],
  ["num_iterations", `${slot_dict.num_iterations}`],
];

function encoderFields(encoder: EncoderConfig): Field[] {
  const out: Field = ["enc_out_channels", `${encoder.enc_out_channels}`];
  switch (encoder.kind) {
    case "cnn":
      return [
        ["enc_channels", tuple(encoder.enc_channels)],
        ["enc_ks", `${encoder.enc_ks}`],
        out,
        ["enc_norm", "''"],
      ];
    case "resnet18":
      return [["resnet", "'resnet18'"], ["use_layer4", "False"], out];
    case "dino": {
      const isSmall = encoder.hidden_size < 768;
      return [
        ["dino", `'dino-vit${isSmall ? "s" : "b"}${encoder.patch}'`],
        out,
        ["patch_size", `${encoder.patch}`],
        ["small_size", isSmall ? "True" : "False"],
        ["resolution", "resolution"],
      ];
    }
  }
}

function vaeFields({ enc_dec_dict, vq_dict }: VqvaeConfig, side: number): Field[] {
  const { in_channels, z_channels, ch, ch_mult, num_res_blocks, out_ch } = enc_dec_dict;
  return [
    ["vae_type", "'VQVAE'"],
    [
      "enc_dec_dict",
      dict([
        ["resolution", `${side}`],
        ["in_channels", `${in_channels}`],
        ["z_channels", `${z_channels}`],
        ["ch", `${ch}`],
        ["ch_mult", `[${ch_mult.join(", ")}]`],
        ["num_res_blocks", `${num_res_blocks}`],
        ["attn_resolutions", "[]"],
        ["out_ch", `${out_ch}`],
        ["dropout", "0.0"],
      ]),
    ],
    [
      "vq_dict",
      dict([
        ["n_embed", `${vq_dict.n_embed}`],
        ["embed_dim", "latent_ch"],
        ["percept_loss_w", "1.0"],
      ]),
    ],
    ["vqvae_ckp_path", "''"], // the weights are in the whole model's file
  ];
}

const unetFields = ({ unet_dict: unet }: ModelConfig): Field[] => [
  ["in_channels", "latent_ch"],
  ["model_channels", `${unet.model_channels}`],
  ["out_channels", "latent_ch"],
  ["num_res_blocks", `${unet.num_res_blocks}`],
  ["attention_resolutions", tuple(unet.attention_resolutions)],
  ["dropout", `${unet.dropout}`],
  ["channel_mult", tuple(unet.channel_mult)],
  ["dims", "2"],
  ["use_checkpoint", "False"],
  ["num_head_channels", `${unet.num_head_channels}`],
  ["resblock_updown", "False"],
  ["conv_resample", "True"],
  ["transformer_depth", `${unet.transformer_depth}`],
  ["context_dim", "slot_size"],
  ["n_embed", "None"],
];

function decoderFields({ vae, diffusion }: ModelConfig): Field[] {
  const factor = 2 ** (vae.enc_dec_dict.ch_mult.length - 1);
  return [
    ["resolution", `tuple(res // ${factor} for res in resolution)`],
    ["vae_dict", "vae_dict"],
    ["unet_dict", "unet_dict"],
    ["use_ema", "False"],
    [
      "diffusion_dict",
      dict([
        ["pred_target", `'${diffusion.pred_target}'`],
        ["z_scale_factor", `${vae.scale_factor}`],
        ["timesteps", `${diffusion.timesteps}`],
        ["beta_schedule", `'${diffusion.beta_schedule}'`],
        ["linear_start", `${diffusion.linear_start}`],
        ["linear_end", `${diffusion.linear_end}`],
        ["cosine_s", `${diffusion.cosine_s}`],
        ["log_every_t", "200"],
        ["logvar_init", "0."],
      ]),
    ],
    ["conditioning_key", "'crossattn'"],
    ["cond_stage_key", "'slots'"],
  ];
}

const section = (title: string, fields: readonly Field[]): string[] => [
  "",
  `# ${title}`,
  ...fields.flatMap(([name, value]) => `${name} = ${value}`.split("\n")),
];

const tuple = (values: readonly number[]): string =>
  values.length === 1 ? `(${values[0]},)` : `(${values.join(", ")})`;

/** A dict(...) of one field a line. */
const dict = (fields: readonly Field[]): string =>
  ["dict(", ...fields.map(([name, value]) => indent(`${name}=${value},`)), ")"].join("\n");

const indent = (text: string): string => text.replace(/^/gm, "    ");
