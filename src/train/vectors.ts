/**
 * Parameters trained together, laid end to end in one vector: an optimizer step is then a dozen operations for the whole
 * group, and the gradient of the splitting hands the gradients over as one vector too.
 */
import * as tf from "@tensorflow/tfjs-core";

import type { ParamSpec } from "../nn/params";

/** Where each parameter lies in the vector: in this order, without gaps. */
export type VectorLayout = {
  leaves: readonly (readonly [key: string, spec: ParamSpec])[];
  sizes: number[];
  /** Values in all. */
  length: number;
};

/** The layout of some leaves of a spec. */
export function layoutOf(leaves: VectorLayout["leaves"]): VectorLayout {
  const sizes = leaves.map(([, spec]) => spec.size);
  return { leaves, sizes, length: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The parameters in a vector [length], by key and in their shapes; gradients flow back to the vector. */
export function splitVector(
  { leaves, sizes }: VectorLayout,
  vector: tf.Tensor1D,
): Map<string, tf.Tensor> {
  const parts = tf.split(vector, sizes);
  return new Map(
    leaves.map(([key, spec], i) => {
      const part = parts[i] as tf.Tensor1D; // one part a size, one size a leaf
      return [key, tf.reshape(part, spec.shape)];
    }),
  );
}

/** The vector of parameters. @param values - of every leaf, row-major in the spec's shape */
export function joinValues(
  { leaves, length }: VectorLayout,
  values: (key: string, spec: ParamSpec) => Float32Array,
): Float32Array {
  const vector = new Float32Array(length);
  let at = 0;
  for (const [key, spec] of leaves) {
    const part = values(key, spec);
    if (part.length !== spec.size)
      throw new Error(`joinValues: expected ${spec.size} values of ${key}, got ${part.length}.`);
    vector.set(part, at);
    at += spec.size;
  }
  return vector;
}

/** The range of one parameter in the vector. */
export function rangeOf(
  { leaves, sizes }: VectorLayout,
  key: string,
): [begin: number, end: number] {
  const index = leaves.findIndex(([name]) => name === key);
  if (index < 0) throw new Error(`rangeOf: expected a trained parameter, got ${key}.`);
  const begin = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  return [begin, begin + (sizes[index] ?? 0)];
}

/** Parameters of a vector's values, by key; they share its memory. */
export function valuesByKey(
  layout: VectorLayout,
  vector: Float32Array,
): [key: string, spec: ParamSpec, values: Float32Array][] {
  let at = 0;
  return layout.leaves.map(([key, spec]) => {
    const begin = at;
    at += spec.size;
    return [key, spec, vector.subarray(begin, at)];
  });
}
