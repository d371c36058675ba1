/**
 * Setting and re-setting the codes of the VQ-VAE: k-means on what the encoder makes of images, and new places for codes
 * that no latent falls to. Gradients alone leave most of a random codebook unused for good.
 *
 * k-means++-like start and Lloyd's rounds, as in Lancucki et al. 2020, https://arxiv.org/abs/2005.08520
 */
import type { Rng } from "../math/random";

/** Points [N, D], row-major. */
export type Points = { values: Float32Array; D: number };

/** `count` rows, each drawn from all rows. */
export function drawRows({ values, D }: Points, count: number, rng: Rng): Float32Array {
  const rows = values.length / D;
  const out = new Float32Array(count * D);
  for (let k = 0; k < count; k++) {
    const row = Math.floor(rng() * rows);
    out.set(values.subarray(row * D, (row + 1) * D), k * D);
  }
  return out;
}

/**
 * Lloyd's algorithm.
 * @param count - number of codes, E
 * @returns codes [E, D]; a code that lost all its points takes a drawn one
 */
export function kMeans(points: Points, count: number, rounds: number, rng: Rng): Float32Array {
  let codes = drawRows(points, count, rng);
  for (let round = 0; round < rounds; round++) {
    const { sums, sizes } = assign(points, codes);
    const fresh = drawRows(points, count, rng);
    codes = sums.map((sum, i) => {
      const size = sizes[Math.floor(i / points.D)] ?? 0;
      return size > 0 ? sum / size : (fresh[i] ?? 0);
    });
  }
  return codes;
}

/** Sum and number of the points nearest to each code. */
function assign({ values, D }: Points, codes: Float32Array) {
  const sums = new Float32Array(codes.length);
  const sizes = new Uint32Array(codes.length / D);
  for (let at = 0; at < values.length; at += D) {
    const code = nearest(values, at, codes, D);
    sizes[code] = (sizes[code] ?? 0) + 1;
    for (let d = 0; d < D; d++)
      sums[code * D + d] = (sums[code * D + d] ?? 0) + (values[at + d] ?? 0);
  }
  return { sums, sizes };
}

function nearest(values: Float32Array, at: number, codes: Float32Array, D: number): number {
  let [best, found] = [Infinity, 0];
  for (let k = 0; k < codes.length; k += D) {
    let distance = 0;
    for (let d = 0; d < D; d++) distance += ((values[at + d] ?? 0) - (codes[k + d] ?? 0)) ** 2;
    if (distance < best) [best, found] = [distance, k / D];
  }
  return found;
}

/** Codes that `uses` counts no use of. */
export const unusedCodes = (uses: ArrayLike<number>): number[] =>
  Array.from(uses).flatMap((count, code) => (count === 0 ? [code] : []));
