/** Samplers on a network that is known in closed form: data ~ N(mean, std^2), where the best denoiser is linear. */
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { maxAbsDiff } from "../../tests/parity";
import { InputError, isAbort } from "../errors";
import { gaussianArray, mulberry32 } from "../math/random";
import { ddimPlan, ddimTimesteps } from "./ddim";
import { ddpmTimesteps, posterior } from "./ddpm";
import { createDenoise, type Denoise } from "./denoiser";
import type { SamplerArgs, SamplerName } from "./sampler";
import { samplers } from "./samplers";
import { createSchedule, noiseLevel } from "./schedule";

const schedule = createSchedule({
  timesteps: 1000,
  beta_schedule: "linear",
  linear_start: 0.0015,
  linear_end: 0.0195,
  cosine_s: 0.008,
});
const names = Object.keys(samplers) as SamplerName[];
const mean = 0.7;

/** E[x0 | x_t] for data ~ N(mean, std^2). */
const gaussianDenoise = (std: number): Denoise =>
  createDenoise({
    predTarget: "x0",
    alphaSigma: (t) => noiseLevel(schedule, t),
    predict: (xt, t) => {
      const { alpha, sigma } = noiseLevel(schedule, t);
      const gain = (alpha * std ** 2) / (alpha ** 2 * std ** 2 + sigma ** 2);
      return tf.add(tf.mul(tf.sub(xt, alpha * mean), gain), mean);
    },
  });

/** Where the probability-flow ODE carries x from t = 999 to 0. */
function exactSolution(x: number, std: number): number {
  const [start, end] = [noiseLevel(schedule, 999), noiseLevel(schedule, 0)];
  const spread = ({ alpha, sigma }: typeof start) => Math.hypot(alpha * std, sigma);
  return end.alpha * mean + (spread(end) / spread(start)) * (x - start.alpha * mean);
}

async function drain(name: SamplerName, args: SamplerArgs): Promise<tf.Tensor4D> {
  const run = samplers[name](args);
  let next = await run.next();
  while (!next.done) next = await run.next();
  return next.value;
}

/** Values that a sampler ends at from seeded noise of `size` numbers. */
async function sampleGaussian(
  name: SamplerName,
  steps: number,
  { std = 0.5, size = 16, eta = 0, seed = 5 } = {},
): Promise<{ start: Float32Array; end: ArrayLike<number> }> {
  const start = gaussianArray(mulberry32(11), size);
  const xT = tf.tensor4d(start, [1, 1, size, 1]);
  const denoise = gaussianDenoise(std);
  const sample = await drain(name, { denoise, xT, schedule, steps, eta, rng: mulberry32(seed) });
  const end = await sample.data();
  tf.dispose([xT, sample]);
  return { start, end };
}

async function error(name: SamplerName, steps: number): Promise<number> {
  const { start, end } = await sampleGaussian(name, steps);
  return maxAbsDiff(
    end,
    [...start].map((x) => exactSolution(x, 0.5)),
  );
}

