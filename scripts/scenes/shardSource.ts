/** Who makes a shard's scenes: this process for sprites, a browser for solids. */
import { spriteRenderer } from "../../src/data/scenes/sceneRenderer.ts";
import { packScenes, type PackedScenes, type ShardRange } from "../../src/data/scenes/shards.ts";

export type ShardSource = {
  /** @param onProgress - told the number of pictures made of this shard */
  render(range: ShardRange, onProgress: (made: number) => void): Promise<PackedScenes>;
  close(): Promise<void>;
};

/** Sprites, made here. @param side - pixels a side */
export function openSpriteSource(seed: number, side: number): ShardSource {
  const renderer = spriteRenderer(side);
  return {
    render: ({ start, n }) =>
      Promise.resolve(packScenes([...renderer.render(seed, start, n)].flat())),
    close: () => Promise.resolve(),
  };
}
