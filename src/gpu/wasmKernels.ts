/**
 * Kernels that training needs and TensorFlow.js's WASM backend lacks, or has only as scalar loops.
 *
 * A convolution's two gradients are convolutions themselves, and a transposed or batched matrix product is a row of plain
 * ones: written that way they run on XNNPACK, about ten times faster than the scalar kernels of tfjs 4.22.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

const backendName = "wasm";

/** Below this many multiply-adds per product the scalar matmul wins over packing for XNNPACK (measured). */
const minPackedProduct = 32768;
/** And below this many rows, whatever the size: packing b costs as much as multiplying a few rows by it. */
const minPackedRows = 12;

/**
 * Registers the kernels for the backend "wasm"; a second call changes nothing. Import the WASM backend first.
 */
export function registerWasmKernels(): void {
  if (tf.getKernel(tf.Conv2DBackpropFilter, backendName)) return;
  replaceKernel(tf.BatchMatMul, packedMatMul);
  replaceKernel(tf.Conv2DBackpropInput, convInputGradient);
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName,
    kernelFunc: convFilterGradient,
  });
  tf.registerKernel({ kernelName: tf.UnsortedSegmentSum, backendName, kernelFunc: segmentSum });
}

/** Puts `make(stock kernel)` in the place of a stock kernel, keeping its set-up. */
function replaceKernel(kernelName: string, make: (stock: tf.KernelFunc) => tf.KernelFunc): void {
  const stock = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
  if (!stock)
    throw new Error(
      `registerWasmKernels: expected the WASM kernel ${kernelName}, got none. Import the WASM backend first.`,
    );
  tf.unregisterKernel(kernelName, backendName); // registering over it would log a warning
  tf.registerKernel({ ...stock, kernelFunc: make(stock.kernelFunc) });
}

/** The engine hands kernels tensors, though their type says TensorInfo. */
function input<R extends tf.Rank>(inputs: tf.NamedTensorInfoMap, name: string): tf.Tensor<R> {
  const info = inputs[name];
  if (!(info instanceof tf.Tensor)) throw new Error(`wasmKernels: input ${name} is not a tensor.`);
  return info as tf.Tensor<R>;
}

function convInfo(
  x: number[],
  filter: number[],
  { strides, pad, dimRoundingMode, dataFormat }: tf.Conv2DBackpropInputAttrs,
): tf.backend_util.Conv2DInfo {
  if (dataFormat !== "NHWC")
    throw new Error(`wasmKernels: expected NHWC convolutions, got ${dataFormat}. Transpose first.`);
  return tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** dW: correlates the input with dy. Channels become the batch, the batch becomes channels. */
const convFilterGradient: tf.KernelFunc = ({ inputs, attrs }) => {
  const x = input<tf.Rank.R4>(inputs, "x");
  const dy = input<tf.Rank.R4>(inputs, "dy");
  // Attributes of one kernel name always have that kernel's type.
  const { filterShape, ...convAttrs } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  const info = convInfo(x.shape, filterShape, { ...convAttrs, inputShape: x.shape });
  if (isPointwise(info)) return pointwiseFilterGradient(x, dy, filterShape);
  return tf.tidy(() => {
    const { top, bottom, left, right } = info.padInfo;
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const xt = tf.transpose(padded, [3, 1, 2, 0]); // [Ci, H, W, B]
    const filter = tf.transpose(dy, [1, 2, 0, 3]); // [h, w, B, Co]
    const { strideHeight, strideWidth, filterHeight, filterWidth } = info;
    const taps = tf.conv2d(xt, filter, 1, "valid", "NHWC", [strideHeight, strideWidth]);
    const kept = tf.slice(taps, [0, 0, 0, 0], [-1, filterHeight, filterWidth, -1]); // rows left over by the stride
    return tf.transpose(kept, [1, 2, 0, 3]); // [Ci, kh, kw, Co] -> HWIO
  });
};

const isPointwise = ({
  filterHeight,
  filterWidth,
  strideHeight,
  strideWidth,
  padInfo: { top, bottom, left, right },
}: tf.backend_util.Conv2DInfo): boolean =>
  filterHeight * filterWidth * strideHeight * strideWidth === 1 &&
  top + bottom + left + right === 0;

const pointwiseFilterGradient = (
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: [number, number, number, number],
): tf.Tensor4D =>
  tf.tidy(() => {
    const [, , inC, outC] = filterShape;
    const rows = tf.reshape(x, [-1, inC]);
    return tf.reshape(tf.matMul(rows, tf.reshape(dy, [-1, outC]), true), filterShape);
  });

/** dX: dy, with zeros between its pixels where the stride skipped some, convolved with the filter turned round. */
const convInputGradient =
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (args) => {
    const dy = input<tf.Rank.R4>(args.inputs, "dy");
    const filter = input<tf.Rank.R4>(args.inputs, "filter");
    const convAttrs = args.attrs as unknown as tf.Conv2DBackpropInputAttrs;
    const info = convInfo(convAttrs.inputShape, filter.shape, convAttrs);
    const { top, left } = info.padInfo;
    const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
    const rows = axisPad(info.inHeight, info.outHeight, filterHeight, strideHeight, top);
    const columns = axisPad(info.inWidth, info.outWidth, filterWidth, strideWidth, left);
    if ([...rows, ...columns].some((pad) => pad < 0)) return stock(args); // padded by more than the filter's reach
    return tf.tidy(() => {
      const spread = spreadPixels(dy, strideHeight, strideWidth);
      const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]); // [kh, kw, Co, Ci]
      return tf.conv2d(spread, turned, 1, [[0, 0], rows, columns, [0, 0]], "NHWC", 1, "floor");
    });
  };

