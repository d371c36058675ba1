/** A runner that keeps how long the device worked, by what it worked on; waiting for a turn does not count. */
import type { Runner, UseModel } from "../../evaluation/runner";
import type { EvaluationTimes } from "../protocol/training";

/** A stopwatch that runs while jobs have the model. */
export type Stopwatch = {
  /** Milliseconds so far. */
  elapsed: () => number;
  /** The same loan, timed. */
  time: (use: UseModel) => UseModel;
};

/** @param now - milliseconds */
export function createStopwatch(now: () => number): Stopwatch {
  let total = 0;
  return {
    elapsed: () => total,
    time: (use) => (job) =>
      use(async (model) => {
        const started = now();
        const result = await job(model);
        total += now() - started;
        return result;
      }),
  };
}

export type TimedRunner = { runner: Runner; times: () => EvaluationTimes };

/**
 * Times of what a runner does, picture by picture.
 * @param elapsed - of the stopwatch that times the runner's own loan
 */
export function timeRunner(runner: Runner, elapsed: Stopwatch["elapsed"]): TimedRunner {
  const segmented: number[] = [];
  const drawn: number[] = [];
  const timed = async <T>(into: number[], count: number, work: () => Promise<T>): Promise<T> => {
    const before = elapsed();
    const result = await work();
    into.push((elapsed() - before) / count);
    return result;
  };
  return {
    runner: {
      ...runner,
      segment: (rgb, seeds) => timed(segmented, countOf(seeds), () => runner.segment(rgb, seeds)),
      draw: (slots, seeds) => timed(drawn, seeds.length, () => runner.draw(slots, seeds)),
    },
    times: () => ({
      segmentMs: median(segmented) ?? NaN,
      drawMs: median(drawn),
    }),
  };
}

/** Pictures times seeds, 1 at least. */
const countOf = (seeds: readonly number[][]): number =>
  Math.max(
    1,
    seeds.reduce((sum, row) => sum + row.length, 0),
  );

/** null of nothing. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [below, above] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}
