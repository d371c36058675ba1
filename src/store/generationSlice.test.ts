import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { editPauseMs } from "./generateJobs";
import { isStale, whyNotGenerate } from "./selectors";
import { frameOf, generatedOf, pixels } from "./fakeAnswers";
import { createReadyPage, settle, type TestPage } from "./testPage";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const slot = (page: TestPage, letter: string, index: number) => ({
  sceneId: page.scene(letter).id,
  index,
});
const isStaleNow = (page: TestPage, letter: string): boolean =>
  isStale(page.scene(letter), page.state().settings);

describe("settings", () => {
  test("are brought into their ranges", async () => {
    const { state } = await createReadyPage(0);
    expect(state().settings).toEqual({ seed: 0, sampler: "dpm-solver++", steps: 20, eta: 0 });
    state().setSettings({ seed: 2 ** 40, steps: 0, eta: 7 });
    expect(state().settings).toMatchObject({ seed: 2 ** 32 - 1, steps: 1, eta: 1 });
    state().setSettings({ seed: -3, steps: 1e9, eta: -1 });
    expect(state().settings).toMatchObject({ seed: 0, steps: 1000, eta: 0 });
    state().setSettings({ seed: 4.4, steps: NaN, sampler: "constructor" as "ddim" });
    expect(state().settings).toMatchObject({ seed: 4, steps: 1000, sampler: "dpm-solver++" });
  });
});

describe("generating", () => {
  test("is queued, shows each frame, and ends in a picture of the placed slots", async () => {
    const page = await createReadyPage(2, { held: ["generate"] });
    page.state().setAutomatic(false);
    page.state().setSettings({ seed: 6 });
    page.state().replaceSlot(page.scene("A").id, 0, slot(page, "B", 2));
    void page.state().generate(page.scene("A").id);
    await settle();
    expect(page.scene("A").render).toEqual({ status: "queued" });
    const [call] = page.callsOf("generate");
    expect(call?.args).toMatchObject({ seed: 6, steps: 20, sampler: "dpm-solver++", numSlots: 3 });
    expect(Array.from(call?.args.slots ?? [])).toEqual([2, 2, 1, 1, 1, 2]);
    call?.progress(frameOf(7));
    await settle();
    expect(page.scene("A").render).toEqual({ status: "running", ...frameOf(7) });
    call?.answer(generatedOf(6));
    await settle();
    expect(page.scene("A").render).toMatchObject({ status: "done", image: pixels(6) });
    expect(page.state().announcement).toBe("The picture of scene A is ready.");
  });

  test("a newer one for the scene ends the older, whose late result changes nothing", async () => {
    const page = await createReadyPage(1, { held: ["generate"] });
    page.deaf.add("generate");
    const { id } = page.scene("A");
    void page.state().generate(id);
    void page.state().generate(id);
    await settle();
    const [older, newer] = page.callsOf("generate");
    expect(older?.signal?.aborted).toBe(true);
    newer?.answer(generatedOf(2));
    await settle();
    older?.progress(frameOf(19));
    older?.answer(generatedOf(1));
    await settle();
    expect(page.scene("A").render).toMatchObject({ status: "done", image: pixels(2) });
  });

  test("scenes generate beside each other", async () => {
    const page = await createReadyPage(2, { held: ["generate"] });
    void page.state().generate(page.scene("A").id);
    void page.state().generate(page.scene("B").id);
    await settle();
    const [a, b] = page.callsOf("generate");
    b?.answer(generatedOf(2));
    a?.answer(generatedOf(1));
    await settle();
    expect(page.scene("A").render).toMatchObject({ image: pixels(1) });
    expect(page.scene("B").render).toMatchObject({ image: pixels(2) });
  });

  test("cancelled, it goes back to the last finished picture, or to none", async () => {
    const page = await createReadyPage(1, { held: ["generate"] });
    const { id } = page.scene("A");
    void page.state().generate(id);
    page.state().cancelGenerate(id);
    await settle();
    expect(page.scene("A").render).toEqual({ status: "none" });
    void page.state().generate(id);
    await settle();
    page.callsOf("generate").at(-1)?.answer(generatedOf(4));
    await settle();
    void page.state().generate(id);
    await settle();
    page.callsOf("generate").at(-1)?.progress(frameOf(1));
    await settle();
    page.state().cancelGenerate(id);
    await settle();
    expect(page.scene("A").render).toMatchObject({ status: "done", image: pixels(4) });
    expect(page.state().notices).toEqual([]);
  });

  test("a failure is told where the picture would be", async () => {
    const page = await createReadyPage(1, { held: ["generate"] });
    void page.state().generate(page.scene("A").id);
    await settle();
    page.callsOf("generate")[0]?.fail(new Error("gpu: lost"));
    await settle();
    expect(page.scene("A").render).toEqual({ status: "failed", message: "gpu: lost" });
    page.state().cancelGenerate(page.scene("A").id);
    expect(page.scene("A").render.status).toBe("failed");
  });

  test("what cannot be generated says why", async () => {
    const page = await createReadyPage(1);
    page.state().setAutomatic(false);
    for (let k = 0; k < 3; k++) page.state().removeSlot(page.scene("A").id, 0);
    await page.state().generate(page.scene("A").id);
    expect(page.state().notices[0]?.text).toBe("Scene A has no slots. Add at least one.");
    page.held.add("loadModel");
    void page.state().loadBundled("large");
    expect(whyNotGenerate(page.state(), page.scene("A").id)).toBe("The model is still loading.");
    expect(page.callsOf("generate")).toHaveLength(0);
  });
});

