/**
 * Kernels for tfjs-node's backend "tensorflow": convolutions, for its own take no padding given in numbers, and the product
 * of two matrices, which TensorFlow's op for stacks of matrices is slower at (6 times for small ones, measured).
 *
 * TensorFlow's words for padding are SAME and VALID. Numbers that mean one of them are passed on as that word, which keeps
 * its fast kernels; others become zeros around the input (tfjs-node 4.22, dist/kernels/Conv2D*.js).
 */
import * as tf from "@tensorflow/tfjs-core";

const backendName = "tensorflow";

/**
 * Registers the kernels for the backend "tensorflow"; a second call changes nothing. Load tfjs-node first.
 */
export function registerTensorflowKernels(): void {
  if (isRegistered) return;
  replaceKernel(tf.Conv2D, paddedConv);
  replaceKernel(tf.Conv2DBackpropFilter, paddedFilterGradient);
  replaceKernel(tf.Conv2DBackpropInput, paddedInputGradient);
  replaceKernel(tf.BatchMatMul, plainMatMul);
  isRegistered = true;
}

let isRegistered = false;

/** Puts `make(stock kernel)` in the place of a stock kernel, keeping its set-up. */
function replaceKernel(kernelName: string, make: (stock: tf.KernelFunc) => tf.KernelFunc): void {
  const stock = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
  if (!stock)
    throw new Error(
      `registerTensorflowKernels: expected the kernel ${kernelName}, got none. Load tfjs-node first.`,
    );
  tf.unregisterKernel(kernelName, backendName); // registering over it would log a warning
  tf.registerKernel({ ...stock, kernelFunc: make(stock.kernelFunc) });
}

type Shape4 = [number, number, number, number];
export type ConvPadAttrs = Pick<tf.Conv2DAttrs, "strides" | "pad" | "dimRoundingMode"> & {
  dilations?: tf.Conv2DAttrs["dilations"];
};
type Zeros = [[0, 0], [number, number], [number, number], [0, 0]];

/** What TensorFlow is told: a word, and the zeros to put around the input before. */
export type Padding = { word: "same" | "valid"; zeros: Zeros | null };

/** The engine hands kernels tensors, though their type says TensorInfo. */
function input(inputs: tf.NamedTensorInfoMap, name: string): tf.Tensor4D {
  const info = inputs[name];
  if (!(info instanceof tf.Tensor) || info.rank !== 4)
    throw new Error(`tensorflowKernels: input ${name} is not a tensor of rank 4.`);
  return info as tf.Tensor4D; // checked above
}

/** How TensorFlow pads as `attrs` say. @param x - NHWC @param filter - HWIO */
export function paddingOf(x: number[], filter: number[], attrs: ConvPadAttrs): Padding {
  const { strides, dilations = 1, pad, dimRoundingMode } = attrs;
  const infoFor = (each: ConvPadAttrs["pad"]) =>
    tf.backend_util.computeConv2DInfo(
      x as Shape4, // NHWC images and HWIO filters have rank 4
      filter as Shape4,
      strides,
      dilations,
      each,
      typeof each === "string" ? undefined : dimRoundingMode,
    );
  const { top, bottom, left, right } = infoFor(pad).padInfo;
  if (top + bottom + left + right === 0) return { word: "valid", zeros: null };
  const same = infoFor("same").padInfo;
  const isSame =
    same.top === top && same.bottom === bottom && same.left === left && same.right === right;
  if (isSame) return { word: "same", zeros: null };
  return {
    word: "valid",
    zeros: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  };
}

const attrsOf = (args: { attrs?: tf.NamedAttrMap | undefined }) =>
  args.attrs as unknown as ConvPadAttrs & tf.NamedAttrMap; // attributes of one kernel name always have that kernel's type

type KernelArgs = Parameters<tf.KernelFunc>[0];

const paddedConv =
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (args) => {
    const x = input(args.inputs, "x");
    const filter = input(args.inputs, "filter");
    const attrs = attrsOf(args);
    const { word, zeros } = paddingOf(x.shape, filter.shape, attrs);
    return tf.tidy(() =>
      run(stock, args, { x: zeros ? tf.pad(x, zeros) : x, filter }, { ...attrs, pad: word }),
    );
  };

const paddedFilterGradient =
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (args) => {
    const x = input(args.inputs, "x");
    const dy = input(args.inputs, "dy");
    const attrs = attrsOf(args);
    const { word, zeros } = paddingOf(x.shape, attrs["filterShape"] as number[], attrs);
    return tf.tidy(() =>
      run(stock, args, { x: zeros ? tf.pad(x, zeros) : x, dy }, { ...attrs, pad: word }),
    );
  };

const paddedInputGradient =
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (args) => {
    const dy = input(args.inputs, "dy");
    const filter = input(args.inputs, "filter");
    const attrs = attrsOf(args);
    const [B, H, W, C] = attrs["inputShape"] as Shape4;
    const { word, zeros } = paddingOf([B, H, W, C], filter.shape, attrs);
    const inputs = { dy, filter };
    if (!zeros) return run(stock, args, inputs, { ...attrs, pad: word });
    const [, [top, bottom], [left, right]] = zeros;
    const inputShape: Shape4 = [B, H + top + bottom, W + left + right, C];
    return tf.tidy(() => {
      const padded = run(stock, args, inputs, { ...attrs, pad: word, inputShape });
      return tf.slice(padded, [0, top, left, 0], [B, H, W, C]);
    });
  };

/** What tfjs-node's backend offers beside tfjs's own interface: TensorFlow's ops by name. */
type OpRunner = {
  binding: { TF_ATTR_TYPE: number; TF_ATTR_BOOL: number; TF_FLOAT: number };
  executeSingleOutput: (
    name: string,
    attrs: { name: string; type: number; value: number | boolean }[],
    inputs: tf.TensorInfo[],
  ) => tf.Tensor;
};

const plainMatMul =
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (args) => {
    const { a, b } = args.inputs;
    if (!a || !b || a.shape.length !== 2 || b.shape.length !== 2 || a.dtype !== "float32")
      return stock(args);
    const { transposeA, transposeB } = args.attrs as unknown as tf.BatchMatMulAttrs; // of this kernel's name
    const { binding, executeSingleOutput } = args.backend as OpRunner; // only tfjs-node's backend calls this kernel
    const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } = binding;
    const attrs = [
      { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "transpose_a", type: TF_ATTR_BOOL, value: transposeA },
      { name: "transpose_b", type: TF_ATTR_BOOL, value: transposeB },
    ];
    return executeSingleOutput.call(args.backend, "MatMul", attrs, [a, b]);
  };

/** Runs the stock kernel on other inputs; tfjs-node's kernels return tensors that the engine knows. */
function run(
  stock: tf.KernelFunc,
  { backend }: KernelArgs,
  inputs: tf.NamedTensorMap,
  attrs: tf.NamedAttrMap,
): tf.Tensor4D {
  const out = stock({ inputs, attrs, backend });
  if (!(out instanceof tf.Tensor))
    throw new Error("tensorflowKernels: expected one tensor from a convolution.");
  return out as tf.Tensor4D; // a convolution's output
}
