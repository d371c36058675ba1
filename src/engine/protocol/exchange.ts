/** Models in and out: checkpoints of others recognised, our own written for others. Plain types; nothing here knows a tensor. */
import type { ModelRef, Run } from "./training";

/** The model in use, whatever its origin, or one by its name. */
export type ExportSource = { kind: "loaded" } | ModelRef;

/**
 * safetensors: weights with their config.json; pth: weights for the authors' code with its Python configuration;
 * project: everything of a run in one zip.
 */
export const exportFormats = ["safetensors", "pth", "project"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export type NamedFile = { name: string; file: Blob };

/** What a checkpoint without a config is, by the shapes of its tensors. */
export type RecognizedModel = {
  /** A config.json's text. */
  config: string;
  /** In a few words, e.g. "ResNet-18 encoder, 11 slots of 192, 128x128, U-Net of 134 M parameters". */
  title: string;
  parameterCount: number;
  /** Values that shapes do not tell and that were assumed, in words, e.g. "3 Slot Attention iterations". */
  assumptions: string[];
  /** Set where the DINO encoder's weights are not in the file: the address of the published ones, and their size. */
  missingDino: { url: string; bytes: number } | null;
  memory: MemoryNeed;
};

export type MemoryNeed = {
  weightBytes: number;
  /** Weights and the largest activations of encoding and of one denoising step, an estimate. */
  peakBytes: number;
  /** Why this device cannot hold it; "" where it can as far as it tells. */
  refusal: string;
};

export type ExchangeProtocol = {
  exportModel: {
    args: { source: ExportSource; format: ExportFormat };
    result: NamedFile[];
    progress: never;
  };
  /** A project zip to a run of this browser; its pictures are found again by their hashes. */
  importProject: { args: { file: Blob }; result: Run; progress: never };
  /** Looks at the names and shapes of a checkpoint only. */
  inspectCheckpoint: { args: { weights: File }; result: RecognizedModel; progress: never };
};
