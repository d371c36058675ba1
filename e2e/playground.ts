/** What every story shares: a page that must stay free of console errors and third-party requests, and ways to read it. */
import AxeBuilder from "@axe-core/playwright";
import { readFileSync } from "node:fs";
import { test as base, expect, type Locator, type Page } from "@playwright/test";

export { expect };

/** What the engine's worker answered, kept by the page for the story to look at. */
type Answers = { segmentations: number[][]; scenes: RenderedScene[] };

/** A generated scene as the model takes it: RGBA and object ids. */
export type RenderedScene = { data: number[]; ids: number[] };

declare global {
  interface Window {
    answers: Answers;
  }
}

/** Keeps what the real worker says; changes nothing. */
function listenToWorkers(): void {
  type Value = {
    segmentation?: Uint8Array;
    ids?: Uint8Array;
    pixels?: { data: Uint8ClampedArray };
  };
  window.answers = { segmentations: [], scenes: [] };
  const Original = window.Worker;
  window.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data: { value } }: MessageEvent<{ value?: Value }>) => {
        const { segmentations, scenes } = window.answers;
        if (value?.segmentation) segmentations.push([...value.segmentation]);
        if (value?.ids && value.pixels)
          scenes.push({ data: [...value.pixels.data], ids: [...value.ids] });
      });
    }
  };
}

/** Console errors a story expects, such as the browser's own note on a file that is not there. */
export const test = base.extend<{ watched: { allow: (pattern: RegExp) => void } }>({
  watched: [
    async ({ page, baseURL }, use) => {
      const problems: string[] = [];
      const allowed: RegExp[] = [];
      page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(`console: ${message.text()}`);
      });
      page.on("request", (request) => {
        const url = request.url();
        if (!/^(data|blob):/.test(url) && !url.startsWith(baseURL ?? ""))
          problems.push(`third party: ${url}`);
      });
      await page.addInitScript(listenToWorkers);
      await use({ allow: (pattern) => allowed.push(pattern) });
      expect(
        problems.filter((problem) => !allowed.some((pattern) => pattern.test(problem))),
      ).toEqual([]);
    },
    { auto: true },
  ],
});

export type Backend = "wasm" | "webgpu";
const titles: Record<Backend, string> = { wasm: "WebAssembly", webgpu: "WebGPU" };

/** Opens the page as a visitor does, waits for the model, and switches the backend in the device panel when it is another. */
export async function openPlayground(
  page: Page,
  backend: Backend = "wasm",
  path = "/",
): Promise<void> {
  await page.goto(path);
  const status = page.getByTestId("model-status");
  await expect(status).toHaveAttribute("data-status", "ready", { timeout: 120_000 });
  const badge = page.getByTestId("device-badge");
  if (!(await badge.textContent())?.includes(titles[backend])) {
    await badge.click();
    await page.getByRole("button", { name: `Switch to ${titles[backend]}` }).click();
    await page.keyboard.press("Escape");
    await expect(badge).toContainText(titles[backend], { timeout: 120_000 });
    await expect(status).toHaveAttribute("data-status", "ready", { timeout: 120_000 });
  }
}

/** Turns to a page of the site by its name in the navigation. */
export const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name }).click();

export const scene = (page: Page, letter: string) => page.getByTestId(`scene-${letter}`);
export const chip = (page: Page, letter: string, position: number) =>
  page.getByTestId(`chip-${letter}-${position}`);
export const chipFace = (page: Page, letter: string, position: number) =>
  chip(page, letter, position).getByRole("button").first();
export const render = (page: Page, letter: string) => page.getByTestId(`render-${letter}`);

/** Drags with the mouse in several moves, as a hand does. */
export async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  await to.scrollIntoViewIfNeeded();
  await from.scrollIntoViewIfNeeded();
  const middle = async (place: Locator): Promise<[number, number]> => {
    const box = await place.boundingBox();
    if (!box) throw new Error("drag: a place is not on the screen");
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  await page.mouse.move(...(await middle(from)));
  await page.mouse.down();
  const target = await middle(to);
  await page.mouse.move(...target, { steps: 12 });
  await page.mouse.move(target[0] + 1, target[1] + 1);
  await page.mouse.up();
}