describeBackends("samplers on a Gaussian", () => {
  it("deterministic samplers converge to the exact solution, each at its order", async () => {
    const halving = async (name: SamplerName) => [await error(name, 250), await error(name, 500)];
    const [ddimCoarse = NaN, ddimFine = NaN] = await halving("ddim");
    expect(ddimFine).toBeLessThan(0.01);
    expect(ddimCoarse / ddimFine).toBeGreaterThan(1.7); // order 1: 2

    const [multistepCoarse = NaN, multistepFine = NaN] = await halving("dpm-solver++2m");
    expect(multistepFine).toBeLessThan(3e-3);
    expect(multistepCoarse / multistepFine).toBeGreaterThan(3); // order 2: 4 in the limit

    // The last outer step is of order 2 for 248 and 500 steps, of order 1 for 250; compare like with like.
    const [dpmCoarse, dpmFine] = [
      await error("dpm-solver++", 248),
      await error("dpm-solver++", 500),
    ];
    expect(dpmFine).toBeLessThan(3e-4);
    expect(dpmCoarse / dpmFine).toBeGreaterThan(5); // order 3: 8 in the limit
  });

  it.each(["ddpm", "ddim"] as const)("stochastic %s draws from the data", async (name) => {
    const { end } = await sampleGaussian(name, 250, { size: 20000, eta: 1 });
    const average = [...Array.from(end)].reduce((sum, x) => sum + x, 0) / end.length;
    const spread = Array.from(end).reduce((sum, x) => sum + (x - average) ** 2, 0) / end.length;
    expect(Math.abs(average - mean)).toBeLessThan(0.02); // 4 standard errors are 0.014
    expect(Math.abs(Math.sqrt(spread) - 0.5)).toBeLessThan(0.03);
  });

  it.each(names)("%s finds the one answer of a sure network", async (name) => {
    const { end } = await sampleGaussian(name, 50, { std: 0 });
    const rest = noiseLevel(schedule, 0).sigma; // DDIM and DPM-Solver end at t = 0, where this much noise is left
    const slack = name === "ddpm" ? 1e-5 : 4 * rest;
    expect(maxAbsDiff(end, Array(16).fill(mean))).toBeLessThan(slack);
  });

  it.each(names)("%s repeats itself from the same seed", async (name) => {
    const [first, again, other] = [
      await sampleGaussian(name, 4, { eta: 1 }),
      await sampleGaussian(name, 4, { eta: 1 }),
      await sampleGaussian(name, 4, { eta: 1, seed: 6 }),
    ];
    expect(maxAbsDiff(first.end, again.end)).toBe(0);
    const isRandom = name === "ddpm" || name === "ddim";
    expect(maxAbsDiff(first.end, other.end) > 0).toBe(isRandom);
  });

  it.each(names)("%s makes exactly the evaluations asked for and leaks nothing", async (name) => {
    for (const steps of [1, 2, 3, 7, 16]) {
      const xT = tf.randomNormal<tf.Rank.R4>([1, 2, 2, 1], 0, 1, "float32", 1);
      const before = tf.memory().numTensors;
      const run = samplers[name]({
        denoise: gaussianDenoise(0.5),
        xT,
        schedule,
        steps,
        rng: mulberry32(1),
      });
      const seen: number[] = [];
      let next = await run.next();
      for (; !next.done; next = await run.next()) {
        expect([next.value.step, next.value.totalSteps]).toEqual([seen.length + 1, steps]);
        expect(next.value.xt.isDisposed || next.value.x0.isDisposed).toBe(false);
        seen.push(next.value.t);
      }
      expect(seen.length).toBe(steps);
      expect(seen).toEqual([...seen].sort((a, b) => b - a));
      expect(tf.memory().numTensors).toBe(before + 1);
      tf.dispose([xT, next.value]);
    }
  });

  it.each(names)("%s stops where it is aborted or left, and leaks nothing", async (name) => {
    const xT = tf.randomNormal<tf.Rank.R4>([1, 2, 2, 1], 0, 1, "float32", 1);
    const before = tf.memory().numTensors;
    for (let stopAt = 0; stopAt <= 5; stopAt++) {
      const abort = new AbortController();
      const start = () =>
        samplers[name]({
          denoise: gaussianDenoise(0.5),
          xT,
          schedule,
          steps: 5,
          rng: mulberry32(1),
          signal: abort.signal,
        });
      const left = start();
      for (let i = 0; i < stopAt; i++) await left.next();
      await left.return(xT);
      expect(tf.memory().numTensors).toBe(before);

      const aborted = start();
      for (let i = 0; i < stopAt; i++) await aborted.next();
      abort.abort();
      const failure: unknown = await aborted.next().catch((reason: unknown) => reason);
      expect(failure).toBe(abort.signal.reason);
      expect(isAbort(failure)).toBe(true);
      expect(tf.memory().numTensors).toBe(before);
    }
    expect(xT.isDisposed).toBe(false);
    xT.dispose();
  });

  it("frees everything when the network throws", async () => {
    const xT = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
    const before = tf.memory().numTensors;
    let calls = 0;
    const working = gaussianDenoise(0.5);
    const denoise: Denoise = (xt, t) => {
      if (++calls === 3) throw new Error("device lost");
      return working(xt, t);
    };
    const run = drain("dpm-solver++", { denoise, xT, schedule, steps: 6, rng: mulberry32(1) });
    await expect(run).rejects.toThrow("device lost");
    expect(tf.memory().numTensors).toBe(before);
    xT.dispose();
  });

  it("says which settings it takes", async () => {
    const xT = tf.zeros<tf.Rank.R4>([1, 1, 1, 1]);
    const base = { denoise: gaussianDenoise(1), xT, schedule, rng: mulberry32(1) };
    for (const steps of [0, 1001, 2.5, NaN]) {
      const run = drain("ddim", { ...base, steps });
      await expect(run).rejects.toThrow(`expected 1 to 1000 steps, got ${steps}`);
      await expect(drain("ddim", { ...base, steps })).rejects.toBeInstanceOf(InputError);
    }
    await expect(drain("ddim", { ...base, steps: 5, eta: 2 })).rejects.toThrow("got 2");
    xT.dispose();
  });
});

