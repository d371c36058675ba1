/** Plans that work, to begin with. Their fields go over the draft; what they leave out stays. */
import type { RunPlan } from "../engine/protocol/training";

export type Preset = { id: string; title: string; description: string; plan: Partial<RunPlan> };

/** Sprites come from models/sprites/training.json, shortened from hours to minutes; seed 1 is what shipped models learn from. */
const fromNothing: Partial<RunPlan> = {
  parent: { kind: "bundled", id: "sprites" },
  isFromScratch: true,
  data: { kind: "scenes", scenes: "sprites", seed: 1, count: 4000, heldOut: 200 },
  learn: "vqvae",
  numSlots: null,
  steps: { vqvae: 1000, binding: 3000, slots: 4000 },
  lr: 2e-5,
  unetFactor: 30,
  batch: 16,
  lookEvery: 250,
};

export const presets: readonly Preset[] = [
  {
    id: "quick",
    title: "A quick look",
    description:
      "100 pictures are enough, and 600 steps: five minutes where the device takes two a second. Encoder and slots learn where the objects of your pictures are; what draws them stays.",
    plan: {
      isFromScratch: false,
      learn: "slots",
      steps: { vqvae: 0, binding: 0, slots: 600 },
      lr: 2e-4,
      unetFactor: 2,
      lookEvery: 50,
    },
  },
  {
    id: "colours",
    title: "New colours and textures",
    description:
      "Slots and the U-Net's cross-attention learn: for pictures like the model's own, of other things. A few hundred pictures or more.",
    plan: {
      isFromScratch: false,
      learn: "attention",
      steps: { vqvae: 0, binding: 0, slots: 2000 },
      lr: 2e-4,
      unetFactor: 2,
      lookEvery: 100,
    },
  },
  {
    id: "domain",
    title: "Another domain",
    description:
      "The VQ-VAE first, then everything: for pictures that the check below shows it cannot redraw. A thousand pictures or more.",
    plan: {
      isFromScratch: false,
      learn: "vqvae",
      steps: { vqvae: 1500, binding: 0, slots: 4000 },
      lr: 1e-4,
      unetFactor: 2,
      lookEvery: 200,
    },
  },
  {
    id: "nothing",
    title: "From nothing, on sprites",
    description:
      "A small network of random numbers discovers what an object is: 8,000 steps on scenes that are drawn as they are needed. It needs no pictures of yours.",
    plan: fromNothing,
  },
];
