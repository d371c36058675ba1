/** Everything by keyboard: the command palette, shortcuts, and the switch for those of a single key. */
import type { Page } from "@playwright/test";

import {
  chip,
  chipFace,
  expect,
  expectAccessible,
  expectFitsPhone,
  openPlayground,
  scene,
  spoken,
  test,
  waitForSlots,
} from "./playground";

const palette = (page: Page) => page.getByRole("dialog", { name: "Commands" });
const shortcuts = (page: Page) => page.getByRole("dialog", { name: "Keyboard shortcuts" });
const newScene = (page: Page) => page.getByRole("button", { name: "New scene", exact: true });
const currentPage = (page: Page) =>
  page.getByRole("navigation", { name: "Pages" }).locator('[aria-current="page"]');

/** Runs the first command that some words find. */
async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Commands" })).toBeFocused();
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await expect(palette(page)).toHaveCount(0);
}

test("three commands by keyboard alone, and the focus comes back each time", async ({ page }) => {
  await openPlayground(page);
  await newScene(page).focus();

  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette(page)).toHaveCount(0);
  await expect(newScene(page)).toBeFocused();

  await command(page, "theme dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(spoken(page)).toHaveText("Theme: dark.");
  await expect(newScene(page)).toBeFocused();

  await command(page, "contour"); // another word for outlines
  await expect(page.getByLabel("Outlines")).not.toBeChecked();
  await expect(newScene(page)).toBeFocused();

  await command(page, "add sample 05");
  await expect(scene(page, "C")).toContainText("Sample 05");
  await expect(newScene(page)).toBeFocused();

  await command(page, "slot space");
  await expect(currentPage(page)).toHaveText("Slot space");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("nothing is called so");
  await expect(palette(page)).toContainText("No command is called so.");
  await page.keyboard.press("Control+k"); // the same keys close it
  await expect(palette(page)).toHaveCount(0);
});

test("the palette is there for the mouse too, and loads a model", async ({ page }) => {
  await openPlayground(page);
  await page.getByRole("button", { name: /^Commands/ }).click();
  const load = palette(page).getByRole("option", { name: "Load model CLEVR 64" });
  await expect(load).toContainText("on"); // it is the one in use
  await load.click();
  await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "loading");
  await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "ready");
  await page.getByRole("button", { name: /^Commands/ }).click();
  await palette(page).click({ position: { x: 10, y: -40 }, force: true }); // beside it
  await expect(palette(page)).toHaveCount(0);
});

test("single keys open pages, files and the camera, and undo an edit", async ({ page }) => {
  page.on("filechooser", () => undefined); // before any: the browser's own would open meanwhile
  await openPlayground(page);
  await waitForSlots(page, "A");
  await page.keyboard.press("3");
  await expect(currentPage(page)).toHaveText("Slot space");
  await page.keyboard.press("1");
  await expect(currentPage(page)).toHaveText("Play");

  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("o");
  await (await chooser).setFiles(["public/samples/07.png", "public/samples/08.png"]);
  await waitForSlots(page, "D");

  await page.keyboard.press("c");
  await expect(page.getByRole("dialog", { name: "Take a picture" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Take a picture" })).toBeHidden();

  await chipFace(page, "B", 0).press("Enter");
  const hand = page.getByRole("region", { name: "Slot in hand" });
  await expect(hand).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape"); // closes the palette, and only that
  await expect(palette(page)).toHaveCount(0);
  await expect(hand).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(hand).toBeHidden();

  await chipFace(page, "A", 6).focus();
  await page.keyboard.press("Delete");
  await expect(chip(page, "A", 6)).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(chip(page, "A", 6)).toBeVisible();
  await page.keyboard.press("Control+Shift+Z");
  await expect(chip(page, "A", 6)).toHaveCount(0);
});

test("single keys do nothing in a field or a dialog, and can be switched off for good", async ({
  page,
}) => {
  await openPlayground(page);
  const fill = page.getByLabel("Fill", { exact: true });
  await page.keyboard.press("f");
  await expect(fill).not.toBeChecked();
  await page.keyboard.press("f");
  await expect(fill).toBeChecked();

  await page.getByLabel("Seed", { exact: true }).focus();
  await page.keyboard.press("f");
  await page.keyboard.press("2");
  await expect(fill).toBeChecked();
  await expect(currentPage(page)).toHaveText("Play");
  await page.keyboard.press("Control+k"); // these keys type nothing
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");

  await newScene(page).focus();
  await page.keyboard.press("?");
  await expect(shortcuts(page)).toContainText("Generate all scenes");
  await page.keyboard.press("f");
  await expect(fill).toBeChecked();
  await shortcuts(page).getByLabel("Shortcuts of a single key").uncheck();
  await page.keyboard.press("Escape");
  await expect(newScene(page)).toBeFocused();
  await page.keyboard.press("f");
  await expect(fill).toBeChecked();

  await page.reload();
  await expect(fill).toBeVisible();
  await page.keyboard.press("f");
  await page.keyboard.press("?");
  await expect(fill).toBeChecked();
  await expect(shortcuts(page)).toHaveCount(0);
  await command(page, "single key");
  await page.keyboard.press("f");
  await expect(fill).not.toBeChecked();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`commands and shortcuts are accessible in ${colorScheme}, and fit a phone`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await openPlayground(page);
    await page.keyboard.press("Control+k");
    await expect(palette(page)).toBeVisible();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await expect(shortcuts(page)).toBeVisible();
    await expectAccessible(page);
    await expectFitsPhone(page);
  });
}
