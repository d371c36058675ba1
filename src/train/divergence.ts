/** When a run has gone wrong for good: numbers that are not finite, or a loss that ran away. */

/** Training cannot go on from here; the last checkpoint is still good. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";

  /** @param what - what was expected and what came, a sentence; what to do is added */
  constructor(readonly what: string) {
    super(`${what} Resume from the last checkpoint with a smaller learning rate.`);
  }
}

/** Losses that are looked at together; the first mean takes fewer, for some explode with the warm-up. */
const [windowSize, firstSize] = [40, 5];
/** How many of them must be how far above the best. */
const [mostHigh, factor] = [30, 3];

export type DivergenceWatch = {
  /** Takes note of a step. Throws a DivergenceError when the loss has run away. */
  add(point: { stage: string; step: number; loss: number }): void;
  /** Whether the last losses look like the start of a run-away: no time to overwrite a good checkpoint. */
  isSuspicious(): boolean;
};

/**
 * Watches the losses of one run. A loss has run away when 30 of the last 40 are above three times the lowest mean of 40
 * losses in a row, and above the mean of the first 5. A count and no mean, because single steps of small batches are often
 * ten times above the rest: with 3 steps in 10 that high, the chance of 30 in 40 is 5 in a billion.
 * Each stage counts anew, for its loss is another.
 */
export function createDivergenceWatch(): DivergenceWatch {
  let stage = "";
  let losses: number[] = [];
  let [first, lowest] = [NaN, Infinity];

  const restart = (name: string): void => {
    stage = name;
    losses = [];
    [first, lowest] = [NaN, Infinity];
  };
  /** NaN, above which nothing is, until there is a first mean. */
  const bound = (): number => Math.max(factor * lowest, first);
  const countHigh = (some: readonly number[]): number => {
    const limit = bound();
    return some.filter((loss) => loss > limit).length;
  };

  return {
    add: (point) => {
      if (point.stage !== stage) restart(point.stage);
      losses = [...losses, point.loss].slice(-windowSize);
      if (countHigh(losses) >= mostHigh)
        throw new DivergenceError(
          `train: expected a loss that falls, got ${mostHigh} of ${losses.length} losses above ${bound().toPrecision(3)} ` +
            `by step ${point.step} of ${stage}, where the lowest mean was ${lowest.toPrecision(3)}.`,
        );
      if (losses.length < firstSize) return;
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      if (Number.isNaN(first)) first = mean;
      lowest = Math.min(lowest, mean);
    },
    isSuspicious: () => countHigh(losses.slice(-3)) === 3 || countHigh(losses) >= mostHigh / 2,
  };
}
