/** Solids as a browser draws them: this suite opens one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openBrowserSource } from "../../../scripts/scenes/browserSource";
import type { ShardSource } from "../../../scripts/scenes/shardSource";
import type { PackedScenes } from "./shards";
import { planSolids } from "./solids";

const side = 128;
const area = side * side;

describe.each(["clevr", "textured"] as const)("%s", (kind) => {
  let source: ShardSource;
  let scenes: PackedScenes;
  let reported = 0;
  const image = (packed: PackedScenes, i: number) =>
    packed.images.subarray(i * area * 3, (i + 1) * area * 3);

  beforeAll(async () => {
    source = await openBrowserSource(kind, 11, side);
    scenes = await source.render({ start: 0, n: 3 }, (made) => (reported = made));
  });
  afterAll(() => source.close());

  test("a scene has the same bytes again, in another tile too", async () => {
    const again = await source.render({ start: 2, n: 1 }, () => undefined);
    expect(reported).toBe(3);
    expect(Buffer.compare(image(scenes, 2), image(again, 0))).toBe(0);
    expect(Buffer.compare(image(scenes, 1), image(again, 0))).not.toBe(0);
  });

  test("ids are the plan's", () => {
    for (const i of [0, 1, 2]) {
      const { ids } = planSolids(kind, 11, i);
      expect(Buffer.compare(scenes.masks.subarray(i * area, (i + 1) * area), ids)).toBe(0);
    }
  });

  test("pictures show objects where the ids say", () => {
    // Pixels either side of an object's outline differ far more than neighbours elsewhere.
    for (const i of [0, 1, 2]) {
      const pixels = image(scenes, i);
      const ids = scenes.masks.subarray(i * area, (i + 1) * area);
      const jumps: Record<"edge" | "flat", number[]> = { edge: [], flat: [] };
      for (let p = 2; p < area - 2; p++) {
        const isEdge = ids[p] !== ids[p - 1];
        if (!isEdge && new Set(ids.subarray(p - 2, p + 2)).size > 1) continue; // a softened edge
        const [before, after] = [3 * (p - 2), 3 * (p + 1)];
        const jump = [0, 1, 2].reduce(
          (sum, c) => sum + Math.abs((pixels[after + c] ?? 0) - (pixels[before + c] ?? 0)),
          0,
        );
        jumps[isEdge ? "edge" : "flat"].push(jump);
      }
      const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      expect(mean(jumps.edge)).toBeGreaterThan(3 * mean(jumps.flat));
      expect(mean(jumps.edge)).toBeGreaterThan(60);
    }
  });
});
