/** Compares tensors with golden ones and notes the largest error per module and backend for the README's table. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, type TestContext } from "vitest";

import { golden, type Fixture, type Meta } from "./fixture";

declare module "vitest" {
  interface TaskMeta {
    parity?: {
      module: string;
      official: string;
      backend: string;
      maxError: number;
      tolerance: number;
    };
  }
}

/** As the fixtures say, max(1e-4 absmax, 30 x the distance to float64); 1e-4 absolute at least. */
export function tolerance(fixture: Fixture, key: string): number {
  const meta: Meta = fixture.manifest.tensors?.[key] ?? {};
  return Math.max(1e-4, 1e-4 * (meta.absmax ?? 0), 30 * (meta.fp64_ref_maxabsdiff ?? 0));
}

export function maxAbsDiff(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length)
    throw new Error(`lengths differ: ${actual.length}, ${expected.length}`);
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN));
    if (Number.isNaN(difference)) return Infinity;
    worst = Math.max(worst, difference);
  }
  return worst;
}

/**
 * A checker for one module: `await check(key, tensor)` compares with the golden tensor `key`.
 * NHWC tensors are turned to NCHW where the manifest's layout says so; pass `as: "stored"` for those that match as they are.
 */
export function parityChecker(context: TestContext, module: string, official: string) {
  const note = { module, official, backend: tf.getBackend(), maxError: 0, tolerance: 0 };
  context.task.meta.parity = note;
  return async (
    fixture: Fixture,
    key: string,
    tensor: tf.Tensor,
    as: "nhwc" | "stored" = "nhwc",
  ): Promise<void> => {
    const expected = golden(fixture, key);
    const turned = tensor.rank === 4 && as === "nhwc" ? tf.transpose(tensor, [0, 3, 1, 2]) : tensor;
    expect(turned.shape, key).toEqual(expected.shape);
    const error = maxAbsDiff(await turned.data(), expected.values);
    const limit = tolerance(fixture, key);
    if (error > note.maxError) Object.assign(note, { maxError: error, tolerance: limit });
    expect(error, `${module}: ${key}`).toBeLessThanOrEqual(limit);
  };
}
