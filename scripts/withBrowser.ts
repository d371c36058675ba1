/** Runs a command once a Chromium is there, installing one when none is: `tsx scripts/withBrowser.ts [--thorough] COMMAND [ARG ...]`. */
import { spawnSync } from "node:child_process";

import { findChromium } from "./chromium.ts";

const run = (command: string, args: string[]): number =>
  spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" }).status ?? 1;

/** Playwright's own download first, then the system's package. */
export function ensureChromium(): string {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo"];
  const [apt = "apt-get", ...aptArgs] = [...sudo, "apt-get"];
  const attempts: (() => unknown)[] = [
    () => undefined,
    () => run("npx", ["playwright", "install", "chromium"]),
    () => run(apt, [...aptArgs, "update"]) || run(apt, [...aptArgs, "install", "-y", "chromium"]),
  ];
  for (const attempt of attempts) {
    attempt();
    const path = findChromium();
    if (path) return path;
  }
  throw new Error(
    "tests: expected a Chromium, found none and could not install one. Install Chromium or Chrome and set CHROMIUM_PATH.",
  );
}

if (process.argv[1]?.endsWith("withBrowser.ts")) {
  const isThorough = process.argv[2] === "--thorough";
  const [command = "true", ...args] = process.argv.slice(isThorough ? 3 : 2);
  if (isThorough) process.env["THOROUGH"] = "1";
  process.env["CHROMIUM_PATH"] = ensureChromium();
  process.exitCode = run("npx", [command, ...args]);
}
