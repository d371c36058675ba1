/** Nothing of the visitor's work is lost by a reload, by back and forth, or by a link; and where the browser keeps nothing, it says so. */
import type { Page } from "@playwright/test";

import {
  chip,
  chipFace,
  chooseSettings,
  drag,
  drawOnlyWhenAsked,
  expect,
  expectAccessible,
  openPlayground,
  readCanvas,
  removeSlot,
  render,
  scene,
  startAfresh,
  test,
  waitForPicture,
  waitForSlots,
} from "./playground";

const keptWork = (page: Page) => page.getByTestId("kept-work");

/** Waits until the page has kept what was done last. */
async function waitUntilKept(page: Page): Promise<void> {
  await page.waitForTimeout(600); // changes are kept together, 400 ms after the first
  await expect(keptWork(page)).toContainText("Your work is kept");
}

async function removeScene(page: Page, letter: string): Promise<void> {
  await scene(page, letter).getByLabel(`Menu of scene ${letter}`).click();
  await scene(page, letter)
    .getByRole("button", { name: `Remove scene ${letter}` })
    .click();
}

/** A picture from disk, a generated scene, an edit, other settings and a drawn picture. */
async function work(page: Page): Promise<void> {
  await drawOnlyWhenAsked(page);
  await page.getByLabel("Image files").setInputFiles("public/samples/05.png");
  await waitForSlots(page, "C");
  await page
    .getByRole("button", { name: /new scene/i })
    .first()
    .click();
  await waitForSlots(page, "D");
  await drag(page, chipFace(page, "D", 2), chipFace(page, "C", 4));
  await expect(chipFace(page, "C", 4)).toHaveAccessibleName(/Slot 3 of scene D/);
  await chooseSettings(page, { sampler: "ddim", steps: 2, seed: 41 });
  await page.getByRole("button", { name: "Generate scene C", exact: true }).click();
  await waitForPicture(page, "C");
}

test("work comes back after a reload: pictures, slots, settings, what was drawn and what can be undone", async ({
  page,
}) => {
  await openPlayground(page);
  await waitForSlots(page, "B");
  await expect(keptWork(page)).toHaveCount(0); // looking is not work
  await work(page);
  await removeScene(page, "B");
  await waitUntilKept(page);
  const drawn = await readCanvas(page, "output-C");
  const masks = await readCanvas(page, "masks-C");
  const picture = await readCanvas(page, "image-D", 256);

  const started = Date.now();
  await page.reload();
  await expect(render(page, "C")).toHaveAttribute("data-status", "done");
  test
    .info()
    .annotations.push({ type: "picture back after", description: `${Date.now() - started} ms` });
  await expect(page.getByText(/Your work from .* is back/)).toBeVisible();
  expect(await readCanvas(page, "output-C")).toEqual(drawn);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(1000); // colours fade
    await expectAccessible(page);
  }
  for (const letter of ["A", "C", "D"]) await waitForSlots(page, letter);
  await expect(scene(page, "B")).toHaveCount(0);
  await expect(chipFace(page, "C", 4)).toHaveAccessibleName(/Slot 3 of scene D/);
  await expect(render(page, "C")).toHaveAttribute("data-stale", "false");
  expect(await readCanvas(page, "masks-C")).toEqual(masks);
  expect(await readCanvas(page, "image-D", 256)).toEqual(picture);
  await expect(page.getByLabel("Seed", { exact: true })).toHaveValue("41");
  await expect(page.getByLabel("Sampler")).toHaveValue("ddim");

  await page.getByRole("button", { name: "Undo" }).click();
  await waitForSlots(page, "B");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(chipFace(page, "C", 4)).toHaveAccessibleName(/Slot 5 of scene C/);
  await page.getByRole("button", { name: "Redo" }).click();
  await expect(render(page, "C")).toHaveAttribute("data-stale", "false");
  for (const seed of [42, 41]) {
    await chooseSettings(page, { seed });
    await expect(render(page, "C")).toHaveAttribute("data-stale", "true");
    await page.getByRole("button", { name: "Generate scene C again" }).click();
    await waitForPicture(page, "C");
  }
  expect(await readCanvas(page, "output-C"), "drawn again, bit for bit").toEqual(drawn);
});

