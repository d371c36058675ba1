/** Slot space: slots of many scenes as a map, as concepts, as new scenes, and a scene taken apart. */
import type { Locator, Page } from "@playwright/test";

import {
  chooseSettings,
  expect,
  expectAccessible,
  expectFitsPhone,
  goTo,
  openPlayground,
  readCanvas,
  test,
  waitForSlots,
  type Backend,
} from "./playground";

const summary = (page: Page) => page.getByTestId("library-summary");
const map = (page: Page) => page.getByTestId("slot-map");
const picked = (page: Page) => page.getByTestId("picked-name");

/** Opens the page with the two scenes of a first visit in its library: 14 slots. */
async function openSpace(page: Page, backend: Backend = "wasm"): Promise<void> {
  await openPlayground(page, backend);
  await waitForSlots(page, "A");
  await waitForSlots(page, "B");
  await goTo(page, "Slot space");
  await expect(summary(page)).toContainText("14 slots of 2 scenes");
  await expect(map(page).locator("canvas")).toBeVisible();
}

/** How often a 3-D view has been drawn. */
const framesOf = async (view: Locator): Promise<number> =>
  Number((await view.getAttribute("data-frames")) ?? 0);

/** Waits until a 3-D view stands still. */
async function still(view: Locator): Promise<number> {
  let before = -1;
  await expect
    .poll(
      async () => {
        const now = await framesOf(view);
        const isStill = now > 0 && now === before;
        before = now;
        return isStill;
      },
      { intervals: [500] },
    )
    .toBe(true);
  return before;
}

const isDrawnAfter = (view: Locator, frames: number): Promise<void> =>
  expect.poll(() => framesOf(view)).toBeGreaterThan(frames);

async function fill(page: Page, label: string, value: number): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(String(value));
  await field.blur();
}

for (const backend of ["wasm", "webgpu"] as const) {
  test(`a library grows by generated scenes, and a new scene is drawn from it, on ${backend}`, async ({
    page,
  }) => {
    await openSpace(page, backend);
    await fill(page, "Number of scenes", 3);
    await page.getByRole("button", { name: "Add 3 generated scenes" }).click();
    await expect(summary(page)).toContainText("35 slots of 5 scenes", { timeout: 120_000 });

    await page.getByLabel("Number of concepts").fill("4");
    await expect(page.getByTestId("concepts").locator("> li")).toHaveCount(4);

    await goTo(page, "Play");
    const steps = page.getByLabel("Steps", { exact: true });
    if (!(await steps.isVisible())) await page.getByRole("button", { name: /steps, seed/ }).click();
    await chooseSettings(page, { steps: 2 });
    await goTo(page, "Slot space");
    const sample = page.getByTestId("sample");
    const draw = page.getByRole("button", { name: "Draw a scene of 7 slots" });
    await draw.click();
    await expect(sample).toHaveAttribute("data-status", "done", { timeout: 240_000 });
    const first = await readCanvas(page, "sample-picture");
    await page.getByRole("button", { name: "Again, other slots" }).click();
    await expect(sample).toContainText("Seed 1,", { timeout: 240_000 });
    expect(await readCanvas(page, "sample-picture")).not.toEqual(first);
  });
}

test("adding scenes is cancelled, and what has come stays", async ({ page }) => {
  await openSpace(page);
  await fill(page, "Number of scenes", 200);
  await page.getByRole("button", { name: "Add 200 generated scenes" }).click();
  await expect
    .poll(() => summary(page).getAttribute("data-slots").then(Number))
    .toBeGreaterThan(14);
  await page.getByRole("button", { name: "Stop adding" }).click();
  await expect(page.getByTestId("filling")).toHaveCount(0);
  const numSlots = Number(await summary(page).getAttribute("data-slots"));
  expect(numSlots).toBeGreaterThan(14);
  expect(numSlots).toBeLessThan(14 + 200 * 7);
  await page.getByRole("button", { name: "Empty the library" }).click();
  await page.getByRole("button", { name: "Empty the library" }).click();
  await expect(summary(page)).toContainText("The library is empty");
});

test("the map is orbited with mouse, keys and buttons, and drawn only when something changed", async ({
  page,
}) => {
  await openSpace(page);
  const view = map(page);
  let frames = await still(view);
  await page.waitForTimeout(1500);
  expect(await framesOf(view)).toBe(frames);

  await view.scrollIntoViewIfNeeded();
  const box = await view.boundingBox();
  if (!box) throw new Error("the map is not on the screen");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await isDrawnAfter(view, frames);
  await expect(picked(page)).toHaveCount(0); // a drag picks nothing

  frames = await still(view);
  await view.focus();
  await page.keyboard.press("ArrowLeft");
  await isDrawnAfter(view, frames);
  frames = await still(view);
  await page
    .getByRole("group", { name: /Camera: Map/ })
    .getByLabel("Closer")
    .click();
  await isDrawnAfter(view, frames);
});

