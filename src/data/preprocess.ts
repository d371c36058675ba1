/**
 * From a picture's pixels to what a network sees and back, on plain arrays.
 *
 * Official order: crop, then resize, values (x / 255 - 0.5) / 0.5 (img_based/datasets/utils.py, BaseTransforms).
 * Differs from: the official code in resizing 8-bit pixels rather than floats, at most half a grey level.
 */

/** RGBA, 0..255, row-major. */
export type Pixels = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> };

/** Object id per pixel, row-major; 0 is background. */
export type IdMask = { width: number; height: number; ids: Uint8Array<ArrayBuffer> };

/** How a picture that is not square becomes square. */
export type Fit = "crop" | "letterbox";

const mid = 128; // letterbox grey: about 0 in the network's -1..1

/** One output sample as a weighted run of input samples: weights[k] belongs to input start + k; they sum to 1. */
type Taps = { start: number; weights: number[] };

/** Shrinks or enlarges by area: every output pixel is the mean of the input it covers, fractions included. */
export const resizeArea = (pixels: Pixels, width: number, height: number): Pixels =>
  resample(pixels, areaTaps(pixels.width, width), areaTaps(pixels.height, height));

/**
 * Bilinear with half-pixel centres and no antialiasing: torch.nn.functional.interpolate(align_corners=False), which
 * torchvision 0.11 uses for tensors.
 */
export const resizeBilinear = (pixels: Pixels, width: number, height: number): Pixels =>
  resample(pixels, bilinearTaps(pixels.width, width), bilinearTaps(pixels.height, height));

function areaTaps(from: number, to: number): Taps[] {
  return Array.from({ length: to }, (_, i) => {
    const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
    const start = Math.floor(low);
    const end = Math.min(Math.max(Math.ceil(high), start + 1), from);
    const weights = Array.from({ length: end - start }, (_, k) => {
      const covered = Math.min(start + k + 1, high) - Math.max(start + k, low);
      return Math.max(covered, 0) / (high - low);
    });
    return { start, weights };
  });
}

function bilinearTaps(from: number, to: number): Taps[] {
  return Array.from({ length: to }, (_, i) => {
    const position = Math.max(((i + 0.5) * from) / to - 0.5, 0);
    const start = Math.min(Math.floor(position), from - 1);
    const fraction = position - start;
    return { start, weights: start + 1 < from ? [1 - fraction, fraction] : [1] };
  });
}

/** Resamples along y, line by line, then along x, in float; rounds once at the end. Alpha is a channel like the others. */
function resample(pixels: Pixels, columns: readonly Taps[], rows: readonly Taps[]): Pixels {
  const stride = pixels.width * 4;
  const out = new Uint8ClampedArray(columns.length * rows.length * 4);
  const line = new Float32Array(stride);
  const outLine = new Float32Array(columns.length * 4);
  rows.forEach((row, y) => {
    line.fill(0);
    addTaps(line, 0, pixels.data, row.start * stride, stride, row.weights);
    outLine.fill(0);
    columns.forEach(({ start, weights }, x) =>
      addTaps(outLine, x * 4, line, start * 4, 4, weights),
    );
    out.set(outLine, y * outLine.length); // rounds to the nearest, ties to even
  });
  return { width: columns.length, height: rows.length, data: out };
}

/** out[at + c] += sum over k of weights[k] * values[from + k * stride + c], for c in 0..stride-1. */
function addTaps(
  out: Float32Array,
  at: number,
  values: ArrayLike<number>,
  from: number,
  stride: number,
  weights: readonly number[],
): void {
  weights.forEach((weight, k) => {
    const base = from + k * stride;
    for (let c = 0; c < stride; c++)
      out[at + c] = (out[at + c] ?? 0) + weight * (values[base + c] ?? 0);
  });
}

/** Nearest id, taking input pixel floor(i * from / to) as torch.nn.functional.interpolate(mode="nearest") does. */
export function resizeNearest(mask: IdMask, width: number, height: number): IdMask {
  const ids = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * mask.height) / height) * mask.width;
    for (let x = 0; x < width; x++)
      ids[y * width + x] = mask.ids[row + Math.floor((x * mask.width) / width)] ?? 0;
  }
  return { width, height, ids };
}

/** A square picture: the centre of it (crop), or all of it between grey bars (letterbox). */
export function fitSquare(pixels: Pixels, fit: Fit): Pixels {
  const { width, height } = pixels;
  if (width === height) return pixels;
  const side = fit === "crop" ? Math.min(width, height) : Math.max(width, height);
  const data = new Uint8ClampedArray(side * side * 4).fill(mid);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  const left = Math.floor((width - side) / 2); // negative where there are bars
  const top = Math.floor((height - side) / 2);
  const columns = Math.min(side, width);
  for (let y = Math.max(top, 0); y < Math.min(top + side, height); y++) {
    const from = (y * width + Math.max(left, 0)) * 4;
    const to = ((y - top) * side + Math.max(-left, 0)) * 4;
    data.set(pixels.data.subarray(from, from + columns * 4), to);
  }
  return { width: side, height: side, data };
}

/**
 * Pixels as the network takes them; what is transparent shows white.
 * @returns -1..1, [H, W, 3]
 */
export function toSigned({ width, height, data }: Pixels): Float32Array {
  const out = new Float32Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const alpha = (data[i * 4 + 3] ?? 255) / 255;
    for (let c = 0; c < 3; c++) {
      const value = ((data[i * 4 + c] ?? 0) / 255) * alpha + (1 - alpha);
      out[i * 3 + c] = (value - 0.5) / 0.5;
    }
  }
  return out;
}

/**
 * The network's picture as opaque pixels: round(255 clamp(x / 2 + 1 / 2, 0, 1)).
 * @param values - [H, W, 3], nominally -1..1
 */
export function fromSigned(values: ArrayLike<number>, width: number, height: number): Pixels {
  if (values.length !== width * height * 3)
    throw new Error(
      `fromSigned: expected ${width} x ${height} x 3 values, got ${values.length}. One per channel and pixel.`,
    );
  const data = new Uint8ClampedArray(width * height * 4); // clamps, and rounds to the nearest
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[i * 4 + c] = 255 * ((values[i * 3 + c] ?? 0) * 0.5 + 0.5);
    data[i * 4 + 3] = 255;
  }
  return { width, height, data };
}
