/** Looking inside: what each mechanism of the paper does on one picture. Plain types; nothing here knows a tensor. */
import type { GenerateArgs, Pixels } from "../protocol";

/** What one layer of the U-Net reads from the slots, mean over heads and softmax over slots: [K, h, w]. */
export type LayerAttention = {
  /** Its place in the network, e.g. "output_blocks.3.1.transformer_blocks.0.attn2". */
  layer: string;
  size: [height: number, width: number];
  probs: Float32Array;
};

/** One evaluation of the denoiser. */
export type DenoisingStep = {
  /** 1 for the first. */
  step: number;
  totalSteps: number;
  /** Time of the noise schedule, 0..T-1. */
  t: number;
  /** The noisy latents that went in and the clean ones that it predicts, mapped linearly to colours. */
  xt: Pixels;
  x0: Pixels;
  /** The predicted clean latents themselves, to be decoded [h, w, C]. */
  latents: Float32Array;
  attention: LayerAttention[];
};

/** The first stage on one picture. */
export type FirstStageInside = {
  reconstruction: Pixels;
  /** Mean absolute error per pixel over the channels, values 0..1 [H, W]. */
  error: Float32Array;
  /** Index of the nearest code per latent [h, w]. */
  codes: Int32Array;
  codesSize: [height: number, width: number];
  /** Codes in the codebook. */
  numCodes: number;
  /** Decibels. */
  psnr: number;
};

/** The noise schedule; arrays have an entry a time, 0..T-1. */
export type ScheduleInside = {
  alphasCumprod: Float32Array;
  /** log of signal to noise, ln(ab / (1 - ab)). */
  logSnr: Float32Array;
};

/** Several pictures of the same slots, drawn together. */
export type VariantsArgs = Omit<GenerateArgs, "seed"> & { seeds: number[] };

export type InsideProtocol = {
  /** As generate, with everything that can be seen at each evaluation. */
  inspectGenerate: {
    args: GenerateArgs;
    result: { image: Pixels };
    progress: DenoisingStep;
  };
  /** Latents as DenoisingStep has them to a picture. */
  decodeLatents: { args: { latents: Float32Array }; result: Pixels; progress: never };
  inspectFirstStage: { args: { input: Pixels }; result: FirstStageInside; progress: never };
  /**
   * Slots from true masks instead of attention: the last Slot Attention update with each slot's attention replaced by one
   * object's mask, the paper's denoiser-only experiment.
   */
  truthSlots: {
    args: { input: Pixels; ids: Uint8Array; seed: number };
    /** [K, D]; slot k is object ids[k], background first. */
    result: { slots: Float32Array; numSlots: number; ids: number[] };
    progress: never;
  };
  schedule: { args: Record<string, never>; result: ScheduleInside; progress: never };
  generateVariants: {
    args: VariantsArgs;
    result: { images: Pixels[]; elapsedMs: number };
    progress: { step: number; totalSteps: number; previews: Pixels[] };
  };
};
