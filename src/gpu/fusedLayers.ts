/**
 * GroupNorm and SiLU with gradients written out: a third of the passes over memory that automatic differentiation of their
 * stock operations makes, which costs as much as the convolutions beside them where operations are not fused.
 *
 * Wu & He 2018, eq. 1-6, https://arxiv.org/abs/1803.08494; numerics follow torch.nn.GroupNorm (biased variance).
 */
import * as tf from "@tensorflow/tfjs-core";

/** Factors of one norm: y = x * scale + shift, [B, 1, C] each. */
type Affine = { scale: tf.Tensor3D; shift: tf.Tensor3D };
/** Mean and 1 / sqrt(variance + eps) of each group, spread to its channels [B, 1, C]. */
type Statistics = { mean: tf.Tensor3D; inverse: tf.Tensor3D };

/**
 * Normalises over space and each of `groups` contiguous blocks of channels.
 * @param x - [B, H, W, C], C divisible by groups
 * @param weight - [C]
 * @param bias - [C]
 */
export function groupNormalize(
  x: tf.Tensor4D,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  groups: number,
  eps: number,
): tf.Tensor4D {
  const op = tf.customGrad<tf.Tensor4D>((...inputs) => {
    const save = inputs.at(-1) as tf.GradSaveFunc; // customGrad appends it to the inputs
    const rows = asRows(x);
    const statistics = measure(rows, groups, eps);
    const { scale, shift } = toAffine(statistics, weight, bias);
    save([x, weight, statistics.mean, statistics.inverse]);
    return {
      value: tf.reshape(tf.add(tf.mul(rows, scale), shift), x.shape),
      gradFunc: (dy, saved) => {
        const [input, gain, mean, inverse] = saved as [
          tf.Tensor4D,
          tf.Tensor1D,
          tf.Tensor3D,
          tf.Tensor3D,
        ]; // as saved above
        return backward(dy, input, gain, { mean, inverse }, groups);
      },
    };
  });
  return op(x, weight, bias);
}

/** @returns [B, H * W, C] */
const asRows = (x: tf.Tensor4D): tf.Tensor3D => {
  const [B, H, W, C] = x.shape;
  return tf.reshape(x, [B, H * W, C]);
};

/** Sums of groups of channels, spread to the channels again. @param perChannel - [B, C] @returns [B, 1, C] */
function spreadGroupMeans(perChannel: tf.Tensor2D, groups: number, pixels: number): tf.Tensor3D {
  const [B, C] = perChannel.shape;
  const size = C / groups;
  const sums = tf.sum(tf.reshape(perChannel, [B, groups, size]), 2, true); // [B, G, 1]
  const means = tf.div(sums, size * pixels);
  return tf.reshape(tf.tile(means, [1, 1, size]), [B, 1, C]);
}

/** Variance as the mean square of centred values: E[x²] - E[x]² loses digits where the mean is large. */
function measure(rows: tf.Tensor3D, groups: number, eps: number): Statistics {
  const pixels = rows.shape[1];
  const mean = spreadGroupMeans(tf.sum(rows, 1), groups, pixels);
  const squares = tf.squaredDifference<tf.Tensor3D>(rows, mean);
  const variance = spreadGroupMeans(tf.sum(squares, 1), groups, pixels);
  return { mean, inverse: tf.rsqrt(tf.add(variance, eps)) };
}

function toAffine({ mean, inverse }: Statistics, weight: tf.Tensor1D, bias: tf.Tensor1D): Affine {
  const scale = tf.mul<tf.Tensor3D>(inverse, weight);
  return { scale, shift: tf.sub<tf.Tensor3D>(bias, tf.mul(mean, scale)) };
}

/**
 * With n = (x - mean) inverse and g = dy weight: dx = inverse (g - mean(g) - n mean(g n)), which is linear in dy and x,
 * so that sums over pixels and factors per channel are all it needs.
 */
function backward(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  weight: tf.Tensor1D,
  { mean, inverse }: Statistics,
  groups: number,
): [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D] {
  const dyRows = asRows(dy);
  const rows = asRows(x);
  const pixels = rows.shape[1];
  const sumDy: tf.Tensor3D = tf.sum(dyRows, 1, true); // [B, 1, C]
  const sumDyX: tf.Tensor3D = tf.sum(tf.mul(dyRows, rows), 1, true);
  const sumDyN = tf.mul<tf.Tensor3D>(tf.sub(sumDyX, tf.mul(mean, sumDy)), inverse);
  const perGroup = (sums: tf.Tensor3D): tf.Tensor3D =>
    spreadGroupMeans(tf.mul<tf.Tensor2D>(tf.squeeze(sums, [1]), weight), groups, pixels);
  const meanG = perGroup(sumDy);
  const slope = tf.mul<tf.Tensor3D>(tf.square(inverse), perGroup(sumDyN)); // of x in dx
  const constant = tf.sub(tf.mul(slope, mean), tf.mul(inverse, meanG));
  const dx = tf.add(tf.sub(tf.mul(dyRows, tf.mul(inverse, weight)), tf.mul(rows, slope)), constant);
  return [tf.reshape(dx, x.shape), tf.sum(sumDyN, [0, 1]), tf.sum(sumDy, [0, 1])];
}

/** x * sigmoid(x). */
export function silu<T extends tf.Tensor>(x: T): T {
  const op = tf.customGrad<T>((...inputs) => {
    const save = inputs.at(-1) as tf.GradSaveFunc; // customGrad appends it to the inputs
    const gate = tf.sigmoid(x);
    const y = tf.mul<T>(x, gate);
    save([gate, y]);
    return {
      value: y,
      gradFunc: (dy, saved) => {
        const [s, out] = saved as [T, T]; // as saved above
        return tf.mul<T>(dy, tf.add(s, tf.sub(out, tf.mul(out, s)))); // s + y (1 - s)
      },
    };
  });
  return op(x);
}
