/**
 * Adam with clipping by the global norm, on parameter vectors.
 *
 * Kingma & Ba 2015, Algorithm 1, https://arxiv.org/abs/1412.6980. Numbers follow torch.optim.Adam and
 * torch.nn.utils.clip_grad_norm_, which the official trainer uses.
 */
import * as tf from "@tensorflow/tfjs-core";

export type AdamSettings = {
  beta1: number;
  beta2: number;
  eps: number;
  /** Largest norm of all gradients together; Infinity leaves them as they are. */
  clipNorm: number;
};

/** One parameter vector with its running moments, each [length]. */
export type AdamVectors = { weights: tf.Tensor1D; m: tf.Tensor1D; v: tf.Tensor1D };

export type AdamResult = {
  /** New vectors, in the order of the groups; the old ones stay the caller's. */
  next: AdamVectors[];
  /** Norm of all gradients before clipping. */
  gradNorm: tf.Scalar;
};

/** A group that has not been trained yet. The vector of weights is not copied. */
export const freshMoments = (weights: tf.Tensor1D): AdamVectors => ({
  weights,
  m: tf.zerosLike(weights),
  v: tf.zerosLike(weights),
});

/**
 * One step for several groups, which share the clipping and differ in their rates.
 * @param gradients - one vector a group
 * @param rates - learning rate of each group
 * @param step - 1 for the first step: what the bias correction counts
 */
export function adamStep(
  groups: readonly AdamVectors[],
  gradients: readonly tf.Tensor1D[],
  rates: readonly number[],
  step: number,
  settings: AdamSettings,
): AdamResult {
  return tf.tidy(() => {
    const squares = gradients.map((gradient) => tf.square(gradient));
    const gradNorm = tf.sqrt(tf.addN(squares.map((each): tf.Scalar => tf.sum(each))));
    const clip = tf.minimum<tf.Scalar>(1, tf.div(settings.clipNorm, tf.add(gradNorm, 1e-6)));
    const next = groups.map((group, i) => {
      const gradient = gradients[i];
      const square = squares[i];
      const rate = rates[i];
      if (!gradient || !square || rate === undefined)
        throw new Error(`adamStep: expected a gradient and a rate for group ${i}, got none.`);
      return stepGroup(group, gradient, square, clip, rate, step, settings);
    });
    return { next, gradNorm };
  });
}

/** The clipping factor joins the scalars, so that no vector is spent on it. */
function stepGroup(
  { weights, m, v }: AdamVectors,
  gradient: tf.Tensor1D,
  square: tf.Tensor1D,
  clip: tf.Scalar,
  rate: number,
  step: number,
  { beta1, beta2, eps }: AdamSettings,
): AdamVectors {
  const correction1 = 1 - beta1 ** step;
  const correction2 = Math.sqrt(1 - beta2 ** step);
  const nextM = tf.add<tf.Tensor1D>(tf.mul(m, beta1), tf.mul(gradient, tf.mul(clip, 1 - beta1)));
  const nextV = tf.add<tf.Tensor1D>(
    tf.mul(v, beta2),
    tf.mul(square, tf.mul(tf.square(clip), 1 - beta2)),
  );
  const direction = tf.div(nextM, tf.add(tf.sqrt(nextV), eps * correction2));
  const change = tf.mul(direction, (rate * correction2) / correction1);
  return { weights: tf.sub<tf.Tensor1D>(weights, change), m: nextM, v: nextV };
}
