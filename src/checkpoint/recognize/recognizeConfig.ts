/**
 * A model's config from the names and shapes of its tensors, for checkpoints that come without one: image models with CNN,
 * ResNet-18 and DINO encoders. What shapes do not tell is taken from the official configurations (img_based/configs,
 * Wuziyi616/SlotDiffusion) and listed.
 */
import { modelConfigSchema, type ModelConfig, type SlotConfig } from "../../slotdiffusion/config";

import { dinoFile } from "./dinoFiles";
import { recognizeEncoder } from "./recognizeEncoder";
import { recognizeUnet } from "./recognizeUnet";
import { recognizeVqvae } from "./recognizeVqvae";
import { refuseOthers } from "./refuseOthers";
import { lengths, unlike, type TensorShapes } from "./tensorShapes";

export type RecognizedConfig = {
  config: ModelConfig;
  /** Values that shapes do not tell, in words. */
  assumptions: string[];
  /** The published weights of the encoder, where the file has none. */
  missingDino: { url: string; bytes: number } | null;
};

/** Throws CheckpointError with what was found where it is no image model of SlotDiffusion. */
export function recognizeConfig(shapes: TensorShapes, name = "recognized"): RecognizedConfig {
  refuseOthers(shapes);
  const slots = recognizeSlots(shapes);
  const { encoder, resolution, assumptions, missingDino } = recognizeEncoder(shapes);
  const unet_dict = recognizeUnet(shapes);
  const vae = recognizeVqvae(shapes);
  const timesteps = shapes.get("dm_decoder.betas")?.shape[0];
  const parsed = modelConfigSchema.safeParse({
    ...{ name: name.slice(0, 100), resolution, encoder, slot_dict: slots.slot_dict },
    ...{ vae, unet_dict, diffusion: timesteps === undefined ? {} : { timesteps } },
  });
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw unlike("parts that fit together", issues.join("; "));
  }
  const config = parsed.data;
  return {
    config,
    assumptions: [...slots.assumptions, ...assumptions, ...assumedOfAll(config)],
    missingDino: missingDino && dinoFile(missingDino),
  };
}

const officialIterations = 3;
/** The default of the official code; a model that draws its slots works with any number. */
const defaultSlots = 7;

function recognizeSlots(shapes: TensorShapes): { slot_dict: SlotConfig; assumptions: string[] } {
  const [slot_mlp_size, slot_size] = lengths(shapes, "slot_attention.mlp.1.weight", 2);
  const init = shapes.has("slots_mu") ? "gaussian" : "learned";
  const num_slots = init === "learned" ? lengths(shapes, "init_latents", 3)[1] : defaultSlots;
  if (init === "gaussian") lengths(shapes, "slots_logsigma", 3);
  return {
    slot_dict: {
      ...{ num_slots, slot_size, slot_mlp_size, num_iterations: officialIterations },
      ...{ eps: 1e-6, init },
    },
    assumptions: [
      ...(init === "gaussian" ? [`${num_slots} slots a picture`] : []),
      `${officialIterations} Slot Attention iterations`,
    ],
  };
}

/** What the shapes of no checkpoint tell. */
function assumedOfAll({ encoder, vae, unet_dict, diffusion, resize }: ModelConfig): string[] {
  const { timesteps, linear_start, linear_end, beta_schedule, pred_target } = diffusion;
  const groups = [
    `U-Net ${unet_dict.norm_groups}`,
    `VQ-VAE ${vae.enc_dec_dict.norm_groups}`,
    ...(encoder.kind === "resnet18" ? [`encoder ${encoder.norm_groups}`] : []),
  ];
  return [
    `${unet_dict.num_head_channels} channels an attention head of the U-Net`,
    `norm groups: ${groups.join(", ")}`,
    `the U-Net predicts ${pred_target === "eps" ? "the noise" : pred_target}`,
    `${beta_schedule} noise schedule from ${linear_start} to ${linear_end} in ${timesteps} steps`,
    `latents as the VQ-VAE gives them (scale factor ${vae.scale_factor})`,
    `dropout ${unet_dict.dropout} in training`,
    `pictures shrunk ${resize === "bilinear" ? "bilinearly" : "by area"}`,
  ];
}
