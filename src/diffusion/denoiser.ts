/**
 * The seam between networks and samplers: a sampler asks for the clean latents and the noise in x_t and never learns
 * whether the network predicts noise, clean latents or velocity.
 *
 * Follows video_based/models/ddpm/ddim.py, DDIMSampler._p_sample_ddim, and dpm_solver.py, model_wrapper;
 * velocity is Salimans & Ho 2022, appendix D, https://arxiv.org/abs/2202.00512.
 */
import * as tf from "@tensorflow/tfjs-core";

/** What a network says about noisy latents; both tensors belong to the caller. */
export type Prediction = {
  /** Clean latents, after snapping [B, h, w, C]. */
  x0: tf.Tensor4D;
  /** Noise in x_t [B, h, w, C]; not re-derived from snapped latents. */
  eps: tf.Tensor4D;
};

/** @param t - 0..timesteps-1, fractional allowed, the same for the whole batch */
export type Denoise = (xt: tf.Tensor4D, t: number) => Prediction;

export type DenoiserParts = {
  /** The network's raw output [B, h, w, C]. */
  predict: (xt: tf.Tensor4D, t: number) => tf.Tensor4D;
  predTarget: "eps" | "x0" | "v";
  /** Signal and noise at t: `(t) => noiseLevel(schedule, t)`. */
  alphaSigma: (t: number) => { alpha: number; sigma: number };
  /** Corrects predicted clean latents, such as to their nearest codes. */
  snap?: (x0: tf.Tensor4D) => tf.Tensor4D;
};

/** A Denoise from a network and what it predicts. */
export function createDenoise({ predict, predTarget, alphaSigma, snap }: DenoiserParts): Denoise {
  return (xt, t) =>
    tf.tidy(() => {
      const { alpha, sigma } = alphaSigma(t);
      const output = predict(xt, t);
      const { x0, eps } = splitPrediction(predTarget, xt, output, alpha, sigma);
      return { x0: snap ? snap(x0) : x0, eps };
    });
}

/** Clean latents and noise from a raw output, with x_t = alpha x0 + sigma eps. */
function splitPrediction(
  predTarget: DenoiserParts["predTarget"],
  xt: tf.Tensor4D,
  output: tf.Tensor4D,
  alpha: number,
  sigma: number,
): Prediction {
  switch (predTarget) {
    case "eps":
      return { eps: output, x0: tf.div(tf.sub(xt, tf.mul(output, sigma)), alpha) };
    case "x0":
      return { x0: output, eps: tf.div(tf.sub(xt, tf.mul(output, alpha)), sigma) };
    case "v":
      return {
        x0: tf.sub(tf.mul(xt, alpha), tf.mul(output, sigma)),
        eps: tf.add(tf.mul(xt, sigma), tf.mul(output, alpha)),
      };
  }
}
