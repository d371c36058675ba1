/**
 * Speed and memory of a bundled model on this machine, each backend in a fresh Chromium profile: `npm run bench [-- --model clevr64 --json]`.
 *
 * Drives the engine of a production build, without the page around it. Medians of `--runs`; ms per step from DPM-Solver++(2M).
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { build, preview } from "vite";

import type { BenchResult } from "./bench/page";
import { chromiumFlags } from "./chromium.ts";
import { ensureChromium } from "./withBrowser.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "clevr64" },
    runs: { type: "string", default: "5" },
    backends: { type: "string", default: "webgpu,webgl,wasm" },
    json: { type: "boolean", default: false },
  },
});

const site = {
  root: "scripts/bench",
  configFile: resolve("vite.config.ts"), // models/ and WebAssembly as in the real site
  publicDir: resolve("public"),
  logLevel: "warn",
  build: { outDir: resolve(".cache/bench"), emptyOutDir: true },
} as const;
await build(site);
const server = await preview({ ...site, preview: { port: 4199 } });
const url = server.resolvedUrls?.local[0] ?? "http://localhost:4199/";

async function measure(backend: string): Promise<BenchResult> {
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags });
  try {
    const page = await browser.newPage();
    await page.goto(`${url}?backend=${backend}&model=${values.model}&runs=${values.runs}`);
    await page.waitForFunction(() => window.benchResult !== undefined, null, {
      timeout: 1_800_000,
    });
    return await page.evaluate(() => window.benchResult as BenchResult);
  } finally {
    await browser.close();
  }
}

const results: Record<string, BenchResult> = {};
for (const backend of values.backends.split(",")) {
  results[backend] = await measure(backend);
  console.error(`${backend}: measured`);
}
await server.close();

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));
const mib = (bytes: number | null): string =>
  bytes === null ? "–" : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const rows = Object.entries(results).map(([backend, result]) =>
  result.status === "failed"
    ? `| ${backend} | ${result.message} |`
    : `| ${backend}: ${result.description} | ${ms(result.encodeMs)} | ${ms(result.stepMs)} | ${ms(result.decodeMs)} | ${ms(result.firstMaskMs)} | ${mib(result.peakTensorBytes)} | ${mib(result.gpuBytes)} |`,
);
console.log(`${values.model}, median of ${values.runs}:\n`);
console.log(
  "| backend | encode, ms | denoising step, ms | decode, ms | first mask after a cold load, ms | peak tensor bytes | GPU buffers |",
);
console.log("|---|---|---|---|---|---|---|");
console.log(rows.join("\n"));
if (values.json)
  console.log(JSON.stringify({ model: values.model, runs: Number(values.runs), results }));