test("going elsewhere and back finds the work, even what was done a moment before", async ({
  page,
}) => {
  await openPlayground(page);
  await waitForSlots(page, "A");
  await drawOnlyWhenAsked(page);
  await removeSlot(page, "A", 0);
  await waitUntilKept(page);
  await removeSlot(page, "A", 0);
  await page.goto("about:blank"); // before the second edit is kept in its turn
  await page.goBack();
  await waitForSlots(page, "A");
  await expect(chip(page, "A", 4)).toBeVisible();
  await expect(chip(page, "A", 5)).toHaveCount(0);
});

test("a link comes first and destroys nothing; starting afresh forgets", async ({ page }) => {
  await openPlayground(page);
  await waitForSlots(page, "B");
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByTestId("announcement")).toHaveText("Link copied.");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto("about:blank");
  await openPlayground(page);
  await waitForSlots(page, "B");
  await removeScene(page, "A");
  await chooseSettings(page, { seed: 7 });
  await waitUntilKept(page);

  await page.goto("about:blank");
  await page.goto(link);
  await waitForSlots(page, "A");
  await expect(page.getByText(/Your work from .* is kept/)).toBeVisible();
  await page.setViewportSize({ width: 360, height: 740 });
  const isWide = () => document.documentElement.scrollWidth > window.innerWidth;
  expect(await page.evaluate(isWide), "wider than a phone").toBe(false);
  await page.screenshot({ path: test.info().outputPath("offer-phone.png") });
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(page.getByLabel("Seed", { exact: true })).toHaveValue("0");
  await page.getByRole("button", { name: "Open it" }).click();
  await waitForSlots(page, "B");
  await expect(scene(page, "A")).toHaveCount(0);
  await expect(page.getByLabel("Seed", { exact: true })).toHaveValue("7");

  await startAfresh(page);
  await waitForSlots(page, "A");
  await expect(page.getByLabel("Seed", { exact: true })).toHaveValue("0");
  await page.reload();
  await waitForSlots(page, "A");
  await expect(page.getByText(/Your work from/)).toHaveCount(0);
});

test("a broken record is named, and the page begins as on a first visit", async ({ page }) => {
  await openPlayground(page);
  await waitForSlots(page, "A");
  await chooseSettings(page, { seed: 7 });
  await waitUntilKept(page);
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("slotdiffusion-playground");
        opening.onerror = () => reject(new Error("no database"));
        opening.onsuccess = () => {
          const transaction = opening.result.transaction("work", "readwrite");
          const store = transaction.objectStore("work");
          const keys = store.getAllKeys();
          keys.onsuccess = () => {
            for (const key of keys.result) store.put({ version: 1, scenes: "garbage" }, key);
          };
          transaction.oncomplete = () => resolve();
        };
      }),
  );
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("kept work: expected what this page wrote");
  await waitForSlots(page, "B");
  await chooseSettings(page, { seed: 8 });
  await waitUntilKept(page);
});

const refusals: Record<string, () => void> = {
  "no room is left": () => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("No room.", "QuotaExceededError");
    };
  },
  "there is no database": () => {
    Object.defineProperty(window, "indexedDB", { value: undefined });
  },
  "the database does not open": () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("Not here.", "SecurityError");
    };
  },
};

for (const [reason, refuse] of Object.entries(refusals)) {
  test(`where ${reason} it is said once, and everything goes on`, async ({ page }) => {
    await page.addInitScript(refuse);
    await openPlayground(page);
    await waitForSlots(page, "A");
    await drawOnlyWhenAsked(page);
    await removeSlot(page, "A", 0);
    await expect(page.getByRole("alert")).toContainText("does not keep your work");
    await page.getByRole("button", { name: "Dismiss" }).first().click();
    await removeSlot(page, "A", 0);
    await page.waitForTimeout(1000);
    await expect(page.getByRole("alert")).toHaveCount(0);
    await chooseSettings(page, { steps: 1 });
    await page.getByRole("button", { name: "Generate scene A", exact: true }).click();
    await waitForPicture(page, "A");
  });
}
