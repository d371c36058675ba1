/** Measuring a model: what is asked for, what came of it, and ablations. Plain data only. */
import type { SamplerName, SceneKind } from "../engine/protocol";
import type {
  EvaluationTable,
  EvaluationTimes,
  MetricEstimate,
  ModelRef,
} from "../engine/protocol/training";
import type { Work } from "./trainingState";

/** Which pictures, without their number. */
export type MeasurePictures =
  | { kind: "scenes"; scenes: SceneKind; seed: number }
  | { kind: "set"; setId: string; part: "heldOut" | "all" };

export type MeasurePlan = {
  /** null is the model in use. */
  model: ModelRef | null;
  pictures: MeasurePictures;
  /** Pictures; a set may have fewer. */
  count: number;
  /** Evaluation seeds. */
  seeds: number;
  /** Draw each picture from its slots, and through the VQ-VAE alone. */
  isDrawn: boolean;
  /** Swap slots between pictures, and draw them. */
  isSwapped: boolean;
};

/** What of a measurement goes into a file: the table, each picture's numbers, or everything. */
export type MeasuredFile = "table" | "pictures" | "json";

/** What an ablation varies; everything else stays as the model has it. */
export const ablationNames = ["slots", "iterations", "steps"] as const;
export type AblationName = (typeof ablationNames)[number];

export type AblationPoint = {
  value: number;
  /** Where it varies too. */
  sampler: SamplerName | null;
  metrics: Record<string, MetricEstimate>;
  times: EvaluationTimes;
};

export type Ablation = {
  status: "running" | "done" | "stopped" | "failed";
  /** Why it failed; "" otherwise. */
  message: string;
  /** Of the model. */
  title: string;
  /** Points wanted. */
  total: number;
  /** In the order in which they were measured. */
  points: AblationPoint[];
  /** How the last point was measured; "" before there is one. */
  protocol: string;
};

export type MeasureSlice = {
  measurePlan: MeasurePlan;
  measurement: Work<{ title: string; done: number; total: number }, EvaluationTable>;
  /** The newest of each kind. */
  ablations: Partial<Record<AblationName, Ablation>>;
  /** Pictures of each point of an ablation. */
  ablationCount: number;
  planMeasure: (change: Partial<MeasurePlan>) => void;
  measure: () => Promise<void>;
  cancelMeasure: () => void;
  /** Hands a file to the browser's downloads. */
  saveMeasured: (file: MeasuredFile) => void;
  setAblationCount: (count: number) => void;
  /** Measures the planned model on the first pictures of the plan, changed in one respect; a newer one takes over. */
  ablate: (name: AblationName) => Promise<void>;
  /** Stops; the points that are there stay. */
  cancelAblation: () => void;
  /** All ablations as one CSV. */
  saveAblations: () => void;
};
