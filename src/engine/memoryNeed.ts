/** What a model takes of a device's memory, and whether the device has it. */
import * as tf from "@tensorflow/tfjs-core";

import { OutOfMemoryError } from "../errors";
import { specEntries } from "../nn/params";
import type { ModelConfig } from "../slotdiffusion/config";
import { modelSpec } from "../slotdiffusion/model";
import {
  decodeStep,
  denoiseStep,
  encodeStep,
  latentsStep,
  snapStep,
  type Step,
} from "./activations";
import type { MemoryNeed } from "./protocol/exchange";

/** What limits a model on a device; null where the browser does not tell. */
export type DeviceRoom = {
  /** tfjs's name of the backend. */
  backend: string;
  /** Bytes of the largest buffer that a kernel may read or write. */
  maxTensorBytes: number | null;
  /** Bytes of the machine's memory; browsers tell no more than a few GiB. */
  deviceMemoryBytes: number | null;
};

const bytesPerValue = 4;
/** WebAssembly's 4 GiB are addressed by tfjs as signed 32-bit numbers. */
const wasmHeapBytes = 2 ** 31;
/** Share of the machine's memory that a page can hope for. */
const shareOfDevice = 0.75;

/**
 * Bytes of a model on a device, an estimate that holds within a factor of 1.5:
 * wasm: (2 weights + activations) * 1.35. XNNPACK keeps a copy of every weight in its own order and tables of
 * addresses; 1.35 is what the heap of CLEVR 64 and of the official CLEVRTex model grew to, over the rest.
 * GPUs: weights + 2 activations, since freed buffers wait in lists by size for the next use.
 * Activations: the most that encoding a picture, one denoising step or decoding holds at once (activations.ts).
 */
export function memoryNeed(config: ModelConfig, device: DeviceRoom): MemoryNeed {
  const isWasm = device.backend === "wasm";
  const entries = specEntries(modelSpec(config));
  const sizes = entries.map(([, leaf]) => leaf.size * bytesPerValue);
  const weightBytes = sizes.reduce((sum, size) => sum + size, 0);
  const steps = stepsOf(config, isWasm ? 2 : 5);
  const activations = Math.max(...steps.map(({ inside }) => inside)) * bytesPerValue;
  const peakBytes = isWasm
    ? Math.round((2 * weightBytes + activations) * 1.35)
    : weightBytes + 2 * activations;
  const largest = Math.max(...sizes, ...steps.map((step) => step.largest * bytesPerValue));
  return { weightBytes, peakBytes, refusal: refusalFor(device, peakBytes, largest) };
}

/** Bytes of the largest activations of one picture. */
export const activationBytes = (config: ModelConfig): number =>
  Math.max(...stepsOf(config, 2).map(({ inside }) => inside)) * bytesPerValue;

const stepsOf = (config: ModelConfig, distanceCopies: number): Step[] => [
  encodeStep(config),
  latentsStep(config),
  denoiseStep(config),
  snapStep(config, distanceCopies),
  decodeStep(config),
];

function refusalFor(device: DeviceRoom, peakBytes: number, largest: number): string {
  const { backend, maxTensorBytes, deviceMemoryBytes } = device;
  if (backend === "wasm" && peakBytes > wasmHeapBytes)
    return `It needs about ${inGiB(peakBytes)}, and WebAssembly can hold 2 GiB. Use a browser and device with WebGPU.`;
  if (maxTensorBytes !== null && largest > maxTensorBytes)
    return `Its largest tensor takes ${inGiB(largest)}, and this GPU takes at most ${inGiB(maxTensorBytes)} at once. Choose the WASM backend.`;
  if (deviceMemoryBytes !== null && peakBytes > shareOfDevice * deviceMemoryBytes)
    return `It needs about ${inGiB(peakBytes)}, and this device has ${inGiB(deviceMemoryBytes)} for everything. Use a device with more memory.`;
  return "";
}

const inGiB = (bytes: number): string =>
  bytes < 2 ** 29 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** GiB from which on a browser's word means this much or any number above. */
const cappedMemory = 8;

/** The room of the device that tfjs runs on now. */
export function deviceRoom(): DeviceRoom {
  const { navigator } = globalThis as { navigator?: { deviceMemory?: number } };
  const deviceMemory = navigator?.deviceMemory;
  const known = deviceMemory !== undefined && deviceMemory < cappedMemory;
  return {
    backend: tf.getBackend(),
    maxTensorBytes: maxTensorBytes(),
    deviceMemoryBytes: known ? deviceMemory * 2 ** 30 : null,
  };
}

/** Of WebGPU, which says so; the backend's class is in gpu/ only, its device is looked for by name. */
function maxTensorBytes(): number | null {
  if (tf.getBackend() !== "webgpu") return null;
  const { device } = tf.backend() as { device?: { limits?: Partial<GPUSupportedLimits> } };
  const { maxBufferSize, maxStorageBufferBindingSize } = device?.limits ?? {};
  const limits = [maxBufferSize, maxStorageBufferBindingSize].filter(
    (limit) => limit !== undefined,
  );
  return limits.length > 0 ? Math.min(...limits) : null;
}

/** Refuses a model that the device cannot hold, before a tensor of it is made. */
export function assertRoom(config: ModelConfig, device: DeviceRoom = deviceRoom()): void {
  const { refusal } = memoryNeed(config, device);
  if (refusal !== "")
    throw new OutOfMemoryError(`memory: expected room for this model, got too little. ${refusal}`);
}
