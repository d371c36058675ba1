/** The command line of the trainer, killed. It lies here because unit tests are looked for in src. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

import { openCheckpoint } from "../checkpoint/load";

import { testConfig, testRecipe } from "./testRun";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "train-"));
  mkdirSync(join(folder, "model"));
  const recipe = {
    ...testRecipe({ steps: 8, quantizeFrom: 4 }, { steps: 8 }),
    checkpointMinutes: 1e-9, // after every step
    evaluateEvery: 4,
    evaluateImages: 2,
  };
  const config = { ...testConfig, resolution: [32, 32] }; // sprites come in 128, 64 and 32
  writeFileSync(join(folder, "model", "config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "model", "training.json"), JSON.stringify(recipe));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const logOf = (run: string): string => {
  const path = join(folder, run, "log.jsonl");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};

/** Runs the trainer; kills it with -9 once its log has `killAt` lines. @returns the exit code, null when killed */
function trainOnce(run: string, killAt = Infinity): Promise<number | null> {
  const script = ["scripts/train.ts", join(folder, "model", "config.json")];
  const flags = ["--run", join(folder, run), "--data", join(folder, "scenes"), "--backend", "wasm"];
  const child = spawn(process.execPath, ["--import", "tsx", ...script, ...flags], {
    stdio: "ignore",
  });
  const watch = setInterval(() => {
    if (logOf(run).split("\n").length > killAt) child.kill("SIGKILL");
  }, 5);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      clearInterval(watch);
      resolve(code);
    });
  });
}

type Line = { stage: string; step: number; loss?: number; evaluation?: unknown };

/** Everything the log says but times, and the latents' progress, which a resumed run may repeat. */
const curve = (run: string) =>
  logOf(run)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)
    .filter(({ stage }) => stage !== "latents")
    .map(({ stage, step, loss, evaluation }) => ({ stage, step, loss, evaluation }));

it("goes on after kill -9 with the loss curve of a run that was not killed", async () => {
  expect(await trainOnce("whole")).toBe(0);
  const whole = curve("whole");
  expect(whole.filter(({ loss }) => loss !== undefined)).toHaveLength(16);
  expect(whole.filter(({ evaluation }) => evaluation !== undefined)).toHaveLength(4);

  for (const killAt of [3, 9, 14]) expect(await trainOnce("killed", killAt)).toBeNull();
  expect(await trainOnce("killed")).toBe(0);
  expect(curve("killed")).toEqual(whole);

  const weights = (run: string) => readFileSync(join(folder, run, "weights.safetensors"));
  expect(weights("killed").equals(weights("whole"))).toBe(true);
  const { entries } = await openCheckpoint(new Blob([weights("whole")]));
  expect(entries.get("slots_mu")?.dtype).toBe("F16");
  expect(existsSync(join(folder, "whole", "sheet-slots-000008.png"))).toBe(true);
}, 600_000);
