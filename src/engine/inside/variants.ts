/**
 * Several pictures of the same slots in one batch. Each picture's noise, at the start and on the way, comes from its own
 * seed as it does alone, so that a variant is the single picture of its seed, stochastic samplers included.
 */
import * as tf from "@tensorflow/tfjs-core";

import { InputError } from "../../errors";
import { previewColors } from "../../slotdiffusion/preview";
import { decodePicture, drawLatents, readPictures, type RunnableModel } from "../inference";
import type { Pixels } from "../protocol";
import type { InsideProtocol, VariantsArgs } from "../protocol/inside";

/** Pictures of one batch: activations grow with them. */
const mostVariants = 16;

type VariantsRequest = InsideProtocol["generateVariants"];

/**
 * Denoises one picture a seed together and decodes them one by one.
 * @param now - milliseconds
 */
export async function drawVariants(
  model: RunnableModel,
  { seeds, ...settings }: VariantsArgs,
  { signal, report }: { signal: AbortSignal; report: (value: VariantsRequest["progress"]) => void },
  now: () => number,
): Promise<VariantsRequest["result"]> {
  if (seeds.length < 1 || seeds.length > mostVariants)
    throw new InputError(
      `variants: expected 1 to ${mostVariants} seeds, got ${seeds.length}. Choose another number of variants.`,
    );
  const started = now();
  const latents = await drawLatents(model, settings, seeds, {
    signal,
    watch: async ({ step, totalSteps, x0 }) => {
      const previews = await readPictures(previewColors(x0, model.preview));
      report({ step, totalSteps, previews });
    },
  });
  try {
    const images: Pixels[] = [];
    for (const i of seeds.keys()) {
      signal.throwIfAborted();
      images.push(await decodePicture(model, tf.slice(latents, [i, 0, 0, 0], [1, -1, -1, -1])));
    }
    return { images, elapsedMs: now() - started };
  } finally {
    latents.dispose();
  }
}
