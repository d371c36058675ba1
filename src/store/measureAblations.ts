/** Ablations: what each varies, and through which values. */
import type { SamplerName } from "../engine/protocol";
import type { EvaluationChange } from "../engine/protocol/training";
import type { AblationName } from "./measureState";

/** One point to measure. */
export type AblationStep = {
  value: number;
  sampler: SamplerName | null;
  change: EvaluationChange;
};

/** Samplers that are compared over their steps. */
export const ablatedSamplers: readonly SamplerName[] = ["dpm-solver++", "ddim", "ddpm"];

const slotCounts = [3, 4, 5, 6, 7, 8, 10, 12];
const iterationCounts = [1, 2, 3, 4, 5, 7];
const stepCounts = [2, 5, 10, 20, 50];

/** The points of an ablation, in the order in which they are measured. */
export function ablationSteps(name: AblationName): AblationStep[] {
  if (name === "slots")
    return slotCounts.map((value) => ({ value, sampler: null, change: { numSlots: value } }));
  if (name === "iterations")
    return iterationCounts.map((value) => ({
      value,
      sampler: null,
      change: { iterations: value },
    }));
  return stepCounts.flatMap((value) =>
    ablatedSamplers.map((sampler) => ({ value, sampler, change: { sampler, steps: value } })),
  );
}
