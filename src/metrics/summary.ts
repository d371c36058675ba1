/** From scores of pictures to the number of a data set, with its standard error. */
import { nanMean } from "./iou";

/** A number over a data set; the standard error is NaN where one value says nothing about spread. */
export type Estimate = { mean: number; standardError: number };

/** Standard deviation of the mean: s / sqrt(n) with s over n - 1; values that are NaN are left out. NaN below two values. */
export function standardError(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < 2) return NaN;
  const mean = nanMean(known);
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (known.length - 1) / known.length);
}

/**
 * Mean over pictures, then over evaluation seeds. The standard error is over the seeds' means where there are several
 * seeds, else over pictures.
 * @param bySeed - a picture's score, NaN where it has none [R][N]
 */
export function estimateMean(bySeed: readonly (readonly number[])[]): Estimate {
  const means = bySeed.map(nanMean);
  const [only] = bySeed;
  const isSingle = only !== undefined && bySeed.length === 1;
  return { mean: nanMean(means), standardError: standardError(isSingle ? only : means) };
}

/**
 * Mean of `above` divided by mean of `below`, then the mean over evaluation seeds. The standard error is over seeds where
 * there are several, else over pictures by linearisation (Cochran 1977, eq. 2.39).
 * @param above - [R][N]
 * @param below - [R][N]; a picture with NaN in either is left out
 */
export function estimateRatio(
  above: readonly (readonly number[])[],
  below: readonly (readonly number[])[],
): Estimate {
  const fits = above.map((row, seed) => {
    const pairs = row
      .map((a, i): [number, number] => [a, below[seed]?.[i] ?? NaN])
      .filter(([a, b]) => !Number.isNaN(a) && !Number.isNaN(b));
    const mean = nanMean(pairs.map(([, b]) => b));
    const ratio = nanMean(pairs.map(([a]) => a)) / mean;
    return { ratio, spread: standardError(pairs.map(([a, b]) => (a - ratio * b) / mean)) };
  });
  const ratios = fits.map(({ ratio }) => ratio);
  const [only] = fits;
  const isSingle = only !== undefined && fits.length === 1;
  return { mean: nanMean(ratios), standardError: isSingle ? only.spread : standardError(ratios) };
}
