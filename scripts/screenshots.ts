/** Pictures of the finished page for docs/ and the README: `npm run screenshots`. */
import { mkdirSync } from "node:fs";
import { chromium, type Page } from "playwright";
import { build, preview } from "vite";

import { chromiumFlags } from "./chromium.ts";
import { ensureChromium } from "./withBrowser.ts";

const views = [
  { name: "desktop", viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  {
    name: "phone",
    viewport: { width: 390, height: 844 },
    colorScheme: "light",
    hasTouch: true,
    isMobile: true,
  },
] as const;

/** Scene A gets a slot of scene B, and both are drawn. */
async function compose(page: Page): Promise<void> {
  await page.getByTestId("chip-B-2").waitFor({ timeout: 120_000 });
  await page.getByRole("button", { name: "Generate all" }).click();
  await drawn(page, "B");
  await page.getByTestId("chip-B-2").getByRole("button").first().click();
  await page.getByTestId("chip-A-5").getByRole("button").first().click();
  await drawn(page, "A");
  await page.mouse.move(0, 0);
}

/** A set of sprites on the Train page. */
async function fillSet(page: Page): Promise<void> {
  await page
    .getByRole("navigation", { name: "Pages" })
    .getByRole("button", { name: "Train" })
    .click();
  await page.getByText("Room left").waitFor(); // the page has its last shape
  await page.getByLabel("Add generated scenes").click();
  const kinds = page.getByTestId("train-page").locator("select").filter({ hasText: "Sprites" });
  await kinds.selectOption("sprites");
  await page.getByRole("button", { name: "Add 100 scenes" }).click();
  await page.getByTestId("adding-done").waitFor({ timeout: 120_000 });
}

const drawn = (page: Page, letter: string) =>
  page
    .locator(`[data-testid="render-${letter}"][data-status="done"][data-stale="false"]`)
    .waitFor({ timeout: 240_000 });

await build({ logLevel: "warn" });
const server = await preview({ preview: { port: 4198 } });
const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags });
mkdirSync("docs", { recursive: true });
for (const { name, ...options } of views) {
  const page = await browser.newPage(options);
  await page.goto(server.resolvedUrls?.local[0] ?? "http://localhost:4198/");
  await compose(page);
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: `docs/${name}.png` });
  console.log(`docs/${name}.png`);
  if (name === "desktop") {
    await fillSet(page);
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: "docs/train.png" });
    console.log("docs/train.png");
  }
  await page.close();
}
await browser.close();
await server.close();
