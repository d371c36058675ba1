/**
 * A model's numbers with their errors, its worst pictures, files of both, and ablations. The model has 16x16 pictures and
 * a few thousand parameters, so that a software GPU measures it in seconds.
 */
import { readFileSync } from "node:fs";

import type { Locator, Page } from "@playwright/test";

import { expect, expectAccessible, expectFitsPhone, goTo, test, type Backend } from "./playground";
import { openTiny } from "./trainingFiles";

/** Loads the tiny model and opens the Measure page. */
async function openMeasure(page: Page, backend: Backend, folder: string): Promise<void> {
  await openTiny(page, backend, folder);
  await goTo(page, "Measure");
  await expect(page.getByTestId("measure-page")).toBeVisible();
}

async function fill(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByRole("spinbutton", { name: label, exact: true });
  await field.fill(String(value));
  await field.blur();
}

/** Measures generated sprites. */
async function measureSprites(page: Page, count: number): Promise<void> {
  await page
    .getByRole("combobox", { name: "Pictures", exact: true })
    .selectOption("scenes/sprites");
  await fill(page, "Pictures to measure", count);
  await page.getByRole("button", { name: "Measure", exact: true }).last().click();
}

const cell = (page: Page, metric: string, column: number): Locator =>
  page.getByTestId("measured").locator(`tr[data-metric="${metric}"] td`).nth(column);

/** Presses a button and reads the file that comes. */
async function download(page: Page, name: string): Promise<{ name: string; text: string }> {
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name }).click();
  const file = await coming;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

for (const backend of ["wasm", "webgpu"] as const) {
  test(`a model is measured, its worst pictures come first, and files hold the numbers, on ${backend}`, async ({
    page,
  }, info) => {
    if (backend === "webgpu") test.setTimeout(600_000); // a software GPU compiles for a minute
    await openMeasure(page, backend, info.outputPath());
    await measureSprites(page, 20);
    await expect(page.getByTestId("measured")).toBeVisible({ timeout: 480_000 });
    const shown = Number(await cell(page, "fgAri", 0).textContent());
    expect(Number(await cell(page, "psnr", 0).textContent())).toBeGreaterThan(3);
    expect(Number(await cell(page, "psnr", 1).textContent())).toBeGreaterThan(0);
    await expect(cell(page, "fgAri", 2)).toContainText("adjusted Rand index");

    const tiles = page.getByTestId("gallery").locator("li");
    await expect(tiles).toHaveCount(12);
    await page.getByRole("button", { name: /Show more, 8 pictures left/ }).press("Enter");
    await expect(tiles).toHaveCount(20);
    const values = await tiles.evaluateAll((all) => all.map((li) => Number(li.dataset["value"])));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(mean(values)).toBeCloseTo(shown, 2);

    const table = await download(page, "Table (CSV)");
    expect(table.text).toContain("fgAri");
    const pictures = await download(page, "Every picture (CSV)");
    expect(pictures.text.trimEnd().split("\r\n")).toHaveLength(21);
    const everything = await download(page, "Everything (JSON)");
    const json = JSON.parse(everything.text) as {
      models: { metrics: Record<string, { mean: number }>; rows: unknown[] }[];
    };
    expect(json.models[0]?.metrics["fgAri"]?.mean).toBeCloseTo(shown, 3);
    expect(json.models[0]?.rows).toHaveLength(20);
  });
}

test("a measurement is cancelled, and the page goes on", async ({ page }, info) => {
  await openMeasure(page, "wasm", info.outputPath());
  await measureSprites(page, 1000);
  await expect(page.getByTestId("measure-progress")).toContainText(/of 1000/, { timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByTestId("measure-progress")).toHaveCount(0);
  await measureSprites(page, 8);
  await expect(page.getByTestId("measured")).toContainText("8 pictures", { timeout: 60_000 });
});

test("ablations draw small multiples of quality and time, and stop when told", async ({
  page,
}, info) => {
  test.setTimeout(480_000);
  await openMeasure(page, "wasm", info.outputPath());
  await page
    .getByRole("combobox", { name: "Pictures", exact: true })
    .selectOption("scenes/sprites");
  await fill(page, "Pictures a point", 4);
  const slots = page.getByTestId("ablation-slots");
  await slots.getByRole("button", { name: "Measure: Number of slots" }).click();
  await expect(slots).toHaveAttribute("data-status", "done", { timeout: 240_000 });
  await expect(slots.getByRole("img")).toHaveCount(3);
  await expect(slots.getByRole("img", { name: /^FG-ARI\. 3: .* 12: / })).toBeVisible();
  await slots.getByText("The numbers, and how").click();
  await expect(slots.getByRole("row")).toHaveCount(1 + 3 * 8);

  const steps = page.getByTestId("ablation-steps");
  await steps.getByRole("button", { name: "Measure: Steps T and sampler" }).click();
  await expect(steps.getByRole("img").first()).toBeVisible({ timeout: 120_000 });
  await steps.getByRole("button", { name: "Stop" }).click();
  await expect(steps).toHaveAttribute("data-status", "stopped");
  const { text } = await download(page, "All points (CSV)");
  expect(text).toContain(",slots,12,,fgAri,");
  expect(text).toContain(",steps,2,dpm-solver++,psnr,");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Measure in ${colorScheme}, and a phone scrolls only downwards`, async ({
    page,
  }, info) => {
    await page.emulateMedia({ colorScheme });
    await openMeasure(page, "wasm", info.outputPath());
    await measureSprites(page, 8);
    await expect(page.getByTestId("gallery")).toBeVisible({ timeout: 60_000 });
    await fill(page, "Pictures a point", 2);
    const iterations = page.getByTestId("ablation-iterations");
    await iterations.getByRole("button", { name: /^Measure/ }).click();
    await expect(iterations).toHaveAttribute("data-status", "done", { timeout: 120_000 });
    await expectAccessible(page);
    await expectFitsPhone(page);
  });
}
