/**
 * Pictures in, a model out: the Train page from a zip of sprites to an exported checkpoint. The model has 16x16 pictures
 * and a few thousand parameters, so that a software GPU takes some steps a second.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import type { Download, Page } from "@playwright/test";
import { BlobReader, TextWriter, ZipReader, type FileEntry } from "@zip.js/zip.js";

import { expect, goTo, segmentations, test } from "./playground";
import { openTiny, writeFalsePictures, writeSpriteZips } from "./trainingFiles";

const numPictures = 64;

/** Opens the Train page and fills a set from a zip. */
async function addZip(page: Page, zip: string): Promise<void> {
  await goTo(page, "Train");
  await page.getByLabel("A zip or tar of pictures").setInputFiles(zip);
  await expect(page.getByTestId("adding-done")).toContainText(`${numPictures} pictures added`, {
    timeout: 60_000,
  });
}

async function fill(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(String(value));
  await field.blur();
}

/** A run of everything but the VQ-VAE, with few pictures a step. */
async function planRun(page: Page, steps: number): Promise<void> {
  await page.getByRole("radio", { name: /Everything but the VQ-VAE/ }).check();
  await fill(page, "Steps, Slots and diffusion", steps);
  await fill(page, "Learning rate", 0.005);
  await fill(page, "Pictures a step", 4);
  await fill(page, "Steps between looks", 1000);
}

const points = async (page: Page): Promise<number> =>
  Number(await page.getByTestId("loss-curve").getAttribute("data-points"));

const waitForPoints = (page: Page, count: number): Promise<void> =>
  expect.poll(() => points(page), { timeout: 240_000 }).toBeGreaterThanOrEqual(count);

const startRun = (page: Page): Promise<void> =>
  page.getByTestId("step-3").getByRole("button", { name: "Start training" }).click();

const runState = (page: Page) => page.getByTestId("step-3-state");

async function pause(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible({ timeout: 60_000 });
}

/** Presses an export button and keeps the files that come. */
async function exportFiles(page: Page, name: RegExp, count: number, folder: string) {
  const downloads: Download[] = [];
  const keep = (download: Download) => downloads.push(download);
  page.on("download", keep);
  await page.getByRole("button", { name }).click();
  await expect.poll(() => downloads.length, { timeout: 60_000 }).toBe(count);
  page.off("download", keep);
  const paths: string[] = [];
  for (const download of downloads) {
    const path = `${folder}/${download.suggestedFilename()}`;
    await download.saveAs(path);
    paths.push(path);
  }
  return paths;
}

type Curve = { curve: { stage: string; step: number; loss: number }[] };

/** The curve in a project zip. */
async function curveOf(project: string): Promise<Curve["curve"]> {
  const reader = new ZipReader(new BlobReader(new Blob([new Uint8Array(readFileSync(project))])), {
    useWebWorkers: false,
  });
  const entry = (await reader.getEntries()).find(
    (one): one is FileEntry => !one.directory && basename(one.filename) === "curve.json",
  );
  if (!entry) throw new Error("the project has no curve.json");
  return (JSON.parse(await entry.getData(new TextWriter())) as Curve).curve;
}

const mean = (losses: number[]): number =>
  losses.reduce((sum, loss) => sum + loss, 0) / losses.length;

