/** What goes wrong is said, and the page goes on: bad files, cancelled runs, a page without isolation or scripts. */
import { readFileSync, writeFileSync } from "node:fs";

import { tinyConfig } from "../tests/tinyConfig";
import {
  chooseSettings,
  chipFace,
  expect,
  openPlayground,
  render,
  scene,
  test,
  waitForPicture,
  waitForSlots,
} from "./playground";

for (const backend of ["wasm", "webgpu"] as const) {
  test(`a running picture can be cancelled, and the next one comes, on ${backend}`, async ({
    page,
  }) => {
    await openPlayground(page, backend);
    await waitForSlots(page, "A");
    await chooseSettings(page, { sampler: "ddim", steps: 500 });
    await page.getByRole("button", { name: "Generate scene A", exact: true }).click();
    // The first step of a software GPU comes after the scenes are encoded again, and compiles.
    await expect(page.getByRole("progressbar", { name: /Denoising/ })).toBeVisible({
      timeout: 150_000,
    });
    await page.getByRole("button", { name: "Cancel scene A" }).click();
    await expect(render(page, "A")).toHaveAttribute("data-status", "none");
    await chooseSettings(page, { steps: 2 });
    await page.getByRole("button", { name: "Generate scene A", exact: true }).click();
    await waitForPicture(page, "A");
  });

  test(`a corrupt picture says so and leaves the page usable, on ${backend}`, async ({
    page,
  }, info) => {
    await openPlayground(page, backend);
    const corrupt = info.outputPath("corrupt.png");
    const bytes = readFileSync("public/samples/00.png");
    writeFileSync(corrupt, Buffer.concat([bytes.subarray(0, 60), Buffer.alloc(400, 7)]));
    await page.getByLabel("Image files").setInputFiles(corrupt);
    await expect(page.getByRole("alert")).toContainText(/picture|image/i);
    await expect(scene(page, "C")).toHaveCount(0);
    await page.getByLabel("Image files").setInputFiles("public/samples/01.png");
    await waitForSlots(page, "C");
  });

  test(`a truncated checkpoint says so, and the model in use stays, on ${backend}`, async ({
    page,
  }, info) => {
    await openPlayground(page, backend);
    await waitForSlots(page, "A");
    const truncated = info.outputPath("truncated.safetensors");
    writeFileSync(
      truncated,
      readFileSync("models/clevr64/weights.safetensors").subarray(0, 1_000_000),
    );
    await page.getByLabel("Checkpoint files").setInputFiles(truncated);
    await expect(page.getByRole("alert")).toContainText(/truncated|beyond|bytes/i);
    await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "ready");
    await chooseSettings(page, { steps: 2 });
    await page.getByRole("button", { name: "Generate scene A", exact: true }).click();
    await waitForPicture(page, "A");
  });
}

test("the authors' checkpoint format is read: a .pth with its config becomes the model", async ({
  page,
}, info) => {
  writeFileSync(info.outputPath("config.json"), JSON.stringify(tinyConfig));
  await openPlayground(page);
  await waitForSlots(page, "A");
  await page
    .getByLabel("Checkpoint files")
    .setInputFiles(["tests/fixtures/sa_ldm_tiny.pth", info.outputPath("config.json")]);
  await expect(page.getByTestId("model-status")).toContainText("4 slots", { timeout: 60_000 });
  await expect(chipFace(page, "A", 3)).toBeVisible({ timeout: 60_000 });
  await expect(chipFace(page, "A", 4)).toHaveCount(0);
});

test("without cross-origin isolation the page works on one thread", async ({ page }) => {
  await page.route("**/*", async (route) => {
    const response = await route.fetch();
    const headers = Object.fromEntries(
      Object.entries(response.headers()).filter(([name]) => !name.startsWith("cross-origin-")),
    );
    await route.fulfill({ response, headers });
  });
  await openPlayground(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await waitForSlots(page, "A");
});

test("with isolation it is isolated, so that WebAssembly may use threads", async ({ page }) => {
  await openPlayground(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.getByTestId("device-badge").click();
  await expect(page.getByRole("dialog")).toContainText("Page isolated");
});

test("weights come from the browser's cache on the second visit, and can be deleted", async ({
  page,
}) => {
  await openPlayground(page);
  const downloads: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("weights.safetensors")) downloads.push(request.url());
  });
  await page.reload();
  await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "ready", {
    timeout: 120_000,
  });
  expect(downloads).toEqual([]);
  await page.getByTestId("device-badge").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("28.6 MB");
  await dialog
    .getByRole("button", { name: /delete/i })
    .first()
    .click();
  await expect(dialog).not.toContainText("28.6 MB");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("the page says what it is and what it needs", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "SlotDiffusion Playground" })).toBeVisible();
    await expect(page.getByText(/JavaScript is switched off/)).toBeVisible();
  });
});
