/** A runner in headless Chromium on WebGPU: src/evaluation/runner.ts bundled for a page, pictures passed in and out as arrays. */
import { resolve } from "node:path";

import { chromium, type Page } from "playwright";
import { build, type Rollup } from "vite";

import { UnsupportedDeviceError } from "../../src/errors";
import type { Runner } from "../../src/evaluation/runner";
import { chromiumFlags } from "../chromium";
import type { ModelFiles } from "../nodeModel";
import { ensureChromium } from "../withBrowser";
import { bytesFromBase64, floatsFromBase64, toBase64 } from "./base64";

const origin = "http://localhost"; // a secure context, which WebGPU asks for; every request is answered here

type SiteFile = { contentType: string; body: string | Buffer };

/** The page and its scripts by path, in memory. */
async function bundleSite(): Promise<Map<string, SiteFile>> {
  const built = await build({
    root: resolve(import.meta.dirname, "page"),
    configFile: false,
    publicDir: false,
    base: "./",
    logLevel: "error",
    build: { write: false, target: "es2022", chunkSizeWarningLimit: 5000 },
  });
  const { output } = built as Rollup.RollupOutput; // one build, no watcher
  return new Map(
    output.map((file): [string, SiteFile] => {
      const body = file.type === "chunk" ? file.code : Buffer.from(file.source);
      return [`/${file.fileName}`, { contentType: typeOf(file.fileName), body }];
    }),
  );
}

const typeOf = (name: string): string =>
  name.endsWith(".js")
    ? "text/javascript"
    : name.endsWith(".html")
      ? "text/html"
      : "application/octet-stream";

async function openSite(page: Page, { configPath, weightsPath }: ModelFiles): Promise<void> {
  const site = await bundleSite();
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/config.json") return route.fulfill({ path: configPath });
    if (pathname === "/weights.safetensors") return route.fulfill({ path: weightsPath });
    const file = site.get(pathname);
    return route.fulfill(file ?? { status: 404 });
  });
  page.on("console", (message) => {
    if (message.type() === "error") console.error(message.text());
  });
  await page.goto(`${origin}/index.html`);
  await page.waitForFunction(() => window.pageRunner !== undefined);
}

/** Starts Chromium with the model in it. @returns the runner, and which adapter WebGPU found */
export async function openBrowserRunner(
  files: ModelFiles,
): Promise<{ runner: Runner; description: string }> {
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0); // a software adapter needs minutes
    await openSite(page, files);
    const description = await page.evaluate(() => window.pageRunner?.open()).catch(noWebgpu);
    return { description: description ?? "", runner: remoteRunner(page, () => browser.close()) };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

function noWebgpu(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw new UnsupportedDeviceError(
    `--backend webgpu: expected the model to load in Chromium, got ${reason} Choose node or wasm.`,
    { cause: error },
  );
}

function remoteRunner(page: Page, close: () => Promise<void>): Runner {
  return {
    async segment(rgb, seeds) {
      const call = { rgb: toBase64(rgb), seeds };
      const found = await page.evaluate(
        (sent) => window.pageRunner?.segment(sent.rgb, sent.seeds) ?? [],
        call,
      );
      return found.map(({ slots, segmentation }) => ({
        slots: floatsFromBase64(slots),
        segmentation: bytesFromBase64(segmentation),
      }));
    },
    async draw(slots, seeds) {
      const call = { slots: toBase64(slots), seeds };
      const drawn = await page.evaluate(
        (sent) => window.pageRunner?.draw(sent.slots, sent.seeds) ?? "",
        call,
      );
      return floatsFromBase64(drawn);
    },
    async reconstruct(rgb) {
      const decoded = await page.evaluate(
        (sent) => window.pageRunner?.reconstruct(sent) ?? "",
        toBase64(rgb),
      );
      return floatsFromBase64(decoded);
    },
    close,
  };
}
