import type { BackendName } from "../../engine/protocol";

/** Backends as people know them. */
export const backendTitles: Record<BackendName, string> = {
  webgpu: "WebGPU",
  webgl: "WebGL",
  wasm: "WebAssembly",
};
