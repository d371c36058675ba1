import { defineConfig } from "@playwright/test";

import { chromiumFlags, findChromium } from "./scripts/chromium.ts";

const port = 4173;
/** Chromium's own test picture in place of a camera, and no question asked. */
const fakeCamera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const executablePath = findChromium();

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // Two cores, and SwiftShader takes both: one story at a time.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env["CI"] !== undefined,
  retries: 0,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [
    ["list"],
    [
      "json",
      { outputFile: process.env["PLAYWRIGHT_JSON_OUTPUT_NAME"] ?? ".cache/test/stories.json" },
    ],
  ],
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
    serviceWorkers: "block", // but in offline.spec.ts: elsewhere answers come from the host that a story looks at
    screenshot: "only-on-failure",
    launchOptions: {
      args: [...chromiumFlags, ...fakeCamera],
      ...(executablePath && { executablePath }),
    },
  },
  webServer: {
    command: `npx vite build --logLevel warn && npx vite preview --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
    timeout: 180_000,
    reuseExistingServer: process.env["CI"] === undefined,
  },
});
