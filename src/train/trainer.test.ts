import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { beforeAll, describe, expect, it } from "vitest";

import { registerWasmKernels } from "../gpu/wasmKernels";
import { paramEntries } from "../nn/params";

import { restoreState, takeSnapshot, type Snapshot } from "./snapshot";
import {
  bestVectors,
  createState,
  disposeState,
  paramsOf,
  readParams,
  valueOf,
  type TrainState,
} from "./state";
import { testConfig, testImages, testRecipe } from "./testRun";
import { train, type Report } from "./trainer";
import { recipeSchema, type Recipe } from "./recipe";

const clock = () => performance.now();

/** Reports until the run ends or `isEnough` says so. */
async function collect(
  state: TrainState,
  recipe: Recipe,
  isEnough: (report: Report) => boolean = () => false,
): Promise<Report[]> {
  const reports: Report[] = [];
  const context = { config: testConfig, recipe, images: testImages, state };
  for await (const report of train(context, clock)) {
    reports.push(report);
    if (isEnough(report)) break;
  }
  return reports;
}

const losses = (reports: Report[]): [string, number, number][] =>
  reports.flatMap((report) =>
    report.stage === "latents" ? [] : [[report.stage, report.step, report.loss]],
  );

const restore = ({ header, arrays }: Snapshot, recipe: Recipe): TrainState =>
  restoreState(testConfig, recipe, header, new Map(arrays.map(({ key, values }) => [key, values])));

const testBinding = (steps: number): Recipe["binding"] =>
  recipeSchema.shape.binding.parse({ steps, batch: 4, lr: 4e-3, warmup: 2, hidden: 16, side: 8 });

/** Values of one parameter. */
async function valueIn(state: TrainState, key: string): Promise<Float32Array> {
  const params = tf.tidy(() =>
    Object.fromEntries(paramEntries(paramsOf(state, bestVectors(state)))),
  );
  return valueOf(await readParams(params), key);
}

const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

