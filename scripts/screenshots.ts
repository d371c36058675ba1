/** Pictures of every view for docs/ and the README, desktop and phone: `npm run screenshots [-- FOLDER] [-- --full]`. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type BrowserContextOptions, type Page } from "playwright";
import { build, preview } from "vite";

import { chromiumFlags } from "./chromium.ts";
import { goTo, shots } from "./screenshotViews.ts";
import { ensureChromium } from "./withBrowser.ts";

const args = process.argv.slice(2);
/** Whole pages rather than what a screen holds. */
const fullPage = args.includes("--full");
const folder = args.find((arg) => !arg.startsWith("-")) ?? "docs";
/** Views to take, by the ends of their files' names; all where none is named. */
const only = args
  .find((arg) => arg.startsWith("--only="))
  ?.slice("--only=".length)
  .split(",");

const screens: { name: string; options: BrowserContextOptions }[] = [
  { name: "desktop", options: { viewport: { width: 1440, height: 900 } } },
  {
    name: "phone",
    options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  },
];

/** What the page keeps of an earlier visit (src/store/remembered.ts): no tour is offered, and the examples are folded. */
function rememberVisit(): void {
  localStorage.setItem("slotdiffusion-playground.hasSeenTour", "true");
  localStorage.setItem("slotdiffusion-playground.model", '"clevr64"');
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  const path = join(folder, `${name}.jpg`);
  await page.screenshot({ path, fullPage, type: "jpeg", quality: 84 });
  console.log(path);
}

await build({ logLevel: "warn" });
const server = await preview({ preview: { port: 4198 } });
const url = server.resolvedUrls?.local[0] ?? "http://localhost:4198/";
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: [...chromiumFlags, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
});
mkdirSync(folder, { recursive: true });
for (const { name: screen, options } of screens) {
  for (const { name, colorScheme, pageTitle, isFirstVisit, prepare } of shots) {
    if (only && !only.includes(name)) continue;
    const page = await browser.newPage({ ...options, colorScheme });
    if (!isFirstVisit) await page.addInitScript(rememberVisit);
    await page.goto(url);
    await page.getByTestId("chip-B-2").waitFor({ timeout: 120_000 });
    if (pageTitle) await goTo(page, pageTitle);
    await prepare(page);
    await take(page, screen === "desktop" ? name : `${name}-phone`);
    await page.close();
  }
}
await browser.close();
await server.close();
