/** Fifty pictures in, fifty out: no tensor and no byte of GPU memory more than after the first ones. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

import { isBrowser, useBackend } from "../../tests/backends";
import { createSchedule } from "../diffusion/schedule";
import { memoryReport } from "../gpu/backend";
import { mulberry32 } from "../math/random";
import { initParams } from "../nn/params";
import { modelConfigSchema } from "../slotdiffusion/config";
import { modelSpec } from "../slotdiffusion/model";
import { encodePicture, generatePicture, type RunnableModel } from "./inference";

const backend = isBrowser ? "webgpu" : "wasm";
const cycles = 50;
const side = 16;

beforeAll(() => useBackend(backend));

const picture = (cycle: number) => ({
  width: side,
  height: side,
  data: Uint8ClampedArray.from({ length: side * side * 4 }, (_, i) => (i * 7 + cycle * 31) % 256),
});

async function runCycle(model: RunnableModel, cycle: number): Promise<void> {
  const encoding = await encodePicture(model, {
    input: picture(cycle),
    seed: cycle,
    groundTruth: null,
  });
  const settings = { seed: cycle, sampler: "dpm-solver++", steps: 2, eta: 0 } as const;
  const context = { signal: new AbortController().signal, report: () => undefined };
  await generatePicture(
    model,
    { ...settings, slots: encoding.slots, numSlots: encoding.numSlots },
    context,
  );
}

/** As small as the architecture goes: SwiftShader takes milliseconds a dispatch. */
const config = modelConfigSchema.parse({
  resolution: [side, side],
  encoder: { kind: "cnn", enc_channels: [3, 8], strides: [2], enc_out_channels: 8 },
  slot_dict: { num_slots: 3, slot_size: 8, slot_mlp_size: 8, num_iterations: 1, init: "gaussian" },
  vae: {
    enc_dec_dict: { z_channels: 3, ch: 8, ch_mult: [1, 1], num_res_blocks: 1, norm_groups: 4 },
    vq_dict: { n_embed: 16, embed_dim: 3 },
  },
  unet_dict: {
    ...{ in_channels: 3, model_channels: 8, out_channels: 3, num_res_blocks: 1, norm_groups: 4 },
    ...{ attention_resolutions: [1], channel_mult: [1], num_head_channels: 8, context_dim: 8 },
  },
  diffusion: {},
});

function smallModel(): RunnableModel {
  const params = initParams(modelSpec(config), mulberry32(1));
  const preview = { weight: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], bias: [0, 0, 0] }; // prettier-ignore
  return { config, params, schedule: createSchedule(config.diffusion), preview };
}

test(`memory is flat over ${cycles} encode + generate cycles on ${backend}`, async () => {
  const model = smallModel();
  for (let cycle = 0; cycle < 3; cycle++) await runCycle(model, cycle); // free lists and pipelines fill once
  const before = memoryReport();
  for (let cycle = 0; cycle < cycles; cycle++) await runCycle(model, cycle);
  expect(memoryReport()).toEqual(before);
  expect(before.gpuBytes === null).toBe(backend === "wasm");
});

test("a cancelled and a failing run leave no tensor behind", async () => {
  const model = smallModel();
  const before = tf.memory().numTensors;
  const encoding = await encodePicture(model, { input: picture(0), seed: 0, groundTruth: null });
  const args = {
    slots: encoding.slots,
    numSlots: encoding.numSlots,
    seed: 0,
    eta: 0,
    steps: 8,
  } as const;
  const controller = new AbortController();
  const cancelled = generatePicture(
    model,
    { ...args, sampler: "dpm-solver++2m" },
    { signal: controller.signal, report: ({ step }) => void (step === 2 && controller.abort()) },
  );
  await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
  const failing = generatePicture(
    model,
    { ...args, sampler: "ddim" },
    {
      signal: new AbortController().signal,
      report: () => {
        throw new Error("the page has gone");
      },
    },
  );
  await expect(failing).rejects.toThrow("the page has gone");
  expect(tf.memory().numTensors).toBe(before);
});