describe("plans", () => {
  it("DDPM over all timesteps has the official posterior", () => {
    const relative = (actual: number, expected: number) => Math.abs(actual / expected - 1);
    expect(ddpmTimesteps(1000, 1000)).toEqual(Array.from({ length: 1000 }, (_, i) => 999 - i));
    for (let t = 1; t < 1000; t++) {
      const { coefX0, coefXt, variance } = posterior(schedule, t, t - 1);
      expect(relative(coefX0, schedule.posteriorMeanCoef1[t] ?? NaN)).toBeLessThan(1e-5);
      expect(relative(coefXt, schedule.posteriorMeanCoef2[t] ?? NaN)).toBeLessThan(1e-5);
      expect(relative(variance, schedule.posteriorVariance[t] ?? NaN)).toBeLessThan(1e-5);
    }
    const last = posterior(schedule, 0, -1);
    expect([last.coefX0, last.coefXt + 0, last.variance + 0]).toEqual([1, 0, 0]);
  });

  it("DDPM on fewer steps spreads them with both ends", () => {
    expect(ddpmTimesteps(1000, 4)).toEqual([999, 666, 333, 0]);
    expect(ddpmTimesteps(1000, 1)).toEqual([999]);
  });

  it("a respaced posterior keeps the marginals", () => {
    const times = ddpmTimesteps(1000, 25);
    times.slice(0, -1).forEach((t, i) => {
      const previous = times[i + 1] ?? NaN;
      const { coefX0, coefXt, variance } = posterior(schedule, t, previous);
      const [from, to] = [noiseLevel(schedule, t), noiseLevel(schedule, previous)];
      expect(coefX0 + coefXt * from.alpha).toBeCloseTo(to.alpha, 9);
      expect(variance + (coefXt * from.sigma) ** 2).toBeCloseTo(to.sigma ** 2, 9);
    });
  });

  it("DDIM visits the official timesteps, whatever their number", () => {
    const official = Array.from({ length: 200 }, (_, i) => 996 - 5 * i);
    expect(ddimTimesteps(1000, 200)).toEqual(official);
    expect(ddimTimesteps(1000, 7)).toEqual([858, 715, 572, 429, 286, 143, 1]);
    for (const steps of [1, 3, 600, 999, 1000]) {
      const times = ddimTimesteps(1000, steps);
      expect(new Set(times).size).toBe(steps);
      expect(Math.max(...times)).toBeLessThan(1000);
      expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    }
  });

  it("DDIM with eta 1 has the ancestral variance between neighbours", () => {
    const plan = ddimPlan(schedule, 1000, 1);
    for (const { t, sigma } of plan.slice(0, -1))
      expect(sigma ** 2 / (schedule.posteriorVariance[t] ?? NaN)).toBeCloseTo(1, 3);
  });
});
