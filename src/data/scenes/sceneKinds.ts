/** The kinds of scene by name: what page, link and command line choose from. */
import { planResolution, type Scene, type SceneKind, type ScenePlan } from "./scene";
import { SolidRenderer } from "./solidRenderer";
import { planSolids, solidCounts } from "./solids";
import { planSprites, renderSprites, spriteCounts } from "./sprites";

/** Renders scenes of one kind, always the same for the same seed and index. */
export type SceneRenderer = {
  /** Scenes start, start + 1, ..., start + count - 1 in batches, at planResolution. */
  render(seed: number, start: number, count: number): Generator<Scene[], void>;
  dispose(): void;
};

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
    open: () => spriteRenderer(planResolution),
  },
};

/** Sprites one at a time, rendered at any resolution. @param side - pixels a side */
export const spriteRenderer = (side: number): SceneRenderer => ({
  *render(seed, start, count) {
    for (let i = 0; i < count; i++) yield [renderSprites(planSprites(seed, start + i), side)];
  },
  dispose: () => undefined,
});

/** One scene. */
export function renderScene(renderer: SceneRenderer, seed: number, index: number): Scene {
  for (const [scene] of renderer.render(seed, index, 1)) if (scene) return scene;
  throw new Error(`renderScene: expected a scene for seed ${seed}, index ${index}, got none.`);
}
