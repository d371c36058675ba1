/** The learning rate over a run: a linear warm-up, then half a cosine (nerv's CosineAnnealingWarmupRestarts, one cycle). */

/** The official trainer starts and ends at this fraction of the largest rate. */
const floorFraction = 0.01;

export type RateSettings = {
  /** Largest rate. */
  lr: number;
  /** Steps of the warm-up. */
  warmup: number;
  /** Steps in all. */
  steps: number;
};

/**
 * @param step - 0 for the first step
 * @returns the rate of that step, from lr / 100 to lr
 */
export function learningRate({ lr, warmup, steps }: RateSettings, step: number): number {
  const floor = floorFraction * lr;
  if (step < warmup) return floor + ((lr - floor) * step) / warmup;
  const progress = Math.min((step - warmup) / Math.max(steps - warmup, 1), 1);
  return floor + ((lr - floor) * (1 + Math.cos(Math.PI * progress))) / 2;
}