// The cpu backend would take minutes.
describe("train", () => {
  beforeAll(async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    registerWasmKernels();
    expect(await tf.setBackend("wasm")).toBe(true);
  });

  it("goes on from a snapshot as if it had never stopped", async () => {
    const recipe = testRecipe({}, {}, testBinding(5));
    const whole = losses(await collect(await createState(testConfig, recipe), recipe));
    expect(whole).toHaveLength(6 + 5 + 6);
    for (const [stage, step] of [
      ["vqvae", 2], // before the codes are set
      ["vqvae", 4], // between looks at the codes
      ["vqvae", 6], // at the end of the stage
      ["binding", 2],
      ["binding", 5], // at the end of the stage
      ["slots", 3],
    ] as const) {
      const state = await createState(testConfig, recipe);
      const before = await collect(state, recipe, (r) => r.stage === stage && r.step === step);
      const snapshot = await takeSnapshot(state, { seed: recipe.seed, images: testImages.count });
      disposeState(state);
      const after = await collect(restore(snapshot, recipe), recipe);
      expect([...losses(before), ...losses(after)], `${stage} ${step}`).toEqual(whole);
    }
  });

  it("learns to reconstruct and to denoise a few pictures", async () => {
    const recipe = testRecipe(
      { steps: 60, quantizeFrom: 30, reseedUntil: 50, batch: 4, lr: 1e-2 },
      { steps: 60, batch: 4, lr: 3e-3, decoderLr: 3e-3 },
    );
    const reports = await collect(await createState(testConfig, recipe), recipe);
    const psnrs = reports.flatMap((report) => (report.stage === "vqvae" ? [report.psnr] : []));
    expect(mean(psnrs.slice(-5))).toBeGreaterThan(mean(psnrs.slice(0, 5)) + 2);
    const slots = reports.flatMap((report) => (report.stage === "slots" ? [report.loss] : []));
    // x0 of unit variance: a denoiser that says 0 has a loss of about 1
    expect(mean(slots.slice(0, 5))).toBeGreaterThan(0.7);
    expect(mean(slots.slice(-10))).toBeLessThan(0.7 * mean(slots.slice(0, 5)));
  });

  it("draws a few pictures from their slots, and hands the encoder on to the denoiser", async () => {
    const recipe = testRecipe({ steps: 0 }, { steps: 1 }, testBinding(200));
    const state = await createState(testConfig, recipe);
    const reports = await collect(state, recipe, ({ stage }) => stage === "latents");
    const drawn = reports.flatMap((report) => (report.stage === "binding" ? [report.loss] : []));
    expect(drawn).toHaveLength(200);
    expect(mean(drawn.slice(-10))).toBeLessThan(0.7 * mean(drawn.slice(0, 5)));
    expect(state.stage).toBe("slots");
    expect(state.groups.map(({ name }) => name)).toEqual(["slots", "denoiser"]);
    const fresh = await createState(testConfig, recipe);
    const key = "encoder.0.0.weight"; // trained by the binding stage, and not by the first
    const [trained, before] = await Promise.all([valueIn(state, key), valueIn(fresh, key)]);
    expect(trained).not.toEqual(before);
  });

  it("sets the codes by k-means and keeps most of them in use", async () => {
    const recipe = testRecipe({
      steps: 24,
      quantizeFrom: 4,
      reseedEvery: 5,
      reseedUntil: 20,
      batch: 4,
    });
    const reports = await collect(
      await createState(testConfig, recipe),
      recipe,
      (report) => report.step === 24,
    );
    const used = reports.map((report) => (report.stage === "vqvae" ? report.codesUsed : null));
    expect(used.slice(0, 4)).toEqual([null, null, null, null]);
    expect(used.at(-1)).toBeGreaterThanOrEqual(8); // of 16
  });

  it("leaks no tensor in 20 steps of any stage", async () => {
    const recipe = testRecipe({ steps: 20 }, { steps: 20, accumulate: 2 }, testBinding(20));
    const counts = new Map<string, number[]>();
    const state = await createState(testConfig, recipe);
    const context = { config: testConfig, recipe, images: testImages, state };
    for await (const { stage } of train(context, clock))
      counts.set(stage, [...(counts.get(stage) ?? []), tf.memory().numTensors]);
    for (const stage of ["vqvae", "binding", "slots"])
      expect(new Set(counts.get(stage)).size, stage).toBe(1);
  });

  it("averages the gradients of its passes", async () => {
    const once = testRecipe({ steps: 0 }, { steps: 1, batch: 4 });
    const twice = testRecipe({ steps: 0 }, { steps: 1, batch: 2, accumulate: 2 });
    const [a, b] = await Promise.all(
      [once, twice].map(async (recipe) => collect(await createState(testConfig, recipe), recipe)),
    );
    const norms = [a, b].map((reports) => {
      const last = reports?.at(-1);
      return last?.stage === "slots" ? last.gradNorm : NaN;
    });
    // the same four pictures, other noise: the same size, not the sum
    expect((norms[1] ?? NaN) / (norms[0] ?? NaN)).toBeLessThan(1.6);
    expect((norms[1] ?? NaN) / (norms[0] ?? NaN)).toBeGreaterThan(0.6);
  });

  it("starts from the weights of another resolution, with positions of its own", async () => {
    const recipe = testRecipe();
    const small = await createState(testConfig, { ...recipe, seed: 8 });
    const start = await readParams(tf.tidy(() => paramsOf(small, bestVectors(small))));
    const large = { ...testConfig, resolution: [32, 32] as [number, number] };
    const state = await createState(large, recipe, start);
    for (const key of [
      "encoder.0.0.weight",
      "slots_mu",
      "dm_decoder.vae.vqvae.encoder.conv_in.bias",
    ])
      expect(await valueIn(state, key), key).toEqual(valueOf(start, key));
    const fresh = await createState(large, recipe);
    const grid = "encoder_pos_embedding.grid"; // follows from the resolution
    expect(await valueIn(state, grid)).toEqual(await valueIn(fresh, grid));
    expect(await valueIn(state, grid)).not.toHaveLength(valueOf(start, grid).length);
  });

  it("stops between steps when it is told to", async () => {
    const recipe = testRecipe();
    const state = await createState(testConfig, recipe);
    const stopping = new AbortController();
    const run = train(
      { config: testConfig, recipe, images: testImages, state, signal: stopping.signal },
      clock,
    );
    await run.next();
    stopping.abort();
    await expect(run.next()).rejects.toThrow(/abort/i);
    expect(state.step).toBe(1);
  });
});
