/** A measurement's plan: its ranges, what it asks of the engine, and why it cannot be measured now. */
import type { Args } from "../engine/protocol";
import type { EvaluationChange, EvaluationData, ModelRef } from "../engine/protocol/training";
import { isSameModel } from "./choices";
import { clampSeed } from "./limits";
import type { AblationName, MeasurePlan } from "./measureState";
import { missingModel } from "./selectors";
import type { AppState } from "./state";

/** Ranges of a plan's numbers. */
export const measureLimits = {
  count: { min: 1, max: 1000 },
  seeds: { min: 1, max: 20 },
  ablationCount: { min: 2, max: 200 },
} as const;

type Range = { min: number; max: number };
const toRange = (value: number, { min, max }: Range, before: number): number =>
  Number.isFinite(value) ? Math.min(max, Math.max(min, Math.round(value))) : before;

/** A number of pictures in its range. */
export const clampAblationCount = (value: number, before: number): number =>
  toRange(value, measureLimits.ablationCount, before);

/** A plan with fields changed, each brought into its range. */
export function changeMeasurePlan(plan: MeasurePlan, change: Partial<MeasurePlan>): MeasurePlan {
  const next = { ...plan, ...change };
  const { pictures } = next;
  return {
    ...next,
    pictures:
      pictures.kind === "scenes" ? { ...pictures, seed: clampSeed(pictures.seed) } : pictures,
    count: toRange(next.count, measureLimits.count, plan.count),
    seeds: toRange(next.seeds, measureLimits.seeds, plan.seeds),
  };
}

/** The model that would be measured; null for none. */
export const plannedModel = ({ measurePlan, inUse }: AppState): ModelRef | null =>
  measurePlan.model ?? inUse;

const dataOf = ({ pictures }: MeasurePlan, count: number): EvaluationData =>
  pictures.kind === "scenes" ? { ...pictures, count } : { ...pictures, count };

/** What a plan asks of the engine. */
export const measureArgs = (plan: MeasurePlan, model: ModelRef): Args<"evaluate"> => ({
  models: [model],
  data: dataOf(plan, plan.count),
  seeds: plan.seeds,
  reconstruct: plan.isDrawn,
  compose: plan.isSwapped,
  hasRows: true,
});

/** What one point of an ablation asks of the engine. */
export const ablationArgs = (
  plan: MeasurePlan,
  model: ModelRef,
  { count, change }: { count: number; change: EvaluationChange },
): Args<"evaluate"> => ({
  models: [model],
  data: dataOf(plan, count),
  seeds: 1,
  reconstruct: true,
  change,
});

/** Why nothing can be measured now, as a sentence; null when it can. */
export function whyNotMeasure(state: AppState): string | null {
  const { device, measurePlan, model, sets } = state;
  if (device.status === "starting") return "The device is still starting.";
  if (device.status === "failed") return device.message;
  const planned = plannedModel(state);
  if (!planned) return missingModel(model);
  if (planned.kind === "opened" && !isInUse(state, planned))
    return "The checkpoint is no longer open. Open its file again, or choose another model.";
  const { pictures } = measurePlan;
  if (pictures.kind === "scenes") return null;
  const set = sets.find(({ id }) => id === pictures.setId);
  if (!set) return "This set is no longer here. Choose other pictures.";
  if (set.pictures.length === 0)
    return `“${set.name}” has no pictures. Add some on the Train page.`;
  return pictures.part === "heldOut" && !set.pictures.some(({ isHeldOut }) => isHeldOut)
    ? `“${set.name}” holds no pictures out. Choose all of its pictures.`
    : null;
}

const isInUse = ({ inUse }: AppState, model: ModelRef): boolean =>
  inUse !== null && isSameModel(inUse, model);

/** Why an ablation cannot be measured now, as a sentence; null when it can, as far as is known. */
export function whyNotAblate(state: AppState, name: AblationName): string | null {
  const reason = whyNotMeasure(state);
  const planned = plannedModel(state);
  const { model } = state;
  if (reason !== null || name !== "slots" || !planned || model.status !== "ready") return reason;
  return isInUse(state, planned) && model.info.initKind === "learned"
    ? `${model.info.name} has learned each of its ${model.info.numSlots} slots: their number stays.`
    : null;
}
