import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { fixtureJson, golden, loadFixture, type Fixture } from "../../tests/fixture";
import { maxAbsDiff, parityChecker } from "../../tests/parity";
import { createBetas, createSchedule, noiseLevel, qSample, type ScheduleConfig } from "./schedule";

const buffers = {
  betas: "betas",
  alphas_bar: "alphasCumprod",
  alphas_bar_prev: "alphasCumprodPrev",
  sqrt_alphas_bar: "sqrtAlphasCumprod",
  sqrt_one_minus_alphas_bar: "sqrtOneMinusAlphasCumprod",
  log_one_minus_alphas_bar: "logOneMinusAlphasCumprod",
  sqrt_recip_alphas_bar: "sqrtRecipAlphasCumprod",
  sqrt_recipm1_alphas_bar: "sqrtRecipm1AlphasCumprod",
  posterior_variance: "posteriorVariance",
  posterior_log_variance_clipped: "posteriorLogVarianceClipped",
  posterior_mean_coef1: "posteriorMeanCoef1",
  posterior_mean_coef2: "posteriorMeanCoef2",
} as const;

const ulp = 2 ** -23;

const config: ScheduleConfig = {
  timesteps: 1000,
  beta_schedule: "linear",
  linear_start: 0.0015,
  linear_end: 0.0195,
  cosine_s: 0.008,
};

describeBackends("schedule", () => {
  let weights: Fixture;
  let official: ScheduleConfig;
  beforeAll(async () => {
    weights = await loadFixture("weights");
    official = (await fixtureJson<{ tiny: { diffusion_dict: ScheduleConfig } }>("config.json")).tiny
      .diffusion_dict;
  });

  it("has the official buffers to the last bit or two", async (context) => {
    const schedule = createSchedule(official);
    const check = parityChecker(context, "Noise schedule", "ddpm.DDPM.register_schedule");
    for (const [key, name] of Object.entries(buffers)) {
      const expected = golden(weights, `dm_decoder.${key}`).values;
      await check(weights, `dm_decoder.${key}`, tf.tensor1d(schedule[name]));
      schedule[name].forEach((value, t) => {
        const target = expected[t] ?? NaN;
        expect(Math.abs(value - target), `${key}[${t}]`).toBeLessThanOrEqual(
          2 * ulp * Math.abs(target),
        );
      });
    }
  });

  it("gives the same signal and noise at whole times as the tables", () => {
    const schedule = createSchedule(config);
    for (const t of [0, 1, 37, 500, 998, 999]) {
      const { alpha, sigma, lambda } = noiseLevel(schedule, t);
      expect(alpha / (schedule.sqrtAlphasCumprod[t] ?? NaN)).toBeCloseTo(1, 6);
      expect(sigma / (schedule.sqrtOneMinusAlphasCumprod[t] ?? NaN)).toBeCloseTo(1, 6);
      expect(lambda).toBeCloseTo(Math.log(alpha / sigma), 9);
    }
    const [before, between, after] = [949, 949.25, 950].map((t) => noiseLevel(schedule, t).alpha);
    expect(Math.log(between ?? NaN)).toBeCloseTo(
      0.75 * Math.log(before ?? NaN) + 0.25 * Math.log(after ?? NaN),
      9,
    );
    expect(() => noiseLevel(schedule, 999.5)).toThrow("expected t in 0..999, got 999.5");
  });

  it("has the cosine betas of latent diffusion", () => {
    const betas = createBetas({ ...config, beta_schedule: "cosine" });
    const alphaBar = (t: number) => Math.cos(((t / 1000 + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
    const cumprod = betas.slice(0, 500).reduce((product, beta) => product * (1 - beta), 1);
    expect(cumprod).toBeCloseTo(alphaBar(500) / alphaBar(0), 9);
    expect(betas[999]).toBe(0.999); // clipped
    expect(betas.every((beta, t) => t === 0 || beta > (betas[t - 1] ?? 1))).toBe(true);
  });

  it("noises each sample of a batch by its own time", async () => {
    const schedule = createSchedule(config);
    const before = tf.memory().numTensors;
    const x0 = tf.fill<tf.Rank.R4>([2, 1, 1, 2], 3);
    const noise = tf.fill<tf.Rank.R4>([2, 1, 1, 2], -2);
    const xt = qSample(schedule, x0, [0, 700], noise);
    const expected = [0, 0, 700, 700].map((t) => {
      const alphaBar = schedule.alphasCumprod[t] ?? NaN;
      return 3 * Math.sqrt(alphaBar) - 2 * Math.sqrt(1 - alphaBar);
    });
    expect(maxAbsDiff(await xt.data(), expected)).toBeLessThan(1e-5);
    tf.dispose([x0, noise, xt]);
    expect(tf.memory().numTensors).toBe(before);
    const one = tf.zeros<tf.Rank.R4>([1, 1, 1, 1]);
    expect(() => qSample(schedule, one, [1000], one)).toThrow("0..999, got 1000");
    expect(() => qSample(schedule, one, [1, 2], one)).toThrow("expected 1 times, got 2");
    one.dispose();
  });
});
