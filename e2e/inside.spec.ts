/** Look inside: the masks round by round, the first stage, a denoising run step by step, and the first experiments. */
import type { Locator, Page } from "@playwright/test";

import {
  chooseSettings,
  expect,
  expectAccessible,
  expectFitsPhone,
  goTo,
  openPlayground,
  readCanvas,
  scene,
  test,
  waitForPicture,
  waitForSlots,
  type Backend,
} from "./playground";

const numSteps = 4;

const view = (page: Page, name: string): Locator => page.getByTestId(`view-${name}`);

/** Opens the page on scene A, with few steps to draw. */
async function openInside(page: Page, backend: Backend): Promise<void> {
  await openPlayground(page, backend);
  await waitForSlots(page, "A");
  await waitForSlots(page, "B");
  await chooseSettings(page, { steps: numSteps, sampler: "ddim" });
  await goTo(page, "Look inside");
}

/** A canvas as it is shown, once it has been laid out. */
async function look(page: Page, testId: string): Promise<number[]> {
  await expect(page.getByTestId(testId)).not.toHaveAttribute("width", "0");
  return readCanvas(page, testId);
}

/** Waits until a canvas shows another picture than `before`, and reads it. */
async function lookAfter(page: Page, testId: string, before: number[]): Promise<number[]> {
  await expect.poll(() => look(page, testId), `${testId} changes`).not.toEqual(before);
  return look(page, testId);
}

/** Draws the scene with its own slots and waits for the picture. */
async function denoise(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Denoise with the scene’s slots" }).click();
  await expect(page.getByTestId("inspected-picture")).toBeVisible({ timeout: 240_000 });
}

/** What the maps of all slots add up to at each pixel, least and most, of full colour. */
const sumOfMaps = (page: Page): Promise<[least: number, most: number]> =>
  page.locator("canvas[data-testid^=cross-map-]").evaluateAll((canvases) => {
    const sums: number[] = [];
    for (const canvas of canvases as HTMLCanvasElement[]) {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, width, height) ?? { data: [] };
      for (let i = 0; i < width * height; i++)
        sums[i] = (sums[i] ?? 0) + (data[4 * i + 3] ?? 0) / (255 * 0.86);
    }
    return [Math.min(...sums), Math.max(...sums)];
  });

/** The mean error that the panel states, of 255. */
async function saidError(facts: Locator): Promise<number> {
  const fact = facts.locator("div", { hasText: "mean error" });
  return Number(await fact.locator("dd").textContent());
}

/** Mean difference of two pictures' values, 0..255. */
function meanDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? NaN)), 0) / a.length;
}

