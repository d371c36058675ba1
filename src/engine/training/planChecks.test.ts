/** Plans that no run can be made of, refused at its creation. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

import { registerWasmKernels } from "../../gpu/wasmKernels";
import { testConfig } from "../../train/testRun";
import type { RunPlan } from "../protocol/training";

import { openFilledBench, testPlan, writeParent } from "./testBench";

beforeAll(async () => {
  await import("@tensorflow/tfjs-backend-wasm");
  registerWasmKernels();
  expect(await tf.setBackend("wasm")).toBe(true);
});

describe("a plan", () => {
  it.each<[string, Partial<RunPlan>, RegExp]>([
    ["with numbers out of range", { lr: -1, batch: 0 }, /batch: .*lr: |lr: .*batch: /],
    ["without steps", { steps: { vqvae: 9, binding: 0, slots: 0 } }, /a stage with steps/],
    ["from scratch over a random VQ-VAE", { isFromScratch: true }, /steps of the VQ-VAE/],
    ["for a VQ-VAE that takes no steps", { learn: "vqvae" }, /steps of the VQ-VAE/],
    ["of a set that is not there", { data: { kind: "set", setId: "nosuch" } }, /nosuch/],
    ["from a run that is not there", { parent: { kind: "run", id: "nosuch" } }, /nosuch/],
    [
      "for another number of learned slots",
      { parent: { kind: "run", id: "learned" }, numSlots: 5 },
      /3 slots, each/,
    ],
    [
      "for pictures of another size",
      { parent: { kind: "run", id: "large" } },
      /of 32x32.*of 16x16/,
    ],
    [
      "with nothing but held-out scenes",
      { data: { kind: "scenes", scenes: "sprites", seed: 1, count: 30, heldOut: 30 } },
      /fewer held-out scenes than 30/,
    ],
    [
      "of too few scenes",
      { data: { kind: "scenes", scenes: "sprites", seed: 1, count: 19, heldOut: 1 } },
      /20 to 20000 pictures, got 19/,
    ],
  ])("%s is refused with a reason", async (_, change, message) => {
    const bench = await openFilledBench();
    const { slot_dict } = testConfig;
    const learned = { ...testConfig, slot_dict: { ...slot_dict, init: "learned" as const } };
    await writeParent(bench.files, learned, "learned");
    await writeParent(bench.files, { ...testConfig, resolution: [32, 32] }, "large");
    await expect(bench.create(testPlan(bench.setId, change))).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(message) as string,
    });
    expect(await bench.list()).toHaveLength(3); // no trace of it
  });

  it("needs twenty pictures", async () => {
    const bench = await openFilledBench(19);
    await expect(bench.create(testPlan(bench.setId))).rejects.toThrow(
      /20 to 5000 pictures, got 19/,
    );
  });
});
