import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { backends, describeBackends, isBrowser, isThorough } from "../../tests/backends";
import { asNHWC, fixtureParams, golden, loadFixture, type Fixture } from "../../tests/fixture";
import { maxAbsDiff, parityChecker } from "../../tests/parity";
import { tinyConfig } from "../../tests/tinyConfig";
import { toOfficial } from "../checkpoint/layout";
import { createSchedule } from "../diffusion/schedule";
import { registerWasmKernels } from "../gpu/wasmKernels";
import { paramEntries, specEntries, type ParamSpec } from "../nn/params";
import { denoisingLoss, slotsLoss, trainableKeys } from "./losses";
import { encodeImages, imagesToLatents, initialSlots, modelSpec, type ModelParams } from "./model";

const spec = modelSpec(tinyConfig);
const specs = new Map<string, ParamSpec>(specEntries(spec));
const schedule = createSchedule(tinyConfig.diffusion);
const trainable = trainableKeys(tinyConfig);

const specOf = (key: string): ParamSpec => {
  const leaf = specs.get(key);
  if (!leaf) throw new Error(`no parameter ${key}`);
  return leaf;
};

/** Whoever trains in a tab may do so on WebGL; on a software GPU it takes a minute, WebGPU several. */
const browserBackends = isThorough ? [...backends, "webgl"] : ["webgl"];
const trainingBackends = isBrowser ? browserBackends : backends;

describeBackends(
  "denoisingLoss",
  (backend) => {
    let weights: Fixture;
    let trace: Fixture;
    let params: ModelParams;
    let batch: { images: tf.Tensor4D; t: number[]; noise: tf.Tensor4D };
    let loss: tf.Scalar;
    let gradients: Map<string, Float32Array>; // official layout

    beforeAll(async () => {
      if (backend === "wasm") registerWasmKernels();
      [weights, trace] = await Promise.all([loadFixture("weights"), loadFixture("train_loss")]);
      params = fixtureParams(weights, spec);
      batch = {
        images: asNHWC(trace, "img"),
        t: [...golden(trace, "t").values],
        noise: asNHWC(trace, "noise"),
      };
      ({ loss, gradients } = await differentiate());
    }, 600_000); // a software GPU on a busy machine took 200 s

    async function differentiate() {
      const byKey = new Map(paramEntries(params));
      const tensors = trainable.map((key) => byKey.get(key) as tf.Tensor); // keys of the same spec
      const before = tf.memory().numTensors;
      const { value, grads } = tf.valueAndGrads(() =>
        denoisingLoss(params, tinyConfig, schedule, batch),
      )(tensors);
      expect(tf.memory().numTensors - before).toBe(1 + tensors.length);
      const values = await Promise.all(grads.map((gradient) => gradient.data<"float32">()));
      tf.dispose(grads);
      const official = values.map((each, i): [string, Float32Array] => {
        const key = trainable[i] as string; // one gradient a key
        return [key, toOfficial(specOf(key), each)];
      });
      return { loss: value, gradients: new Map(official) };
    }

    const gradientOf = (key: string): Float32Array => {
      const gradient = gradients.get(key);
      if (!gradient) throw new Error(`no gradient of ${key}`);
      return gradient;
    };

    /** The fixtures' tolerance without parity.ts's floor of 1e-4, which is a good part of these gradients. */
    function expectClose(key: string, actual: ArrayLike<number>): void {
      const meta = trace.manifest.tensors?.[key] ?? {};
      const limit = Math.max(3e-4 * (meta.absmax ?? 0), 30 * (meta.fp64_ref_maxabsdiff ?? 0));
      expect(maxAbsDiff(actual, golden(trace, key).values), key).toBeLessThanOrEqual(limit);
    }

    it("matches the official loss and gradients", async (context) => {
      const check = parityChecker(context, "Denoising loss, gradients", "ddpm.py DDPM.p_losses");
      await check(trace, "loss", loss);
      const keys = [...trace.tensors.keys()].filter((key) => /^grad\.(?!slots$)/.test(key));
      expect(keys).toHaveLength(19);
      for (const key of keys) {
        const gradient = gradientOf(key.slice("grad.".length));
        await check(trace, key, tf.tensor(gradient, golden(trace, key).shape), "stored");
        expectClose(key, gradient);
      }
    });

    it("matches the official gradient of the slots", async () => {
      const initial = initialSlots(params, tinyConfig, 2);
      const { slots } = encodeImages(params, tinyConfig, batch.images, { initial });
      const latents = imagesToLatents(params, tinyConfig, batch.images);
      const gradient = tf.grad((x) =>
        slotsLoss(params, tinyConfig, schedule, { ...batch, latents, slots: x as tf.Tensor3D }),
      )(slots);
      expectClose("grad.slots", await gradient.data());
    });

    it("gives every trained parameter a gradient, of the official global norm", () => {
      let squares = 0;
      for (const key of trainable) {
        const gradient = gradientOf(key);
        expect(
          gradient.some((value) => value !== 0),
          key,
        ).toBe(true);
        squares += gradient.reduce((sum, value) => sum + value * value, 0);
      }
      expectClose("grad_norm", [Math.sqrt(squares)]);
    });

    it("leads Adam's first step to the official parameters", () => {
      const norm = golden(trace, "grad_norm").values[0] ?? NaN;
      const clip = Math.min(1, 1 / (norm + 1e-6));
      const keys = [...trace.tensors.keys()].filter((key) => key.startsWith("adam1."));
      expect(keys).toHaveLength(3);
      for (const stored of keys) {
        const key = stored.slice("adam1.".length);
        const lr = key.startsWith("dm_decoder.") ? 2e-4 : 1e-4;
        const before = golden(weights, key).values;
        const stepped = Array.from(gradientOf(key), (value, i) => {
          const g = clip * value;
          const m = (0.1 * g) / (1 - 0.9); // first moment, bias corrected
          const v = (0.001 * g * g) / (1 - 0.999); // second moment, bias corrected
          return (before[i] ?? NaN) - (lr * m) / (Math.sqrt(v) + 1e-8);
        });
        // A step is lr long: a hundredth of it tells a right step from a wrong one.
        expect(maxAbsDiff(stepped, golden(trace, stored).values), key).toBeLessThan(lr / 100);
      }
    });
  },
  trainingBackends,
);
