/** A model as an evaluation changes it: fewer slots, more iterations, another sampler. Its weights stay as they are. */
import { InputError } from "../../errors";
import { officialDrawing, type Drawing } from "../../evaluation/runner";
import type { ModelConfig } from "../../slotdiffusion/config";
import type { EvaluationChange } from "../protocol/training";
import type { ModelLease } from "./modelLease";

const mostSlots = 32;
const mostIterations = 50;

/** How pictures are drawn: as in the official evaluation, but for what the change says. */
export const drawingOf = ({ sampler, steps }: EvaluationChange): Drawing => ({
  sampler: sampler ?? officialDrawing.sampler,
  steps: steps ?? officialDrawing.steps,
});

/** The lease of a model, changed; throws where the model cannot be. */
export function changeLease(lease: ModelLease, change: EvaluationChange): ModelLease {
  checkChange(lease.config, change);
  const { numSlots, iterations } = change;
  if (numSlots === undefined && iterations === undefined) return lease;
  const { slot_dict } = lease.config;
  const config: ModelConfig = {
    ...lease.config,
    slot_dict: {
      ...slot_dict,
      num_slots: numSlots ?? slot_dict.num_slots,
      num_iterations: iterations ?? slot_dict.num_iterations,
    },
  };
  return { ...lease, config, use: (job) => lease.use((model) => job({ ...model, config })) };
}

function checkChange({ name, slot_dict, diffusion }: ModelConfig, change: EvaluationChange): void {
  const { numSlots = slot_dict.num_slots } = change;
  if (numSlots !== slot_dict.num_slots && slot_dict.init === "learned")
    throw new InputError(
      `evaluate: expected the ${slot_dict.num_slots} slots that ${name} has learned, got ${numSlots}. ` +
        "Choose a model that draws its slots.",
    );
  checkRange("slots", change.numSlots, mostSlots);
  checkRange("Slot Attention iterations", change.iterations, mostIterations);
  checkRange("steps", change.steps, diffusion.timesteps);
}

function checkRange(what: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new InputError(
    `evaluate: expected 1 to ${most} ${what}, got ${value}. Choose another number.`,
  );
}

/** What was changed, as a sentence of the protocol; "" for nothing. Sampler and steps stand with the drawing already. */
export function describeChange({ numSlots, iterations }: EvaluationChange): string {
  const parts = [
    ...(numSlots === undefined ? [] : [`${numSlots} slots`]),
    ...(iterations === undefined ? [] : [`${iterations} Slot Attention iterations`]),
  ];
  return parts.length === 0 ? "" : `; changed for this evaluation: ${parts.join(", ")}`;
}
