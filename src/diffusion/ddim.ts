/**
 * DDIM: deterministic (eta 0) or partly stochastic sampling on a subset of the timesteps.
 *
 * Song et al. 2021, eq. 12 and 16, https://arxiv.org/abs/2010.02502
 * Follows video_based/models/ddpm/ddim.py, DDIMSampler, and utils.py, make_ddim_timesteps ("uniform"): the noise is
 * the network's own, not re-derived from snapped x0, and the last step ends at alphasCumprod[0], not at 1.
 */
import type { Schedule } from "./schedule";
import { runSampler, weightedSum, type Sampler } from "./sampler";

/**
 * Timesteps to visit, descending, each one above a multiple of timesteps / steps (996, 991, ..., 1 for 200 of 1000).
 * Differs from: make_ddim_timesteps, which returns more than `steps` where steps does not divide timesteps and runs
 * out of range for steps = timesteps; here there are always `steps`, and all timesteps themselves in the last case.
 */
export function ddimTimesteps(timesteps: number, steps: number): number[] {
  const offset = steps < timesteps ? 1 : 0;
  return Array.from(
    { length: steps },
    (_, i) => Math.floor(((steps - 1 - i) * timesteps) / steps) + offset,
  );
}

export type DdimStep = {
  t: number;
  /** alphasCumprod at t and at the step's end, 0..1. */
  alphaBar: number;
  alphaBarPrev: number;
  /** Standard deviation of fresh noise. */
  sigma: number;
};

/** The steps of a run with their coefficients. */
export function ddimPlan(schedule: Schedule, steps: number, eta: number): DdimStep[] {
  const times = ddimTimesteps(schedule.timesteps, steps);
  return times.map((t, i) => {
    const alphaBar = schedule.alphasCumprod[t] ?? NaN;
    const alphaBarPrev = schedule.alphasCumprod[times[i + 1] ?? 0] ?? NaN;
    const variance = ((1 - alphaBarPrev) / (1 - alphaBar)) * (1 - alphaBar / alphaBarPrev);
    return { t, alphaBar, alphaBarPrev, sigma: eta * Math.sqrt(variance) };
  });
}

export const ddim: Sampler = (args) =>
  runSampler(args, function* (run) {
    let xt = args.xT;
    for (const { t, alphaBarPrev, sigma } of ddimPlan(args.schedule, args.steps, args.eta ?? 0)) {
      const { x0, eps } = yield* run.evaluate(xt, t);
      const noise = sigma > 0 ? run.drawNoise() : eps;
      const next = run.hold(
        weightedSum([
          [Math.sqrt(alphaBarPrev), x0],
          [Math.sqrt(Math.max(1 - alphaBarPrev - sigma ** 2, 0)), eps],
          [sigma, noise],
        ]),
      );
      run.release(xt, x0, eps, noise);
      xt = next;
    }
    return xt;
  });
