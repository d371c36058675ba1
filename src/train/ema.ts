/**
 * Exponential moving average of weights, which samples and evaluates better than the last step's.
 *
 * Follows img_based/models/ddpm/ema.py, LitEma: the decay warms up, so that the random start is soon forgotten.
 */
import * as tf from "@tensorflow/tfjs-core";

/**
 * @param largest - the decay in the long run, 0..1
 * @param step - 1 for the first step
 */
export const emaDecay = (largest: number, step: number): number =>
  Math.min(largest, (1 + step) / (10 + step));

/** ema + (1 - decay) (weights - ema), a new vector [length]; both inputs stay the caller's. */
export const emaStep = (ema: tf.Tensor1D, weights: tf.Tensor1D, decay: number): tf.Tensor1D =>
  tf.tidy(() => tf.add<tf.Tensor1D>(ema, tf.mul(tf.sub(weights, ema), 1 - decay)));
