/** What a run changes of its model, and what it leaves behind on the device. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { beforeAll, expect, it } from "vitest";

import { openCheckpoint } from "../../checkpoint/load";
import { registerWasmKernels } from "../../gpu/wasmKernels";
import { modelConfigSchema } from "../../slotdiffusion/config";
import type { FileStore } from "../../storage/fileStore";
import { testConfig } from "../../train/testRun";
import type { Learn } from "../protocol/training";

import { runFile } from "./runFiles";
import { openFilledBench, testPlan, writeParent } from "./testBench";

beforeAll(async () => {
  await import("@tensorflow/tfjs-backend-wasm");
  registerWasmKernels();
  expect(await tf.setBackend("wasm")).toBe(true);
});

async function weightsOf(files: FileStore, id: string): Promise<Map<string, Float32Array>> {
  const blob = await files.read(runFile(id, "weights.safetensors"));
  const { entries } = await openCheckpoint(blob ?? new Blob());
  const read = [...entries].map(async ([key, entry]): Promise<[string, Float32Array]> => {
    return [key, await entry.read()];
  });
  return new Map(await Promise.all(read));
}

const isVqvae = (key: string): boolean => key.startsWith("dm_decoder.vae.");
const isUnet = (key: string): boolean => key.startsWith("dm_decoder.model.");
const isCross = (key: string): boolean => /\.(attn2|norm2)\./.test(key);

it.each<[Learn, (key: string) => boolean]>([
  ["slots", (key) => !isVqvae(key) && !isUnet(key)],
  ["attention", (key) => !isVqvae(key) && (!isUnet(key) || isCross(key))],
  ["all", (key) => !isVqvae(key)],
  ["vqvae", () => true],
])(
  "%s trains its share and leaves the rest bit for bit",
  async (learn, mayChange) => {
    const bench = await openFilledBench();
    const steps = { vqvae: 4, binding: 0, slots: 12 };
    const lr = 1e-2;
    const { id } = await bench.create(testPlan(bench.setId, { learn, steps, lr }));
    for (let status = "new"; status !== "finished";) ({ status } = await bench.train(id, 7)); // what is frozen stays so through checkpoints
    const [before, after] = [
      await weightsOf(bench.files, "parent"),
      await weightsOf(bench.files, id),
    ];
    const changed = [...before.keys()].filter(
      (key) => before.get(key)?.join() !== after.get(key)?.join(),
    );
    const named = (claim: (key: string) => boolean) => changed.filter(claim).length;
    expect(changed.filter((key) => !mayChange(key))).toEqual([]);
    expect(named((key) => !isVqvae(key) && !isUnet(key))).toBeGreaterThan(10);
    expect(named(isCross) > 0).toBe(learn !== "slots");
    expect(named((key) => isUnet(key) && !isCross(key)) > 0).toBe(
      learn === "all" || learn === "vqvae",
    );
    expect(named(isVqvae) > 0).toBe(learn === "vqvae");
    const config = JSON.parse(
      (await (await bench.files.read(runFile(id, "config.json")))?.text()) ?? "",
    ) as typeof testConfig;
    const isKept = config.vae.scale_factor === testConfig.vae.scale_factor;
    expect(isKept).toBe(learn !== "vqvae"); // latents of another VQ-VAE have another size
  },
  60_000,
);

/** As small as the architecture goes. */
const tiniest = modelConfigSchema.parse({
  ...{ name: "tiniest", resolution: [16, 16] },
  encoder: { kind: "cnn", enc_channels: [3, 4], enc_ks: 3, strides: [2], enc_out_channels: 4 },
  slot_dict: {
    ...{ num_slots: 2, slot_size: 4, slot_mlp_size: 4, num_iterations: 1, init: "gaussian" },
  },
  vae: {
    enc_dec_dict: { z_channels: 2, ch: 4, ch_mult: [1, 1, 1], num_res_blocks: 1, norm_groups: 2 },
    vq_dict: { n_embed: 8, embed_dim: 2 },
  },
  unet_dict: {
    ...{ in_channels: 2, out_channels: 2, model_channels: 4, num_res_blocks: 1, context_dim: 4 },
    ...{ attention_resolutions: [], channel_mult: [1], num_head_channels: 4, norm_groups: 2 },
  },
  diffusion: { pred_target: "x0" },
});

it("keeps the number of tensors and their bytes flat over 1,000 steps, and leaves none", async () => {
  const bench = await openFilledBench();
  await writeParent(bench.files, tiniest, "tiniest");
  const before = tf.memory();
  const plan = testPlan(bench.setId, {
    ...{ parent: { kind: "run", id: "tiniest" }, isFromScratch: true, learn: "vqvae" },
    ...{ steps: { vqvae: 300, binding: 400, slots: 300 }, lr: 2e-4, batch: 1, lookEvery: 200 },
  });
  const { id } = await bench.create(plan);
  const seen = new Map<string, Set<string>>();
  let taken = 0;
  const run = await bench.train(id, null, (progress) => {
    if (progress.kind !== "step") return;
    taken++;
    const { stage, step } = progress.point;
    const isCoded = stage !== "vqvae" || step > 40; // quantisation brings no tensor that stays either, but says when
    const { numTensors, tensorBytes } = progress.memory;
    const key = `${stage} ${isCoded}`;
    seen.set(key, (seen.get(key) ?? new Set()).add(`${numTensors} tensors, ${tensorBytes} bytes`));
  });
  expect([run.status, taken, run.curve.length]).toEqual(["finished", 1000, 1000]);
  for (const [stage, states] of seen) expect([...states], stage).toHaveLength(1);
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numBytes).toBe(before.numBytes);
}, 180_000);
