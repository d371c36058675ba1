/** What is known of composed slots and of pictures drawn from them: the state of composition and generation. */
import type { Pixels, SamplerName } from "../engine/protocol";
import type { PathName } from "../slotspace/interpolate";
import type { SceneId, SlotRef } from "./state";

/** Part of the way from a slot to another. */
export type Blend = {
  other: SlotRef;
  /** 0 (the slot itself) .. 1 (the other). */
  t: number;
  path: PathName;
};

/** What a slot brings along that came in a file: its scene need not be on the page. */
export type FileSlot = {
  /** [D] */
  values: Float32Array;
  /** What it was made of, in words. */
  title: string;
  /** Of the model that made it. */
  hash: string;
};

/** A slot to decode: an encoder's own, one on the way from it to another, or one out of a file. */
export type ComposedSlot = SlotRef & { blend?: Blend; file?: FileSlot };

/** A slot in a scene's list of slots to decode; `key` stays the same while it moves. */
export type PlacedSlot = ComposedSlot & { key: string };

export type GenerateSettings = { seed: number; sampler: SamplerName; steps: number; eta: number };

/** How far two pictures are apart, in levels of a channel, 0..255. */
export type Difference = { mean: number; max: number };

/** A picture that the model drew. It is stale when slots and settings are no longer the scene's. */
export type Drawn = {
  image: Pixels;
  slotKeys: string;
  settings: GenerateSettings;
  elapsedMs: number;
  msPerStep: number;
  /** Previews of its evaluations in order; evenly thinned out where there were many. */
  frames: Pixels[];
  /** Pictures that were drawn together with it, itself included. */
  batch: number;
  /** From the picture of the same slots in the order before; null where they were not shuffled. */
  shuffled: Difference | null;
};

/** What variants are asked for; a newer question has seeds of its own, by identity. */
export type VariantsAsked = {
  sceneId: SceneId;
  slotKeys: string;
  settings: GenerateSettings;
  seeds: number[];
};

/** Several pictures of one scene's slots, drawn together. */
export type VariantsState =
  | { status: "none" }
  | (VariantsAsked & { status: "running"; step: number; totalSteps: number; previews: Pixels[] })
  | (VariantsAsked & {
      status: "done";
      images: Pixels[];
      /** Previews of each evaluation, one a seed. */
      frames: Pixels[][];
      elapsedMs: number;
    })
  | (VariantsAsked & { status: "failed"; message: string });

export type CompositionSlice = {
  /** The slot in hand: picked, and waiting for a place. */
  held: ComposedSlot | null;
  canUndo: boolean;
  canRedo: boolean;
  hold: (slot: ComposedSlot | null) => void;
  /** Puts a slot in place of the one at `position` of a scene. */
  replaceSlot: (sceneId: SceneId, position: number, slot: ComposedSlot) => void;
  /** Adds a slot at the end of a scene, or at `position`. */
  addSlot: (sceneId: SceneId, slot: ComposedSlot, position?: number) => void;
  removeSlot: (sceneId: SceneId, position: number) => void;
  /** Moves a slot to another place of its tray. */
  moveSlot: (sceneId: SceneId, from: number, to: number) => void;
  /** Puts a copy behind a slot. */
  duplicateSlot: (sceneId: SceneId, position: number) => void;
  /** Moves a slot towards another; null is the slot itself again. Steps of one way are undone as one. */
  blendSlot: (sceneId: SceneId, position: number, blend: Blend | null) => void;
  /** Another order of the same slots, drawn, and how far its picture is from the one before. */
  shuffleSlots: (sceneId: SceneId) => Promise<void>;
  /** The scene's own slots again, in their order. */
  resetSlots: (sceneId: SceneId) => void;
  undo: () => void;
  redo: () => void;
  /** The scene's slots, model and settings as JSON, to the browser's downloads. */
  saveComposition: (sceneId: SceneId) => Promise<void>;
  /** Puts the slots of such a file into a scene, the first where none is named. */
  openComposition: (file: File, sceneId?: SceneId) => Promise<void>;
};

export type GenerationSlice = {
  settings: GenerateSettings;
  /** Generate after every edit. */
  isAutomatic: boolean;
  /** The latest variants, of one scene at a time. */
  variants: VariantsState;
  setSettings: (settings: Partial<GenerateSettings>) => void;
  setAutomatic: (isAutomatic: boolean) => void;
  generate: (sceneId: SceneId) => Promise<void>;
  cancelGenerate: (sceneId: SceneId) => void;
  /** Draws a scene with so many seeds at once, from the page's seed on. */
  drawVariants: (sceneId: SceneId, count: number) => Promise<void>;
  /** Ends or forgets the variants. */
  dropVariants: () => void;
  /** Makes the variant of a seed the scene's picture, and its seed the page's. */
  keepVariant: (seed: number) => void;
  /** The drawn picture as PNG, to the browser's downloads. */
  savePicture: (sceneId: SceneId) => Promise<void>;
  /** How the picture came out of the noise, as GIF, to the browser's downloads. */
  saveDenoising: (sceneId: SceneId) => Promise<void>;
};
