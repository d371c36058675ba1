/** Samplers against the official ones with the recorded U-Net outputs as the network: only the samplers are compared. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { asNHWC, golden, loadFixture, type Fixture } from "../../tests/fixture";
import { maxAbsDiff, parityChecker, tolerance } from "../../tests/parity";
import { mulberry32 } from "../math/random";
import { ddimPlan } from "./ddim";
import { ddpmStep } from "./ddpm";
import { createDenoise } from "./denoiser";
import { dpmOrders, dpmPlan } from "./dpmSolver";
import type { SamplerName } from "./sampler";
import { samplers } from "./samplers";
import { createSchedule, noiseLevel } from "./schedule";

const schedule = createSchedule({
  timesteps: 1000,
  beta_schedule: "linear",
  linear_start: 0.0015,
  linear_end: 0.0195,
  cosine_s: 0.008,
});

/** Latents [N, C, h, w] of a fixture, one entry at a time: N tensors [1, h, w, C]. */
const unstackNHWC = (fixture: Fixture, key: string): tf.Tensor4D[] =>
  tf.tidy(() => {
    const stacked = asNHWC(fixture, key);
    return tf.split(stacked, stacked.shape[0], 0);
  });

/** Index of the nearest code for latents of 3 channels, in plain JS: [positions]. */
function nearestCodes(latents: ArrayLike<number>, codes: ArrayLike<number>): number[] {
  return Array.from({ length: latents.length / 3 }, (_, position) => {
    let [best, bestDistance] = [-1, Infinity];
    for (let code = 0; code < codes.length / 3; code++) {
      let distance = 0;
      for (let c = 0; c < 3; c++)
        distance += ((latents[position * 3 + c] ?? NaN) - (codes[code * 3 + c] ?? NaN)) ** 2;
      if (distance < bestDistance) [best, bestDistance] = [code, distance];
    }
    return best;
  });
}

/** The codebook snap in plain tensor operations; reads nothing back, so that it runs inside a sampler everywhere. */
const snapTo =
  (codebook: tf.Tensor2D) =>
  (x0: tf.Tensor4D): tf.Tensor4D =>
    tf.tidy(() => {
      const [rows, codes] = [tf.reshape(x0, [-1, 1, 3]), tf.reshape(codebook, [1, -1, 3])];
      const nearest = tf.argMin(tf.sum(tf.square(tf.sub(rows, codes)), -1), -1);
      return tf.reshape(tf.gather(codebook, tf.cast(nearest, "int32")), x0.shape);
    });

type Evaluation = { t: number; xt: ArrayLike<number>; x0: ArrayLike<number> };

/** Runs a sampler with the recorded eps of a run as the network's outputs. */
async function replay(
  fixture: Fixture,
  name: SamplerName,
  run: string,
  snap: ((x0: tf.Tensor4D) => tf.Tensor4D) | undefined,
): Promise<{ sample: tf.Tensor4D; evaluations: Evaluation[] }> {
  const outputs = unstackNHWC(fixture, `${run}.eval_eps`);
  const xT = asNHWC(fixture, "x_T");
  const before = tf.memory().numTensors;
  const evaluations: Evaluation[] = [];
  let call = 0;
  const predict = () => {
    const output = outputs[call++];
    if (!output) throw new Error(`${run}: more than ${outputs.length} evaluations.`);
    return tf.clone(output);
  };
  const alphaSigma = (t: number) => noiseLevel(schedule, t);
  const parts = { predict, alphaSigma, predTarget: "eps" as const, ...(snap ? { snap } : {}) };
  const denoise = createDenoise(parts);
  const rng = mulberry32(0);
  const steps = samplers[name]({ denoise, xT, schedule, steps: outputs.length, rng });
  let next = await steps.next();
  for (; !next.done; next = await steps.next()) {
    const { step, totalSteps, t, xt, x0 } = next.value;
    expect([step, totalSteps]).toEqual([call, outputs.length]);
    evaluations.push({ t, xt: await xt.data(), x0: await x0.data() });
  }
  expect(call).toBe(outputs.length);
  expect(tf.memory().numTensors).toBe(before + 1); // the sample alone
  tf.dispose([...outputs, xT]);
  return { sample: next.value, evaluations };
}

