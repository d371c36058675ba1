/**
 * Trains a model: `npm run train -- models/clevr/config.json [--run FOLDER] [--data FOLDER] [--backend tensorflow|wasm|cpu]`.
 *
 * The recipe is training.json beside the config. The run's folder (default runs/NAME) gets log.jsonl, sheets and
 * weights.safetensors at every evaluation, and a checkpoint every few minutes: stopped or killed at any instant, the same
 * command goes on from it.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";

import { exportParams, loadParams, openCheckpoint } from "../src/checkpoint/load";
import { disposeParams } from "../src/nn/params";
import { writeSafetensors } from "../src/checkpoint/safetensors";
import { InputError, isAbort } from "../src/errors";
import { latentShape, modelConfigSchema, type ModelConfig } from "../src/slotdiffusion/config";
import { modelSpec } from "../src/slotdiffusion/model";
import { recipeSchema, type Recipe } from "../src/train/recipe";
import { createDivergenceWatch, DivergenceError } from "../src/train/divergence";
import { restoreState, takeSnapshot } from "../src/train/snapshot";
import {
  createState,
  readParams,
  trainedConfig,
  withBestParams,
  type StageParams,
  type TrainState,
} from "../src/train/state";
import type { SceneSet } from "../src/train/spriteScenes";
import { train, type Report } from "../src/train/trainer";
import { startNodeBackend } from "./tfjsNode";
import { firstStagePsnr, protocol, scoreMasks, sheetRows } from "./train/evaluate";
import { openRunFolder, writeWhole, type RunFolder } from "./train/runFolder";
import { defaultFolder, openScenes } from "./train/sceneShards";
import { encodeSheet } from "./train/sheet";

const usage =
  "npm run train -- models/NAME/config.json [--run FOLDER] [--data FOLDER] [--backend tensorflow|wasm|cpu]";

type Job = {
  config: ModelConfig;
  recipe: Recipe;
  folder: RunFolder;
  scenes: SceneSet;
  state: TrainState;
};

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      run: { type: "string" },
      data: { type: "string" },
      backend: { type: "string" },
    },
  });
  const [configPath] = positionals;
  if (!configPath || positionals.length > 1)
    throw new InputError(`train: expected one config.json, got ${positionals.length}. ${usage}`);
  const model = dirname(configPath);
  return {
    ...values,
    models: dirname(model),
    run: values.run ?? join("runs", basename(model)),
    config: modelConfigSchema.parse(readJson(configPath)),
    recipe: recipeSchema.parse(readJson(join(model, "training.json"))),
  };
}

async function openJob(): Promise<Job> {
  const { config, recipe, run, data, backend, models } = readArguments();
  const side = config.resolution[0];
  if (side !== config.resolution[1])
    throw new InputError(`train: expected a square resolution, got ${config.resolution}.`);
  const scenes = openScenes(recipe, side, data ?? defaultFolder(recipe.data, side));
  const folder = openRunFolder(run);
  console.log(`backend ${await startNodeBackend(backend)}, run ${run}`);
  const state = await openState(config, recipe, folder, scenes.training.count, models);
  return { config, recipe, folder, scenes, state };
}

/** The run's last checkpoint, or a fresh start. */
async function openState(
  config: ModelConfig,
  recipe: Recipe,
  folder: RunFolder,
  count: number,
  models: string,
): Promise<TrainState> {
  const stored = await folder.readCheckpoint();
  if (!stored) {
    folder.cutLog({ stage: "vqvae", step: 0 });
    const { start } = recipe;
    return createState(config, recipe, start ? await readWeights(join(models, start)) : undefined);
  }
  const { seed, images, stage, step } = stored.header;
  if (seed !== recipe.seed || images !== count)
    throw new InputError(
      `train: expected a checkpoint of seed ${recipe.seed} and ${count} images, got seed ${seed} and ${images}. ` +
        "Name another --run.",
    );
  folder.cutLog({ stage, step });
  const state = restoreState(config, recipe, stored.header, stored.arrays);
  if (stage === "slots") {
    const length = latentShape(config).reduce((product, side) => product * side, count);
    state.latents = folder.readLatents(length);
  }
  console.log(`resumed at step ${step} of ${stage}`);
  return state;
}

