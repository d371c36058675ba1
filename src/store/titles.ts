/** What pages, samplers and backends are called on the page. */
import type { BackendName, SamplerName } from "../engine/protocol";
import type { PageName } from "./trainingState";

export const pageTitles: Record<PageName, string> = {
  play: "Play",
  inside: "Look inside",
  space: "Slot space",
  train: "Train",
  measure: "Measure",
  live: "Live",
};

/** Samplers as the papers name them. */
export const samplerTitles: Record<SamplerName, string> = {
  "dpm-solver++": "DPM-Solver++",
  "dpm-solver++2m": "DPM-Solver++ (2M)",
  ddim: "DDIM",
  ddpm: "DDPM",
};

/** Backends as people know them. */
export const backendTitles: Record<BackendName, string> = {
  webgpu: "WebGPU",
  webgl: "WebGL",
  wasm: "WebAssembly",
};
