import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { asTensor, golden, loadFixture, type Fixture } from "../../tests/fixture";
import { maxAbsDiff } from "../../tests/parity";

import { emaDecay, emaStep } from "./ema";
import { learningRate } from "./learningRate";
import { adamStep, freshMoments, type AdamSettings, type AdamVectors } from "./optimizer";

const settings: AdamSettings = { beta1: 0.9, beta2: 0.999, eps: 1e-8, clipNorm: 1 };

const read = async (tensor: tf.Tensor): Promise<number[]> => [...(await tensor.data<"float32">())];

/** torch.optim.Adam in float64 on one parameter, without clipping. */
function torchAdam(start: number, gradients: number[], lr: number): number {
  let [weight, m, v] = [start, 0, 0];
  gradients.forEach((gradient, i) => {
    m = 0.9 * m + 0.1 * gradient;
    v = 0.999 * v + 0.001 * gradient ** 2;
    weight -= (lr * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
  });
  return weight;
}

describeBackends("adamStep", () => {
  let weights: Fixture;
  let trace: Fixture;
  beforeAll(async () => {
    [weights, trace] = await Promise.all([loadFixture("weights"), loadFixture("train_loss")]);
  });

  it("takes the official first step, clipped by the norm over all groups", async () => {
    const keys = [...trace.tensors.keys()]
      .filter((key) => key.startsWith("adam1."))
      .map((key) => key.slice("adam1.".length));
    expect(keys).toHaveLength(3);
    const flat = (fixture: Fixture, key: string): tf.Tensor1D =>
      tf.reshape(asTensor(fixture, key), [-1]);
    const gradients = keys.map((key) => flat(trace, `grad.${key}`));
    const norm = golden(trace, "grad_norm").values[0] ?? NaN;
    const known = (await Promise.all(gradients.map(read))).flat();
    const rest = Math.sqrt(norm ** 2 - known.reduce((sum, g) => sum + g * g, 0)); // the parameters not stored
    const groups = keys.map((key) => freshMoments(flat(weights, key)));
    const { next, gradNorm } = adamStep(
      [...groups, freshMoments(tf.zeros([1]))],
      [...gradients, tf.tensor1d([rest])],
      [...keys.map((key) => (key.startsWith("dm_decoder.") ? 2e-4 : 1e-4)), 0],
      1,
      settings,
    );
    expect((await read(gradNorm))[0]).toBeCloseTo(norm, 3);
    for (const [i, key] of keys.entries()) {
      const stepped = await read(next[i]?.weights ?? tf.zeros([0]));
      const lr = key.startsWith("dm_decoder.") ? 2e-4 : 1e-4;
      const error = maxAbsDiff(stepped, golden(trace, `adam1.${key}`).values);
      expect(error, key).toBeLessThan(lr / 100);
    }
  });

  it("follows torch.optim.Adam over several steps", async () => {
    const gradients = [0.3, -0.7, 0.01, 0.5, 0.5];
    let group: AdamVectors = freshMoments(tf.tensor1d([0.2, 0.2]));
    for (const [i, gradient] of gradients.entries()) {
      const steps = adamStep([group], [tf.tensor1d([gradient, -gradient])], [0.01], i + 1, {
        ...settings,
        clipNorm: Infinity,
      });
      group = steps.next[0] ?? group;
    }
    const [up, down] = await read(group.weights);
    expect(up).toBeCloseTo(torchAdam(0.2, gradients, 0.01), 5);
    expect(down).toBeCloseTo(
      torchAdam(
        0.2,
        gradients.map((g) => -g),
        0.01,
      ),
      5,
    );
  });

  it("clips long gradients to the norm and leaves short ones", async () => {
    const stepped = async (gradient: number[], clipNorm: number) => {
      const { next } = adamStep([freshMoments(tf.zeros([2]))], [tf.tensor1d(gradient)], [1], 1, {
        ...settings,
        clipNorm,
      });
      return read(next[0]?.m ?? tf.zeros([0]));
    };
    const [a = NaN, b = NaN] = await stepped([30, 40], 5);
    expect([a, b].map((m) => m / 0.1)).toEqual([expect.closeTo(3, 4), expect.closeTo(4, 4)]);
    expect((await stepped([0.3, 0.4], 5)).map((m) => m / 0.1)[1]).toBeCloseTo(0.4, 5);
  });

  it("averages weights", async () => {
    const ema = emaStep(tf.tensor1d([1]), tf.tensor1d([3]), 0.75);
    expect(await read(ema)).toEqual([1.5]);
    expect(emaDecay(0.9999, 1)).toBeCloseTo(2 / 11);
    expect(emaDecay(0.9, 10_000)).toBe(0.9);
  });
});

it("warms up from a hundredth of the rate and ends there", () => {
  const settings = { lr: 1, warmup: 10, steps: 110 };
  const rates = [0, 5, 10, 60, 110].map((step) => learningRate(settings, step));
  const expected = [0.01, 0.505, 1, 0.505, 0.01]; // nerv's schedule: floor lr / 100, cosine after the warm-up
  rates.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i] ?? NaN, 6));
});