/** Waits until a scene has its masks and slots. */
export async function waitForSlots(page: Page, letter: string): Promise<void> {
  await expect(chip(page, letter, 0)).toBeVisible({ timeout: 240_000 });
  await expect(page.getByTestId(`masks-${letter}`)).toBeVisible();
}

/** Waits until a scene's picture is done and up to date. */
export async function waitForPicture(page: Page, letter: string): Promise<void> {
  const isCurrent = `[data-testid="render-${letter}"][data-status="done"][data-stale="false"]`;
  await expect(page.locator(isCurrent)).toBeVisible({ timeout: 240_000 });
}

export async function chooseSettings(
  page: Page,
  { sampler, steps, seed }: { sampler?: string; steps?: number; seed?: number },
): Promise<void> {
  if (sampler !== undefined) await page.getByLabel("Sampler").selectOption(sampler);
  if (steps !== undefined) await fillNumber(page, "Steps", steps);
  if (seed !== undefined) await fillNumber(page, "Seed", seed);
}

async function fillNumber(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(String(value));
  await field.press("Enter");
  await field.blur();
}

/** What a screen reader was told last. */
export const spoken = (page: Page) => page.getByTestId("announcement");

/** No picture by itself after an edit. */
export async function drawOnlyWhenAsked(page: Page): Promise<void> {
  const automatic = page.getByLabel("Generate after each edit");
  if (!(await automatic.isVisible()))
    await page.getByRole("button", { name: /steps, seed/ }).click();
  await automatic.uncheck();
}

/** Opens the page with its two scenes taken apart, for edits only. */
export async function openToCompose(page: Page): Promise<void> {
  await openPlayground(page);
  await waitForSlots(page, "A");
  await waitForSlots(page, "B");
  await drawOnlyWhenAsked(page);
}

/** Takes the slot at a place out of its scene, by its button. */
export const removeSlot = (page: Page, letter: string, position: number): Promise<void> =>
  chip(page, letter, position)
    .getByRole("button", { name: /^Remove/ })
    .click();

/** Gives up all kept work, and says yes. */
export async function startAfresh(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start afresh" }).click();
  await page
    .getByRole("group", { name: /cannot be undone/ })
    .getByRole("button", { name: "Start afresh" })
    .click();
}

/** RGB of a canvas as it is shown, at `size` x `size`. */
export const readCanvas = (page: Page, testId: string, size = 64): Promise<number[]> =>
  page.getByTestId(testId).evaluate((element, side) => {
    const copy = new OffscreenCanvas(side, side);
    const context = copy.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("no 2d canvas");
    context.drawImage(element as HTMLCanvasElement, 0, 0, side, side);
    return [...context.getImageData(0, 0, side, side).data].filter((_, i) => i % 4 !== 3);
  }, size);

/** Segmentations that the engine returned, in order [64 * 64]. */
export const segmentations = (page: Page): Promise<number[][]> =>
  page.evaluate(() => window.answers.segmentations);

/** Generated scenes that the engine returned, in order. */
export const renderedScenes = (page: Page): Promise<RenderedScene[]> =>
  page.evaluate(() => window.answers.scenes);

/** FG-ARI of a sample with seed 0, as the model's card states it. */
export function cardFgAri(sample: string): number {
  const card = readFileSync("models/clevr64/card.md", "utf8");
  const row = new RegExp(`^\\| ${sample} \\| ([0-9.]+) \\|`, "m").exec(card);
  if (!row?.[1]) throw new Error(`the card has no row for sample ${sample}`);
  return Number(row[1]);
}

/** Expects that axe finds nothing serious on what is shown. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
  ).toEqual([]);
}

/** Makes the page as wide as a phone and expects that it scrolls only downwards. */
export async function expectFitsPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}
