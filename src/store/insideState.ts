/** Looking inside one scene: what its denoising and its first stage show, and what of it is on show. Plain data only. */
import type { Encoding, ModelInfo, Pixels } from "../engine/protocol";
import type { DenoisingStep, FirstStageInside, ScheduleInside } from "../engine/protocol/inside";
import type { GenerateSettings, PlacedSlot } from "./compositionState";
import type { SceneId } from "./state";
import type { Work } from "./trainingState";

/** The paper's first experiments, in its order. */
export const experimentNames = ["firstStage", "slots", "truth"] as const;
export type ExperimentName = (typeof experimentNames)[number];

/** Whose slots the denoiser reads: those placed in the scene, or slots made from its true masks. */
export type SlotsOrigin = "placed" | "truth";

/** A slot that the denoiser read: what it is called, and the index of its colour. */
export type ReadSlot = { name: string; color: number };

/** All that a run depends on: where one of it is another now, the run is outdated. */
export type Basis = {
  sceneId: SceneId;
  model: ModelInfo;
  settings: GenerateSettings;
  /** The slots and the encodings that they are of. */
  placed: PlacedSlot[] | null;
  encodings: (Encoding | null)[];
  /** The picture and its true masks, where the slots are made from those. */
  input: Pixels | null;
  truth: Uint8Array | null;
};

type DenoisingSeen = {
  origin: SlotsOrigin;
  basis: Basis;
  /** Known when the run begins to draw. */
  slots: ReadSlot[];
  /** In order; evenly thinned out where there are many. */
  steps: DenoisingStep[];
};

export type Denoising =
  | { status: "none" }
  | (DenoisingSeen & { status: "running" })
  /** Ended before its picture by the visitor, or by a change of what it was made of. */
  | (DenoisingSeen & { status: "stopped" })
  | (DenoisingSeen & { status: "done"; image: Pixels })
  | { status: "failed"; origin: SlotsOrigin; basis: Basis; message: string };

/** Work on one thing: what came of it is shown only while that thing is there. */
export type WorkOf<Subject, Result> = { of: Subject; work: Work<null, Result> };

export type InsideState = {
  /** The scene that is looked into; the page's first where it is null or gone. */
  sceneId: SceneId | null;
  /** The experiment whose panels are on show; null for all. */
  experiment: ExperimentName | null;
  denoising: Denoising;
  /** Which of the run's steps is on show, by place; null is the newest. */
  at: number | null;
  /** Steps that were decoded, and one on its way. */
  decoded: ReadonlyMap<DenoisingStep, Pixels>;
  decoding: DenoisingStep | null;
  firstStage: WorkOf<{ input: Pixels; model: ModelInfo }, FirstStageInside> | null;
  schedule: WorkOf<ModelInfo, ScheduleInside> | null;
};

export type InsideSlice = {
  inside: InsideState;
  /** Chooses the scene to look into; what is under way for another ends. */
  lookInto: (sceneId: SceneId) => void;
  /** Shows the panels of an experiment and does it; null shows all. */
  tryExperiment: (name: ExperimentName | null) => Promise<void>;
  /** Draws the scene with the page's settings, every evaluation kept; a change of what it is made of ends it. */
  inspectDenoising: (origin: SlotsOrigin) => Promise<void>;
  stopDenoising: () => void;
  /** Shows a step by its place in the run; decoding of another ends. */
  showStep: (at: number) => void;
  /** Decodes the predicted clean latents of the step on show. */
  decodeStep: () => Promise<void>;
  /** Passes the scene's picture through the VQ-VAE, unless that has been done. */
  inspectFirstStage: () => Promise<void>;
  /** Asks for the model's noise schedule, unless it is known. */
  readSchedule: () => Promise<void>;
};
