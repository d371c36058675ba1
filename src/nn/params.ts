/**
 * Parameter trees: what each tensor of a network should be, and the tensors themselves.
 *
 * A network's spec is a nested object whose leaves are ParamSpecs; its params are the same object with
 * tensors as leaves. The dotted path to a leaf IS its key in the official PyTorch state_dict.
 */
import * as tf from "@tensorflow/tfjs-core";

import { gaussianArray, type Rng } from "../math/random";

/**
 * How the official file lays a tensor out, where tfjs wants it otherwise. checkpoint/layout.ts converts.
 * conv: OIHW there, HWIO here. linear: [out, in] there, [in, out] here (tfjs's WASM and WebGPU matmuls
 * are several times slower with a transposed operand). plain: the same in both.
 */
export type Layout = "conv" | "linear" | "plain";

/** Values for a fresh tensor of a shape. */
export type Init = (shape: number[], rng: Rng) => Float32Array;

/** What one tensor should be: enough to initialise it, check it on import and count it. */
export class ParamSpec {
  /**
   * @param shape - in tfjs layout (conv HWIO, linear [in, out])
   * @param isBuffer - a constant that the official file stores but that can be computed: optional on import
   */
  constructor(
    readonly shape: number[],
    readonly init: Init,
    readonly layout: Layout = "plain",
    readonly isBuffer = false,
  ) {}

  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** The shape in the official file. */
  get officialShape(): number[] {
    const [a = 0, b = 0, c = 0, d = 0] = this.shape;
    if (this.layout === "conv") return [d, c, a, b];
    return this.layout === "linear" ? [b, a] : this.shape;
  }
}

/** A nested object with leaves of type L. */
export type Tree<L> = { [key: string]: L | Tree<L> };
export type SpecTree = { [key: string]: ParamSpec | SpecTree };
export type ParamTree = { [key: string]: tf.Tensor | ParamTree };

/** The tree of tensors that a spec function (or a spec) describes. */
export type Params<S> = S extends (...args: never[]) => infer R
  ? Params<R>
  : S extends ParamSpec
    ? tf.Tensor
    : { [K in keyof S]: Params<S[K]> };

/** Leaves of a spec with their state_dict keys, in the order of the spec. */
export function specEntries(spec: object, prefix = ""): [key: string, spec: ParamSpec][] {
  return Object.entries(spec as SpecTree).flatMap(([name, node]) =>
    node instanceof ParamSpec
      ? [[prefix + name, node] as [string, ParamSpec]]
      : specEntries(node, `${prefix}${name}.`),
  );
}

/** Leaves of a params tree with their state_dict keys. */
export function paramEntries(params: object, prefix = ""): [key: string, tensor: tf.Tensor][] {
  return Object.entries(params as ParamTree).flatMap(([name, node]) =>
    node instanceof tf.Tensor
      ? [[prefix + name, node] as [string, tf.Tensor]]
      : paramEntries(node, `${prefix}${name}.`),
  );
}

/** Params of the spec's shape, each leaf made by `make`. The cast is here and nowhere else. */
export function buildParams<S extends object>(
  spec: S,
  make: (key: string, spec: ParamSpec) => tf.Tensor,
  prefix = "",
): Params<S> {
  const built = Object.entries(spec as SpecTree).map(([name, node]) => [
    name,
    node instanceof ParamSpec
      ? make(prefix + name, node)
      : buildParams(node, make, `${prefix}${name}.`),
  ]);
  return Object.fromEntries(built) as Params<S>;
}

/** Fresh parameters, drawn in the order of the spec. */
export const initParams = <S extends object>(spec: S, rng: Rng): Params<S> =>
  buildParams(spec, (_, leaf) => tf.tensor(leaf.init(leaf.shape, rng), leaf.shape));

/** Number of values in a spec; buffers are not counted. */
export const countParams = (spec: object): number =>
  specEntries(spec).reduce((sum, [, leaf]) => sum + (leaf.isBuffer ? 0 : leaf.size), 0);

/** Frees every tensor of a tree. */
export const disposeParams = (params: object): void =>
  paramEntries(params).forEach(([, tensor]) => tensor.dispose());

// Initialisers. fan-in is every axis but the last: rows of a linear [in, out], h*w*in of a conv HWIO.

export const zeros: Init = (shape) => new Float32Array(volume(shape));
export const ones: Init = (shape) => new Float32Array(volume(shape)).fill(1);
export const gaussian: Init = (shape, rng) => gaussianArray(rng, volume(shape));

/** U(-1/sqrt(fanIn), 1/sqrt(fanIn)): PyTorch's default for Linear, Conv2d and their biases. */
export const uniformFanIn =
  (fanIn?: number): Init =>
  (shape, rng) => {
    const bound = 1 / Math.sqrt(fanIn ?? volume(shape.slice(0, -1)));
    return Float32Array.from({ length: volume(shape) }, () => bound * (2 * rng() - 1));
  };

/** N(0, 2 / fanOut): He et al. 2015, as torchvision initialises ResNet convolutions. */
export const kaimingFanOut: Init = (shape, rng) => {
  const [h = 1, w = 1, , out = 1] = shape;
  const std = Math.sqrt(2 / (h * w * out));
  return gaussianArray(rng, volume(shape)).map((value) => std * value);
};

/** N(0, 2 / fanIn): He et al. 2015, eq. 10, which keeps the size of signals through ReLUs. */
export const kaimingFanIn: Init = (shape, rng) => {
  const std = Math.sqrt(2 / volume(shape.slice(0, -1)));
  return gaussianArray(rng, volume(shape)).map((value) => std * value);
};

const volume = (shape: number[]): number => shape.reduce((product, length) => product * length, 1);