for (const backend of ["wasm", "webgpu"] as const) {
  test(`a model learns from a zip, through pause and reload, and goes out and in, on ${backend}`, async ({
    page,
  }, info) => {
    if (backend === "webgpu") test.setTimeout(720_000); // a software GPU takes a second a step, and a minute to begin
    const folder = info.outputPath();
    const { whole } = await writeSpriteZips(folder, numPictures);
    await openTiny(page, backend, folder);
    await addZip(page, whole);
    await expect(page.getByTestId("step-1-state")).toContainText("held out");
    await planRun(page, 30);
    await startRun(page);
    await waitForPoints(page, 12);
    await pause(page);
    const before = await points(page);

    await page.reload();
    await expect(runState(page)).toContainText(/paused/i, { timeout: 120_000 });
    expect(await points(page)).toBe(before);
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(runState(page)).toContainText(/finished/i, { timeout: 420_000 });
    await expect(page.getByTestId("look")).toBeVisible();

    const [project = ""] = await exportFiles(page, /Whole project/, 1, folder);
    const curve = await curveOf(project);
    expect(curve.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    const losses = curve.map(({ loss }) => loss);
    expect(mean(losses.slice(-5))).toBeLessThan(0.8 * mean(losses.slice(0, 5)));

    const exported = await exportFiles(page, /Weights \(/, 2, folder);
    // Two scenes are on the page; the masks of 16x16 pixels are this model's.
    const tinyMasks = async () =>
      (await segmentations(page)).filter(({ length }) => length === 256);
    const waitForMasks = (count: number): Promise<void> =>
      expect.poll(async () => (await tinyMasks()).length, { timeout: 120_000 }).toBe(count);
    await page.getByRole("button", { name: "Use in the playground" }).click();
    await waitForMasks(2);
    await page.getByLabel("Checkpoint files").setInputFiles(exported);
    await waitForMasks(4);
    const masks = await tinyMasks();
    expect(masks.slice(2)).toEqual(masks.slice(0, 2));
    expect(new Set(masks[0]).size).toBeGreaterThan(1);
  });
}

test("a hidden tab saves what it has and goes on training", async ({ page }, info) => {
  const folder = info.outputPath();
  const { whole } = await writeSpriteZips(folder, numPictures);
  await openTiny(page, "wasm", folder);
  await addZip(page, whole);
  await planRun(page, 5000);
  await startRun(page);
  await waitForPoints(page, 5);
  await expect(page.getByTestId("run-facts")).toContainText("not saved yet");
  // No headless tab is ever hidden: the page is told so.
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(page.getByTestId("run-facts")).toContainText(/saved \d/);
  await waitForPoints(page, (await points(page)) + 10);
  await pause(page);
});

test("what is no picture is left out with its reason, and the set keeps what it has", async ({
  page,
}, info) => {
  const folder = info.outputPath();
  const { whole, cut } = await writeSpriteZips(folder, numPictures);
  const { text, huge } = writeFalsePictures(folder);
  await openTiny(page, "wasm", folder);
  await addZip(page, whole);
  const outcome = page.getByTestId(/^adding-(done|failed)$/);
  const setSays = page.getByTestId("step-1-state");
  const full = (await setSays.textContent()) ?? "";
  const add = async (label: string, path: string, reason: RegExp) => {
    await page.getByLabel(label).setInputFiles(path);
    await expect(outcome).toContainText(reason, { timeout: 60_000 });
    await expect(setSays).toHaveText(full);
  };
  await add("Picture files", text, /cannot be decoded/);
  await add("Picture files", huge, /megapixels/i);
  await add("A zip or tar of pictures", cut, /zip|truncated|damaged|end/i);
  await add("A zip or tar of pictures", whole, /64 duplicates left out/);
});

test("a full disk is said, and loses nothing that was there", async ({ page, baseURL }, info) => {
  const folder = info.outputPath();
  const { whole } = await writeSpriteZips(folder, numPictures);
  await openTiny(page, "wasm", folder);
  await addZip(page, whole);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: baseURL ?? "", quotaSize: 1 });
  await startRun(page);
  await expect(page.getByRole("alert")).toContainText(/room|storage|quota/i, { timeout: 60_000 });
  await devtools.send("Storage.overrideQuotaForOrigin", { origin: baseURL ?? "" });
  await expect(page.getByTestId("step-1-state")).toContainText("to learn from");
  await page.reload();
  await expect(page.getByTestId("step-1-state")).toContainText("to learn from", {
    timeout: 120_000,
  });
});

test("a project zip becomes the same run again", async ({ page }, info) => {
  const folder = info.outputPath();
  const { whole } = await writeSpriteZips(folder, numPictures);
  await openTiny(page, "wasm", folder);
  await addZip(page, whole);
  await planRun(page, 400);
  await startRun(page);
  await waitForPoints(page, 10);
  await pause(page);
  const before = await points(page);
  const [project = ""] = await exportFiles(page, /Whole project/, 1, folder);
  await page.getByRole("button", { name: "Delete run" }).click();
  await page
    .getByRole("group", { name: /^Delete/ })
    .getByRole("button", { name: "Delete run" })
    .click();
  await expect(page.getByRole("list", { name: "Runs" })).toHaveCount(0);
  await page.getByLabel("A project zip").setInputFiles(project);
  await expect(runState(page)).toContainText(/paused/i);
  expect(await points(page)).toBe(before);
  await page.getByRole("button", { name: "One step" }).click();
  await expect.poll(() => points(page)).toBe(before + 1);
});
