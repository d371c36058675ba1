/** The first minute's guides: the tour, the models with their cards' numbers, and what is running where. */
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";

import { tourSteps } from "../src/store/tourSteps";
import {
  chipFace,
  chooseSettings,
  expect,
  expectAccessible,
  openPlayground,
  test,
  waitForPicture,
  waitForSlots,
} from "./playground";

const card = (page: Page) => page.getByTestId("tour");
const offer = (page: Page) => page.getByRole("region", { name: "Tour", exact: true });

async function expectStep(page: Page, step: number): Promise<void> {
  const title = tourSteps[step]?.title ?? "";
  await expect(card(page)).toContainText(`Step ${step + 1} of ${tourSteps.length}`);
  await expect(card(page).getByRole("heading", { name: title })).toBeVisible();
}

/** Whether the ring lies around a place, and the card within the window and beside its target. */
async function expectAround(page: Page, place: Locator): Promise<void> {
  await expect
    .poll(async () => {
      const [ring, target, box] = await Promise.all(
        [page.getByTestId("tour-ring"), place, card(page)].map((one) => one.boundingBox()),
      );
      const { width = 0, height = 0 } = page.viewportSize() ?? {};
      if (!ring || !target || !box) return "not shown";
      const off = Math.abs(ring.x + 5 - target.x) + Math.abs(ring.y + 5 - target.y);
      const isInside =
        box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
      return off < 3 && isInside ? "around" : `${off} off, inside: ${isInside}`;
    })
    .toBe("around");
}

const place = (page: Page, name: string) => page.locator(`[data-tour="${name}"]`).first();

test("the tour goes from end to end with the keyboard, and is not offered again", async ({
  page,
}) => {
  await openPlayground(page);
  await waitForSlots(page, "A");
  await waitForSlots(page, "B");
  await offer(page).getByRole("button", { name: "Start the tour" }).focus();
  await page.keyboard.press("Enter");
  await expect(offer(page)).toBeHidden();
  await expect(card(page)).toBeFocused();
  for (const [step, { place: name, title }] of tourSteps.entries()) {
    await expectStep(page, step);
    await expect(page.getByTestId("announcement")).toContainText(`of 4: ${title}`);
    await expectAround(page, place(page, name));
    if (step === 1) {
      await page.keyboard.press("ArrowLeft");
      await expectStep(page, 0);
      await page.keyboard.press("ArrowRight");
    }
    if (step < 2) await page.keyboard.press("ArrowRight");
    else {
      await card(page)
        .getByRole("button", { name: /Next|Done/ })
        .focus();
      await page.keyboard.press("Enter");
    }
  }
  await expect(card(page)).toBeHidden();
  await expect(page.getByRole("button", { name: "Tour of the page" })).toBeFocused();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Scenes" })).toBeVisible();
  await expect(offer(page)).toHaveCount(0);
});

