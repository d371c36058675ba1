/**
 * Ancestral DDPM sampling: each step draws from the posterior q(x_prev | x_t, x0).
 *
 * Ho et al. 2020, eq. 6 and 7 and algorithm 2, https://arxiv.org/abs/2006.11239
 * Follows img_based/models/ddpm/ddpm.py, DDPM._p_sample. With fewer steps than timesteps the process is respaced:
 * Nichol & Dhariwal 2021, https://arxiv.org/abs/2102.09672, improved_diffusion/respace.py.
 */
import type * as tf from "@tensorflow/tfjs-core";

import type { Schedule } from "./schedule";
import { runSampler, weightedSum, type Sampler } from "./sampler";

/**
 * Timesteps to visit, descending, evenly spread with both ends.
 * Differs from: improved_diffusion space_timesteps, whose single step is t = 0; one step from noise starts at the end.
 */
export function ddpmTimesteps(timesteps: number, steps: number): number[] {
  const stride = steps > 1 ? (timesteps - 1) / (steps - 1) : 0;
  return Array.from({ length: steps }, (_, i) => Math.round(timesteps - 1 - i * stride));
}

export type Posterior = { coefX0: number; coefXt: number; variance: number };

/**
 * Mean coefficients and variance of q(x_prev | x_t, x0).
 * @param previous - the timestep that the step ends at; -1 is clean latents
 */
export function posterior(schedule: Schedule, t: number, previous: number): Posterior {
  const logBar = 2 * (schedule.logAlphas[t] ?? NaN); // log alphasCumprod; expm1 keeps 1 - alphasCumprod exact near 0
  const logBarPrev = previous < 0 ? 0 : 2 * (schedule.logAlphas[previous] ?? NaN);
  const noise = -Math.expm1(logBar);
  const noisePrev = -Math.expm1(logBarPrev);
  const beta = -Math.expm1(logBar - logBarPrev);
  return {
    coefX0: (beta * Math.exp(logBarPrev / 2)) / noise,
    coefXt: (noisePrev * Math.exp((logBar - logBarPrev) / 2)) / noise,
    variance: (beta * noisePrev) / noise,
  };
}

export type DdpmStepArgs = {
  x0: tf.Tensor4D;
  xt: tf.Tensor4D;
  t: number;
  /** Where the step ends; -1 is clean latents. */
  previous: number;
  /** N(0, 1); not used by the step to clean latents. */
  noise: tf.Tensor4D;
};

/** One ancestral step. @returns x at `previous` [B, h, w, C] */
export function ddpmStep(
  schedule: Schedule,
  { x0, xt, t, previous, noise }: DdpmStepArgs,
): tf.Tensor4D {
  const { coefX0, coefXt, variance } = posterior(schedule, t, previous);
  const std = previous < 0 ? 0 : Math.sqrt(Math.max(variance, 1e-20));
  return weightedSum([
    [coefX0, x0],
    [coefXt, xt],
    [std, noise],
  ]);
}

export const ddpm: Sampler = (args) =>
  runSampler(args, function* (run) {
    const times = ddpmTimesteps(args.schedule.timesteps, args.steps);
    let xt = args.xT;
    for (const [i, t] of times.entries()) {
      const previous = times[i + 1] ?? -1;
      const { x0, eps } = yield* run.evaluate(xt, t);
      const noise = previous < 0 ? eps : run.drawNoise();
      const next = run.hold(ddpmStep(args.schedule, { x0, xt, t, previous, noise }));
      run.release(xt, x0, eps, noise);
      xt = next;
    }
    return xt;
  });
