/**
 * Which tfjs backend runs the model: webgpu, else webgl, else wasm. Programs on the CPU that pretend to be a GPU
 * lose to wasm. The only place that imports backend packages; each is loaded when it is first used.
 */
import * as tf from "@tensorflow/tfjs-core";

import { UnsupportedDeviceError } from "../errors";
import {
  adapterDetails,
  describeAdapter,
  isSoftwareAdapter,
  requestAdapter,
  requestDevice,
  type AdapterDetails,
} from "./device";
import { registerWasmKernels } from "./wasmKernels";
import { countKernels } from "./workCount";

export type Backend = "webgpu" | "webgl" | "wasm";
export type Probe = {
  name: Backend;
  status: "available" | "software" | "missing";
  reason: string;
};
/** What is known of the hardware under a backend. */
export type BackendDetails =
  | ({ kind: "webgpu" } & AdapterDetails)
  | { kind: "webgl"; renderer: string; maxTextureSize: number }
  | { kind: "wasm"; hasSimd: boolean; threads: number };
export type StartedBackend = {
  name: Backend;
  description: string;
  threads: number;
  details: BackendDetails;
};

/** Looks at what this browser offers; starts nothing. */
export async function probeBackends(): Promise<Probe[]> {
  return [await probeWebgpu(), probeWebgl(), probeWasm()];
}

async function probeWebgpu(): Promise<Probe> {
  const name = "webgpu";
  if (!("gpu" in navigator)) {
    return { name, status: "missing", reason: "This browser has no WebGPU." };
  }
  const adapter = await requestAdapter();
  if (!adapter) return { name, status: "missing", reason: "WebGPU found no graphics adapter." };
  const description = describeAdapter(adapter.info);
  return isSoftwareAdapter(adapter)
    ? {
        name,
        status: "software",
        reason: `${description}: a program on the CPU, slower than WASM.`,
      }
    : { name, status: "available", reason: description };
}

function probeWebgl(): Probe {
  const name = "webgl";
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl) return { name, status: "missing", reason: "This browser has no WebGL 2." };
  const renderer = String(gl.getParameter(gl.RENDERER));
  const hasFloat = gl.getExtension("EXT_color_buffer_float") !== null;
  const unmasked = gl.getExtension("WEBGL_debug_renderer_info");
  const description = unmasked
    ? String(gl.getParameter(unmasked.UNMASKED_RENDERER_WEBGL))
    : renderer;
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  if (!hasFloat) return { name, status: "missing", reason: "WebGL here has no 32-bit floats." };
  return /swiftshader|llvmpipe|lavapipe|basic render/i.test(description)
    ? {
        name,
        status: "software",
        reason: `${description}: a program on the CPU, slower than WASM.`,
      }
    : { name, status: "available", reason: description };
}

function probeWasm(): Probe {
  const name = "wasm";
  if (typeof WebAssembly === "undefined") {
    return { name, status: "missing", reason: "This browser has no WebAssembly." };
  }
  const threads = globalThis.crossOriginIsolated
    ? "with threads"
    : "one thread, because the page is not cross-origin isolated";
  return { name, status: "available", reason: `WebAssembly ${threads}.` };
}

/** The first that is available, in order webgpu, webgl, wasm; a software one only where nothing else is. */
export function chooseBackend(probes: Probe[]): Backend {
  const best =
    probes.find(({ status }) => status === "available") ??
    probes.find(({ status }) => status === "software");
  if (best) return best.name;
  const reasons = probes.map(({ name, reason }) => `${name}: ${reason}`).join(" ");
  throw new UnsupportedDeviceError(
    `backend: expected WebGPU, WebGL 2 or WebAssembly, got none. ${reasons} Use a current Chrome, Edge, Firefox or Safari.`,
  );
}

/**
 * Makes `name` tfjs's backend.
 * @param onLost - told why when the GPU is lost
 */
export async function startBackend(
  name: Backend,
  onLost: (reason: string) => void,
): Promise<StartedBackend> {
  await import("@tensorflow/tfjs-core/dist/register_all_gradients");
  const started =
    name === "webgpu"
      ? await startWebgpu(onLost)
      : name === "webgl"
        ? await startWebgl()
        : await startWasm();
  await tf.ready();
  return started;
}

async function startWebgpu(onLost: (reason: string) => void): Promise<StartedBackend> {
  const adapter = await requestAdapter();
  if (!adapter) {
    throw new UnsupportedDeviceError(
      "backend: expected a WebGPU adapter, got none. Choose WebGL or WASM.",
    );
  }
  const device = await requestDevice(adapter, onLost);
  const [{ CountingWebGPUBackend }] = await Promise.all([
    import("./countingWebgpu"),
    import("@tensorflow/tfjs-backend-webgpu/dist/flags_webgpu"),
    import("@tensorflow/tfjs-backend-webgpu/dist/register_all_kernels"),
  ]);
  tf.registerBackend("webgpu", () => new CountingWebGPUBackend(device, adapter.info));
  await setBackend("webgpu");
  const details = { kind: "webgpu", ...adapterDetails(adapter.info, device) } as const;
  return { name: "webgpu", description: describeAdapter(adapter.info), threads: 1, details };
}

async function startWebgl(): Promise<StartedBackend> {
  await import("@tensorflow/tfjs-backend-webgl");
  await setBackend("webgl");
  countKernels("webgl");
  const description = probeWebgl().reason;
  const maxTextureSize = tf.env().getNumber("WEBGL_MAX_TEXTURE_SIZE");
  const details = { kind: "webgl", renderer: description, maxTextureSize } as const;
  return { name: "webgl", description, threads: 1, details };
}

async function startWasm(): Promise<StartedBackend> {
  const [{ getThreadsCount, setWasmPaths }, plain, simd, threaded] = await Promise.all([
    import("@tensorflow/tfjs-backend-wasm"),
    import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url"),
    import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url"),
    import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url"),
  ]);
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plain.default,
    "tfjs-backend-wasm-simd.wasm": simd.default,
    "tfjs-backend-wasm-threaded-simd.wasm": threaded.default,
  });
  await setBackend("wasm");
  registerWasmKernels();
  countKernels("wasm");
  const hasSimd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) as boolean;
  const isThreaded = (await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT")) as boolean;
  const threads = isThreaded && hasSimd ? getThreadsCount() : 1;
  const details = { kind: "wasm", hasSimd, threads } as const;
  return {
    name: "wasm",
    description: hasSimd ? "WebAssembly SIMD" : "WebAssembly",
    threads,
    details,
  };
}

async function setBackend(name: Backend): Promise<void> {
  if (!(await tf.setBackend(name))) {
    throw new UnsupportedDeviceError(
      `backend: expected ${name} to start, it did not. Choose another backend.`,
    );
  }
}

/** What tfjs holds: live tensors and, on a GPU, the bytes allocated with free lists included. */
export function memoryReport(): {
  numTensors: number;
  tensorBytes: number;
  gpuBytes: number | null;
} {
  const memory: tf.MemoryInfo & {
    numBytesAllocatedInGPU?: number;
    numBytesInGPUAllocated?: number;
  } = tf.memory();
  return {
    numTensors: memory.numTensors,
    tensorBytes: memory.numBytes,
    gpuBytes: memory.numBytesAllocatedInGPU ?? memory.numBytesInGPUAllocated ?? null,
  };
}
