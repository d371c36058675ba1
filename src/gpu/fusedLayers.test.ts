import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { gaussianArray, mulberry32 } from "../math/random";

import { groupNormalize, silu } from "./fusedLayers";
import { registerWasmKernels } from "./wasmKernels";

const shape: [number, number, number, number] = [2, 5, 4, 12];

const draw = <R extends tf.Rank>(of: tf.ShapeMap[R], seed: number): tf.Tensor<R> =>
  tf.tensor(gaussianArray(mulberry32(seed), tf.util.sizeFromShape(of)), of);

/** Stock operations, to be differentiated by tfjs. */
function composedNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, groups: number): tf.Tensor {
  const [B, H, W, C] = shape;
  const grouped = tf.reshape(x, [B, H * W, groups, C / groups]);
  const centered = tf.sub(grouped, tf.mean(grouped, [1, 3], true));
  const variance = tf.mean(tf.square(centered), [1, 3], true);
  const normalized = tf.reshape(tf.mul(centered, tf.rsqrt(tf.add(variance, 1e-5))), shape);
  return tf.add(tf.mul(normalized, weight), bias);
}

async function expectClose(actual: tf.Tensor, expected: tf.Tensor): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = await Promise.all([actual.data(), expected.data()]);
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i] ?? NaN, 4));
}

describeBackends("fusedLayers", (backend) => {
  beforeAll(() => {
    if (backend === "wasm") registerWasmKernels();
  });
  const inputs = (): [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D] => [
    tf.add(draw<tf.Rank.R4>(shape, 1), 3), // off zero, as features are
    draw([12], 2),
    draw([12], 3),
  ];

  it("normalises groups as the stock operations do, gradients included", async () => {
    const [x, weight, bias] = inputs();
    const factors = draw(shape, 4);
    for (const groups of [1, 3, 12]) {
      await expectClose(
        groupNormalize(x, weight, bias, groups, 1e-5),
        composedNorm(x, weight, bias, groups),
      );
      const own = tf.grads((a, b, c) =>
        tf.sum(
          tf.mul(
            groupNormalize(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D, groups, 1e-5),
            factors,
          ),
        ),
      )([x, weight, bias]);
      const stock = tf.grads((a, b, c) => tf.sum(tf.mul(composedNorm(a, b, c, groups), factors)))([
        x,
        weight,
        bias,
      ]);
      for (const [i, gradient] of own.entries()) await expectClose(gradient, stock[i] ?? gradient);
    }
  });

  it("has SiLU's value and slope", async () => {
    const x = draw<tf.Rank.R4>(shape, 5);
    const factors = draw(shape, 6);
    const composed = (a: tf.Tensor): tf.Tensor => tf.mul(a, tf.sigmoid(a));
    await expectClose(silu(x), composed(x));
    const slope = (op: (a: tf.Tensor) => tf.Tensor): tf.Tensor =>
      tf.grad((a: tf.Tensor) => tf.sum(tf.mul(op(a), factors)))(x);
    await expectClose(slope(silu), slope(composed));
  });

  it("leaves nothing behind", () => {
    const [x, weight, bias] = inputs();
    const before = tf.memory().numTensors;
    const { value, grads } = tf.valueAndGrads((a, b, c) =>
      tf.sum<tf.Scalar>(
        silu(groupNormalize(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D, 3, 1e-5)),
      ),
    )([x, weight, bias]);
    expect(tf.memory().numTensors - before).toBe(4);
    tf.dispose([value, ...grads, x, weight, bias]);
  });
});
