/** Training runs: what may be asked of them and what they tell. Plain types; nothing here knows a tensor. */
import type { MemoryReport, Pixels, SamplerName, SceneKind } from "../protocol";

/**
 * What learns: slots = encoder and Slot Attention; attention = these and the U-Net's cross-attention; all = these and the
 * whole U-Net; vqvae = first the VQ-VAE, then all.
 */
export const learnNames = ["slots", "attention", "all", "vqvae"] as const;
export type Learn = (typeof learnNames)[number];

export const runStages = ["vqvae", "binding", "slots"] as const;
export type RunStage = (typeof runStages)[number];

/**
 * A model by where its weights are: shipped with the page, trained here, or opened from a file, which is there only as long
 * as it is the loaded model.
 */
export type ModelRef = { kind: "bundled" | "run" | "opened"; id: string };

/** Pictures of a set, or generated scenes first, first + 1, ... of a seed; sprites only, which are drawn as they are needed. */
export type RunData =
  | { kind: "set"; setId: string }
  | { kind: "scenes"; scenes: "sprites"; seed: number; count: number; heldOut: number };

export type RunPlan = {
  name: string;
  /** Weights to start from; with isFromScratch only its config is taken. */
  parent: ModelRef;
  isFromScratch: boolean;
  data: RunData;
  learn: Learn;
  /** Slots a picture; null is the parent's number. */
  numSlots: number | null;
  /** Optimizer steps of each stage; 0 leaves a stage out. */
  steps: Record<RunStage, number>;
  /** Largest learning rate of what learns: of the encoder; the U-Net's is `unetFactor` times as large. */
  lr: number;
  unetFactor: number;
  /** Pictures a step. */
  batch: number;
  /** Of batches, noise and initial weights. */
  seed: number;
  /** Steps between looks at the held-out pictures. */
  lookEvery: number;
};

/** One point of the curve. */
export type RunPoint = {
  stage: RunStage;
  step: number;
  loss: number;
  lr: number;
  /** Of the reconstructions of a VQ-VAE step, decibels. */
  psnr?: number;
};

/** Numbers of a look, each over the fixed held-out pictures; null where the stage or the data have no such number. */
export type LookScores = {
  stage: RunStage;
  step: number;
  /** The stage's own loss with the noise of every look. */
  loss: number | null;
  psnr: number | null;
  fgAri: number | null;
  mIoU: number | null;
};

/** What the model in training makes of one held-out picture. */
export type LookPicture = {
  name: string;
  input: Pixels;
  /** Slot of each pixel [H, W]; null before there are slots. */
  segmentation: Uint8Array | null;
  /** Reconstruction by the VQ-VAE alone in its stage, drawn from the slots in the last; null in between. */
  drawn: Pixels | null;
};

export type Look = { scores: LookScores; numSlots: number; pictures: LookPicture[] };

/** diverged: stopped by numbers that are not finite or a loss that ran away; its last good checkpoint is kept. */
export type RunStatus = "new" | "paused" | "finished" | "diverged";

export type Run = {
  id: string;
  plan: RunPlan;
  status: RunStatus;
  /** Why it diverged; "" otherwise. */
  message: string;
  /** Name of its model and of its parent. */
  name: string;
  parentName: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Seconds spent training. */
  seconds: number;
  /** The last checkpoint: steps of this stage done. */
  stage: RunStage;
  step: number;
  /** Every step up to the last checkpoint, thinned to at most 2,000 points a stage. */
  curve: RunPoint[];
  looks: LookScores[];
  /** The newest look's pictures. */
  lastLook: Look | null;
  /** SHA-256 of the weights; null before there are any. */
  hash: string | null;
  /** Bytes of the weights; 0 before there are any. */
  weightBytes: number;
};

export type TrainProgress =
  | {
      kind: "step";
      point: RunPoint;
      stepsPerSecond: number;
      /** Of the whole run; null while it cannot be told. */
      secondsLeft: number | null;
      memory: MemoryReport;
    }
  /** Latents of the training pictures, computed once. */
  | { kind: "latents"; done: number; total: number }
  | { kind: "look"; look: Look }
  | { kind: "saved"; stage: RunStage; step: number; bytes: number };

/** How a set of pictures is named in an evaluation. */
export type EvaluationData =
  /** `count`: the first so many; all where it is left out. */
  | { kind: "set"; setId: string; part: "heldOut" | "all"; count?: number }
  | { kind: "scenes"; scenes: SceneKind; seed: number; count: number };

export type MetricEstimate = { mean: number; standardError: number };

/** What an evaluation changes; what is left out is the model's own, or as in the official evaluation. */
export type EvaluationChange = {
  /** Slots to draw in place of the model's own number; only for a model that draws its first slots. */
  numSlots?: number;
  /** Of Slot Attention. */
  iterations?: number;
  sampler?: SamplerName;
  /** Network evaluations a picture. */
  steps?: number;
};

/** One picture's numbers: mean over the evaluation seeds; those it does not have are left out. */
export type PictureRow = { name: string; metrics: Record<string, number> };

/** Milliseconds a picture on the device: the median over groups of pictures, waiting for others left out. */
export type EvaluationTimes = {
  /** From picture to slots and masks, of one seed. */
  segmentMs: number;
  /** From slots to picture; null where nothing was drawn. */
  drawMs: number | null;
};

/** What models make of the same pictures with the same seeds. */
export type EvaluationTable = {
  /** How the numbers were measured. */
  protocol: string;
  numPictures: number;
  numWithTruth: number;
  models: {
    model: ModelRef;
    title: string;
    metrics: Record<string, MetricEstimate>;
    numSlots: number;
    /** Of the first pictures. */
    pictures: LookPicture[];
    /** Of every picture, in the order of the pictures; only where they were asked for. */
    rows?: PictureRow[];
    times?: EvaluationTimes;
  }[];
};

/** The paper's first experiment: the VQ-VAE alone on other pictures. */
export type FirstStageCheck = {
  psnr: MetricEstimate;
  numPictures: number;
  pictures: { name: string; input: Pixels; decoded: Pixels }[];
};

export type TrainingProtocol = {
  listRuns: { args: Record<string, never>; result: Run[]; progress: never };
  createRun: { args: { plan: RunPlan }; result: Run; progress: never };
  /**
   * Trains until the run ends, `maxSteps` more steps are done or the call is aborted, each of which writes a checkpoint
   * first. Other requests get their turn between steps.
   */
  train: {
    args: { runId: string; maxSteps: number | null };
    result: Run;
    progress: TrainProgress;
  };
  /** Writes a checkpoint now, if the run is under way. */
  saveRun: { args: { runId: string }; result: void; progress: never };
  deleteRun: { args: { runId: string }; result: void; progress: never };
  evaluate: {
    args: {
      models: ModelRef[];
      data: EvaluationData;
      seeds: number;
      reconstruct: boolean;
      /** Draw each picture again with one slot swapped; false where it is left out. */
      compose?: boolean;
      change?: EvaluationChange;
      /** Rows of every picture, and as many pictures to look at as memory allows. */
      hasRows?: boolean;
    };
    result: EvaluationTable;
    progress: { model: number; done: number; total: number };
  };
  checkFirstStage: {
    args: { model: ModelRef; data: EvaluationData };
    result: FirstStageCheck;
    progress: never;
  };
};
