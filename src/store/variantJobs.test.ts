import { expect, test } from "vitest";

import { pixels } from "./fakeAnswers";
import { isStale } from "./selectors";
import { areVariantsCurrent } from "./variantJobs";
import { createReadyPage, settle, type TestPage } from "./testPage";

const variantsOf = ({ state }: TestPage) => state().variants;

test("variants are drawn in one call, from the page's seed on, and shown as they come", async () => {
  const page = await createReadyPage(1, { held: ["generateVariants"] });
  page.state().setSettings({ seed: 2 ** 32 - 2, steps: 4 });
  void page.state().drawVariants(page.scene("A").id, 3);
  await settle();
  const [call] = page.callsOf("generateVariants");
  expect(call?.args).toMatchObject({ seeds: [2 ** 32 - 2, 2 ** 32 - 1, 0], steps: 4, numSlots: 3 });
  const previews = [pixels(1), pixels(2), pixels(3)];
  call?.progress({ step: 1, totalSteps: 4, previews });
  expect(variantsOf(page)).toMatchObject({ status: "running", step: 1, previews });
  call?.answer({ images: [pixels(4), pixels(5), pixels(6)], elapsedMs: 20 });
  await settle();
  expect(variantsOf(page)).toMatchObject({ status: "done", frames: [previews] });
  expect(page.state().announcement).toBe("3 variants of scene A are ready.");
});

test("one is kept as the scene's picture with its seed, and undo brings the seed before back", async () => {
  const page = await createReadyPage(1);
  page.state().setAutomatic(false);
  const { id } = page.scene("A");
  await page.state().generate(id);
  await page.state().drawVariants(id, 2);
  page.state().keepVariant(1);
  expect(page.state().settings.seed).toBe(1);
  expect(page.scene("A").render).toMatchObject({ status: "done", image: pixels(1), batch: 2 });
  expect(isStale(page.scene("A"), page.state().settings)).toBe(false);
  expect(page.state().announcement).toBe("Variant with seed 1 kept for scene A.");
  page.state().undo();
  expect(page.state().settings.seed).toBe(0);
  expect(isStale(page.scene("A"), page.state().settings)).toBe(true);
  page.state().redo();
  expect(isStale(page.scene("A"), page.state().settings)).toBe(false);
});

test("an edit, newer variants and the visitor end them; edits elsewhere do not", async () => {
  const page = await createReadyPage(2, { held: ["generateVariants"] });
  page.state().setAutomatic(false);
  const { id } = page.scene("A");
  void page.state().drawVariants(id, 2);
  await settle();
  page.state().removeSlot(page.scene("B").id, 0);
  expect(page.callsOf("generateVariants")[0]?.signal?.aborted).toBe(false);
  page.state().removeSlot(id, 0);
  await settle();
  expect(page.callsOf("generateVariants")[0]?.signal?.aborted).toBe(true);
  expect(variantsOf(page)).toEqual({ status: "none" });
  void page.state().drawVariants(id, 2);
  void page.state().drawVariants(id, 4);
  await settle();
  const [, older, newer] = page.callsOf("generateVariants");
  expect([older?.signal?.aborted, newer?.signal?.aborted]).toEqual([true, false]);
  expect(variantsOf(page)).toMatchObject({ status: "running", seeds: [0, 1, 2, 3] });
  page.state().dropVariants();
  await settle();
  expect(newer?.signal?.aborted).toBe(true);
  expect(page.state().notices).toEqual([]);
});

test("variants of slots that have changed cannot be kept", async () => {
  const page = await createReadyPage(1);
  page.state().setAutomatic(false);
  await page.state().drawVariants(page.scene("A").id, 2);
  expect(areVariantsCurrent(page.state())).toBe(true);
  await page.state().setSlotSeed(page.scene("A").id, 3);
  expect(areVariantsCurrent(page.state())).toBe(false);
  page.state().keepVariant(1);
  expect(page.scene("A").render.status).toBe("none");
  expect(page.state().notices[0]?.text).toContain("The slots have changed since");
});

test("a failure is told where the variants would be", async () => {
  const page = await createReadyPage(1, { held: ["generateVariants"] });
  void page.state().drawVariants(page.scene("A").id, 2);
  await settle();
  page.callsOf("generateVariants")[0]?.fail(new Error("gpu: lost"));
  await settle();
  expect(variantsOf(page)).toMatchObject({ status: "failed", message: "gpu: lost" });
});
