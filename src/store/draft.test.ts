import { describe, expect, test } from "vitest";

import type { RunPlan } from "../engine/protocol/training";
import {
  applyPreset,
  batchFor,
  changePlan,
  firstDraft,
  namePlan,
  planLimits,
  startFrom,
} from "./draft";
import { modelChoice, modelInfo } from "./fakeAnswers";
import { setOf } from "./fakeKept";
import { presets } from "./presets";

const small = { kind: "bundled", id: "small" } as const;
const draft = firstDraft(small);
const page = { choices: [modelChoice("small"), modelChoice("sprites")], chosenSet: "s1" };

describe("a plan's fields", () => {
  test("are brought into their ranges", () => {
    const change = {
      ...{ lr: 1, unetFactor: 1e9, batch: 2.6, lookEvery: 0, seed: -3, numSlots: 99 },
      steps: { vqvae: -1, binding: 2.4, slots: 1e9 },
    };
    expect(changePlan(draft, change)).toMatchObject({
      ...{ lr: 1e-2, unetFactor: 50, batch: 3, lookEvery: 1, seed: 0, numSlots: 32 },
      steps: { vqvae: 0, binding: 2, slots: planLimits.steps[1] },
    });
  });

  test("that are no numbers stay as they were", () => {
    const nan = {
      ...{ lr: NaN, unetFactor: NaN, batch: NaN, lookEvery: NaN, seed: NaN, numSlots: NaN },
      steps: { vqvae: NaN, binding: NaN, slots: NaN },
    };
    expect(changePlan(draft, nan)).toEqual(draft);
    const data = {
      kind: "scenes",
      scenes: "sprites",
      seed: NaN,
      count: NaN,
      heldOut: 1e9,
    } as const;
    expect(changePlan(draft, { data }).data).toEqual({
      ...{ kind: "scenes", scenes: "sprites" },
      ...{ seed: 1, count: 4000, heldOut: 2000 },
    });
  });

  test("a VQ-VAE that is chosen to learn gets steps, unless it has or is given some", () => {
    expect(changePlan(draft, { learn: "vqvae" }).steps.vqvae).toBe(1500);
    const steps = { vqvae: 0, binding: 0, slots: 9 };
    expect(changePlan(draft, { isFromScratch: true, steps }).steps).toEqual(steps);
    const some = { ...draft, steps: { ...steps, vqvae: 7 } };
    expect(changePlan(some, { learn: "vqvae" }).steps.vqvae).toBe(7);
  });

  test("the parent's own number of slots can be taken again", () => {
    const five = changePlan(draft, { numSlots: 5 });
    expect(changePlan(five, { lr: 1e-4 }).numSlots).toBe(5);
    expect(changePlan(five, { numSlots: null }).numSlots).toBeNull();
  });
});

describe("presets", () => {
  test.each(presets)("$title is a plan within the ranges", (preset) => {
    const plan = applyPreset(draft, preset, page);
    expect(changePlan(plan, plan)).toEqual(plan);
    expect(plan).toMatchObject({ ...preset.plan });
  });

  test("they train on the chosen set, but for the one that needs no pictures", () => {
    const kinds = presets.map((preset) => applyPreset(draft, preset, page).data);
    expect(kinds.slice(0, -1)).toEqual(Array(3).fill({ kind: "set", setId: "s1" }));
    expect(kinds.at(-1)).toMatchObject({ kind: "scenes", scenes: "sprites" });
  });

  test("a model that the page lacks is not asked for", () => {
    const nothing = presets.find(({ id }) => id === "nothing");
    if (!nothing) throw new Error("There is no such preset.");
    const here = applyPreset(draft, nothing, page);
    expect(here.parent).toEqual({ kind: "bundled", id: "sprites" });
    const lacking = applyPreset(draft, nothing, { ...page, choices: [modelChoice("small")] });
    expect(lacking).toMatchObject({ parent: small, isFromScratch: true });
  });
});

describe("a plan's name", () => {
  const sets = [setOf("s1", 20), setOf("s2", 20)];
  const on = (setId: string, name = draft.name): RunPlan => ({
    ...draft,
    name,
    data: { kind: "set", setId },
  });

  test("follows its data until the visitor gives one", () => {
    const first = namePlan(on("s1"), sets);
    expect(first.name).toBe("Set s1");
    expect(namePlan({ ...on("s2"), name: first.name }, sets).name).toBe("Set s2");
    expect(namePlan(on("s2", "Mugs"), sets).name).toBe("Mugs");
    expect(namePlan(on("gone", ""), sets).name).toBe("My model");
  });
});

test("a newly loaded model is the next parent, with a batch that its resolution allows", () => {
  const own = { kind: "run", id: "r1" } as const;
  const plan = startFrom(draft, own, modelInfo("r1", { resolution: [128, 128] }));
  expect(plan).toMatchObject({ parent: own, batch: 4 });
  expect(startFrom(plan, own, modelInfo("r1"))).toBe(plan);
  expect([batchFor([64, 64]), batchFor([224, 224])]).toEqual([8, 2]);
});
