/** The training part of the store's state: picture sets, runs, comparisons, and models in and out. Plain data only. */
import type { AddProgress, Added, PictureSet, Split, StorageRoom } from "../engine/protocol/sets";
import type {
  EvaluationData,
  EvaluationTable,
  FirstStageCheck,
  Look,
  ModelRef,
  Run,
  RunPlan,
  RunPoint,
  TrainProgress,
} from "../engine/protocol/training";
import type { ExportFormat, ExportSource, RecognizedModel } from "../engine/protocol/exchange";
import type { Fit, Pixels, SceneRef } from "../engine/protocol";

/** Something that takes a while and can be cancelled. */
export type Work<Progress, Result> =
  | { status: "none" }
  | { status: "running"; progress: Progress | null }
  | { status: "done"; result: Result }
  | { status: "failed"; message: string };

export type SetsSlice = {
  room: StorageRoom | null;
  sets: PictureSet[];
  /** The set that is shown and trained on; null for none. */
  chosenSet: string | null;
  /** Pictures on their way into the chosen set, and what became of the last ones. */
  adding: Work<AddProgress, Added>;
  /** Thumbnails that have been asked for, by set and picture: `${setId}/${pictureId}`. */
  thumbnails: ReadonlyMap<string, Pixels>;
  refreshSets: () => Promise<void>;
  createSet: (name: string) => Promise<void>;
  deleteSet: (id: string) => Promise<void>;
  chooseSet: (id: string | null) => void;
  /** Into the chosen set, or into a new one where none is chosen; videos are decoded in the page. */
  addToSet: (files: Iterable<File>, fit: Fit) => Promise<void>;
  addScenesToSet: (first: SceneRef, count: number) => Promise<void>;
  cancelAdding: () => void;
  removePictures: (ids: string[]) => Promise<void>;
  splitSet: (split: Split) => Promise<void>;
  loadThumbnails: (ids: string[]) => Promise<void>;
};

/** What is live of the run that is training now. */
export type Training = {
  runId: string;
  /** starting covers loading the checkpoint and computing latents. */
  status: "starting" | "training" | "stopping";
  latents: { done: number; total: number } | null;
  /** Points since the last checkpoint; the run's own curve has those before. */
  points: RunPoint[];
  stepsPerSecond: number | null;
  secondsLeft: number | null;
  memory: Extract<TrainProgress, { kind: "step" }>["memory"] | null;
  look: Look | null;
  /** Looks since the last checkpoint. */
  looks: Look["scores"][];
  /** When the last checkpoint was written, milliseconds since 1970. */
  savedAt: number | null;
};

export type RunsSlice = {
  runs: Run[];
  chosenRun: string | null;
  /** The plan being drawn up; its data are the chosen set unless it trains on generated scenes. */
  draft: RunPlan;
  training: Training | null;
  /** The paper's first experiment on the draft's data. */
  firstStage: Work<null, FirstStageCheck>;
  refreshRuns: () => Promise<void>;
  /** Changes fields of the draft. */
  planRun: (change: Partial<RunPlan>) => void;
  /** A preset's fields, by its id (store/presets.ts). */
  usePreset: (id: string) => void;
  checkFirstStage: () => Promise<void>;
  /** Creates the drafted run and trains it. */
  startRun: () => Promise<void>;
  /** Goes on with a paused or diverged run from its checkpoint. @param maxSteps - null: to its end */
  resumeRun: (id: string, maxSteps?: number | null) => Promise<void>;
  /** Ends training after the step under way; its checkpoint is written. */
  pauseRun: () => void;
  chooseRun: (id: string | null) => void;
  deleteRun: (id: string) => Promise<void>;
  /** Loads a run's model into the playground. */
  useRun: (id: string) => Promise<void>;
  /** Writes a checkpoint now: the page is about to be hidden. */
  saveTraining: () => Promise<void>;
};

export type ComparisonSlice = {
  comparison: Work<{ title: string; done: number; total: number }, EvaluationTable>;
  /**
   * Same pictures and seeds for each model.
   * @param reconstruct - whether pictures are drawn from the slots too, which takes longest; true where it is left out
   */
  compare: (
    models: ModelRef[],
    data: EvaluationData,
    seeds: number,
    reconstruct?: boolean,
  ) => Promise<void>;
  cancelComparison: () => void;
};

export type ExchangeSlice = {
  /** A checkpoint without a config that waits for the visitor's yes. */
  inspection: Work<null, RecognizedModel & { weights: File }>;
  /** Hands files to the browser's downloads. */
  exportModel: (source: ExportSource, format: ExportFormat) => Promise<void>;
  importProject: (file: File) => Promise<void>;
  /** Looks at a checkpoint that came without a config. */
  inspect: (weights: File) => Promise<void>;
  /** Loads the inspected checkpoint; a missing DINO encoder comes from the file given, or is fetched where asked for. */
  loadInspected: (dino: File | "fetch" | null) => Promise<void>;
  dismissInspection: () => void;
};

export type TrainingSlices = SetsSlice & RunsSlice & ComparisonSlice & ExchangeSlice;

/** Pages of the app. */
export const pageNames = ["play", "inside", "space", "train", "measure", "live"] as const;
export type PageName = (typeof pageNames)[number];
