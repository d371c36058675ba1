/** What each picture of the page shows, and how the page gets there. */
import type { Page } from "playwright";

export type Shot = {
  /** The file's name without its end. */
  name: string;
  colorScheme: "light" | "dark";
  /** The page to turn to first, by its name in the navigation; null for the first. */
  pageTitle: string | null;
  /** The visitor has not been here before. */
  isFirstVisit?: boolean;
  prepare: (page: Page) => Promise<void>;
};

export const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name }).click();

const drawn = (page: Page, letter: string) =>
  page
    .locator(`[data-testid="render-${letter}"][data-status="done"][data-stale="false"]`)
    .waitFor({ timeout: 240_000 });

/** Scene A gets a slot of scene B, and both are drawn. */
async function compose(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Generate all" }).click();
  await drawn(page, "B");
  await page.getByTestId("chip-B-2").getByRole("button").first().click();
  await page.getByTestId("chip-A-5").getByRole("button").first().click();
  await drawn(page, "A");
}

/** A drawing looked at step by step. */
async function inspect(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Denoise with the scene’s slots" }).click();
  await page.getByTestId("inspected-picture").waitFor({ timeout: 240_000 });
}

/** A library of twelve scenes on the map. */
async function mapSlots(page: Page): Promise<void> {
  await page.getByRole("spinbutton", { name: "Number of scenes" }).fill("10");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: /^Add \d+ generated/ }).click();
  await page.getByTestId("library-summary").getByText("12 scenes").waitFor({ timeout: 120_000 });
  await page.waitForTimeout(2000); // the view comes to rest
}

/** A set of sprites. */
async function fillSet(page: Page): Promise<void> {
  await page.getByText("Room left").waitFor(); // the page has its last shape
  await page.getByLabel("Add generated scenes").click();
  const kinds = page.getByTestId("train-page").locator("select").filter({ hasText: "Sprites" });
  await kinds.selectOption("sprites");
  await page.getByRole("button", { name: "Add 100 scenes" }).click();
  await page.getByTestId("adding-done").waitFor({ timeout: 120_000 });
}

/** Sixteen generated scenes measured, worst first. */
async function measure(page: Page): Promise<void> {
  await page.getByRole("spinbutton", { name: "Pictures to measure", exact: true }).fill("16");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Measure", exact: true }).last().click();
  await page.getByTestId("gallery").waitFor({ timeout: 240_000 });
}

/** Chromium's own test picture in place of a camera. */
async function watch(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Use the camera" }).click();
  const numbers = page.getByTestId("live-numbers");
  await numbers.waitFor({ timeout: 60_000 });
  while (Number(await numbers.getAttribute("data-shown")) < 5) await page.waitForTimeout(200);
}

/** The examples, with the last step of the drawing. */
async function explore(page: Page): Promise<void> {
  await page.getByTestId("example-masks").waitFor();
  await page.getByRole("slider", { name: "Evaluation" }).press("End");
}

/** Where things run, after a drawing. */
async function openPanel(page: Page): Promise<void> {
  await compose(page);
  await page.getByTestId("device-badge").click();
  await page.getByRole("dialog").getByText("Denoise").first().waitFor();
}

/** The command palette. */
async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("What to do?").waitFor();
}

export const shots: Shot[] = [
  {
    ...{ name: "first", colorScheme: "light", pageTitle: null, isFirstVisit: true },
    prepare: explore,
  },
  { name: "play", colorScheme: "light", pageTitle: null, prepare: compose },
  { name: "dark", colorScheme: "dark", pageTitle: null, prepare: compose },
  { name: "inside", colorScheme: "light", pageTitle: "Look inside", prepare: inspect },
  { name: "space", colorScheme: "light", pageTitle: "Slot space", prepare: mapSlots },
  { name: "train", colorScheme: "light", pageTitle: "Train", prepare: fillSet },
  { name: "measure", colorScheme: "light", pageTitle: "Measure", prepare: measure },
  { name: "live", colorScheme: "light", pageTitle: "Live", prepare: watch },
  { name: "panel", colorScheme: "light", pageTitle: null, prepare: openPanel },
  { name: "palette", colorScheme: "dark", pageTitle: null, prepare: openPalette },
];
