/** The plan being drawn up: what it starts as, and how it changes. Pure functions. */
import type { ModelInfo } from "../engine/protocol";
import type { PictureSet } from "../engine/protocol/sets";
import { runStages, type ModelRef, type RunData, type RunPlan } from "../engine/protocol/training";
import { isSameModel } from "./choices";
import { clampSeed, clampSlots } from "./limits";
import { presets, type Preset } from "./presets";
import type { ModelChoice } from "./state";

/** Ranges of a plan's numbers. */
export const planLimits = {
  steps: [0, 200_000],
  lr: [1e-6, 1e-2],
  unetFactor: [0.1, 50],
  batch: [1, 64],
  lookEvery: [1, 10_000],
  /** Generated scenes, held-out ones included. */
  scenes: [40, 20_000],
} as const;

/** Steps of a VQ-VAE that is to learn and has been given none. */
const vqvaeSteps = 1500;

/** Whether the VQ-VAE learns first; from nothing everything does. */
export const learnsVqvae = ({ learn, isFromScratch }: RunPlan): boolean =>
  isFromScratch || learn === "vqvae";

/** Names of runs that the visitor has not named: before there is a set, and without one. */
const plainName = "My model";
const sceneName = "Sprites from nothing";

/** Pictures a step that a tab's memory takes, by the side of a picture. */
export const batchFor = ([height, width]: ModelInfo["resolution"]): number => {
  const side = Math.max(height, width);
  return side <= 64 ? 8 : side <= 128 ? 4 : 2;
};

/** A plan for the first preset; the set and the model that it trains are not known yet. */
export function firstDraft(parent: ModelRef): RunPlan {
  return {
    name: plainName,
    parent,
    isFromScratch: false,
    data: { kind: "set", setId: "" },
    learn: "slots",
    numSlots: null,
    steps: { vqvae: 0, binding: 0, slots: 600 },
    lr: 2e-4,
    unetFactor: 2,
    batch: 8,
    seed: 0,
    lookEvery: 50,
    ...presets[0]?.plan,
  };
}

const inRange = (
  value: number | undefined,
  [low, high]: readonly [number, number],
  before: number,
): number =>
  value === undefined || Number.isNaN(value) ? before : Math.min(high, Math.max(low, value));

const changeSteps = (before: RunPlan["steps"], change: RunPlan["steps"]): RunPlan["steps"] =>
  Object.fromEntries(
    runStages.map((stage) => [
      stage,
      Math.round(inRange(change[stage], planLimits.steps, before[stage])),
    ]),
  ) as RunPlan["steps"]; // one entry a stage

/** A number of scenes and a seed in their ranges; sets are checked where they are kept. */
function changeData(before: RunData, data: RunData): RunData {
  if (data.kind === "set") return data;
  const { seed, count, heldOut } = before.kind === "scenes" ? before : fromNothingScenes;
  const newCount = Math.round(inRange(data.count, planLimits.scenes, count));
  return {
    ...data,
    seed: clampSeed(Number.isNaN(data.seed) ? seed : data.seed),
    count: newCount,
    heldOut: Math.round(inRange(data.heldOut, [1, newCount / 2], heldOut)),
  };
}

const fromNothingScenes = { seed: 1, count: 4000, heldOut: 200 };

const changeSlots = (before: number | null, numSlots: number | null | undefined): number | null => {
  if (numSlots === null) return null;
  return numSlots === undefined || Number.isNaN(numSlots) ? before : clampSlots(numSlots);
};

/** A VQ-VAE that has just been chosen to learn gets steps to do so. */
const withSteps = (plan: RunPlan, change: Partial<RunPlan>): RunPlan =>
  learnsVqvae(plan) && !change.steps && plan.steps.vqvae === 0
    ? { ...plan, steps: { ...plan.steps, vqvae: vqvaeSteps } }
    : plan;

/** A plan with some fields changed, each brought into its range; what is no number stays as it was. */
export function changePlan(plan: RunPlan, change: Partial<RunPlan>): RunPlan {
  const number = (name: "lr" | "unetFactor" | "batch" | "lookEvery"): number =>
    inRange(change[name], planLimits[name], plan[name]);
  const { seed = plan.seed } = change;
  const next = {
    ...plan,
    ...change,
    data: change.data ? changeData(plan.data, change.data) : plan.data,
    numSlots: changeSlots(plan.numSlots, change.numSlots),
    steps: change.steps ? changeSteps(plan.steps, change.steps) : plan.steps,
    lr: number("lr"),
    unetFactor: number("unetFactor"),
    batch: Math.round(number("batch")),
    seed: Number.isNaN(seed) ? plan.seed : clampSeed(seed),
    lookEvery: Math.round(number("lookEvery")),
  };
  return withSteps(next, change);
}

/**
 * A preset's fields over a plan, with the chosen set's pictures unless it brings its own data. A preset that names a model
 * this page does not have takes the plan's.
 */
export function applyPreset(
  plan: RunPlan,
  preset: Preset,
  { choices, chosenSet }: { choices: readonly ModelChoice[]; chosenSet: string | null },
): RunPlan {
  const { parent = plan.parent } = preset.plan;
  const isHere = parent.kind !== "bundled" || choices.some((choice) => choice.id === parent.id);
  const data: RunData = preset.plan.data ?? { kind: "set", setId: chosenSet ?? "" };
  return changePlan(plan, { ...preset.plan, data, parent: isHere ? parent : plan.parent });
}

/**
 * A plan named after its data, unless the visitor has given it a name.
 * @param former - sets that it may be named after
 */
export function namePlan(
  plan: RunPlan,
  sets: readonly PictureSet[],
  former: readonly PictureSet[] = sets,
): RunPlan {
  const { name, data } = plan;
  const isGiven =
    ![plainName, sceneName, ""].includes(name) && former.every((set) => set.name !== name);
  if (isGiven) return plan;
  const setName = data.kind === "set" ? sets.find(({ id }) => id === data.setId)?.name : sceneName;
  return { ...plan, name: setName ?? plainName };
}

/** A plan whose pictures are another set's; one that trains on generated scenes stays. */
export const takeSet = (plan: RunPlan, setId: string | null): RunPlan =>
  plan.data.kind === "set" ? { ...plan, data: { kind: "set", setId: setId ?? "" } } : plan;

/** A plan that starts from a model that has just been loaded. */
export const startFrom = (plan: RunPlan, parent: ModelRef, info: ModelInfo): RunPlan =>
  isSameModel(plan.parent, parent) ? plan : { ...plan, parent, batch: batchFor(info.resolution) };
