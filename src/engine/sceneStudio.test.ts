/** Here there is no WebGL: solids say so, and sprites are drawn all the same. e2e/scenes.spec.ts renders solids. */
import { describe, expect, test } from "vitest";

import { sceneKindNames as registered, shrinkScene } from "../data/scenes/scene";
import { sceneKinds } from "../data/scenes/sceneKinds";
import { renderScene, spriteRenderer } from "../data/scenes/sceneRenderer";
import { sceneKindNames } from "./protocol";
import { createSceneStudio } from "./sceneStudio";

const sprites = (seed: number, index: number) => ({ kind: "sprites", seed, index }) as const;
const sizeOf =
  (side: number): (() => [number, number]) =>
  () => [side, side];

test("every kind that the page offers is in the registry", () => {
  expect(registered).toEqual(expect.arrayContaining([...sceneKindNames]));
  for (const kind of sceneKindNames) expect(sceneKinds[kind].title).not.toBe("");
});

describe("sprites", () => {
  test.each([64, 128])("at %i pixels are the command line's, to the byte", async (side) => {
    const { pixels, ids, objects } = await createSceneStudio().render(sprites(3, 5), sizeOf(side));
    const scene = renderScene(spriteRenderer(side), 3, 5);
    expect(pixels).toEqual(scene.pixels);
    expect(ids).toEqual(scene.ids);
    expect(objects.map(({ id, visiblePixels }) => [id, visiblePixels])).toEqual(
      scene.objects.map(({ id, visiblePixels }) => [id, visiblePixels]),
    );
  });

  test("before there is a model come at the renderer's own size, and larger to look at", async () => {
    const { pixels, ids, large } = await createSceneStudio().render(sprites(3, 5), () => null);
    expect([pixels.width, ids.length]).toEqual([128, 128 * 128]);
    expect(large.width).toBeGreaterThan(128);
    expect(large.data).toHaveLength(large.width * large.height * 4);
  });

  test("are resampled for a model that is not square", async () => {
    const { pixels, ids } = await createSceneStudio().render(sprites(3, 5), () => [48, 96]);
    expect([pixels.width, pixels.height, ids.length]).toEqual([96, 48, 48 * 96]);
    const whole = renderScene(spriteRenderer(96), 3, 5);
    expect(new Set(ids)).toEqual(new Set(whole.ids));
    const mean = (data: Uint8ClampedArray) => data.reduce((a, b) => a + b, 0) / data.length;
    expect(mean(pixels.data)).toBeCloseTo(mean(shrinkScene(whole, 48).pixels.data), 0);
  });

  test("share nothing with what was rendered before: buffers are given away", async () => {
    const studio = createSceneStudio();
    const first = await studio.render(sprites(3, 5), sizeOf(64));
    const kept = Uint8Array.from(first.ids);
    structuredClone(first.ids, { transfer: [first.ids.buffer as ArrayBuffer] });
    expect((await studio.render(sprites(3, 5), sizeOf(64))).ids).toEqual(kept);
  });
});

test("solids without WebGL say what is missing and what works, again and again", async () => {
  const studio = createSceneStudio();
  for (const kind of ["clevr", "textured", "clevr"] as const) {
    await expect(studio.render({ kind, seed: 1, index: 0 }, sizeOf(64))).rejects.toMatchObject({
      name: "UnsupportedDeviceError",
      message: expect.stringMatching(/expected WebGL 2.*sprites need neither/i) as string,
    });
  }
  expect((await studio.render(sprites(1, 0), sizeOf(64))).objects.length).toBeGreaterThan(1);
});
