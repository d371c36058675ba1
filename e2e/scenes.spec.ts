/** Scenes made in the page: true masks beside the found ones, live scores, and links that carry three numbers. */
import type { Page } from "@playwright/test";

import { shrinkScene } from "../src/data/scenes/scene";
import { planSolids } from "../src/data/scenes/solids";
import { planSprites, renderSprites } from "../src/data/scenes/sprites";
import { adjustedRandIndex } from "../src/metrics/ari";
import { meanBestOverlap, meanIoU } from "../src/metrics/iou";
import {
  expect,
  openPlayground,
  readCanvas,
  renderedScenes,
  scene,
  segmentations,
  test,
  waitForSlots,
} from "./playground";

/** Chooses what "New scene" draws. */
async function chooseSeries(page: Page, kind: string, seed: number): Promise<void> {
  await page.getByLabel("Kind and seed of new scenes").click();
  await page.getByText(kind, { exact: true }).click();
  await page.getByLabel("Seed of scenes", { exact: true }).fill(String(seed));
  await page.keyboard.press("Escape");
}

const newScene = (page: Page) => page.getByRole("button", { name: "New scene", exact: true });

/** The three scores that a card shows, with two digits. */
const shownScores = async (page: Page, letter: string): Promise<string[]> =>
  page.getByTestId(`scores-${letter}`).locator("dd").allTextContents();

/** The scores of the newest masks, computed here. */
async function expectedScores(page: Page, ids: Uint8Array): Promise<string[]> {
  const found = (await segmentations(page)).at(-1) ?? [];
  const scores = [
    adjustedRandIndex(ids, found, { ignoreBackground: true }),
    meanIoU(ids, found),
    meanBestOverlap(ids, found),
  ];
  return scores.map((score) => score.toFixed(2));
}

test("a new scene comes with its true masks and scores, and a link gives the same pixels", async ({
  page,
  browser,
}) => {
  await openPlayground(page);
  await waitForSlots(page, "B");
  await chooseSeries(page, "Sprites", 41);
  await newScene(page).click();
  await newScene(page).click();
  await waitForSlots(page, "D");
  await expect(scene(page, "D")).toContainText("Sprites 41-1");
  const { pixels, ids, objects } = renderSprites(planSprites(41, 1), 64);
  const [, made] = await renderedScenes(page);
  expect(made, "the command line's scene, to the byte").toEqual({
    data: [...pixels.data],
    ids: [...ids],
  });

  const truth = page.getByTestId("truth-D");
  await expect(truth).toHaveAccessibleName(new RegExp(`${objects[0]?.color} ${objects[0]?.shape}`));
  const painted = await readCanvas(page, "truth-D");
  expect(new Set(painted).size, "true masks are painted").toBeGreaterThan(6);
  const before = await expectedScores(page, ids);
  expect(await shownScores(page, "D")).toEqual(before);

  await scene(page, "D").getByLabel("Menu of scene D").click();
  const numSlots = page.getByLabel("Number of slots of scene D");
  await numSlots.fill("3");
  await expect(scene(page, "D")).toContainText("3 slots found");
  const after = await expectedScores(page, ids);
  expect(after, "other masks, other scores").not.toEqual(before);
  expect(await shownScores(page, "D")).toEqual(after);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByTestId("announcement")).toHaveText("Link copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).hash.length, "no pixels inside").toBeLessThan(600);
  const picture = await readCanvas(page, "image-D");
  const other = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const visitor = await other.newPage();
  await visitor.goto(link);
  await waitForSlots(visitor, "D");
  expect(await readCanvas(visitor, "image-D"), "the link's picture").toEqual(picture);
  expect(await shownScores(visitor, "D"), "the link's masks").toEqual(after);
  await other.close();
});

test("solids are rendered in the worker, and their masks are the plan's", async ({ page }) => {
  await openPlayground(page);
  const scripts: string[] = [];
  page.on("request", (request) => scripts.push(request.url()));
  expect(await page.evaluate(() => window.answers.scenes.length)).toBe(0);
  await newScene(page).click();
  await waitForSlots(page, "C");
  const [made] = await renderedScenes(page);
  const plan = planSolids("clevr", 7, 0);
  const blank = { width: 128, height: 128, data: new Uint8ClampedArray(128 * 128 * 4) };
  const { ids } = shrinkScene({ ...plan, pixels: blank }, 64);
  expect(made?.ids).toEqual([...ids]);
  expect(new Set(made?.data).size, "it is no blank picture").toBeGreaterThan(60);
  expect(
    scripts.filter((url) => url.includes("sceneKinds")),
    "three.js came with the first scene, not with the page",
  ).toHaveLength(1);
});

test("the models say their size, what they know, and which is in use", async ({ page }) => {
  await openPlayground(page);
  await page.getByLabel("Model: CLEVR 64").click();
  const models = page.getByRole("list", { name: "Models" });
  const current = models.getByRole("button", { name: /CLEVR 64/ });
  await expect(current).toContainText("28.6 MB");
  await expect(current).toContainText("in use");
  await expect(current).toHaveAttribute("aria-current", "true");
  await current.click();
  await expect(models).toBeHidden();
  await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "ready");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("truth and scores are there, and can be put away", async ({ page }) => {
    await openPlayground(page);
    await waitForSlots(page, "A");
    await page.getByTestId("truth-A").tap();
    await expect(scene(page, "A")).toContainText(/: (no slot|slot \d)/);
    await page.getByLabel("Kind and seed of new scenes").tap();
    await expect(page.getByText("Sprites", { exact: true })).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    await page.keyboard.press("Escape");
    await page.getByLabel("Truth").uncheck();
    await expect(page.getByTestId("truth-A")).toHaveCount(0);
    await expect(page.getByLabel("Scores of scene A")).toContainText(/FG-ARI 0\.\d\d/);
  });
});
