import { expect, test } from "vitest";

import type { RunPlan } from "../../../engine/protocol/training";
import {
  estimateText,
  firstStageAdvice,
  fromNothing,
  fromWeights,
  hasPreset,
  planRanges,
  planSummary,
  rangeText,
  stagesOf,
  withLearn,
} from "./plan";

const plan: RunPlan = {
  name: "Mine",
  parent: { kind: "bundled", id: "clevr64" },
  isFromScratch: false,
  data: { kind: "set", setId: "s" },
  learn: "slots",
  numSlots: null,
  steps: { vqvae: 0, binding: 0, slots: 300 },
  lr: 1e-4,
  unetFactor: 2,
  batch: 8,
  seed: 0,
  lookEvery: 50,
};

test("the VQ-VAE gets steps when it is asked to learn and loses them afterwards", () => {
  const first = withLearn(plan, "vqvae");
  expect(first.steps).toEqual({ vqvae: 500, binding: 0, slots: 300 });
  expect(withLearn({ ...plan, ...first }, "all").steps).toEqual(plan.steps);
  const own = { ...plan, steps: { ...plan.steps, vqvae: 90 } };
  expect(withLearn(own, "vqvae").steps?.vqvae).toBe(90);
});

test("from scratch every stage trains, whatever learns", () => {
  const scratch = { ...plan, isFromScratch: true, steps: { vqvae: 1, binding: 2, slots: 3 } };
  expect(stagesOf(scratch)).toEqual(["vqvae", "binding", "slots"]);
  expect(withLearn(scratch, "all")).toEqual({ learn: "all" });
  expect(planSummary(scratch)).toBe("From nothing, 6 steps of 8 pictures");
  expect(planSummary(plan)).toBe("Slots, 300 steps of 8 pictures");
});

test("a preset is marked as long as nothing of it was changed", () => {
  const preset = { learn: "slots", steps: plan.steps } as const;
  expect(hasPreset(plan, preset)).toBe(true);
  expect(hasPreset({ ...plan, lr: 5e-4 }, preset)).toBe(true);
  expect(hasPreset({ ...plan, steps: { ...plan.steps, slots: 9 } }, preset)).toBe(false);
});

test("the check advises by its number and leaves the doubt to the eye", () => {
  const advise = (mean: number, standardError: number) =>
    firstStageAdvice({ psnr: { mean, standardError } }).learn;
  expect(advise(31, 0.5)).toBe("stay");
  expect(advise(24, 1)).toBe("vqvae");
  expect(advise(28.5, 0.5)).toBe("either");
  expect(advise(27.5, 0.3)).toBe("either");
  expect(estimateText({ mean: 31.24, standardError: 0.42 })).toBe("31.2 ± 0.4");
});

test("ranges are written with their units", () => {
  expect(rangeText(planRanges.batch)).toBe("1 to 64 pictures");
  expect(rangeText(planRanges.lr)).toBe("0.000001 to 0.01");
});

test("a start from nothing gives every stage steps, and a start from weights takes them back", () => {
  const scratch = fromNothing({ vqvae: 0, binding: 7, slots: 300 });
  expect(scratch).toMatchObject({
    isFromScratch: true,
    steps: { vqvae: 1000, binding: 7, slots: 300 },
  });
  expect(fromWeights({ vqvae: 1000, binding: 7, slots: 300 })).toEqual({
    isFromScratch: false,
    learn: "slots",
    steps: { vqvae: 0, binding: 0, slots: 300 },
  });
});
