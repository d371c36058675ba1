/** The VQ-VAE alone, against a computation picture by picture. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { useBackend } from "../../../tests/backends";
import { disposeParams } from "../../nn/params";
import { imagesToLatents, latentsToImages } from "../../slotdiffusion/model";
import { testConfig } from "../../train/testRun";
import { errorOf, makeModel, makeSet, meanOf, openBench, ref, scenes, side } from "./testBench";

beforeAll(() => useBackend("wasm"));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});

describe("checkFirstStage", () => {
  const context = { signal: new AbortController().signal, report: () => undefined };

  test("measures the VQ-VAE alone on 64 pictures at most, and shows 6", async () => {
    const loaded = makeModel("a");
    const { handlers, state } = openBench(loaded, makeSet(70, 2, false));
    const data = { kind: "set", setId: "s", part: "heldOut" } as const;
    const check = await handlers.checkFirstStage({ model: ref("a"), data }, context);
    expect([check.numPictures, check.pictures.length]).toEqual([64, 6]);
    expect(state.turns).toBe(0); // the request as a whole is one turn

    const set = makeSet(70, 2, false);
    const psnrs = Array.from({ length: 64 }, (_, i) => {
      const rgb = set.heldOut.read(i);
      const values = tf.tidy(() => {
        const signed = Float32Array.from(rgb, (value) => value / 127.5 - 1);
        const images = tf.tensor4d(signed, [1, side, side, 3]);
        const latents = imagesToLatents(loaded.params, testConfig, images);
        return latentsToImages(loaded.params, testConfig, latents).dataSync();
      });
      const squares = Array.from(values, (value, k) => {
        const made = Math.min(Math.max(value / 2 + 0.5, 0), 1);
        return (made - (rgb[k] ?? 0) / 255) ** 2;
      });
      return -10 * Math.log10(meanOf(squares));
    });
    expect(check.psnr.mean).toBeCloseTo(meanOf(psnrs), 3);
    expect(check.psnr.standardError).toBeCloseTo(errorOf(psnrs), 3);
    const [first] = check.pictures;
    expect(first?.name).toBe("0.png");
    const shown = first?.input.data.filter((_, i) => i % 4 !== 3);
    expect(Array.from(shown ?? [])).toEqual(Array.from(set.heldOut.read(0)));
    disposeParams(loaded.params);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("stops when cancelled, and leaves nothing behind", async () => {
    const { handlers } = openBench(null);
    const args = { model: ref("a"), data: scenes(3) };
    const signal = AbortSignal.abort();
    await expect(handlers.checkFirstStage(args, { ...context, signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    const { numPictures } = await handlers.checkFirstStage(args, context);
    expect(numPictures).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });
});