test("Escape skips it for good; the button in the header starts it again, over any page", async ({
  page,
}) => {
  await openPlayground(page);
  await offer(page).getByRole("button", { name: "Start the tour" }).click();
  await expectStep(page, 0);
  await page.keyboard.press("Escape");
  await expect(card(page)).toBeHidden();
  await expect(page.getByTestId("announcement")).toContainText("The tour is over");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Scenes" })).toBeVisible();
  await expect(offer(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Measure", exact: true }).click();
  await page.getByRole("button", { name: "Tour of the page" }).click();
  await expectStep(page, 0);
  await expectAround(page, place(page, "pictures"));
});

test("an offer that is declined stays declined", async ({ page }) => {
  await openPlayground(page);
  await offer(page).getByRole("button", { name: "No thanks" }).click();
  await expect(offer(page)).toBeHidden();
  await expect(page.getByRole("button", { name: "Tour of the page" })).toBeFocused();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Scenes" })).toBeVisible();
  await expect(offer(page)).toHaveCount(0);
});

test("it goes on with what the visitor does, on the page under it", async ({ page }) => {
  await openPlayground(page);
  await waitForSlots(page, "A");
  await waitForSlots(page, "B");
  await chooseSettings(page, { steps: 2 });
  await offer(page).getByRole("button", { name: "Start the tour" }).click();
  await expectStep(page, 0);
  await page.getByRole("button", { name: "Add sample 05" }).click();
  await expectStep(page, 1);
  await expectAround(page, page.getByTestId("scene-C").locator('[data-tour="masks"]'));
  await waitForSlots(page, "C");
  await page.getByTestId("chip-C-1").getByRole("button", { name: /only/i }).click();
  await expectStep(page, 2);
  await chipFace(page, "C", 1).click();
  await page.keyboard.press("Escape"); // puts the slot back, and leaves the tour
  await expect(page.getByRole("region", { name: "Slot in hand" })).toBeHidden();
  await expectStep(page, 2);
  await chipFace(page, "C", 1).click();
  await chipFace(page, "A", 0).click();
  await expectStep(page, 3);
  await expectAround(page, page.getByTestId("scene-A").locator('[data-tour="output"]'));
  await waitForPicture(page, "A");
  await card(page).getByRole("button", { name: "Done" }).click();
  await expect(card(page)).toBeHidden();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("every step of the tour is seen, after turning the phone too", async ({ page }) => {
    await openPlayground(page);
    await waitForSlots(page, "A");
    await offer(page).getByRole("button", { name: "Start the tour" }).tap();
    for (const { place: name } of tourSteps) {
      await expectAround(page, place(page, name));
      await page.setViewportSize({ width: 740, height: 360 });
      await expectAround(page, place(page, name));
      await page.setViewportSize({ width: 360, height: 740 });
      await expectAround(page, place(page, name));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      await card(page)
        .getByRole("button", { name: /Next|Done/ })
        .tap();
    }
    await page.getByLabel(/^Model: /).tap();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.getByRole("button", { name: "How it was trained and measured" }).first().tap();
    await expect(page.getByRole("dialog")).toContainText("FG-ARI");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape"); // the card, then the list
    await page.getByTestId("device-badge").tap();
    await expect(page.getByTestId("stage-encode")).toBeVisible();
    const panel = page.getByRole("dialog");
    expect(await panel.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
  });
});

/** The cell of the card's first table in the row of a metric. */
function cardCell(metric: string): string {
  const text = readFileSync("models/clevr64/card.md", "utf8");
  const cell = new RegExp(`^\\| ${metric} \\| ([^|]+) \\|`, "m").exec(text)?.[1];
  if (cell === undefined) throw new Error(`the card has no row ${metric}`);
  return cell;
}

test("a model says what its card says, and shows the card itself", async ({ page }) => {
  await openPlayground(page);
  await page.getByLabel("Model: CLEVR 64").click();
  const models = page.getByRole("list", { name: "Models" });
  for (const metric of ["FG-ARI", "mIoU", "mBO"])
    await expect(models).toContainText(`${metric}${cardCell(metric)}`);
  await expect(models).toContainText("On 1,000 fresh scenes");
  await expect(models).toContainText("64 × 64 pixels, 7 slots, licence MIT");
  await expect(models).toContainText("Stored in this browser");
  await models.getByRole("button", { name: "How it was trained and measured" }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("row", { name: /^FG-ARI/ })).toContainText(cardCell("FG-ARI"));
  await expect(dialog.getByRole("heading", { name: "What to expect" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(models).toBeVisible(); // one Escape closes one thing
  await page.keyboard.press("Escape");
  await expect(models).toBeHidden();
});

/** Numbers of a stage's row: milliseconds and pieces of work. */
async function stageOf(page: Page, stage: string): Promise<{ ms: number; count: number }> {
  const cells = await page.getByTestId(`stage-${stage}`).getByRole("cell").allInnerTexts();
  const [, value = "", unit = ""] = /^([\d.]+) (ms|s)/.exec(cells[0] ?? "") ?? [];
  return {
    ms: Number(value) * (unit === "s" ? 1000 : 1),
    count: parseInt((cells[1] ?? "").replaceAll(",", ""), 10),
  };
}

for (const backend of ["wasm", "webgpu"] as const) {
  test(`what is running where: times, work and memory of the last picture, on ${backend}`, async ({
    page,
  }, info) => {
    await openPlayground(page, backend);
    for (const letter of ["A", "B"])
      await expect(page.getByTestId(`masks-${letter}`)).toBeVisible({ timeout: 240_000 });
    await chooseSettings(page, { sampler: "ddim", steps: 2 });
    await page.getByRole("button", { name: "Generate scene A", exact: true }).click();
    await waitForPicture(page, "A");
    await page.getByTestId("device-badge").click();
    const panel = page.getByRole("dialog");
    await expect(panel).toContainText("Nothing leaves this machine");
    await expect(panel).toContainText(backend === "webgpu" ? "Dispatches" : "Kernels");
    await expect(panel).toContainText(backend === "webgpu" ? "16-bit floats" : "SIMD");
    await expect(panel.getByTestId("stage-denoise")).toContainText("2 steps");
    await expect(panel).toContainText("Files kept between visits");
    const measured: Record<string, { ms: number; count: number }> = {};
    for (const stage of ["prepare", "encode", "denoise", "decode"]) {
      measured[stage] = await stageOf(page, stage);
      expect(measured[stage].ms, stage).toBeGreaterThan(0);
      if (stage === "prepare") expect(measured[stage].count, "touches no tensor").toBe(0);
      else expect(measured[stage].count, stage).toBeGreaterThan(20);
    }
    info.annotations.push({ type: "stages", description: JSON.stringify(measured) });
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("device-badge")).toBeFocused();
    if (backend === "webgpu") return; // a step takes a software GPU most of a minute
    await chooseSettings(page, { steps: 4 });
    await page.getByRole("button", { name: "Generate scene A again" }).click();
    await waitForPicture(page, "A");
    await page.getByTestId("device-badge").click();
    await expect(panel.getByTestId("stage-denoise")).toContainText("4 steps");
    const { count } = await stageOf(page, "denoise");
    const twice = 2 * (measured["denoise"]?.count ?? NaN);
    expect(Math.abs(count - twice), "twice the steps, twice the work").toBeLessThan(5);
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious in the guides in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openPlayground(page);
    await waitForSlots(page, "A");
    await expectAccessible(page); // with the offer
    await offer(page).getByRole("button", { name: "Start the tour" }).click();
    await expectAround(page, place(page, "pictures"));
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByLabel(/^Model: /).click();
    await page.getByRole("button", { name: "How it was trained and measured" }).first().click();
    await expect(page.getByRole("dialog")).toContainText("How good it is");
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByTestId("device-badge").click();
    await expect(page.getByTestId("stage-encode")).toBeVisible();
    await expectAccessible(page);
  });
}
