import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { modelConfigSchema } from "../../slotdiffusion/config";
import { recipeSchema } from "../../train/recipe";
import { testConfig } from "../../train/testRun";
import type { RunPlan } from "../protocol/training";

import { isKept } from "./curve";
import { createPace } from "./pace";
import { firstStage, planConfig, planRecipe, stageSteps } from "./planRecipe";

const plan: RunPlan = {
  ...{ name: "mine", parent: { kind: "bundled", id: "sprites" }, isFromScratch: false },
  ...{ data: { kind: "set", setId: "s" }, learn: "slots", numSlots: null },
  ...{ steps: { vqvae: 900, binding: 0, slots: 600 }, lr: 1e-4, unetFactor: 2, batch: 8 },
  ...{ seed: 1, lookEvery: 50 },
};
const read = (name: string): unknown =>
  JSON.parse(readFileSync(`models/sprites/${name}.json`, "utf8"));

it("from scratch is the recipe that the bundled sprites were trained by", () => {
  const config = modelConfigSchema.parse(read("config"));
  const recipe = recipeSchema.parse(read("training"));
  const { vqvae, binding, slots, seed } = recipe;
  const scratch: RunPlan = {
    ...{ ...plan, isFromScratch: true, learn: "vqvae", seed, batch: slots.batch },
    ...{ lr: slots.lr, unetFactor: slots.decoderLr / slots.lr },
    steps: { vqvae: vqvae.steps, binding: binding?.steps ?? 0, slots: slots.steps },
  };
  const planned = planRecipe(scratch, config);
  expect(planned.vqvae).toEqual({ ...vqvae, batch: slots.batch });
  expect(planned.binding).toEqual({ ...binding, batch: slots.batch });
  expect({ ...planned.slots, decoderLr: 0 }).toEqual({ ...slots, decoderLr: 0 });
  expect(planned.slots.decoderLr).toBeCloseTo(slots.decoderLr, 12);
});

it("leaves the VQ-VAE and its scale alone where it does not learn", () => {
  const recipe = planRecipe(plan, testConfig);
  expect(stageSteps(recipe)).toEqual({ vqvae: 0, binding: 0, slots: 600 });
  expect(firstStage(recipe)).toBe("slots");
  expect(recipe.slots).toMatchObject({
    learn: "slots",
    keepScale: true,
    lr: 1e-4,
    decoderLr: 2e-4,
  });
  const tuned = planRecipe({ ...plan, learn: "vqvae" }, testConfig);
  expect(firstStage(tuned)).toBe("vqvae");
  expect(tuned).toMatchObject({ start: "sprites", vqvae: { steps: 900, quantizeFrom: 0 } });
  expect(tuned.slots).toMatchObject({ learn: "all", keepScale: false });
});

it("takes name and slots from the plan, and forgets what another VQ-VAE makes wrong", () => {
  const preview = { weight: [[1, 2, 3]], bias: [0, 0, 0] };
  const vae = { ...testConfig.vae, scale_factor: 0.5 };
  const parent = { ...testConfig, preview, vae };
  const kept = planConfig({ ...plan, numSlots: 9 }, parent);
  expect(kept).toMatchObject({ name: "mine", preview, vae, slot_dict: { num_slots: 9 } });
  const tuned = planConfig({ ...plan, learn: "vqvae" }, parent);
  expect([tuned.preview, tuned.vae.scale_factor]).toEqual([undefined, 0.5]);
  expect(planConfig({ ...plan, isFromScratch: true }, parent).vae.scale_factor).toBe(1);
});

it("draws binding pictures of a side that divides the model's", () => {
  const binding = (side: number) =>
    planRecipe(
      { ...plan, steps: { vqvae: 0, binding: 5, slots: 5 } },
      { ...testConfig, resolution: [side, side] },
    ).binding;
  expect([64, 128, 72, 16].map((side) => binding(side)?.side)).toEqual([32, 32, 24, 16]);
  expect(binding(16)?.places).toBe(256);
  // Attention mixes the picture too where its grid is as fine: 32x32 of 64x64, 64x64 of 128x128, but not 36x36 or 8x8.
  expect([64, 128, 72, 16].map((side) => binding(side)?.attnWeight)).toEqual([1, 1, 0, 0]);
});

it("thins long curves to 2,000 points, the first and the last among them", () => {
  const kept = (steps: number) =>
    Array.from({ length: steps }, (_, i) => i + 1).filter((step) => isKept({ step }, steps));
  expect(kept(1500)).toHaveLength(1500);
  for (const steps of [2001, 20_000, 123_457]) {
    const points = kept(steps);
    expect(points.length).toBeLessThanOrEqual(2000);
    expect(points.length).toBeGreaterThan(900);
    expect([points[0], points.at(-1)]).toEqual([1, steps]);
  }
});

it("tells the pace of the last steps, and a time left that counts what lies between them", () => {
  const pace = createPace(0);
  expect(pace.add("slots", 100, 99)).toEqual({ stepsPerSecond: 10, secondsLeft: null });
  pace.add("slots", 200, 98);
  expect(pace.add("slots", 300, 97)).toEqual({ stepsPerSecond: 10, secondsLeft: 9.7 });
  pace.skip(300); // a look as long as all steps so far
  const { stepsPerSecond, secondsLeft } = pace.add("slots", 700, 96);
  expect(stepsPerSecond).toBeCloseTo(10);
  expect(secondsLeft).toBeCloseTo((9.6 * 700) / 400);
});
