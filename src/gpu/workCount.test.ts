/** Kernels and tensors are counted as they are asked for. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

import { useBackend } from "../../tests/backends";
import { countKernels, measureWork, peakSoFar } from "./workCount";

beforeAll(async () => {
  await useBackend("wasm");
  countKernels("wasm");
  countKernels("wasm"); // and not twice
});

/** Six values doubled twice: two kernels that compute. */
function work(): void {
  tf.tidy(() => {
    const x = tf.tensor1d([1, 2, 3, 4, 5, 6]);
    const matrix = tf.reshape(tf.add(x, x), [2, 3]);
    return tf.expandDims(tf.add(matrix, matrix));
  }).dispose();
}

test("a kernel that computes counts once, a new name for a tensor does not", () => {
  const measured = measureWork();
  work();
  expect(measured().count).toBe(2);
  work();
  expect(measured().count).toBe(4);
});

test("results are those of the kernels themselves", () => {
  const sum = tf.add(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]));
  expect([...sum.dataSync()]).toEqual([4, 6]);
  sum.dispose();
});

test("the peak is what lived at once, and a later count starts anew", () => {
  const before = tf.memory().numBytes;
  const large = measureWork();
  const many = tf.zeros<tf.Rank.R1>([1000]);
  tf.dispose([tf.neg(many), many]);
  const { bytes } = large().peak;
  expect(bytes).toBeGreaterThanOrEqual(before + 4000);
  const small = measureWork();
  work();
  expect(small().peak.bytes).toBeLessThan(bytes);
  expect(peakSoFar().bytes).toBeGreaterThanOrEqual(bytes);
});
