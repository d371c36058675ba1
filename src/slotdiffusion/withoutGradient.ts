/** torch.no_grad for tfjs: results that gradients do not flow through. */
import * as tf from "@tensorflow/tfjs-core";

/**
 * Runs a computation whose steps the gradient tape does not see, so that nothing of it is kept for a backward pass.
 * @param x - the only input to differentiate by; its gradient is zero
 */
export function withoutGradient<T extends tf.Tensor>(
  x: tf.Tensor4D,
  compute: (x: tf.Tensor4D) => T,
): T {
  const constant = tf.customGrad((...inputs) => {
    const input = inputs[0] as tf.Tensor4D; // the one tensor passed below
    return { value: compute(input), gradFunc: () => tf.zerosLike(input) };
  });
  return constant(x);
}
