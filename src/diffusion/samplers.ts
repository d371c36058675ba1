/** The samplers by name: what the page, the link codec and the command line choose from. */
import { ddim } from "./ddim";
import { ddpm } from "./ddpm";
import { dpmSolver } from "./dpmSolver";
import { dpmSolverMultistep } from "./dpmSolverMultistep";
import type { Sampler, SamplerName } from "./sampler";

export const samplers: Record<SamplerName, Sampler> = {
  "dpm-solver++": dpmSolver,
  "dpm-solver++2m": dpmSolverMultistep,
  ddim,
  ddpm,
};
