/** Step after step, through every stage: no tensor and no byte of GPU memory more than after the first ones. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

import { isBrowser, isThorough, useBackend } from "../../tests/backends";
import { memoryReport } from "../gpu/backend";
import { registerWasmKernels } from "../gpu/wasmKernels";
import { modelConfigSchema } from "../slotdiffusion/config";
import { createState, disposeState } from "./state";
import { testImages, testRecipe } from "./testRun";
import { train } from "./trainer";

/** A software GPU takes about half a second a step: the long run there is `npm run test:gpu`. */
const steps = isThorough ? 500 : 12;
const backend = isBrowser ? "webgpu" : "wasm";

beforeAll(async () => {
  await useBackend(backend);
  if (backend === "wasm") registerWasmKernels();
});

/** As small as the architecture goes. */
const config = modelConfigSchema.parse({
  resolution: [16, 16],
  encoder: { kind: "cnn", enc_channels: [3, 8], strides: [2], enc_out_channels: 8 },
  slot_dict: { num_slots: 3, slot_size: 8, slot_mlp_size: 8, num_iterations: 1, init: "gaussian" },
  vae: {
    enc_dec_dict: { z_channels: 3, ch: 4, ch_mult: [1, 1], num_res_blocks: 1, norm_groups: 2 },
    vq_dict: { n_embed: 16, embed_dim: 3 },
  },
  unet_dict: {
    ...{ in_channels: 3, model_channels: 4, out_channels: 3, num_res_blocks: 1, norm_groups: 2 },
    ...{ attention_resolutions: [1], channel_mult: [1], num_head_channels: 4, context_dim: 8 },
  },
  diffusion: {},
});

test(`${2 * steps} steps leave memory as it was on ${backend}`, async () => {
  const before = tf.memory().numTensors;
  const recipe = testRecipe(
    { steps, batch: 1, quantizeFrom: 2, kMeansImages: 2, reseedUntil: 4 },
    { steps, batch: 1 },
  );
  const state = await createState(config, recipe);
  const reports: { stage: string; step: number; tensors: number; gpuBytes: number | null }[] = [];
  for await (const { stage, step } of train({ config, recipe, images: testImages, state }, () =>
    performance.now(),
  )) {
    const { numTensors: tensors, gpuBytes } = memoryReport();
    if (stage !== "latents") reports.push({ stage, step, tensors, gpuBytes });
  }
  for (const stage of ["vqvae", "slots"]) {
    // The first steps fill the free lists; the VQ-VAE's also begin to quantise.
    const steady = reports.filter((report) => report.stage === stage && report.step > 8);
    expect(steady.length).toBe(steps - 8);
    expect(new Set(steady.map(({ tensors }) => tensors)).size, stage).toBe(1);
    const bytes = steady.map(({ gpuBytes }) => gpuBytes ?? 0);
    if (isBrowser) expect(bytes[0]).toBeGreaterThan(0);
    expect(Math.max(...bytes), stage).toBe(bytes[0]);
  }
  disposeState(state);
  expect(tf.memory().numTensors).toBe(before);
}, 1_800_000);
