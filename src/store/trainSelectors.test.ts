import { expect, test } from "vitest";

import { modelInfo } from "./fakeAnswers";
import { createFakeBrowser, runOf, setOf, trainedTo } from "./fakeKept";
import type { AppState } from "./state";
import { createReadyPage } from "./testPage";
import { newTraining } from "./runProgress";
import { ownChoices, stepsDone, whyNotTrain } from "./trainSelectors";

/** A page that could train at once. */
async function readyState(): Promise<AppState> {
  const browser = { ...createFakeBrowser(), sets: [setOf("s1", 20)] };
  const page = await createReadyPage(0, { browser });
  page.state().chooseSet("s1");
  return page.state();
}

test("a model and a set of enough pictures are all it takes", async () => {
  expect(whyNotTrain(await readyState())).toBeNull();
});

test.each<[string, RegExp, (state: AppState) => Partial<AppState>]>([
  ["the device starts", /still starting/, () => ({ device: { status: "starting" } })],
  ["it failed", /^gpu: lost/, () => ({ device: { status: "failed", message: "gpu: lost." } })],
  [
    "another run trains",
    /“Mugs” is training/,
    ({ draft }) => ({
      training: newTraining("r1"),
      runs: [runOf("r1", { ...draft, name: "Mugs" })],
    }),
  ],
  ["there is no model", /No model is loaded/, () => ({ model: { status: "none" } })],
  [
    "the model loads",
    /still loading/,
    () => ({ model: { status: "loading", title: "", progress: null } }),
  ],
  [
    "the file to start from is no longer open",
    /Open its file again/,
    ({ draft }) => ({ draft: { ...draft, parent: { kind: "opened", id: "file-gone" } } }),
  ],
  [
    "there is no set",
    /Choose a set/,
    ({ draft }) => ({ draft: { ...draft, data: { kind: "set", setId: "" } } }),
  ],
  ["the set is too small", /has 15 pictures/, () => ({ sets: [setOf("s1", 14)] })],
  [
    "pictures are on their way",
    /still being added/,
    () => ({ adding: { status: "running", progress: null } }),
  ],
  [
    "the set is of another size",
    /pictures of 64×48, the model takes 1×1/,
    () => ({ sets: [{ ...setOf("s1", 20), resolution: [48, 64] }] }),
  ],
  [
    "no stage has steps",
    /0 steps/,
    ({ draft }) => ({ draft: { ...draft, steps: { vqvae: 0, binding: 0, slots: 0 } } }),
  ],
  [
    "the VQ-VAE is to learn without steps",
    /The VQ-VAE/,
    ({ draft }) => ({ draft: { ...draft, learn: "vqvae" } }),
  ],
  [
    "slots were learned one by one",
    /its 3 slots/,
    ({ draft }) => ({ draft: { ...draft, numSlots: 5 } }),
  ],
])("Start is closed while %s, and says so", async (_, reason, change) => {
  const state = await readyState();
  expect(whyNotTrain({ ...state, ...change(state) })).toMatch(reason);
});

test("from nothing, sprites need no set and no model of the list", async () => {
  const state = await readyState();
  const data = { kind: "scenes", scenes: "sprites", seed: 1, count: 100, heldOut: 10 } as const;
  const draft = { ...state.draft, data, isFromScratch: true, numSlots: 5 };
  draft.steps = { vqvae: 10, binding: 0, slots: 0 };
  expect(whyNotTrain({ ...state, sets: [], inUse: null, draft })).toBeNull();
});

test("drawn slots may be of another number", async () => {
  const state = await readyState();
  const model = { status: "ready", info: modelInfo("small", { initKind: "gaussian" }) } as const;
  expect(whyNotTrain({ ...state, model, draft: { ...state.draft, numSlots: 5 } })).toBeNull();
});

test("runs with weights are choices; the list stays the same until something changes", async () => {
  const state = await readyState();
  const blank = runOf("r1", state.draft);
  const trained = trainedTo(runOf("r2", { ...state.draft, name: "Mugs" }), 1);
  const withRuns = { ...state, runs: [blank, trained] };
  const own = ownChoices(withRuns);
  expect(own).toEqual([
    { id: "r2", title: "Mugs", bytes: 40, description: "From Model small, 1 step on “Set s1”." },
  ]);
  expect(ownChoices({ ...withRuns })).toBe(own);
  expect(ownChoices({ ...withRuns, sets: [] })[0]?.description).toMatch(/since deleted/);
});

test("steps are counted over all stages", async () => {
  const { draft } = await readyState();
  const steps = { vqvae: 10, binding: 20, slots: 30 };
  const run = runOf("r1", { ...draft, learn: "vqvae", steps });
  expect(stepsDone({ ...run, stage: "vqvae", step: 4 })).toBe(4);
  expect(stepsDone({ ...run, stage: "slots", step: 5 })).toBe(35);
  const tuned = runOf("r2", { ...draft, learn: "slots", steps });
  expect(stepsDone({ ...tuned, stage: "slots", step: 5 })).toBe(25);
});