/** Compares rows of values with the entries of a golden [N, C, h, w] tensor. */
async function expectEntries(
  fixture: Fixture,
  key: string,
  actual: readonly ArrayLike<number>[],
): Promise<void> {
  const expected = unstackNHWC(fixture, key);
  expect(actual.length, key).toBe(expected.length);
  for (const [i, entry] of expected.entries()) {
    const error = maxAbsDiff(actual[i] ?? [], await entry.data());
    expect(error, `${key}[${i}]`).toBeLessThanOrEqual(tolerance(fixture, key));
  }
  tf.dispose(expected);
}

describeBackends("samplers", () => {
  let weights: Fixture;
  let dpm: Fixture;
  let ddim: Fixture;
  let ddpm: Fixture;
  let codes: Float32Array;
  beforeAll(async () => {
    weights = await loadFixture("weights");
    dpm = await loadFixture("sampler_dpm");
    ddim = await loadFixture("sampler_ddim");
    ddpm = await loadFixture("sampler_ddpm_steps");
    codes = Float32Array.from(
      golden(weights, "dm_decoder.vae.vqvae.quantize.embedding.weight").values,
    );
  });

  /** Replays a run, checking times, inputs and codes at every evaluation. */
  async function replayAndCheck(fixture: Fixture, name: SamplerName, run: string) {
    const codebook = tf.tensor2d(codes, [codes.length / 3, 3]);
    const snap = run.startsWith("vq") ? snapTo(codebook) : undefined;
    const { sample, evaluations } = await replay(fixture, name, run, snap);
    codebook.dispose();
    const times = evaluations.map(({ t }) => t);
    expect(maxAbsDiff(times, golden(fixture, `${run}.eval_t`).values)).toBeLessThan(1e-3);
    if (snap) {
      const tokens = golden(fixture, `${run}.token_id`).values;
      const found = evaluations.flatMap(({ x0 }) => nearestCodes(x0, codes));
      expect(found).toEqual(Array.from(tokens));
    }
    return { sample, latents: [...evaluations.map(({ xt }) => xt), await sample.data()] };
  }

  it("DPM-Solver++ follows the official runs", async (context) => {
    const check = parityChecker(context, "DPM-Solver++ (recorded eps)", "dpm_solver.DPM_Solver");
    for (const run of ["vq10", "vq20", "novq10"]) {
      const { sample, latents } = await replayAndCheck(dpm, "dpm-solver++", run);
      await expectEntries(dpm, `${run}.eval_x`, latents.slice(0, -1));
      let end = 0;
      const outer = dpmOrders(latents.length - 1).map((order) => latents[(end += order)] ?? []);
      await expectEntries(dpm, `${run}.inter`, outer);
      await check(dpm, `${run}.sample`, sample);
      sample.dispose();
    }
  });

  it("DDIM follows the official runs", async (context) => {
    const check = parityChecker(context, "DDIM (recorded eps)", "ddim.DDIMSampler");
    for (const run of ["vq10", "novq10"]) {
      const { sample, latents } = await replayAndCheck(ddim, "ddim", run);
      await expectEntries(ddim, `${run}.inter`, latents);
      await check(ddim, `${run}.sample`, sample);
      sample.dispose();
    }
  });

  it("ancestral DDPM steps as the official code", async (context) => {
    const check = parityChecker(context, "DDPM steps (recorded codes)", "ddpm.DDPM._p_sample");
    const [xts, noises, prevs] = ["x_t", "noise", "x_prev"].map((key) => unstackNHWC(ddpm, key));
    if (!xts || !noises || !prevs) throw new Error("unreachable: three keys give three lists");
    const outputs: tf.Tensor4D[] = [];
    for (const [i, t] of golden(ddpm, "t").values.entries()) {
      const [xt, noise, prev] = [xts[i], noises[i], prevs[i]];
      if (!xt || !noise || !prev) throw new Error(`sampler_ddpm_steps: no step ${i}.`);
      const x0 = await recordedCodes(t, xt, noise, prev);
      outputs.push(ddpmStep(schedule, { x0, xt, t, previous: t - 1, noise }));
      x0.dispose();
    }
    const stacked: tf.Tensor4D = tf.concat(outputs, 0);
    await check(ddpm, "x_prev", stacked);
    tf.dispose([...xts, ...noises, ...prevs, ...outputs, stacked]);
  });

  /** The x0 of a recorded step: a code, found by solving x_prev = c1 x0 + c2 x_t + std noise with the official tables. */
  async function recordedCodes(
    t: number,
    ...tensors: [xt: tf.Tensor4D, noise: tf.Tensor4D, prev: tf.Tensor4D]
  ): Promise<tf.Tensor4D> {
    const table = (key: string) => golden(weights, `dm_decoder.${key}`).values[t] ?? NaN;
    const [c1, c2] = [table("posterior_mean_coef1"), table("posterior_mean_coef2")];
    const std = t === 0 ? 0 : Math.exp(0.5 * table("posterior_log_variance_clipped"));
    const [xt, noise, prev] = await Promise.all(tensors.map((tensor) => tensor.data()));
    const solved = Array.from(prev ?? [], (value, i) => {
      return (value - c2 * (xt?.[i] ?? NaN) - std * (noise?.[i] ?? NaN)) / c1;
    });
    const snapped = nearestCodes(solved, codes).flatMap((id) => [
      ...codes.slice(id * 3, id * 3 + 3),
    ]);
    expect(maxAbsDiff(solved, snapped), `x0 at t ${t}`).toBeLessThan(0.01);
    return tf.tensor4d(snapped, tensors[0].shape);
  }

  it("DPM-Solver++ takes the official orders and times", () => {
    const tables = dpm.manifest["schedule_tables"] as Record<string, Record<string, number[]>>;
    for (const steps of [10, 20]) {
      const table = (key: string) => tables[String(steps)]?.[key] ?? [];
      expect(dpmOrders(steps)).toEqual(table("orders"));
      const plan = dpmPlan(1000, steps);
      const outer = [999, ...plan.map((times) => times.at(-1) ?? NaN)];
      const levels = outer.map((t) => noiseLevel(schedule, t));
      const compare = (actual: number[], key: string, atol: number) =>
        expect(maxAbsDiff(actual, table(key)), key).toBeLessThan(atol);
      compare(
        plan.flatMap((times) => times.slice(0, -1)),
        "eval_t",
        1e-3,
      );
      compare(
        outer.map((t) => (t + 1) / 1000),
        "t_outer",
        1e-6,
      );
      for (const key of ["alpha", "sigma", "lambda"] as const)
        compare(
          levels.map((level) => level[key]),
          `${key}_outer`,
          1e-4,
        );
    }
  });

  it("DDIM takes the official times and alphas", () => {
    const plan = ddimPlan(schedule, 10, 0).reverse();
    expect(plan.map((step) => step.t)).toEqual(ddim.manifest["ddim_timesteps"]);
    const table = (key: string) => ddim.manifest[key] as number[];
    const alphas = plan.map((step) => step.alphaBar);
    const alphasPrev = plan.map((step) => step.alphaBarPrev);
    expect(maxAbsDiff(alphas, table("ddim_alphas"))).toBeLessThan(1e-7);
    expect(maxAbsDiff(alphasPrev, table("ddim_alphas_prev"))).toBeLessThan(1e-7);
    expect(plan.map((step) => step.sigma)).toEqual(plan.map(() => 0));
  });
});
