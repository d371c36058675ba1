/** What draws scenes of a kind, and the renderer that needs no three.js: who trains on sprites does not fetch it. */
import { planResolution, type Scene } from "./scene";
import { planSprites, renderSprites } from "./sprites";

/** Renders scenes of one kind, always the same for the same seed and index. */
export type SceneRenderer = {
  /** Scenes start, start + 1, ..., start + count - 1 in batches, at planResolution. */
  render(seed: number, start: number, count: number): Generator<Scene[], void>;
  dispose(): void;
};

/** Sprites one at a time, rendered at any resolution. @param side - pixels a side */
export const spriteRenderer = (side: number = planResolution): SceneRenderer => ({
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
