import type { SamplerName } from "../../engine/protocol";

/** Samplers as the papers name them. */
export const samplerTitles: Record<SamplerName, string> = {
  "dpm-solver++": "DPM-Solver++",
  "dpm-solver++2m": "DPM-Solver++ (2M)",
  ddim: "DDIM",
  ddpm: "DDPM",
};
