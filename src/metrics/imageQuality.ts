/**
 * How close one picture is to another: squared error, PSNR, SSIM.
 *
 * Follows img_based/models/eval_utils.py (mse_metric, psnr_metric, ssim_metric), which calls skimage.metrics.
 */

/** Channel values in 0..1, row-major [H, W, C]. */
export type Picture = {
  width: number;
  height: number;
  channels: number;
  values: ArrayLike<number>;
};

/** Squared error summed over channels and pixels, >= 0. */
export function squaredError(x: Picture, y: Picture): number {
  checkSizes(x, y);
  let sum = 0;
  for (let i = 0; i < x.values.length; i++)
    sum += ((x.values[i] ?? NaN) - (y.values[i] ?? NaN)) ** 2;
  return sum;
}

/** Peak signal-to-noise ratio in decibels for a range of 1; Infinity for equal pictures. */
export const psnr = (x: Picture, y: Picture): number =>
  -10 * Math.log10(squaredError(x, y) / x.values.length);

/** Half width of the Gaussian window: skimage cuts at 3.5 sigma. */
const radius = 5;
const windowWeights = gaussianWindow(1.5);

/**
 * Structural similarity, Wang et al. 2004: Gaussian window (sigma 1.5, 11 x 11), population covariance, range 1,
 * mean over channels and over pixels whose window lies inside the picture.
 * The official code scales both pictures to 0..255; the index does not depend on the scale.
 * @returns -1..1
 */
export function ssim(x: Picture, y: Picture): number {
  checkSizes(x, y);
  if (Math.min(x.width, x.height) <= 2 * radius)
    throw new Error(`ssim: expected at least 11 x 11 pixels, got ${x.width} x ${x.height}.`);
  let sum = 0;
  for (let c = 0; c < x.channels; c++) sum += channelSsim(x, y, c);
  return sum / x.channels;
}

function channelSsim(x: Picture, y: Picture, channel: number): number {
  const blur = (entry: (i: number) => number) => blurValid(x, channel, entry);
  const at = (picture: Picture, i: number) => picture.values[i] ?? NaN;
  const meanX = blur((i) => at(x, i));
  const meanY = blur((i) => at(y, i));
  const squareX = blur((i) => at(x, i) ** 2);
  const squareY = blur((i) => at(y, i) ** 2);
  const product = blur((i) => at(x, i) * at(y, i));
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
  let sum = 0;
  meanX.forEach((mx, i) => {
    const my = meanY[i] ?? NaN;
    const spread = (squareX[i] ?? NaN) - mx * mx + (squareY[i] ?? NaN) - my * my;
    const covariance = (product[i] ?? NaN) - mx * my;
    const similarity = (2 * mx * my + c1) * (2 * covariance + c2);
    sum += similarity / ((mx * mx + my * my + c1) * (spread + c2));
  });
  return sum / meanX.length;
}

/**
 * Gaussian-weighted means of one channel, of every window that lies inside.
 * @param entry - value at an index into [H, W, C]
 * @returns [(H - 10) * (W - 10)]
 */
function blurValid(
  { width, height, channels }: Picture,
  channel: number,
  entry: (i: number) => number,
): Float64Array {
  const narrow = width - 2 * radius;
  const rows = new Float64Array(height * narrow); // blurred along x
  for (let i = 0; i < rows.length; i++) {
    const start = Math.floor(i / narrow) * width + (i % narrow);
    rows[i] = windowWeights.reduce(
      (sum, weight, k) => sum + weight * entry((start + k) * channels + channel),
      0,
    );
  }
  return new Float64Array((height - 2 * radius) * narrow).map((_, i) =>
    windowWeights.reduce((sum, weight, k) => sum + weight * (rows[i + k * narrow] ?? NaN), 0),
  );
}

/** Weights of the window, sum 1. */
function gaussianWindow(sigma: number): number[] {
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
}

function checkSizes(x: Picture, y: Picture): void {
  const size = ({ height, width, channels }: Picture) => `[${height}, ${width}, ${channels}]`;
  if (size(x) !== size(y) || x.values.length !== x.width * x.height * x.channels)
    throw new Error(
      `imageQuality: expected two pictures of one size, got ${size(x)} and ${size(y)}.`,
    );
}
