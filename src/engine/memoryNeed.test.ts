/** The estimate against what tfjs counts, and what is refused where. */
import * as tf from "@tensorflow/tfjs-core";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { clevrtexConfig, cocoConfig } from "../../tests/officialConfigs";
import { tinyConfig } from "../../tests/tinyConfig";
import { OutOfMemoryError } from "../errors";
import { mulberry32 } from "../math/random";
import { disposeParams, initParams } from "../nn/params";
import { modelConfigSchema, latentShape, type ModelConfig } from "../slotdiffusion/config";
import {
  encodeImages,
  imagesToLatents,
  initialSlots,
  latentsToImages,
  modelSpec,
  predict,
  type ModelParams,
} from "../slotdiffusion/model";
import { decodeStep, denoiseStep, encodeStep, latentsStep, type Step } from "./activations";
import { activationBytes, assertRoom, memoryNeed, type DeviceRoom } from "./memoryNeed";

const clevr64Config = modelConfigSchema.parse(
  JSON.parse(readFileSync("models/clevr64/config.json", "utf8")),
);
const GiB = 2 ** 30;
const roomy: DeviceRoom = { backend: "webgpu", maxTensorBytes: 4 * GiB, deviceMemoryBytes: null };
const wasm: DeviceRoom = { backend: "wasm", maxTensorBytes: null, deviceMemoryBytes: null };

/** What runs a stage, with inputs of the config's sizes. */
const stages: [string, (config: ModelConfig) => Step, (p: ModelParams, c: ModelConfig) => void][] =
  [
    [
      "encode",
      encodeStep,
      (p, config) => {
        const initial = initialSlots(p, config, 1, mulberry32(1));
        encodeImages(p, config, tf.zeros([1, ...config.resolution, 3]), { initial });
      },
    ],
    [
      "latents",
      latentsStep,
      (p, c) => void imagesToLatents(p, c, tf.zeros([1, ...c.resolution, 3])),
    ],
    [
      "denoise",
      denoiseStep,
      (p, c) => {
        const slots = tf.zeros<tf.Rank.R3>([1, c.slot_dict.num_slots, c.slot_dict.slot_size]);
        predict(p, c, tf.zeros([1, ...latentShape(c)]), 5, slots);
      },
    ],
    ["decode", decodeStep, (p, c) => void latentsToImages(p, c, tf.zeros([1, ...latentShape(c)]))],
  ];

async function peakOf(run: () => void): Promise<number> {
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() => void tf.tidy(run));
  return peakBytes - before;
}

describeBackends(
  "the estimate of activations",
  () => {
    // tfjs counts a reshape as a tensor of its own; that and kernels of one backend are what the factor is for.
    it.each([
      ["tiny", tinyConfig],
      ["clevr64", clevr64Config],
    ])("is within a factor of 1.5 of what tfjs counts for %s", async (_, config) => {
      const params = initParams(modelSpec(config), mulberry32(1));
      let most = 0;
      for (const [stage, estimate, run] of stages) {
        const measured = await peakOf(() => run(params, config));
        const ratio = measured / (4 * estimate(config).inside);
        expect(ratio, stage).toBeGreaterThan(1 / 1.5);
        expect(ratio, stage).toBeLessThan(1.5);
        most = Math.max(most, measured);
      }
      expect(activationBytes(config) / most).toBeGreaterThan(0.8);
      expect(activationBytes(config) / most).toBeLessThan(1.25);
      disposeParams(params);
    });
  },
  ["wasm"],
);

describe("memoryNeed", () => {
  it("describes the official CLEVRTex model", () => {
    const need = memoryNeed(clevrtexConfig, roomy);
    expect(need.weightBytes).toBe(4 * (151_448_737 + 32 * 32 * 4)); // with the position grid
    expect(need.peakBytes / need.weightBytes).toBeGreaterThan(1.1);
    expect(need.peakBytes / need.weightBytes).toBeLessThan(1.5);
    expect(need.refusal).toBe("");
  });

  it("is near the heap that WebAssembly grew to", () => {
    const heaps: [ModelConfig, number][] = [
      [clevr64Config, 180_682_752],
      [clevrtexConfig, 1_690_959_872],
      [cocoConfig, 2_116_288_512],
    ]; // bytes of the heap after every stage had run once, tfjs-backend-wasm 4.22.0 in Node
    for (const [config, heap] of heaps) {
      expect(memoryNeed(config, wasm).peakBytes / heap).toBeGreaterThan(0.9);
      expect(memoryNeed(config, wasm).peakBytes / heap).toBeLessThan(1.15);
    }
    expect(memoryNeed(clevrtexConfig, wasm).refusal).toBe("");
  });

  it("refuses what WebAssembly cannot address", () => {
    const wider = { ...clevrtexConfig.unet_dict, model_channels: 192 };
    const need = memoryNeed({ ...clevrtexConfig, unet_dict: wider }, wasm);
    expect(need.refusal).toMatch(/needs about \d\.\d GiB, and WebAssembly can hold 2 GiB/);
  });

  it("refuses a tensor beyond the GPU's limits", () => {
    const need = memoryNeed(clevrtexConfig, { ...roomy, maxTensorBytes: 16 * 2 ** 20 });
    expect(need.refusal).toMatch(/largest tensor takes \d+ MiB, and this GPU takes at most 16 MiB/);
  });

  it("refuses more than the device has, and throws before anything is made", () => {
    const small = { ...roomy, deviceMemoryBytes: GiB / 2 };
    expect(memoryNeed(clevr64Config, small).refusal).toBe("");
    const before = tf.memory().numTensors;
    expect(() => assertRoom(clevrtexConfig, small)).toThrow(OutOfMemoryError);
    expect(() => assertRoom(clevrtexConfig, small)).toThrow(
      /this device has 0\.5 GiB for everything/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
