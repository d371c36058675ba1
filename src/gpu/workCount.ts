/**
 * How much the device is asked to do, and how many tensors live meanwhile. A piece of work is a compute dispatch on WebGPU
 * and a kernel elsewhere. Counting costs an addition and two comparisons a piece, so it is always on.
 */
import * as tf from "@tensorflow/tfjs-core";

/** Most tensors, and most bytes in tensors, at the start of any piece of work. */
export type Peak = { tensors: number; bytes: number };

/** Kernels that only give a tensor another name or shape: nothing is computed. */
const freeKernels: ReadonlySet<string> = new Set([tf.Identity, tf.Reshape, tf.ExpandDims]);

const counted = new Set<string>();
let count = 0;
const peak: Peak = { tensors: 0, bytes: 0 };
let recent: Peak = { tensors: 0, bytes: 0 };

function raise(highest: Peak): void {
  const { numTensors, numBytes } = tf.engine().state;
  if (numTensors > highest.tensors) highest.tensors = numTensors;
  if (numBytes > highest.bytes) highest.bytes = numBytes;
}

/** Called at each piece of work. */
export function countPiece(): void {
  count += 1;
  raise(recent);
}

/**
 * Makes every kernel of a backend count itself, one that runs others along with them; a second call changes nothing.
 * WebGPU counts its dispatches instead (countingWebgpu.ts).
 */
export function countKernels(backendName: string): void {
  if (counted.has(backendName)) return;
  counted.add(backendName);
  for (const kernel of tf.getKernelsForBackend(backendName)) {
    if (freeKernels.has(kernel.kernelName)) continue;
    tf.unregisterKernel(kernel.kernelName, backendName); // registering over it would log a warning
    const kernelFunc: tf.KernelFunc = (args) => {
      countPiece();
      return kernel.kernelFunc(args);
    };
    tf.registerKernel({ ...kernel, kernelFunc });
  }
}

/**
 * Counts from here on. One at a time: a later call takes the peak over.
 * @returns asked at the end: pieces of work since, and the peak meanwhile
 */
export function measureWork(): () => { count: number; peak: Peak } {
  keepRecent();
  const before = count;
  recent = { tensors: 0, bytes: 0 };
  return () => {
    raise(recent);
    return { count: count - before, peak: { ...recent } };
  };
}

/** The peak since the backend started. */
export function peakSoFar(): Peak {
  raise(recent);
  keepRecent();
  return { ...peak };
}

function keepRecent(): void {
  peak.tensors = Math.max(peak.tensors, recent.tensors);
  peak.bytes = Math.max(peak.bytes, recent.bytes);
}
