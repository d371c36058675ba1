/**
 * DPM-Solver++(2M): second order from the previous step's prediction, one network evaluation per step.
 *
 * Lu et al. 2022, algorithm 2, https://arxiv.org/abs/2211.01095
 * Follows video_based/models/ddpm/dpm_solver.py, DPM_Solver.multistep_dpm_solver_second_update ("dpmsolver"), with
 * skip_type "time_uniform" and lower_order_final below 15 steps. The authors do not use this sampler.
 */
import { firstOrder, uniformTimes } from "./dpmSolver";
import { runSampler, weightedSum, type Sampler } from "./sampler";
import { noiseLevel, type NoiseLevel } from "./schedule";

/** Below this many steps the last one is of first order, which keeps short runs stable. */
const lowerOrderBelow = 15;

/**
 * Weight of (D_s - D_before) in the update from s to t.
 * @param before - level of the evaluation before s
 */
function slopeWeight(before: NoiseLevel, s: NoiseLevel, t: NoiseLevel): number {
  const h = t.lambda - s.lambda;
  const r0 = (s.lambda - before.lambda) / h;
  return (-0.5 / r0) * t.alpha * Math.expm1(-h);
}

export const dpmSolverMultistep: Sampler = (args) =>
  runSampler(args, function* (run) {
    const { schedule, steps } = args;
    const times = uniformTimes(schedule.timesteps, steps);
    const levels = times.map((time) => noiseLevel(schedule, time));
    let xt = args.xT;
    let last: typeof xt | null = null; // D of the step before
    for (let i = 0; i < steps; i++) {
      const [before, s, t] = [levels[i - 1], levels[i], levels[i + 1]];
      if (!s || !t) throw new Error(`dpmSolverMultistep: expected ${steps + 1} times.`);
      const { x0, eps } = yield* run.evaluate(xt, times[i] ?? NaN);
      const isLowerOrder = i === steps - 1 && steps < lowerOrderBelow;
      const slope = before && !isLowerOrder ? slopeWeight(before, s, t) : 0;
      const { fromX, fromX0 } = firstOrder(s, t);
      const next = run.hold(
        weightedSum([
          [fromX, xt],
          [fromX0 + slope, x0],
          [-slope, last ?? x0],
        ]),
      );
      run.release(xt, eps, ...(last ? [last] : []));
      [xt, last] = [next, x0];
    }
    return xt;
  });
