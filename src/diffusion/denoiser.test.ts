import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { maxAbsDiff } from "../../tests/parity";
import { createDenoise, type DenoiserParts } from "./denoiser";

const [alpha, sigma] = [0.6, 0.8];
const clean = [1, -2, 0.5, 3];
const noise = [0.3, 0.1, -1.5, 2];
const tensor = (values: number[]) => tf.tensor4d(values, [1, 2, 1, 2]);
const mix = (a: number, b: number) => clean.map((x0, i) => a * x0 + b * (noise[i] ?? NaN));

/** What a perfect network of each kind answers for x_t = alpha x0 + sigma eps. */
const outputs: Record<DenoiserParts["predTarget"], number[]> = {
  eps: noise,
  x0: clean,
  v: mix(-sigma, alpha),
};

describeBackends("createDenoise", () => {
  it.each(["eps", "x0", "v"] as const)(
    "finds clean latents and noise from %s",
    async (predTarget) => {
      const xt = tensor(mix(alpha, sigma));
      const before = tf.memory().numTensors;
      const asked: number[] = [];
      const denoise = createDenoise({
        predTarget,
        predict: (_, t) => {
          asked.push(t);
          return tensor(outputs[predTarget]);
        },
        alphaSigma: () => ({ alpha, sigma }),
      });
      const { x0, eps } = denoise(xt, 949.05);
      expect(asked).toEqual([949.05]);
      expect(tf.memory().numTensors).toBe(before + 2);
      expect(maxAbsDiff(await x0.data(), clean)).toBeLessThan(1e-5);
      expect(maxAbsDiff(await eps.data(), noise)).toBeLessThan(1e-5);
      tf.dispose([x0, eps, xt]);
    },
  );

  it.each(["eps", "x0", "v"] as const)(
    "snaps clean latents and not the noise (%s)",
    async (predTarget) => {
      const xt = tensor(mix(alpha, sigma));
      const denoise = createDenoise({
        predTarget,
        predict: () => tensor(outputs[predTarget]),
        alphaSigma: () => ({ alpha, sigma }),
        snap: (x0) => tf.mul(tf.ceil(tf.div(x0, 4)), 4),
      });
      const { x0, eps } = denoise(xt, 0);
      expect([...(await x0.data())].map((value) => value + 0)).toEqual([4, 0, 4, 4]);
      expect(maxAbsDiff(await eps.data(), noise)).toBeLessThan(1e-5);
      tf.dispose([x0, eps, xt]);
    },
  );
});