/** Zeros before and after spread dy, so that the convolution gives back the input's length. */
const axisPad = (
  inSize: number,
  outSize: number,
  kernel: number,
  stride: number,
  padBefore: number,
): [before: number, after: number] => [
  kernel - 1 - padBefore,
  inSize + padBefore - 1 - (outSize - 1) * stride,
];

/** @returns [B, (h - 1) * sh + 1, (w - 1) * sw + 1, C], zero but at every (sh, sw)-th pixel */
function spreadPixels(x: tf.Tensor4D, sh: number, sw: number): tf.Tensor4D {
  if (sh === 1 && sw === 1) return x;
  const [B, h, w, C] = x.shape;
  const wide = tf.pad(tf.reshape(x, [B * h, w, C]), [
    [0, 0],
    [0, 0],
    [0, (sw - 1) * C],
  ]);
  const tall = tf.pad(tf.reshape(wide, [B, h, w * sw * C]), [
    [0, 0],
    [0, 0],
    [0, (sh - 1) * w * sw * C],
  ]);
  const grid: tf.Tensor4D = tf.reshape(tall, [B, h * sh, w * sw, C]);
  return tf.slice(grid, 0, [B, (h - 1) * sh + 1, (w - 1) * sw + 1, C]);
}

/** a b for stacks of matrices. XNNPACK takes single untransposed products only, so they are given to it one by one. */
const packedMatMul =
  (stock: tf.KernelFunc): tf.KernelFunc =>
  (args) => {
    const a = input(args.inputs, "a");
    const b = input(args.inputs, "b");
    const { transposeA, transposeB } = args.attrs as unknown as tf.BatchMatMulAttrs;
    const batchShape = a.shape.slice(0, -2);
    const batch = tf.util.sizeFromShape(batchShape);
    const [M, K] = lastTwo(a.shape, transposeA);
    const [, N] = lastTwo(b.shape, transposeB);
    const isPlain = batch === 1 && !transposeA && !transposeB;
    const isBroadcast = batchShape.join() !== b.shape.slice(0, -2).join();
    const isSmall = M < minPackedRows || M * K * N < minPackedProduct;
    if (isPlain || isBroadcast || isSmall) return stock(args);
    return tf.tidy(() => {
      const lefts = plainMatrices(a, batch, transposeA); // [batch, M, K]
      const rights = plainMatrices(b, batch, transposeB); // [batch, K, N]
      const backend = args.backend as BackendWasm; // only this backend calls this kernel
      const outs = Array.from({ length: batch }, (_, i) => {
        const left = matrixAt(backend, lefts, i);
        const right = matrixAt(backend, rights, i);
        const out = tf.matMul(left, right);
        tf.dispose([left, right]);
        return out;
      });
      return tf.reshape(tf.concat(outs), [...batchShape, M, N]);
    });
  };

function lastTwo(shape: number[], isTransposed: boolean): [number, number] {
  const [rows = 1, columns = 1] = shape.slice(-2);
  return isTransposed ? [columns, rows] : [rows, columns];
}

function plainMatrices(x: tf.Tensor, batch: number, isTransposed: boolean): tf.Tensor3D {
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const stack: tf.Tensor3D = tf.reshape(x, [batch, rows, columns]);
  return isTransposed ? tf.transpose(stack, [0, 2, 1]) : stack;
}

/** A copy of one matrix of a stack. The backend's own slice copies the whole stack each time. */
function matrixAt(backend: BackendWasm, stack: tf.Tensor3D, index: number): tf.Tensor2D {
  const [batch, rows, columns] = stack.shape;
  if (batch === 1) return tf.reshape(stack, [rows, columns]);
  const out = backend.makeOutput([rows, columns], "float32");
  const size = rows * columns;
  const from = backend.typedArrayFromHeap(stack); // after makeOutput: growing the heap detaches older views
  backend.typedArrayFromHeap(out).set(from.subarray(index * size, (index + 1) * size));
  return tf.engine().makeTensorFromTensorInfo(out) as tf.Tensor2D; // its shape is [rows, columns]
}

/** Sums rows of x that share a segment id; ids outside [0, numSegments) are dropped, as on the other backends. */
const segmentSum: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const x = input(inputs, "x");
  const segmentIds = input(inputs, "segmentIds");
  const { numSegments } = attrs as unknown as tf.UnsortedSegmentSumAttrs;
  const wasm = backend as BackendWasm; // only this backend calls this kernel
  const rowShape = x.shape.slice(segmentIds.rank);
  const rowSize = tf.util.sizeFromShape(rowShape);
  const out = wasm.makeOutput([numSegments, ...rowShape], x.dtype);
  const sums = wasm.typedArrayFromHeap(out).fill(0);
  const rows = wasm.typedArrayFromHeap(x);
  wasm.typedArrayFromHeap(segmentIds).forEach((id, row) => {
    if (id < 0 || id >= numSegments) return;
    for (let i = 0; i < rowSize; i++) {
      const at = id * rowSize + i;
      sums[at] = (sums[at] ?? 0) + (rows[row * rowSize + i] ?? 0);
    }
  });
  return out;
};