for (const backend of ["wasm", "webgpu"] as const) {
  test(`every mechanism is looked at on one scene, with the keys alone, on ${backend}`, async ({
    page,
  }) => {
    if (backend === "webgpu") test.setTimeout(600_000); // a software GPU takes three minutes
    await openInside(page, backend);

    const round = page.getByLabel("Round of Slot Attention");
    const last = await lookAfter(page, "round-overlay", Array<number>(64 * 64 * 3).fill(0));
    await round.focus();
    await page.keyboard.press("Home");
    await expect(page.getByTestId("round-overlay")).toHaveCount(0);
    await page.keyboard.press("ArrowRight");
    await expect(view(page, "slots")).toContainText("Round 1 of 3");
    await lookAfter(page, "round-overlay", last);
    await page.keyboard.press("End");
    await expect.poll(() => look(page, "round-overlay")).toEqual(last);

    const facts = page.getByTestId("first-stage-facts");
    await expect(facts).toContainText(/[1-9]\d\.\d dB/, { timeout: 120_000 });
    await expect(facts).toContainText(/\d+ of 1,024/);
    const said = await saidError(facts);
    const input = await readCanvas(page, "first-stage-input");
    const error = meanDifference(input, await readCanvas(page, "reconstruction"));
    expect(Math.abs(error - said), `measured ${error}, said ${said}`).toBeLessThan(0.6);

    await denoise(page);
    const drawn = await readCanvas(page, "inspected-picture");
    const denoising = view(page, "denoising");
    const step = denoising.getByLabel("Denoising step");
    const newest = await readCanvas(page, "step-xt");
    await step.focus();
    await page.keyboard.press("Home");
    await expect(denoising).toContainText(`Evaluation 1 of ${numSteps}`);
    await lookAfter(page, "step-xt", newest);
    await denoising.getByRole("button", { name: "Decode this step" }).press("Enter");
    await expect(page.getByTestId("decoded")).toBeVisible({ timeout: 60_000 });
    expect(await readCanvas(page, "decoded")).not.toEqual(drawn);

    const cross = view(page, "cross");
    await expect(cross).toContainText(`Evaluation 1 of ${numSteps}`);
    await expect(cross.locator("canvas[data-testid^=cross-map-]")).toHaveCount(7);
    await expect.poll(async () => (await sumOfMaps(page))[0]).toBeGreaterThan(0.95);
    expect((await sumOfMaps(page))[1]).toBeLessThan(1.05);
    const before = await look(page, "cross-map-0");
    const layer = cross.getByLabel("Layer of the U-Net");
    await layer.selectOption({ index: 0 });
    await expect(layer.locator("option:checked")).toContainText("Input block");
    await lookAfter(page, "cross-map-0", before);

    await expect(page.getByTestId("schedule-now")).toContainText(/Evaluation 1 .*ᾱ = 0\.\d{3}/);
    await expect(
      view(page, "schedule").getByRole("img", {
        name: new RegExp(`${numSteps} evaluations marked`),
      }),
    ).toHaveCount(2);

    await goTo(page, "Play");
    await scene(page, "A").getByRole("button", { name: "Generate scene A" }).click();
    await waitForPicture(page, "A");
    expect(await readCanvas(page, "output-A"), "the picture of the Play page").toEqual(drawn);
  });
}

test("the first experiments open their panels and do what they ask", async ({ page }) => {
  await openInside(page, "wasm");
  const strip = page.getByTestId("experiments");
  await strip.getByRole("button", { name: "Try it: VQ-VAE alone" }).click();
  await expect(view(page, "first-stage")).toBeVisible();
  await expect(view(page, "slots")).toHaveCount(0);
  await expect(page.getByTestId("reconstruction")).toBeVisible({ timeout: 60_000 });
  await strip.getByRole("button", { name: "Try it: Slots alone" }).click();
  await expect(page.getByTestId("round-overlay")).toBeVisible();
  await expect(view(page, "first-stage")).toHaveCount(0);
  await strip.getByRole("button", { name: /true masks/ }).click();
  await expect(page.getByTestId("truth-note")).toContainText("stand-in");
  await expect(page.getByTestId("inspected-picture")).toBeVisible({ timeout: 240_000 });
  await expect(page.getByTestId("cross-slot-0")).toContainText("Background");
  await strip.getByRole("button", { name: "Show everything" }).click();
  await expect(view(page, "slots")).toBeVisible();
});

test("a change of settings outdates a run, and another scene begins anew", async ({ page }) => {
  await openInside(page, "wasm");
  await denoise(page);
  await goTo(page, "Play");
  await chooseSettings(page, { seed: 7 });
  await goTo(page, "Look inside");
  await expect(view(page, "denoising")).toContainText("have changed since");
  await page.getByRole("radio", { name: "A", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "B", exact: true })).toBeChecked();
  await expect(page.getByTestId("inspected-picture")).toHaveCount(0);
  await expect(page.getByTestId("reconstruction")).toBeVisible({ timeout: 60_000 });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious in ${colorScheme}, and a phone scrolls only downwards`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await openInside(page, "wasm");
    await denoise(page);
    await expect(page.getByTestId("reconstruction")).toBeVisible({ timeout: 60_000 });
    await expectAccessible(page);
    await expectFitsPhone(page);
  });
}
