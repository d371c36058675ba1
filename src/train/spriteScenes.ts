/** Generated sprites to learn from: each drawn when it is first asked for, and kept as bytes. */
import { renderScene, spriteRenderer } from "../data/scenes/sceneRenderer";
import { dropAlpha } from "../data/scenes/shards";

import type { ImageSource } from "./images";

export type SceneSet = {
  /** Scenes to learn from. */
  training: ImageSource;
  /** Scenes to evaluate on. */
  heldOut: ImageSource;
  /** Object ids of a held-out scene [H * W], 0 = background. Never given to a trainer. */
  heldOutIds: (index: number) => Uint8Array;
};

/** Which scenes: 0..heldOut-1 of a seed are held out, and those up to `n` are trained on. */
export type SceneRange = { seed: number; n: number; heldOut: number };

/** Sprites of a seed. @param side - pixels */
export function drawSprites({ seed, n, heldOut }: SceneRange, side: number): SceneSet {
  const renderer = spriteRenderer(side);
  const images = new Map<number, Uint8Array>();
  const ids = new Map<number, Uint8Array>();
  const draw = (index: number): Uint8Array => {
    const scene = renderScene(renderer, seed, index);
    const image = dropAlpha(scene.pixels.data);
    images.set(index, image);
    if (index < heldOut) ids.set(index, scene.ids);
    return image;
  };
  const source = (first: number, count: number): ImageSource => ({
    count,
    size: [side, side],
    read: (index) => images.get(first + index) ?? draw(first + index),
  });
  const idsOf = (index: number): Uint8Array => {
    if (!ids.has(index)) draw(index);
    const found = ids.get(index);
    if (!found) throw new Error(`sprites: expected scene ${index} below ${heldOut}.`);
    return found;
  };
  return { training: source(heldOut, n - heldOut), heldOut: source(0, heldOut), heldOutIds: idsOf };
}
