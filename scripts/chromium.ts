/** Where a Chromium is on this machine, and the flags that give it a WebGPU adapter without a GPU. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The path of a Chromium: CHROMIUM_PATH, Playwright's own download, or one on the PATH; else undefined. */
export function findChromium(): string | undefined {
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  const candidates = [process.env["CHROMIUM_PATH"], chromium.executablePath(), ...onPath];
  return candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
}

/** Full headless Chromium with SwiftShader's WebGPU; nothing is fetched in the background. */
export const chromiumFlags = [
  "--headless=new",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];
