/** The kinds of scene by name: what page, link and command line choose from. */
import type { SceneKind, ScenePlan } from "./scene";
import { spriteRenderer, type SceneRenderer } from "./sceneRenderer";
import { SolidRenderer } from "./solidRenderer";
import { planSolids, solidCounts } from "./solids";
import { planSprites, spriteCounts } from "./sprites";

export type SceneKindEntry = {
  title: string;
  /** Fewest and most objects. */
  counts: readonly [min: number, max: number];
  needsWebgl: boolean;
  /** Layout and visible pixels at planResolution; no WebGL. */
  plan: (seed: number, index: number) => ScenePlan;
  /** @param atlas - scenes across and down that WebGL renders at once */
  open: (atlas?: { columns: number; rows: number }) => SceneRenderer;
};

export const sceneKinds: Record<SceneKind, SceneKindEntry> = {
  clevr: {
    title: "Solids on a grey floor",
    counts: solidCounts,
    needsWebgl: true,
    plan: (seed, index) => planSolids("clevr", seed, index),
    open: (atlas) => new SolidRenderer("clevr", atlas),
  },
  textured: {
    title: "Textured solids in a textured room",
    counts: solidCounts,
    needsWebgl: true,
    plan: (seed, index) => planSolids("textured", seed, index),
    open: (atlas) => new SolidRenderer("textured", atlas),
  },
  sprites: {
    title: "Flat shapes that cover each other",
    counts: spriteCounts,
    needsWebgl: false,
    plan: planSprites,
    open: () => spriteRenderer(),
  },
};