describe("a finished picture", () => {
  test("is stale while slots or settings are not those it was made from", async () => {
    const page = await createReadyPage(2);
    page.state().setAutomatic(false);
    const { id } = page.scene("A");
    await page.state().generate(id);
    expect(isStaleNow(page, "A")).toBe(false);
    page.state().removeSlot(id, 0);
    expect(isStaleNow(page, "A")).toBe(true);
    page.state().undo();
    expect(isStaleNow(page, "A")).toBe(false);
    page.state().setSettings({ eta: 0.5 }); // DDIM's alone
    expect(isStaleNow(page, "A")).toBe(false);
    page.state().setSettings({ seed: 1 });
    expect(isStaleNow(page, "A")).toBe(true);
  });

  test("is stale for good when a scene it used has been encoded anew", async () => {
    const page = await createReadyPage(2);
    page.state().setAutomatic(false);
    page.state().addSlot(page.scene("A").id, slot(page, "B", 0));
    await page.state().generate(page.scene("A").id);
    await page.state().generate(page.scene("B").id);
    await page.state().setSlotSeed(page.scene("A").id, 1);
    expect([isStaleNow(page, "A"), isStaleNow(page, "B")]).toEqual([true, false]);
    await page.state().generate(page.scene("A").id);
    page.held.add("generate");
    void page.state().generate(page.scene("A").id);
    await page.state().setSlotSeed(page.scene("B").id, 1);
    expect(page.callsOf("generate").at(-1)?.signal?.aborted).toBe(true);
    expect(page.scene("A").render.status).toBe("done");
    expect(isStaleNow(page, "A")).toBe(true);
    void page.state().generate(page.scene("A").id);
    page.state().cancelGenerate(page.scene("A").id);
    expect(isStaleNow(page, "A")).toBe(true);
  });
});

describe("after an edit", () => {
  test("one picture is generated when edits have paused", async () => {
    const page = await createReadyPage(1);
    page.state().removeSlot(page.scene("A").id, 0);
    vi.advanceTimersByTime(editPauseMs - 1);
    page.state().removeSlot(page.scene("A").id, 0);
    vi.advanceTimersByTime(editPauseMs - 1);
    expect(page.callsOf("generate")).toHaveLength(0);
    vi.advanceTimersByTime(1);
    await settle();
    expect(page.callsOf("generate").map(({ args }) => args.numSlots)).toEqual([1]);
  });

  test("the picture of the slots before is given up", async () => {
    const page = await createReadyPage(1, { held: ["generate"] });
    void page.state().generate(page.scene("A").id);
    await settle();
    page.state().removeSlot(page.scene("A").id, 0);
    expect(page.callsOf("generate")[0]?.signal?.aborted).toBe(true);
    expect(page.scene("A").render.status).toBe("none");
  });

  test("a picture that is right again is not made twice, and an impossible one is not tried", async () => {
    const page = await createReadyPage(2);
    await page.state().generate(page.scene("A").id);
    page.state().removeSlot(page.scene("A").id, 0);
    page.state().undo();
    for (let k = 0; k < 3; k++) page.state().removeSlot(page.scene("B").id, 0);
    vi.advanceTimersByTime(editPauseMs);
    await settle();
    expect(page.callsOf("generate")).toHaveLength(1);
    expect(page.state().notices).toEqual([]);
  });

  test("nothing is generated where that is switched off", async () => {
    const page = await createReadyPage(1);
    page.state().setAutomatic(false);
    page.state().removeSlot(page.scene("A").id, 0);
    vi.advanceTimersByTime(editPauseMs);
    await settle();
    expect(page.callsOf("generate")).toHaveLength(0);
  });
});
