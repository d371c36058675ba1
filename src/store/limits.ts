/** How much the page takes: bounds of scenes, slots and settings, and the values they start from. */
import { samplerNames } from "../engine/protocol";
import type { GenerateSettings } from "./state";

/** Scenes on the page at once; a row of eight pictures still fits a screen and a GPU. */
export const maxScenes = 8;

/** Slots that one picture may be made of. */
export const maxSlots = 32;

/** The largest seed: seeds are unsigned 32-bit integers. */
export const maxSeed = 2 ** 32 - 1;

/** The most network evaluations of a picture, the length of the noise schedule. */
export const maxSteps = 1000;

/** The official sampler and number of steps (SlotDiffusion, test_comp_gen.py). */
export const defaultSettings: GenerateSettings = {
  seed: 0,
  sampler: "dpm-solver++",
  steps: 20,
  eta: 0,
};

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** The nearest seed to a number: an integer in 0..2^32-1. */
export const clampSeed = (value: number): number => clamp(Math.round(value), 0, maxSeed);

/** The nearest number of slots: an integer in 1..32. */
export const clampSlots = (value: number): number => clamp(Math.round(value), 1, maxSlots);

/** The nearest number of steps: an integer in 1..1000. */
export const clampSteps = (value: number): number => clamp(Math.round(value), 1, maxSteps);

/** The nearest number in 0..1. */
export const clampUnit = (value: number): number => clamp(value, 0, 1);

const numberOr = (value: number | undefined, fallback: number): number =>
  value === undefined || Number.isNaN(value) ? fallback : value;

/** Settings with some values changed and each brought into its range; what is no number stays as it was. */
export function changeSettings(
  settings: GenerateSettings,
  change: Partial<GenerateSettings>,
): GenerateSettings {
  const sampler = samplerNames.find((name) => name === change.sampler) ?? settings.sampler;
  return {
    seed: clampSeed(numberOr(change.seed, settings.seed)),
    sampler,
    steps: clampSteps(numberOr(change.steps, settings.steps)),
    eta: clampUnit(numberOr(change.eta, settings.eta)),
  };
}
