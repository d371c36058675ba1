/** Slot space in the store's state: a library of slots of many scenes, its map and concepts, and scenes drawn from it. */
import type { Pixels, SceneRef } from "../engine/protocol";
import type { Concepts } from "../slotspace/concepts";
import type { SlotLibrary } from "../slotspace/library";
import type { SlotRef } from "./state";
import type { Work } from "./trainingState";

/** A scene of the library, kept here so that it stays when it leaves the page. */
export type LibraryScene = {
  id: string;
  title: string;
  /** As the model saw it. */
  picture: Pixels;
  numSlots: number;
  /** The last round's attention, softmax over slots [K, h, w]. */
  masks: Float32Array;
  maskSize: [height: number, width: number];
};

/** Where the slots of `library` lie: point i is that of row i [N, 3], each number in -1..1. */
export type SlotMap = { library: SlotLibrary; points: Float32Array } & (
  | { kind: "pca"; explained: number[] }
  /** `isWhole`: all rounds were made; it was not stopped. */
  | { kind: "umap"; isWhole: boolean }
);

/** Concepts with the library that they were found in, whose rows they name, and how many were asked for. */
export type FoundConcepts = Concepts & { library: SlotLibrary; asked: number };

export type UmapProgress = { stage: "neighbours" | "layout"; done: number; total: number };

/** A scene drawn from the library. */
export type SpaceSample = {
  /** Slots to take of each concept. */
  counts: number[];
  seed: number;
  /** The slots drawn last, in order. */
  slots: SlotRef[];
  render:
    | { status: "none" }
    | { status: "running"; step: number; totalSteps: number; preview: Pixels | null }
    | { status: "done"; image: Pixels; elapsedMs: number; seed: number; counts: number[] }
    | { status: "failed"; message: string };
};

export type Space = {
  /** The model whose slots these are; null before the first scene. */
  model: { hash: string; name: string } | null;
  library: SlotLibrary | null;
  /** In order of arrival. */
  scenes: LibraryScene[];
  /** Generated scenes on their way in. */
  filling: Work<{ done: number; total: number }, { added: number }>;
  map: SlotMap | null;
  umap: Work<UmapProgress, null>;
  concepts: FoundConcepts | null;
  numConcepts: number;
  /** Why there is no map or no concepts; null where there is nothing to say. */
  problem: string | null;
  picked: SlotRef | null;
  sample: SpaceSample;
};

export type SpaceSlice = {
  space: Space;
  /** The page has been opened: a library without scenes takes those of the Play page. */
  openSpace: () => void;
  addPageScenes: () => void;
  /** The next so many scenes of a series that the library lacks. */
  addGeneratedScenes: (series: Omit<SceneRef, "index">, count: number) => Promise<void>;
  cancelFilling: () => void;
  removeLibraryScene: (id: string) => void;
  emptyLibrary: () => void;
  setNumConcepts: (numConcepts: number) => void;
  /** Lays the map out by UMAP; the points move while it works. */
  startUmap: () => Promise<void>;
  /** Ends UMAP; the points stay where they are by then. */
  stopUmap: () => void;
  /** The map of principal components again. */
  showPca: () => void;
  pickSlot: (slot: SlotRef | null) => void;
  setConceptCount: (concept: number, count: number) => void;
  /** Lets the dice choose how many slots of each concept. */
  rollCounts: (seed: number) => void;
  /** Draws slots by the counts and lets the model make a picture of them. */
  sampleScene: (seed: number) => Promise<void>;
  cancelSample: () => void;
};

/** Numbers of concepts that can be asked for. */
export const conceptLimits = { fewest: 2, most: 24 };

/** Scenes that can be generated at once. */
export const maxFill = 500;
