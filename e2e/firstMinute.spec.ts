/** The first minute: examples that can be explored before any weights have come, and the way on when they have. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Locator, Page } from "@playwright/test";

import { serveCompressed } from "./compressedSite";
import {
  chip,
  expect,
  expectAccessible,
  expectFitsPhone,
  readCanvas,
  test,
  waitForPicture,
} from "./playground";
import { bytesPerSecond, makeSlow, roundTrip } from "./slowLine";

/** Seconds in which the first example is to be explorable. */
const goal = 2;
/** Connecting, the page, and what the page names. */
const numRoundTrips = 3;
/** Compressed JavaScript before the first interaction. */
const mostScriptBytes = 250_000;

const weights = "**/weights.safetensors";
const examples = (page: Page): Locator => page.getByTestId("examples");
const masks = (page: Page): Locator => page.getByTestId("example-masks");
const example = (page: Page, number: number): Locator =>
  examples(page).getByRole("radio", { name: `Example ${number}` });
const cell = (page: Page, key: string): Locator => page.getByTestId(`swap-${key}`);

/** The weights never come. */
async function holdWeights(page: Page): Promise<void> {
  await page.route(weights, () => new Promise<void>(() => undefined));
}

const light = (page: Page): Promise<string | null> =>
  masks(page).evaluate((canvas) => canvas.parentElement?.dataset["lit"] ?? null);
const solo = (page: Page): Promise<string | null> =>
  masks(page).evaluate((canvas) => canvas.parentElement?.dataset["solo"] ?? null);

const meanDifference = (a: number[], b: number[]): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? NaN)), 0) / a.length;

/** Opens the page with its weights held, at its first example. */
async function openExamples(page: Page): Promise<void> {
  await holdWeights(page);
  await page.goto("/");
  await expect(masks(page)).toBeVisible();
}

/** Milliseconds from the navigation until the masks are painted and answer the pointer's place. */
const untilMasks = (page: Page): Promise<number> =>
  page
    .waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="example-masks"]');
      if (!canvas || canvas.width === 0) return null;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      return data.some((value) => value > 0) ? performance.now() : null;
    })
    .then(async (handle) => (await handle.jsonValue()) ?? NaN);

const slow = test.extend({
  // A host that compresses, as hosts of static sites do.
  baseURL: async ({ browserName: _ }, use) => {
    const site = await serveCompressed();
    await use(site.url);
    await site.close();
  },
});

slow("on a slow line the first example is there before anything large", async ({ page }) => {
  const line = await makeSlow(page);
  await page.goto("/", { waitUntil: "commit" });
  const ms = await untilMasks(page);
  const needed = [...line.finished];
  const cpuMs = await line.cpuMs();
  await masks(page).hover();
  await expect.poll(() => light(page)).not.toBe("");

  const bytes = needed.reduce((sum, request) => sum + request.bytes, 0);
  const scripts = needed.filter(({ type }) => type === "Script");
  const scriptBytes = scripts.reduce((sum, request) => sum + request.bytes, 0);
  const seconds = bytes / bytesPerSecond + numRoundTrips * roundTrip;
  console.log(
    `first example: masks after ${Math.round(ms)} ms on this machine, ${cpuMs} of the page's own work; ${needed.length} files of ${bytes} bytes, ` +
      `scripts ${scriptBytes}; ${seconds.toFixed(2)} s of the line and its round trips`,
  );
  expect(needed.some(({ url }) => url.includes("/examples/"))).toBe(true);
  expect(scripts.length).toBeGreaterThan(0);
  expect(needed.filter(({ url }) => /worker|weights|wasm/.test(url))).toEqual([]);
  expect(seconds).toBeLessThan(goal);
  expect(scriptBytes).toBeLessThanOrEqual(mostScriptBytes);
});

