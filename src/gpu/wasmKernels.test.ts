/** Every kernel we add to the WASM backend against the CPU backend, on odd shapes. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { isBrowser } from "../../tests/backends";
import { maxAbsDiff } from "../../tests/parity";
import { registerWasmKernels } from "./wasmKernels";

type Pad = "same" | "valid" | number | tf.backend_util.ExplicitPadding;
type Convolution = { x: number[]; filter: number[]; stride: number; pad: Pad };

const asymmetric: Pad = [
  [0, 0],
  [0, 1],
  [0, 1],
  [0, 0],
];
const oneSided: Pad = [
  [0, 0],
  [1, 0],
  [0, 2],
  [0, 0],
];
const convolutions: Convolution[] = [
  { x: [1, 5, 7, 1], filter: [3, 3, 1, 1], stride: 1, pad: 1 },
  { x: [2, 7, 5, 3], filter: [3, 3, 3, 4], stride: 1, pad: 1 },
  { x: [3, 6, 9, 5], filter: [3, 3, 5, 2], stride: 2, pad: 1 },
  { x: [2, 9, 7, 3], filter: [5, 5, 3, 6], stride: 2, pad: 2 },
  { x: [2, 8, 6, 4], filter: [3, 3, 4, 4], stride: 2, pad: asymmetric },
  { x: [2, 7, 8, 2], filter: [3, 3, 2, 3], stride: 1, pad: oneSided },
  { x: [2, 7, 7, 3], filter: [3, 3, 3, 5], stride: 2, pad: "same" },
  { x: [2, 6, 7, 3], filter: [4, 2, 3, 5], stride: 1, pad: "same" },
  { x: [2, 8, 9, 3], filter: [3, 3, 3, 5], stride: 2, pad: "valid" },
  { x: [2, 9, 9, 3], filter: [2, 2, 3, 5], stride: 3, pad: "valid" },
  { x: [2, 16, 16, 3], filter: [8, 8, 3, 5], stride: 8, pad: 0 },
  { x: [3, 5, 6, 7], filter: [1, 1, 7, 4], stride: 1, pad: 0 },
  { x: [2, 7, 9, 4], filter: [1, 1, 4, 3], stride: 2, pad: 0 },
  { x: [1, 6, 6, 2], filter: [3, 3, 2, 2], stride: 1, pad: 4 }, // wider than the filter's reach
];

const products: { a: number[]; b: number[]; transposeA: boolean; transposeB: boolean }[] = [
  { a: [60, 70], b: [70, 50], transposeA: false, transposeB: false },
  { a: [130, 33], b: [130, 41], transposeA: true, transposeB: false },
  { a: [33, 130], b: [41, 130], transposeA: false, transposeB: true },
  { a: [130, 33], b: [41, 130], transposeA: true, transposeB: true },
  { a: [3, 40, 51], b: [3, 51, 37], transposeA: false, transposeB: false },
  { a: [2, 3, 51, 40], b: [2, 3, 37, 51], transposeA: true, transposeB: true },
  { a: [5, 2, 3], b: [5, 4, 3], transposeA: false, transposeB: true }, // left to the stock kernel
  { a: [1, 40, 51], b: [3, 51, 37], transposeA: false, transposeB: false }, // broadcast: left to it too
];

beforeAll(() => {
  if (isBrowser) setWasmPaths("/node_modules/@tensorflow/tfjs-backend-wasm/dist/");
  registerWasmKernels();
  registerWasmKernels(); // a second call changes nothing
});
afterEach(() => tf.setBackend("cpu"));

const random = (shape: number[], seed: number): tf.Tensor =>
  tf.randomNormal(shape, 0, 1, "float32", seed);

/** What `compute` gives on a backend; fails if it leaves tensors behind. */
async function on(backend: string, compute: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const results = tf.tidy(compute);
  expect(tf.memory().numTensors, "leaked tensors").toBe(before + results.length);
  const values = await Promise.all(results.map((x) => x.data<"float32">()));
  tf.dispose(results);
  return values;
}

async function expectSame(compute: () => tf.Tensor[]): Promise<void> {
  const expected = await on("cpu", compute);
  const actual = await on("wasm", compute);
  expected.forEach((values, i) => {
    expect(values.some((value) => value !== 0)).toBe(true);
    expect(maxAbsDiff(actual[i] ?? [], values)).toBeLessThan(1e-4);
  });
}

describe("WASM kernels give what the CPU backend gives", () => {
  it.each(convolutions)("both gradients of conv2d $x * $filter, stride $stride, pad $pad", (c) =>
    expectSame(() => {
      const x = random(c.x, 1) as tf.Tensor4D;
      const filter = random(c.filter, 2) as tf.Tensor4D;
      const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, c.stride, c.pad);
      const dy = random(convolve(x, filter).shape, 3);
      return tf.grads(convolve)([x, filter], dy);
    }),
  );

  it.each(products)("$a by $b, transposed $transposeA $transposeB", (c) =>
    expectSame(() => [tf.matMul(random(c.a, 1), random(c.b, 2), c.transposeA, c.transposeB)]),
  );

  it("the gradients of a batched product", () =>
    expectSame(() => {
      const product = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, false, true);
      return tf.grads(product)([random([2, 3, 40, 33], 1), random([2, 3, 35, 33], 2)]);
    }));

  it("sums per segment, also of rows of rows", () =>
    expectSame(() => {
      const ids = tf.tensor1d([4, 0, 4, 2, 0, 0, 6], "int32");
      return [
        tf.unsortedSegmentSum(random([7, 3], 1), ids, 7),
        tf.unsortedSegmentSum(random([7, 2, 5], 2), ids, 9),
        tf.unsortedSegmentSum(random([7], 3), ids, 5), // 6 is out of range: dropped
      ];
    }));

  it("the gradient of gather", () =>
    expectSame(() => {
      const indices = tf.tensor2d([3, 1, 3, 0, 3, 1], [2, 3], "int32");
      return [tf.grad((x) => tf.square(tf.gather(x, indices)))(random([5, 4], 1))];
    }));
});

it("names the missing kernel where the WASM backend was not imported", () => {
  const kernels = tf.getKernelsForBackend("wasm");
  for (const { kernelName } of kernels) tf.unregisterKernel(kernelName, "wasm");
  try {
    expect(() => registerWasmKernels()).toThrow("Import the WASM backend first");
  } finally {
    kernels.forEach((kernel) => tf.registerKernel(kernel));
  }
});
