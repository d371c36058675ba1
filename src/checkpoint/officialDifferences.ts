/**
 * What a model of ours has that the authors' code (Wuziyi616/SlotDiffusion, slotdiffusion/) does not read from a
 * configuration, and where to change it there.
 */
import type { EncoderConfig, ModelConfig } from "../slotdiffusion/config";
import { dinoLike } from "./recognize/dinoFiles";

const officialGroups = 32;
const officialEps = 1e-6;

/** One difference each: the file, and what to write there. Empty for a model of an official configuration. */
export function officialDifferences(config: ModelConfig): string[] {
  const { slot_dict, diffusion, resize } = config;
  return [
    ...gaussianSlots(config),
    ...normGroups(config),
    ...encoderDifferences(config.encoder, config.resolution),
    ...(slot_dict.eps === officialEps
      ? []
      : [`img_based/models/__init__.py, build_model: give SADiffusion eps=${slot_dict.eps}.`]),
    ...(diffusion.pred_target === "v"
      ? [
          "img_based/models/ddpm: the target 'v' is in video_based/models/ddpm only; take ddpm.py, cond_ddpm.py and ldm.py from there.",
        ]
      : []),
    ...(diffusion.vq_denoised
      ? []
      : ["img_based/models/ddpm/ldm.py, LDM.__init__: set self.vq_denoised = False."]),
    ...(resize === "bilinear"
      ? []
      : [
          "img_based/datasets: shrink pictures with antialias (torchvision Resize(..., antialias=True)); this model saw area averages.",
        ]),
  ];
}

function gaussianSlots({ slot_dict: { init, slot_size } }: ModelConfig): string[] {
  if (init === "learned") return [];
  return [
    "img_based/models/sa_diffusion.py, SADiffusion._build_slot_attention: in place of self.init_latents write " +
      `self.slots_mu = nn.Parameter(torch.zeros(1, 1, ${slot_size})) and self.slots_logsigma = nn.Parameter(torch.zeros(1, 1, ${slot_size})).`,
    "img_based/models/sa_diffusion.py, SADiffusion.encode: init_slots = self.slots_mu + self.slots_logsigma.exp() * " +
      "torch.randn(B, self.num_slots, self.slot_size, device=img.device).",
  ];
}

function normGroups({ unet_dict, vae, encoder }: ModelConfig): string[] {
  const unet = unet_dict.norm_groups;
  const vqvae = vae.enc_dec_dict.norm_groups;
  const notes: string[] = [];
  if (unet !== officialGroups)
    notes.push(
      `video_based/models/unet/utils.py, normalization: GroupNorm32(${unet}, channels).`,
      `video_based/models/unet/attention.py, Normalize: num_groups=${unet}.`,
    );
  if (vqvae !== officialGroups)
    notes.push(`video_based/models/vqvae/modules.py, Normalize: num_groups=${vqvae}.`);
  if (encoder.kind === "resnet18" && encoder.norm_groups !== officialGroups)
    notes.push(
      `video_based/models/resnet.py, ResNet.__init__: num_groups=${encoder.norm_groups} for norm_layer.`,
    );
  return notes;
}

function encoderDifferences(encoder: EncoderConfig, [H]: ModelConfig["resolution"]): string[] {
  switch (encoder.kind) {
    case "cnn": {
      const { strides } = encoder;
      const isOfficial = strides.every((stride, i) => stride === (i === 0 && H > 64 ? 2 : 1));
      const total = strides.reduce((product, stride) => product * stride, 1);
      if (isOfficial) return [];
      return [
        `img_based/models/slot_attention.py, SA._build_encoder: convolutions with strides ${strides.join(", ")}, and ` +
          `visual_resolution = tuple(i // ${total} for i in self.resolution).`,
      ];
    }
    case "resnet18": {
      const isOfficial =
        encoder.widths.join() === "64,128,256" && encoder.blocks.every((count) => count === 2);
      if (isOfficial) return [];
      return [
        `video_based/models/resnet.py: layers of ${encoder.widths.join(", ")} channels with ${encoder.blocks.join(", ")} blocks.`,
        `img_based/models/slot_attention.py, SA._build_encoder: visual_channels = ${encoder.widths.at(-1) ?? 0}.`,
      ];
    }
    case "dino": {
      const published = dinoLike(encoder.hidden_size, encoder.patch === 16 ? 14 : null);
      const isOfficial = published?.patch === encoder.patch && H === 224;
      if (isOfficial && published.layers === encoder.layers) return [];
      return [
        `video_based/models/dino.py: a ViTModel of ${encoder.layers} layers, ${encoder.hidden_size} channels, ${encoder.heads} heads, ` +
          `patches of ${encoder.patch} and pictures of ${H}.`,
      ];
    }
  }
}