test("scripts that the page names weigh at most 250 KB, compressed", () => {
  const page = readFileSync("dist/index.html", "utf8");
  const named = [...page.matchAll(/(?:src|modulepreload" crossorigin href)="\.\/([^"]+\.js)"/g)];
  const paths = named.map(([, path = ""]) => path);
  const sizes = paths.map((path) => gzipSync(readFileSync(`dist/${path}`), { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`scripts before the first interaction: ${total} bytes in ${paths.length} files`);
  expect(paths.some((path) => /^assets\/index-/.test(path))).toBe(true);
  expect(readdirSync("dist/assets").length).toBeGreaterThan(paths.length);
  expect(total).toBeLessThanOrEqual(mostScriptBytes);
});

test("without weights all three examples are explored by mouse", async ({ page }) => {
  await openExamples(page);
  await expect(page.getByText(/drawn every picture here beforehand/)).toBeVisible();
  await expect(page.getByTestId("example-news")).toContainText("is on its way");
  const seen = new Set<string>();
  for (const number of [1, 2, 3]) {
    await examples(page).getByText(`Example ${number}`, { exact: true }).click();
    await expect(masks(page)).toHaveAttribute("aria-label", `Masks of example ${number}`);
    const before = await readCanvas(page, "example-masks");
    seen.add(before.join());
    await masks(page).hover();
    const lit = await light(page);
    expect(lit).toMatch(/^\d$/);
    await expect.poll(() => readCanvas(page, "example-masks")).not.toEqual(before);
    await masks(page).click();
    expect(await solo(page)).toBe(lit);
    await expect(page.getByTestId(`example-slot-${lit}`)).toHaveAttribute("aria-pressed", "true");
    await masks(page).click();

    const own = await readCanvas(page, "example-picture");
    await cell(page, "0-0-3").click();
    await expect(page.getByTestId("example-swap")).toHaveText(/^Slot \d replaced by slot \d of/);
    await expect.poll(() => readCanvas(page, "example-picture")).not.toEqual(own);
    const replaced = await readCanvas(page, "example-picture");
    await cell(page, "without-0").hover();
    await expect(page.getByTestId("example-swap")).toHaveText(/^Slot \d left out$/);
    await page.mouse.move(0, 0);
    await expect.poll(() => readCanvas(page, "example-picture")).toEqual(replaced);

    const [noisy, early] = await Promise.all([
      readCanvas(page, "example-noisy", 16),
      readCanvas(page, "example-prediction"),
    ]);
    await examples(page).getByRole("slider", { name: "Evaluation" }).fill("12");
    await expect.poll(() => readCanvas(page, "example-noisy", 16)).not.toEqual(noisy);
    await expect.poll(() => readCanvas(page, "example-prediction")).not.toEqual(early);
    await expect(examples(page).getByText(/^Evaluation 20 of 20, t = /)).toBeVisible();
  }
  expect(seen.size).toBe(3);
  await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "loading");
});

test("without weights all three examples are explored by keyboard", async ({ page }) => {
  await openExamples(page);
  await example(page, 1).focus();
  for (const number of [1, 2, 3]) {
    if (number > 1) {
      await example(page, number - 1).focus();
      await page.keyboard.press("ArrowRight");
    }
    await expect(example(page, number)).toBeChecked();
    await page.keyboard.press("Tab"); // past a button that is off: to the first slot
    await expect(page.getByTestId("example-slot-0")).toBeFocused();
    expect(await light(page)).toBe("0");
    await page.keyboard.press("Tab");
    expect(await light(page)).toBe("1");
    await page.keyboard.press("Enter");
    expect(await solo(page)).toBe("1");

    const rounds = examples(page).getByRole("slider", { name: "Attention round" });
    const last = await readCanvas(page, "example-masks");
    await rounds.press("Home");
    await expect.poll(() => readCanvas(page, "example-masks")).not.toEqual(last);

    const text = page.getByTestId("example-swap");
    await cell(page, "own").getByRole("radio").focus();
    await page.keyboard.press("ArrowDown");
    await expect(text).toHaveText(/^Slot \d left out$/);
    await page.keyboard.press("ArrowRight");
    await expect(text).toHaveText(/^Slot \d replaced by slot \d of example \d$/);
    const above = await text.textContent();
    await page.keyboard.press("ArrowDown");
    await expect(text).not.toHaveText(above ?? "");
    await expect(cell(page, "1-0-0").getByRole("radio")).toBeFocused();

    const steps = examples(page).getByRole("slider", { name: "Evaluation" });
    await steps.press("End");
    await expect(examples(page).getByText(/^Evaluation 20 of 20/)).toBeVisible();
  }
});

test("nothing moves when the model comes, and an example goes on as a live scene", async ({
  page,
}) => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(weights, async (route) => {
    await released;
    await route.continue();
  });
  await page.goto("/");
  await cell(page, "0-0-3").click();
  await expect(page.getByTestId("chip-A-0")).toHaveCount(0);
  const before = await masks(page).boundingBox();
  const open = page.getByRole("button", { name: "Open in the playground" });
  await expect(open).toBeDisabled();
  release();
  await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "ready", {
    timeout: 120_000,
  });
  await expect(page.getByTestId("example-news")).toContainText("is ready");
  expect(await masks(page).boundingBox()).toEqual(before);
  await expect(cell(page, "0-0-3").getByRole("radio")).toBeChecked();

  const wanted = await readCanvas(page, "example-picture");
  await cell(page, "own").click();
  await page.mouse.move(0, 0);
  const own = await readCanvas(page, "example-picture");
  await cell(page, "0-0-3").click();
  await open.click();
  await expect(masks(page)).toHaveCount(0);
  await expect(examples(page).locator("summary")).toBeFocused();
  await expect(chip(page, "C", 0)).toBeVisible({ timeout: 240_000 });
  await expect(chip(page, "C", 0).getByRole("button").first()).toHaveAccessibleName(/scene D/);
  await waitForPicture(page, "C");
  const drawn = await readCanvas(page, "output-C");
  const [toWanted, toOwn] = [meanDifference(drawn, wanted), meanDifference(drawn, own)];
  console.log(
    `drawn here: ${toWanted.toFixed(2)} levels from the example, ${toOwn.toFixed(2)} else`,
  );
  expect(toWanted).toBeLessThan(5);
  expect(toOwn).toBeGreaterThan(1.5 * toWanted);

  await page.getByText("Examples, computed beforehand").click();
  await expect(masks(page)).toBeVisible();
});

test("a visitor who has had the model before finds the examples folded away", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "ready", {
    timeout: 120_000,
  });
  await expect(masks(page)).toBeVisible();
  await page.reload();
  await expect(page.getByText("Examples, computed beforehand")).toBeVisible();
  await expect(masks(page)).toHaveCount(0);
});

test("where no model can run the examples stay and say so", async ({ page }) => {
  await page.addInitScript(() => {
    class Broken extends EventTarget {
      postMessage(): void {
        queueMicrotask(() =>
          this.dispatchEvent(new ErrorEvent("error", { message: "No worker." })),
        );
      }
      terminate(): void {}
    }
    Object.assign(window, { Worker: Broken });
  });
  await page.goto("/");
  await expect(page.getByTestId("example-news")).toContainText("No model runs here");
  await masks(page).hover();
  expect(await light(page)).toMatch(/^\d$/);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the examples have no serious accessibility issue and fit a phone, ${colorScheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await openExamples(page);
    await cell(page, "1-0-1").click();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await masks(page).scrollIntoViewIfNeeded();
    await expect(masks(page)).toBeInViewport();
    await expectAccessible(page);
  });
}
