/**
 * Sinusoidal embedding of the diffusion time.
 *
 * Ho et al. 2020, appendix B, https://arxiv.org/abs/2006.11239; order [cos | sin] as in SlotDiffusion's LDM code
 * (ldm/modules/diffusionmodules/util.py, timestep_embedding).
 */
import * as tf from "@tensorflow/tfjs-core";

const MAX_PERIOD = 10000;

/**
 * Cosines, then sines, of t at `size / 2` frequencies from 1 down to almost 1/10000.
 *
 * Computed here and not on the device: arguments reach 999 rad, where a GPU's cos and sin may be far off.
 * @param t - one time a sample, 0..T-1, fractional allowed
 * @param size - an odd size ends with a zero, as in the official code
 * @returns [B, size]
 */
export function timestepEmbedding(t: number[], size: number): tf.Tensor2D {
  const half = Math.floor(size / 2);
  const values = new Float32Array(t.length * size);
  t.forEach((time, b) => {
    for (let i = 0; i < half; i++) {
      // float32 as in the official code: the rounding of the argument shows at 999 rad
      const frequency = Math.fround(Math.exp((-Math.log(MAX_PERIOD) * i) / half));
      const angle = Math.fround(time * frequency);
      values[b * size + i] = Math.cos(angle);
      values[b * size + half + i] = Math.sin(angle);
    }
  });
  return tf.tensor2d(values, [t.length, size]);
}
