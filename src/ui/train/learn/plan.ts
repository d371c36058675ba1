/** The plan of a run as the page changes it: what each choice sets, ranges of its numbers, its words. */
import {
  type FirstStageCheck,
  type Learn,
  type MetricEstimate,
  type RunPlan,
  type RunStage,
} from "../../../engine/protocol/training";
import { planLimits } from "../../../store/draft";
import { maxSlots } from "../../../store/limits";
import { plural } from "../../common/count";

/** What learns, in the order of how much. */
export const learnTexts: Record<Learn, { title: string; text: string }> = {
  slots: {
    title: "Slots",
    text: "Encoder and Slot Attention. The decoder stays: quickest, and enough for new arrangements of known objects.",
  },
  attention: {
    title: "Slots and cross-attention",
    text: "Also the layers through which the U-Net listens to slots: for new colours, textures and shapes.",
  },
  all: {
    title: "Everything but the VQ-VAE",
    text: "Also the whole U-Net: for pictures that look different, with some hundred of them.",
  },
  vqvae: {
    title: "VQ-VAE first, then everything",
    text: "For another domain, where the first stage blurs your pictures. The slowest.",
  },
};

/** What the stages are called. */
export const stageTitles: Record<RunStage, string> = {
  vqvae: "VQ-VAE",
  binding: "Binding",
  slots: "Slots and diffusion",
};

export type Range = { min: number; max: number; unit: string };

const range = ([min, max]: readonly [number, number], unit: string): Range => ({ min, max, unit });

/** Ranges of the plan's numbers, with their units. */
export const planRanges = {
  numSlots: { min: 2, max: maxSlots, unit: "slots" },
  steps: range(planLimits.steps, "steps"),
  lr: range(planLimits.lr, ""),
  unetFactor: range(planLimits.unetFactor, "times"),
  batch: range(planLimits.batch, "pictures"),
  lookEvery: range(planLimits.lookEvery, "steps"),
};

/** "1 to 64 pictures" */
export const rangeText = ({ min, max, unit }: Range): string =>
  `${min.toLocaleString("en", { maximumFractionDigits: 6 })} to ${max.toLocaleString("en")}${unit && ` ${unit}`}`;

/** Stages that a choice trains: what learns from scratch needs all three. */
export const stagesOf = ({ learn, isFromScratch }: RunPlan): RunStage[] =>
  isFromScratch
    ? ["vqvae", "binding", "slots"]
    : learn === "vqvae"
      ? ["vqvae", "slots"]
      : ["slots"];

/** Steps that the VQ-VAE gets when it is first asked to learn. */
const firstVqvaeSteps = 500;

/** Another choice of what learns; a stage that it adds gets steps, one that it drops loses them. */
export function withLearn({ steps, isFromScratch }: RunPlan, learn: Learn): Partial<RunPlan> {
  if (isFromScratch) return { learn };
  const vqvae = learn === "vqvae" ? steps.vqvae || firstVqvaeSteps : 0;
  return { learn, steps: { ...steps, vqvae, binding: 0 } };
}

/** From scratch everything learns: the VQ-VAE, and slots before there is a decoder, take steps too. */
export const fromNothing = ({ vqvae, binding, slots }: RunPlan["steps"]): Partial<RunPlan> => ({
  isFromScratch: true,
  learn: "vqvae",
  steps: { vqvae: vqvae || 1000, binding: binding || 3000, slots: slots || 4000 },
});

/** From a model's weights, which have what the first two stages teach. */
export const fromWeights = ({ slots }: RunPlan["steps"]): Partial<RunPlan> => ({
  isFromScratch: false,
  learn: "slots",
  steps: { vqvae: 0, binding: 0, slots },
});

/** Whether the plan has all that a preset sets. */
export const hasPreset = (plan: RunPlan, preset: Partial<RunPlan>): boolean =>
  Object.entries(preset).every(
    ([key, value]) => JSON.stringify(value) === JSON.stringify(plan[key as keyof RunPlan]), // keys of a Partial<RunPlan>
  );

/** A plan in a line: what learns and for how long. */
export function planSummary(plan: RunPlan): string {
  const stages = stagesOf(plan).filter((stage) => plan.steps[stage] > 0);
  const total = stages.reduce((sum, stage) => sum + plan.steps[stage], 0);
  const what = plan.isFromScratch ? "From nothing" : learnTexts[plan.learn].title;
  return `${what}, ${plural(total, "step")} of ${plural(plan.batch, "picture")}`;
}

/** Below this the VQ-VAE's reconstructions lose what slots should hold. Guidance from the paper's first experiment, no law. */
export const stayDecibels = 28;

/** "31.2 ± 0.4" */
export const estimateText = ({ mean, standardError }: MetricEstimate, digits = 1): string =>
  `${mean.toFixed(digits)} ± ${standardError.toFixed(digits)}`;

export type FirstStageAdvice = { learn: "stay" | "either" | "vqvae"; text: string };

/** What the reconstruction check suggests: two standard errors are the doubt that is left to it. */
export function firstStageAdvice({ psnr }: Pick<FirstStageCheck, "psnr">): FirstStageAdvice {
  const doubt = 2 * psnr.standardError;
  if (psnr.mean - doubt >= stayDecibels)
    return {
      learn: "stay",
      text: `Above about ${stayDecibels} dB: the VQ-VAE can stay as it is, and training goes to the slots.`,
    };
  if (psnr.mean + doubt < stayDecibels)
    return {
      learn: "vqvae",
      text: `Below about ${stayDecibels} dB: what the VQ-VAE loses, no slot can bring back. Train it first.`,
    };
  return {
    learn: "either",
    text: `Near ${stayDecibels} dB: look at the pairs. Where small objects are still there, it can stay.`,
  };
}
