/**
 * Noise schedules: how much of the clean latents is left at each timestep.
 *
 * Ho et al. 2020, eq. 4 and 7, https://arxiv.org/abs/2006.11239; betas as in latent diffusion.
 * Follows img_based/models/ddpm/utils.py, make_beta_schedule, and ddpm.py, DDPM.register_schedule:
 * float64 arithmetic, float32 tables.
 */
import * as tf from "@tensorflow/tfjs-core";

export type ScheduleConfig = {
  timesteps: number;
  beta_schedule: "linear" | "cosine";
  linear_start: number;
  linear_end: number;
  cosine_s: number;
};

/** Tables over t in 0..timesteps-1. The float32 ones are the official state_dict's buffers, value for value. */
export type Schedule = {
  timesteps: number;
  betas: Float32Array;
  alphasCumprod: Float32Array;
  alphasCumprodPrev: Float32Array;
  sqrtAlphasCumprod: Float32Array;
  sqrtOneMinusAlphasCumprod: Float32Array;
  logOneMinusAlphasCumprod: Float32Array;
  sqrtRecipAlphasCumprod: Float32Array;
  sqrtRecipm1AlphasCumprod: Float32Array;
  posteriorVariance: Float32Array;
  posteriorLogVarianceClipped: Float32Array;
  posteriorMeanCoef1: Float32Array;
  posteriorMeanCoef2: Float32Array;
  /** log alpha_t = 1/2 log alphasCumprod, summed in float64 from the float32 betas: what the samplers compute with. */
  logAlphas: Float64Array;
};

/**
 * Variances added at each timestep.
 * @returns [T], each in 0..0.999
 */
export function createBetas(config: ScheduleConfig): Float64Array {
  const T = config.timesteps;
  if (config.beta_schedule === "linear") {
    const start = Math.sqrt(config.linear_start);
    const end = Math.sqrt(config.linear_end);
    return Float64Array.from({ length: T }, (_, t) => (start + slope(t, T) * (end - start)) ** 2);
  }
  const s = config.cosine_s;
  const alphaBar = (t: number) => Math.cos((((t / T + s) / (1 + s)) * Math.PI) / 2) ** 2;
  return Float64Array.from({ length: T }, (_, t) =>
    Math.min(Math.max(1 - alphaBar(t + 1) / alphaBar(t), 0), 0.999),
  );
}

/** Position of t between 0 and 1 on a grid of T points. */
const slope = (t: number, T: number): number => (T > 1 ? t / (T - 1) : 0);

/** All tables of a schedule. */
export function createSchedule(config: ScheduleConfig): Schedule {
  const betas = createBetas(config);
  const cumprod = cumulate(betas, 1, (product, beta) => product * (1 - beta)); // [T]
  const previous = cumprod.map((_, t) => (t === 0 ? 1 : (cumprod[t - 1] ?? NaN)));
  const table = (entry: (ab: number, prev: number, beta: number) => number): Float32Array =>
    Float32Array.from(cumprod, (ab, t) => entry(ab, previous[t] ?? NaN, betas[t] ?? NaN));
  const variance = (ab: number, prev: number, beta: number) => (beta * (1 - prev)) / (1 - ab);
  return {
    timesteps: config.timesteps,
    betas: Float32Array.from(betas),
    alphasCumprod: Float32Array.from(cumprod),
    alphasCumprodPrev: Float32Array.from(previous),
    sqrtAlphasCumprod: table((ab) => Math.sqrt(ab)),
    sqrtOneMinusAlphasCumprod: table((ab) => Math.sqrt(1 - ab)),
    logOneMinusAlphasCumprod: table((ab) => Math.log(1 - ab)),
    sqrtRecipAlphasCumprod: table((ab) => Math.sqrt(1 / ab)),
    sqrtRecipm1AlphasCumprod: table((ab) => Math.sqrt(1 / ab - 1)),
    posteriorVariance: table(variance),
    posteriorLogVarianceClipped: table((...entry) => Math.log(Math.max(variance(...entry), 1e-20))),
    posteriorMeanCoef1: table((ab, prev, beta) => (beta * Math.sqrt(prev)) / (1 - ab)),
    posteriorMeanCoef2: table((ab, prev, beta) => ((1 - prev) * Math.sqrt(1 - beta)) / (1 - ab)),
    logAlphas: cumulate(Float64Array.from(Float32Array.from(betas)), 0, (sum, beta) => {
      return sum + 0.5 * Math.log1p(-beta);
    }),
  };
}

/** Running result of `next` over the values. */
function cumulate(
  values: Float64Array,
  start: number,
  next: (sum: number, value: number) => number,
): Float64Array {
  let running = start;
  return values.map((value) => (running = next(running, value)));
}

/** What is left of signal and noise at one time. */
export type NoiseLevel = {
  /** Factor of the clean latents, 0..1. */
  alpha: number;
  /** Standard deviation of the noise, 0..1. */
  sigma: number;
  /** log(alpha / sigma): half the log signal-to-noise ratio. */
  lambda: number;
};

/**
 * Signal and noise at a time; between timesteps log alpha is linear in t, as NoiseScheduleVP("discrete") has it
 * (img_based/models/ddpm/dpm_solver.py).
 * @param t - 0..timesteps-1, fractional allowed
 */
export function noiseLevel(schedule: Schedule, t: number): NoiseLevel {
  const T = schedule.timesteps;
  if (!(t >= 0 && t <= T - 1))
    throw new Error(`noiseLevel: expected t in 0..${T - 1}, got ${t}. Times count network steps.`);
  const low = Math.min(Math.floor(t), Math.max(T - 2, 0));
  const at = schedule.logAlphas[low] ?? NaN;
  const after = schedule.logAlphas[low + 1] ?? at;
  const logAlpha = at + (t - low) * (after - at);
  const variance = -Math.expm1(2 * logAlpha);
  return {
    alpha: Math.exp(logAlpha),
    sigma: Math.sqrt(variance),
    lambda: logAlpha - 0.5 * Math.log(variance),
  };
}

/**
 * Noised latents x_t = sqrt(alphasCumprod_t) x0 + sqrt(1 - alphasCumprod_t) noise (Ho et al., eq. 4).
 * @param x0 - [B, h, w, C]
 * @param t - one integer in 0..timesteps-1 per sample
 * @param noise - N(0, 1), [B, h, w, C]
 * @returns [B, h, w, C]
 */
export function qSample(
  schedule: Schedule,
  x0: tf.Tensor4D,
  t: readonly number[],
  noise: tf.Tensor4D,
): tf.Tensor4D {
  if (t.length !== x0.shape[0])
    throw new Error(`qSample: expected ${x0.shape[0]} times, got ${t.length}. One per sample.`);
  return tf.tidy(() => {
    const signal = perSample(schedule.sqrtAlphasCumprod, t);
    const spread = perSample(schedule.sqrtOneMinusAlphasCumprod, t);
    return tf.add<tf.Tensor4D>(tf.mul(signal, x0), tf.mul(spread, noise));
  });
}

/**
 * Entries of a table at the times of a batch.
 * @param t - integers in the table's range
 * @returns [B, 1, 1, 1]
 */
export function perSample(table: Float32Array, t: readonly number[]): tf.Tensor4D {
  const entries = t.map((time) => {
    const entry = table[time];
    if (entry === undefined)
      throw new Error(`schedule: expected an integer t in 0..${table.length - 1}, got ${time}.`);
    return entry;
  });
  return tf.tensor4d(entries, [t.length, 1, 1, 1]);
}