test("a slot is picked on the map by press and by key, in the table and among its neighbours", async ({
  page,
}) => {
  await openSpace(page);
  await still(map(page));
  await map(page).focus();
  await page.keyboard.press("Enter");
  await expect(picked(page)).toContainText(/slot \d/);
  const byKey = await picked(page).textContent();
  await page.keyboard.press("]");
  await expect(picked(page)).not.toHaveText(byKey ?? "");

  await page.getByText("All slots as a table").click();
  await page
    .getByTestId("slot-table")
    .getByRole("button", { name: "Pick Scene A: Sample 00, slot 3" })
    .click();
  await expect(picked(page)).toHaveText("Scene A: Sample 00, slot 3");
  const neighbours = page.getByTestId("neighbours").getByRole("button");
  await expect(neighbours).toHaveCount(8);
  const distances = async (): Promise<number[]> => (await neighbours.allTextContents()).map(Number);
  const cosine = await distances();
  expect(cosine).toEqual([...cosine].sort((a, b) => a - b));
  await page.getByText("Euclidean", { exact: true }).click();
  await expect.poll(distances).not.toEqual(cosine);
  await neighbours.first().click();
  await expect(picked(page)).not.toHaveText("Scene A: Sample 00, slot 3");

  // Wherever the discs lie, presses all over the map meet one of them.
  const view = map(page);
  await view.scrollIntoViewIfNeeded();
  const box = await view.boundingBox();
  if (!box) throw new Error("the map is not on the screen");
  const before = await picked(page).textContent();
  await expect(async () => {
    for (let y = 0.2; y < 0.9; y += 0.06)
      for (let x = 0.2; x < 0.9; x += 0.06) {
        await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
        if ((await picked(page).textContent()) !== before) return;
      }
    throw new Error("no press met a disc");
  }).toPass({ timeout: 60_000 });
});

test("UMAP lays the slots out anew, and principal components come back", async ({ page }) => {
  await openSpace(page);
  const kind = page.getByTestId("map-kind");
  await expect(kind).toHaveAttribute("data-kind", "pca");
  await page.getByRole("button", { name: "Lay out with UMAP" }).click();
  await expect(kind).toHaveAttribute("data-kind", "umap", { timeout: 60_000 });
  await page.getByRole("button", { name: "Principal components" }).click();
  await expect(kind).toHaveAttribute("data-kind", "pca");
});

test("a scene is taken apart: planes, a slider, and the camera by keys", async ({ page }) => {
  await openSpace(page);
  const view = page.getByTestId("exploded");
  await view.scrollIntoViewIfNeeded();
  let frames = await still(view);
  await page.getByLabel("Distance between planes").fill("0.5");
  await isDrawnAfter(view, frames);
  frames = await still(view);
  await view.focus();
  await page.keyboard.press("ArrowUp");
  await isDrawnAfter(view, frames);
  await page
    .getByRole("combobox", { name: "Scene", exact: true })
    .selectOption({ label: "Scene B: Sample 03" });
  await expect(view).toHaveAccessibleName(/Scene B: Sample 03 in \d+ planes/);
});

test.describe("with fingers", () => {
  test.use({ hasTouch: true });

  test("one finger orbits the map, and a tap picks", async ({ page }) => {
    await openSpace(page);
    const view = map(page);
    const frames = await still(view);
    await view.scrollIntoViewIfNeeded();
    const box = await view.boundingBox();
    if (!box) throw new Error("the map is not on the screen");
    const session = await page.context().newCDPSession(page);
    const touch = async (type: "touchStart" | "touchMove" | "touchEnd", along: number) => {
      const point = { x: box.x + box.width / 2 + along, y: box.y + box.height / 2 };
      const touchPoints = type === "touchEnd" ? [] : [point];
      await session.send("Input.dispatchTouchEvent", { type, touchPoints });
    };
    await touch("touchStart", 0);
    for (let along = 10; along <= 60; along += 10) await touch("touchMove", along);
    await touch("touchEnd", 60);
    await isDrawnAfter(view, frames);
    await expect(picked(page)).toHaveCount(0);
    await expect(async () => {
      for (let y = 0.2; y < 0.9; y += 0.06)
        for (let x = 0.2; x < 0.9; x += 0.06) {
          await page.touchscreen.tap(box.x + x * box.width, box.y + y * box.height);
          if ((await picked(page).count()) > 0) return;
        }
      throw new Error("no tap met a disc");
    }).toPass({ timeout: 60_000 });
  });
});

test("without WebGL the table and the list of planes say the same", async ({ page }) => {
  await page.addInitScript(() => {
    type GetContext = (kind: string, ...rest: unknown[]) => unknown;
    const original = Reflect.get(HTMLCanvasElement.prototype, "getContext") as GetContext;
    HTMLCanvasElement.prototype.getContext = function (
      this: HTMLCanvasElement,
      kind: string,
      ...rest: unknown[]
    ) {
      return kind === "webgl2" ? null : original.call(this, kind, ...rest);
    } as typeof HTMLCanvasElement.prototype.getContext;
  });
  await openPlayground(page);
  await waitForSlots(page, "A");
  await waitForSlots(page, "B");
  await goTo(page, "Slot space");
  await expect(page.getByTestId("no-webgl")).toHaveCount(2);
  await page
    .getByRole("list", { name: "Planes from back to front" })
    .getByRole("button")
    .first()
    .click();
  await expect(picked(page)).toContainText("Scene A: Sample 00, slot");
  await expect(page.getByTestId("neighbours").getByRole("button")).toHaveCount(8);
});

test("the 3-D views give back what they took when the page is left", async ({ page }) => {
  const warnings: string[] = [];
  page.on("console", (message) => {
    if (/WebGL/i.test(message.text())) warnings.push(message.text());
  });
  await openSpace(page);
  // A browser keeps sixteen WebGL contexts, and says so when it ends the oldest.
  for (let visit = 0; visit < 12; visit++) {
    await goTo(page, "Play");
    await goTo(page, "Slot space");
    await expect(map(page).locator("canvas")).toHaveCount(1);
  }
  await still(map(page));
  expect(warnings.filter((text) => /too many|oldest/i.test(text))).toEqual([]);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious in ${colorScheme}, and a phone scrolls only downwards`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme });
    await openSpace(page);
    await page.getByText("All slots as a table").click();
    await map(page).focus();
    await page.keyboard.press("Enter");
    await expect(picked(page)).toBeVisible();
    await expectAccessible(page);
    await expectFitsPhone(page);
  });
}
