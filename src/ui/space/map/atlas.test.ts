import { expect, test } from "vitest";

import { slotCrop } from "../crops";
import { halvesScene } from "../testScene";
import { paintAtlas, tileSide } from "./atlas";

const origin = (sceneId: string, index: number) => ({ sceneId, index, share: 0.5, isDead: false });

test("row i has tile i, in reading order; a slot without a scene has an empty one", () => {
  const scenes = [halvesScene(8, "a"), halvesScene(8, "b")];
  const origins = [origin("a", 0), origin("gone", 0), origin("b", 1), origin("a", 1)];
  const { columns, data } = paintAtlas(
    { slots: new Float32Array(4), slotSize: 1, origins },
    scenes,
  );
  expect(columns).toBe(2);
  const tile = (column: number, line: number): number[] =>
    Array.from({ length: tileSide }, (_, y) => {
      const from = ((line * tileSide + y) * columns * tileSide + column * tileSide) * 4;
      return [...data.subarray(from, from + tileSide * 4)];
    }).flat();
  const crop = (scene: number, index: number): number[] => {
    const found = scenes[scene];
    if (!found) throw new Error("no such scene");
    return [...slotCrop(found, index, tileSide).data];
  };
  expect(tile(0, 0)).toEqual(crop(0, 0));
  expect(tile(1, 0).every((value) => value === 0)).toBe(true);
  expect(tile(0, 1)).toEqual(crop(1, 1));
  expect(tile(1, 1)).toEqual(crop(0, 1));
});
