/** What runs where: the device, its memory, and what the stages of the last picture cost. Plain types; nothing here knows a tensor. */
import type { MemoryReport } from "../protocol";

/**
 * The stages of a picture, in order: a file to the model's input; CNN and Slot Attention; every evaluation of the U-Net;
 * latents to a picture.
 */
export const stageNames = ["prepare", "encode", "denoise", "decode"] as const;
export type StageName = (typeof stageNames)[number];

/** The last finished run of a stage. */
export type StageUse = {
  stage: StageName;
  /** Finished runs since the engine started. */
  runs: number;
  /** Equal parts of the run: network evaluations of denoise, else 1. */
  parts: number;
  elapsedMs: number;
  /** Compute dispatches on WebGPU, kernels elsewhere. */
  count: number;
  /** Most bytes in tensors while it ran, the model's weights included. */
  peakTensorBytes: number;
};

/** What is known of the hardware under the backend; texts are "" where the browser does not tell. */
export type DeviceDetails =
  | {
      kind: "webgpu";
      vendor: string;
      architecture: string;
      device: string;
      description: string;
      hasF16: boolean;
      hasSubgroups: boolean;
      maxBufferBytes: number;
      maxBindingBytes: number;
      maxWorkgroupBytes: number;
      maxInvocations: number;
    }
  | { kind: "webgl"; renderer: string; maxTextureSize: number }
  | { kind: "wasm"; hasSimd: boolean; threads: number };

export type Usage = {
  details: DeviceDetails;
  /** Logical processors that the browser tells of. */
  cores: number;
  memory: MemoryReport & { peakTensors: number; peakTensorBytes: number };
  /** Those that have run, in order. */
  stages: StageUse[];
  /**
   * isLasting: files outlive the page. isPersisted: the browser has promised not to clear them by itself; null where it
   * does not tell.
   */
  storage: { isLasting: boolean; isPersisted: boolean | null };
};

export type UsageProtocol = {
  /** Answers at once, whatever the model is doing. */
  usage: { args: Record<string, never>; result: Usage; progress: never };
};
