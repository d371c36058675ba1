import { expect, test } from "vitest";

import { halvesScene } from "../testScene";
import { layersOf } from "./layers";

test("each pixel is in one layer alone, and together they are the picture", () => {
  const scene = halvesScene(8);
  const layers = layersOf(scene);
  const { data } = scene.picture;
  for (let pixel = 0; pixel < 64; pixel++) {
    const owners = layers.filter(({ pixels }) => pixels.data[pixel * 4 + 3] === 255);
    expect(owners).toHaveLength(1);
    const own = owners[0]?.pixels.data.subarray(pixel * 4, pixel * 4 + 4);
    expect([...(own ?? [])]).toEqual([...data.subarray(pixel * 4, pixel * 4 + 4)]);
  }
});

test("the largest lies at the back, and a slot that wins nothing has no layer", () => {
  const scene = halvesScene(8);
  for (let y = 0; y < 8; y++) {
    scene.masks[y * 8] = 0.1; // the leftmost column goes to the right half's slot
    scene.masks[64 + y * 8] = 0.9;
  }
  const layers = layersOf(scene);
  expect(layers.map(({ index }) => index)).toEqual([1, 0]);
  expect(layers.map(({ share }) => share)).toEqual([5 / 8, 3 / 8]);
});