/** Weights that another run or a bundled model ended with, by key. */
async function readWeights(folder: string): Promise<Map<string, Float32Array>> {
  const config = modelConfigSchema.parse(readJson(join(folder, "config.json")));
  const bytes = readFileSync(join(folder, "weights.safetensors"));
  const { entries } = await openCheckpoint(new Blob([bytes]), folder);
  const params = await loadParams(modelSpec(config), entries);
  const values = await readParams(params);
  disposeParams(params);
  return values;
}

async function checkpoint({ recipe, folder, scenes, state }: Job): Promise<void> {
  const { learn } = recipe.slots;
  const snapshot = { seed: recipe.seed, images: scenes.training.count, learn };
  folder.writeCheckpoint(await takeSnapshot(state, snapshot));
}

/** Scores, a sheet, and the weights as they would be shipped. */
const evaluate = (job: Job): Promise<void> =>
  withBestParams(job.state, (params) => evaluateParams(job, params));

async function evaluateParams(job: Job, params: StageParams): Promise<void> {
  const { recipe, folder, scenes, state } = job;
  const { stage, step } = state;
  const config = trainedConfig(job.config, state);
  const model = { config, params };
  const count = Math.min(recipe.evaluateImages, scenes.heldOut.count);
  const scores =
    stage === "vqvae"
      ? { psnr: await firstStagePsnr(model, scenes.heldOut, count) }
      : await scoreMasks(model, scenes.heldOut, scenes.heldOutIds, count);
  folder.log({ stage, step, evaluation: scores, images: count, protocol });
  console.log(`${stage} ${step}: ${JSON.stringify(scores)}`);
  const rows = await sheetRows(model, scenes.heldOut, Math.min(8, count), stage);
  const name = `sheet-${stage}-${String(step).padStart(6, "0")}.png`;
  writeWhole(folder.at(name), encodeSheet(rows, config.resolution[1]));
  const weights = await exportParams(modelSpec(config), params, { dtype: "F16" });
  writeWhole(folder.at("weights.safetensors"), writeSafetensors(weights));
  writeWhole(folder.at("config.json"), `${JSON.stringify(config, null, 1)}\n`);
}

/** Everything that happens between two steps. */
async function afterStep(job: Job, report: Report, isCheckpointDue: boolean): Promise<boolean> {
  const { recipe, folder } = job;
  const { stage, step, steps } = report;
  folder.log(report);
  if (step % 20 === 0 || step === steps) console.log(describe(report));
  if (stage === "latents") return false;
  if (step % recipe.evaluateEvery === 0 || step === steps) await evaluate(job);
  if (isCheckpointDue || step === steps) await checkpoint(job);
  return isCheckpointDue || step === steps;
}

function describe(report: Report): string {
  const { stage, step, steps, stepsPerSecond } = report;
  const start = `${stage} ${step}/${steps} ${stepsPerSecond.toFixed(2)}/s`;
  if (report.stage === "latents") return start;
  const psnr = report.stage === "vqvae" ? ` psnr ${report.psnr.toFixed(2)}` : "";
  const { loss, gradNorm, lr } = report;
  return `${start} loss ${loss.toFixed(4)} norm ${gradNorm.toFixed(3)} lr ${lr.toExponential(2)}${psnr}`;
}

async function main(): Promise<void> {
  const job = await openJob();
  const { config, recipe, scenes, state, folder } = job;
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => stopping.abort(new DOMException(signal, "AbortError")));
  const context = { config, recipe, images: scenes.training, state, signal: stopping.signal };
  const watch = createDivergenceWatch();
  let last = performance.now();
  let hasLatents = state.latents !== null;
  try {
    for await (const report of train(context, () => performance.now())) {
      if (state.latents && !hasLatents) {
        folder.writeLatents(state.latents);
        hasLatents = true;
      }
      if (report.stage !== "latents") watch.add(report);
      const isTime = performance.now() - last > 60_000 * recipe.checkpointMinutes;
      const isDue = isTime && !watch.isSuspicious();
      if (await afterStep(job, report, isDue)) last = performance.now();
    }
    console.log("done");
  } catch (error) {
    if (!isAbort(error)) throw error;
    await checkpoint(job);
    console.log(`stopped at step ${state.step} of ${state.stage}; the same command goes on`);
  }
}

main().catch((error: unknown) => {
  const isPlain = error instanceof InputError || error instanceof DivergenceError;
  console.error(isPlain ? error.message : error);
  process.exitCode = 1;
});
