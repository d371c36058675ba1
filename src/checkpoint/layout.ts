/**
 * Official PyTorch layouts <-> tfjs layouts, both ways and only here: convolutions OIHW <-> HWIO, linear weights
 * [out, in] <-> [in, out]. Import then export is byte-identical: values are only moved.
 */
import type { ParamSpec } from "../nn/params";

/** Reorders row-major values of `shape` so that axis i of the result is axis `permutation[i]` of the input. */
export function permuteAxes(
  values: Float32Array,
  shape: number[],
  permutation: number[],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const outShape = permutation.map((axis) => shape[axis] ?? 0);
  const outStrides = permutation.map((axis) => strides[axis] ?? 0);
  const last = shape.length - 1;
  const run = outShape[last] ?? 1;
  const runStride = outStrides[last] ?? 0;
  const out = new Float32Array(values.length);
  const index = outShape.map(() => 0);
  let source = 0;
  for (let i = 0; i < out.length;) {
    for (let k = 0, at = source; k < run; k++, at += runStride) out[i++] = values[at] ?? 0;
    for (let axis = last - 1; axis >= 0; axis--) {
      const stride = outStrides[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      if (next < (outShape[axis] ?? 0)) {
        index[axis] = next;
        source += stride;
        break;
      }
      source -= (next - 1) * stride;
      index[axis] = 0;
    }
  }
  return out;
}

/** @param values - in the official layout of the spec @returns values in its tfjs layout; a copy only where it moves */
export function fromOfficial(spec: ParamSpec, values: Float32Array): Float32Array {
  if (spec.layout === "conv") return permuteAxes(values, spec.officialShape, [2, 3, 1, 0]);
  return spec.layout === "linear" ? permuteAxes(values, spec.officialShape, [1, 0]) : values;
}

/** @param values - in the tfjs layout of the spec @returns values in its official layout */
export function toOfficial(spec: ParamSpec, values: Float32Array): Float32Array {
  if (spec.layout === "conv") return permuteAxes(values, spec.shape, [3, 2, 0, 1]);
  return spec.layout === "linear" ? permuteAxes(values, spec.shape, [1, 0]) : values;
}
