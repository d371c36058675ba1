/** More ways to compose, on a built site with the shipped model: order, copies, interpolation, variants, comparison, files. */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";

import {
  chip,
  chipFace,
  chooseSettings,
  drag,
  expect,
  expectAccessible,
  openToCompose,
  readCanvas,
  scene,
  spoken,
  test,
  waitForPicture,
} from "./playground";

const draw = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: /^Generate scene A/ }).click();
  await waitForPicture(page, "A");
};

/** Opens what else can be done with the slot at a place of scene A. */
const openMore = (page: Page, position: number) =>
  chip(page, "A", position)
    .getByRole("button", { name: /^More for/ })
    .click();

test("a slot moves within its tray by mouse, keys and menu, is copied, and undo takes each back", async ({
  page,
}) => {
  await openToCompose(page);
  await drag(page, chipFace(page, "A", 0), chipFace(page, "A", 2));
  await expect(spoken(page)).toHaveText("Slot 1 of scene A moved to place 3 of 7.");
  await expect(chipFace(page, "A", 2)).toHaveAccessibleName("Slot 1 of scene A");
  await chipFace(page, "A", 2).focus();
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(chipFace(page, "A", 1)).toBeFocused();
  await expect(chipFace(page, "A", 1)).toHaveAccessibleName("Slot 1 of scene A");
  await openMore(page, 1);
  await page.getByRole("button", { name: "Move earlier" }).click();
  await expect(chipFace(page, "A", 0)).toHaveAccessibleName("Slot 1 of scene A");
  await page.getByRole("button", { name: "Duplicate" }).click();
  await expect(chipFace(page, "A", 7)).toBeVisible();
  await expect(chipFace(page, "A", 1)).toHaveAccessibleName("Slot 1 of scene A");
  for (let edit = 0; edit < 4; edit++) await page.keyboard.press("Control+z");
  await expect(chip(page, "A", 7)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Undo", exact: true })).toBeDisabled();
});

test("a slot goes part of the way to another with a slider, and undo returns the identical picture", async ({
  page,
}) => {
  test.setTimeout(600_000);
  await openToCompose(page);
  await chooseSettings(page, { steps: 4, seed: 1 });
  await draw(page);
  const before = await readCanvas(page, "output-A");
  await openMore(page, 5);
  await page.getByLabel("Interpolate with").selectOption({ label: "slot 3 of scene B" });
  const way = page.getByRole("slider", { name: "Way to slot 3 of scene B" });
  await way.focus();
  for (let press = 0; press < 10; press++) await page.keyboard.press("ArrowLeft");
  const lineage = "60 % slot 6 of scene A, 40 % slot 3 of scene B";
  await expect(page.getByTestId("lineage-A")).toHaveText(lineage);
  await expect(way).toHaveAttribute("aria-valuetext", lineage);
  await expect(spoken(page)).toHaveText(`${lineage}.`);
  await draw(page);
  expect(await readCanvas(page, "output-A"), "another picture").not.toEqual(before);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(chipFace(page, "A", 5)).toHaveAccessibleName("Slot 6 of scene A");
  await draw(page);
  expect(await readCanvas(page, "output-A"), "the identical picture").toEqual(before);
});

test("the order of the slots does not matter, and the page says by how little", async ({
  page,
}) => {
  test.setTimeout(600_000);
  await openToCompose(page);
  await chooseSettings(page, { steps: 4 });
  await page.getByRole("button", { name: "Shuffle the order of scene A" }).click();
  const shuffled = page.getByTestId("shuffled");
  await expect(shuffled).toBeVisible({ timeout: 240_000 });
  const words = (await shuffled.textContent()) ?? "";
  const most = Number(/by (\d+) at most/.exec(words)?.[1] ?? "0"); // or the same in every pixel
  expect(words).toMatch(/at most|every pixel/);
  expect(most, "levels of 255 between two orders").toBeLessThanOrEqual(8);
  await expect(spoken(page)).toContainText("Order of the slots of scene A shuffled.");
});

test("variants come side by side, one is kept, compared and saved, and a composition comes back", async ({
  page,
}) => {
  test.setTimeout(900_000);
  await openToCompose(page);
  await chooseSettings(page, { steps: 3, seed: 1 });
  await page.getByRole("button", { name: "Variants of scene A" }).click();
  const variants = page.getByTestId("variants-A");
  await variants.getByText("2", { exact: true }).click();
  await variants.getByRole("button", { name: "Draw 2 variants" }).click();
  await expect(variants).toHaveAttribute("data-status", "done", { timeout: 240_000 });
  const second = await readCanvas(page, "variant-2");
  expect(await readCanvas(page, "variant-1"), "two seeds, two pictures").not.toEqual(second);
  await variants.getByRole("button", { name: "Keep the variant with seed 2" }).click();
  await waitForPicture(page, "A");
  await expect(page.getByLabel("Seed", { exact: true })).toHaveValue("2");
  expect(await readCanvas(page, "output-A"), "the kept variant").toEqual(second);

  await page.getByRole("button", { name: "Compare the pictures of scene A" }).click();
  const divider = page.getByRole("slider", { name: /Divider between the image/ });
  await expect(divider).toHaveAttribute("aria-valuenow", "50");
  await divider.focus();
  await page.keyboard.press("ArrowRight");
  await expect(divider).toHaveAttribute("aria-valuenow", "55");

  const save = async (what: RegExp): Promise<string> => {
    await scene(page, "A").getByLabel("Save or open: scene A").click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: what }).click();
    return (await download).path();
  };
  expect(
    readFileSync(await save(/PNG/))
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
  expect(
    readFileSync(await save(/GIF/))
      .subarray(0, 6)
      .toString(),
  ).toBe("GIF89a");
  const json = readFileSync(await save(/Composition, JSON/));
  await chipFace(page, "A", 0).focus();
  await page.keyboard.press("Delete");
  await chooseSettings(page, { seed: 9 });
  await page
    .getByLabel("Composition file for scene A")
    .setInputFiles({ name: "scene.json", mimeType: "application/json", buffer: json });
  await expect(spoken(page)).toHaveText("Composition opened in scene A: 7 slots.");
  await waitForPicture(page, "A"); // its slots and settings are the kept picture's again
  await expect(page.getByLabel("Seed", { exact: true })).toHaveValue("2");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the open panels have no serious accessibility issue and fit a phone, ${colorScheme}`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 800 });
    await openToCompose(page);
    await openMore(page, 1);
    await page.getByLabel("Interpolate with").selectOption({ label: "slot 1 of scene B" });
    await page.getByRole("button", { name: "Variants of scene A" }).click();
    await page.getByText("Why slots can be exchanged").click();
    await expectAccessible(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
  });
}
