/** Masks on every frame: Chromium's own test picture stands for a camera, and a video made in the page for a file. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import {
  chip,
  expect,
  expectAccessible,
  expectFitsPhone,
  goTo,
  openPlayground,
  scene,
  segmentations,
  test,
  type Backend,
} from "./playground";

async function openLive(page: Page, backend: Backend): Promise<void> {
  await openPlayground(page, backend);
  await goTo(page, "Live");
  await expect(page.getByTestId("live-page")).toBeVisible();
}

const numbers = async (page: Page) => {
  const { shown, dropped, fps, latency } = await page
    .getByTestId("live-numbers")
    .evaluate((element: HTMLElement) => ({ ...element.dataset }));
  return {
    shown: Number(shown),
    dropped: Number(dropped),
    fps: Number(fps),
    latency: Number(latency),
  };
};

const waitForFrames = (page: Page, count: number): Promise<void> =>
  expect
    .poll(async () => (await numbers(page)).shown, { timeout: 240_000 })
    .toBeGreaterThanOrEqual(count);

/** Two seconds of a moving square, as this browser records it. */
const recordVideo = (page: Page): Promise<number[]> =>
  page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 160, height: 120 });
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no 2d canvas");
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
    recorder.start();
    for (let frame = 0; frame < 40; frame++) {
      context.fillStyle = "#808890";
      context.fillRect(0, 0, 160, 120);
      context.fillStyle = "#c02020";
      context.fillRect(30 + 2 * frame, 40, 30, 30);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    recorder.stop();
    await stopped;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });

for (const backend of ["wasm", "webgpu"] as const) {
  test(`the camera's frames get masks, with frames dropped rather than late, on ${backend}`, async ({
    page,
  }) => {
    await openLive(page, backend);
    const before = (await segmentations(page)).length;
    await page.getByRole("button", { name: "Use the camera" }).click();
    await waitForFrames(page, 6);
    const first = await numbers(page);
    expect(first.fps).toBeGreaterThan(0);
    expect(first.latency).toBeGreaterThan(0);
    // One frame is under way at a time: a latency is no longer than a few frames' time.
    expect(first.latency).toBeLessThan(4 * (1000 / first.fps) + 200);
    await expect(page.getByRole("img", { name: /^Masks of \d+ slots/ })).toBeVisible();

    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await expect(page.getByRole("button", { name: "Go on" })).toBeVisible();
    const paused = (await numbers(page)).shown;
    const answered = (await segmentations(page)).length;
    expect(answered - before).toBeGreaterThanOrEqual(paused);
    // The frame under way came too late, and the page's two scenes may have come in between.
    expect(answered - before).toBeLessThanOrEqual(paused + 3);
    await page.waitForTimeout(500);
    expect((await numbers(page)).shown).toBe(paused);
    await page.getByRole("button", { name: "Go on" }).press("Enter");
    await waitForFrames(page, paused + 3);

    await page.getByRole("button", { name: "Snapshot to a scene" }).click();
    await expect(page.getByText("The frame is a scene on the Play page.")).toBeVisible();
    await page.getByRole("button", { name: "Turn the camera off" }).click();
    await expect(page.getByTestId("live-numbers")).toHaveCount(0);
    await goTo(page, "Play");
    await expect(scene(page, "C")).toContainText("Frame");
    await expect(chip(page, "C", 0)).toBeVisible({ timeout: 240_000 });
  });
}

test("a video file gets masks, and leaving the page ends it", async ({ page }, info) => {
  await openLive(page, "wasm");
  const path = join(info.outputPath(), "moving.webm");
  writeFileSync(path, new Uint8Array(await recordVideo(page)));
  await page.getByLabel("A video file").setInputFiles(path);
  await waitForFrames(page, 5);
  const found = (await segmentations(page)).slice(-3);
  expect(new Set(found.flat()).size).toBeGreaterThan(1);
  await goTo(page, "Play");
  await goTo(page, "Live");
  await expect(page.getByRole("button", { name: "Use the camera" })).toBeVisible();
  await expect(page.getByTestId("live-numbers")).toHaveCount(0);
});

test("what is no video is said", async ({ page }, info) => {
  await openLive(page, "wasm");
  const path = join(info.outputPath(), "notes.webm");
  writeFileSync(path, "These are no frames.");
  await page.getByLabel("A video file").setInputFiles(path);
  await expect(page.getByRole("alert")).toContainText("cannot play");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on Live in ${colorScheme}, and a phone scrolls only downwards`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await openLive(page, "wasm");
    await page.getByRole("button", { name: "Use the camera" }).click();
    await waitForFrames(page, 2);
    await expectAccessible(page);
    await expectFitsPhone(page);
  });
}
