/**
 * DPM-Solver++, singlestep, up to order 3: the authors' default sampler.
 *
 * Lu et al. 2022, https://arxiv.org/abs/2206.00927 (singlestep solvers) and https://arxiv.org/abs/2211.01095
 * (data prediction). Follows video_based/models/ddpm/dpm_solver.py, DPM_Solver with algorithm_type "dpmsolver++",
 * method "singlestep", order 3, skip_type "time_uniform", solver_type "dpmsolver".
 *
 * Times here are the network's, 0..timesteps-1: the official t is (time + 1) / timesteps, so uniform stays uniform.
 * Differs from: model_wrapper, which gives the network (t - 1/N) 1000 whatever N is; the same for N = 1000.
 */
import type * as tf from "@tensorflow/tfjs-core";

import { noiseLevel, type NoiseLevel, type Schedule } from "./schedule";
import {
  runSampler,
  weightedSum,
  type Sampler,
  type SamplerRun,
  type SamplerStep,
} from "./sampler";

/**
 * Order of each outer step; they sum to the network evaluations.
 * @returns for steps 20 [3, 3, 3, 3, 3, 3, 2], 10 [3, 3, 3, 1], 9 [3, 3, 2, 1]
 */
export function dpmOrders(steps: number): number[] {
  const thirds = (count: number) => Array.from({ length: count }, () => 3);
  const whole = Math.floor(steps / 3);
  if (steps % 3 === 0) return [...thirds(whole - 1), 2, 1];
  return [...thirds(whole), steps % 3];
}

/** Times from timesteps-1 down to 0, evenly spread: [steps + 1]. */
export const uniformTimes = (timesteps: number, steps: number): number[] =>
  Array.from({ length: steps + 1 }, (_, i) => ((timesteps - 1) * (steps - i)) / steps);

/** Times of each outer step, both ends included: as many steps as its order. */
export function dpmPlan(timesteps: number, steps: number): number[][] {
  const times = uniformTimes(timesteps, steps);
  let start = 0;
  return dpmOrders(steps).map((order) => times.slice(start, (start += order) + 1));
}

/** First-order update from s to t: x_t = fromX x_s + fromX0 x0 (exact for constant x0). */
export function firstOrder(s: NoiseLevel, t: NoiseLevel): { fromX: number; fromX0: number } {
  return { fromX: t.sigma / s.sigma, fromX0: -t.alpha * Math.expm1(s.lambda - t.lambda) };
}

/**
 * Weight of (D_inner - D_s) in an order-3 step's update to t, where D_inner was taken at the inner time.
 * The official r1, r2 come from lambda at evenly spread inner times, so inverting lambda gives those times back.
 */
function secondDifference(s: NoiseLevel, inner: NoiseLevel, t: NoiseLevel): number {
  const h = t.lambda - s.lambda;
  const r = (inner.lambda - s.lambda) / h;
  return (t.alpha * (Math.expm1(-h) / h + 1)) / r;
}

type Update = Generator<SamplerStep, tf.Tensor4D>;

/** One outer step. @param times - its evaluation times and its end, descending @returns a held x at the end */
function* singlestep(
  run: SamplerRun,
  schedule: Schedule,
  start: tf.Tensor4D,
  times: readonly number[],
): Update {
  const levels = times.map((time) => noiseLevel(schedule, time));
  const order = times.length - 1;
  const s = level(levels, 0);
  const predictions: tf.Tensor4D[] = [];
  let x = start;
  for (let i = 0; i < order; i++) {
    const { x0, eps } = yield* run.evaluate(x, times[i] ?? NaN);
    predictions.push(x0);
    const { fromX, fromX0 } = firstOrder(s, level(levels, i + 1));
    const slope = slopeWeight(levels, i, order);
    const next = run.hold(
      weightedSum([
        [fromX, start],
        [fromX0 - slope, predictions[0] ?? x0],
        [slope, x0],
      ]),
    );
    run.release(eps);
    if (x !== start) run.release(x);
    x = next;
  }
  run.release(start, ...predictions);
  return x;
}

/**
 * Weight of (D_i - D_0) in the update to level i + 1 of a step.
 * Order 2 ends with -0.5 / r1 alpha phi_1; order 3 uses 1 / r_i alpha phi_2 both inside and at its end.
 */
function slopeWeight(levels: readonly NoiseLevel[], i: number, order: number): number {
  if (i === 0) return 0;
  const [s, inner, t] = [level(levels, 0), level(levels, i), level(levels, i + 1)];
  if (order === 3) return secondDifference(s, inner, t);
  const h = t.lambda - s.lambda;
  const r1 = (inner.lambda - s.lambda) / h;
  return (-0.5 / r1) * t.alpha * Math.expm1(-h);
}

function level(levels: readonly NoiseLevel[], i: number): NoiseLevel {
  const found = levels[i];
  if (!found) throw new Error(`dpmSolver: expected a noise level ${i}, got ${levels.length}.`);
  return found;
}

export const dpmSolver: Sampler = (args) =>
  runSampler(args, function* (run) {
    let xt = args.xT;
    for (const times of dpmPlan(args.schedule.timesteps, args.steps))
      xt = yield* singlestep(run, args.schedule, xt, times);
    return xt;
  });
