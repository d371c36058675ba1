/** `npm test`: types, lint, unit tests (cpu and wasm in Node, webgpu in Chromium), then the stories in a built site. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";

import { ensureChromium } from "./withBrowser.ts";

const reports = ".cache/test";

type Counts = { passed: number; failed: number; skipped: number };
type VitestReport = { numPassedTests: number; numFailedTests: number; numPendingTests: number };
type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
};

const read = (file: string): unknown =>
  existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as unknown) : null;

function vitestCounts(file: string): Counts {
  const report = read(file) as VitestReport | null;
  if (!report) return { passed: 0, failed: 1, skipped: 0 }; // the runner itself failed
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
  };
}

function playwrightCounts(file: string): Counts {
  const report = read(file) as PlaywrightReport | null;
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected, skipped };
}

const step = (title: string, args: string[], env: NodeJS.ProcessEnv = {}): boolean => {
  console.log(`\n== ${title}: ${args.join(" ")}`);
  const { status } = spawnSync("npx", args, {
    stdio: "inherit",
    env: { ...process.env, ...env },
    shell: process.platform === "win32",
  });
  return status === 0;
};

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
process.env["CHROMIUM_PATH"] = ensureChromium();

const vitest = (project: string): string[] => [
  ...["vitest", "run", "--project", project, "--reporter=default", "--reporter=json"],
  `--outputFile.json=${reports}/${project}.json`,
];
const steps: [title: string, passed: boolean][] = [
  ["types", step("types", ["tsc", "--noEmit"])],
  [
    "types of the service worker",
    step("types of the service worker", ["tsc", "--noEmit", "-p", "src/sw"]),
  ],
  ["lint", step("lint", ["eslint", ".", "--max-warnings", "0"])],
  ["format", step("format", ["prettier", "--check", "--log-level", "warn", "."])],
  ["unit, cpu and wasm", step("unit, cpu and wasm", vitest("node"))],
  ["unit, webgpu", step("unit, webgpu", vitest("webgpu"))],
  [
    "stories",
    step("stories", ["playwright", "test"], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: `${reports}/stories.json`,
    }),
  ],
];

const counts = [
  vitestCounts(`${reports}/node.json`),
  vitestCounts(`${reports}/webgpu.json`),
  playwrightCounts(`${reports}/stories.json`),
];
const sum = (key: keyof Counts): number => counts.reduce((total, count) => total + count[key], 0);
const isGreen = steps.every(([, passed]) => passed);

console.log(
  "\n" + steps.map(([title, passed]) => `${passed ? "ok    " : "FAILED"} ${title}`).join("\n"),
);
// A step that failed outside its tests (types, lint, a runner that crashed) counts as one failure.
const failed = Math.max(sum("failed"), isGreen ? 0 : 1);
console.log(`${sum("passed")} passed, ${failed} failed, ${sum("skipped")} skipped`);
process.exitCode = isGreen ? 0 : 1;
