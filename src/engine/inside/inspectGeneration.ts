/** generatePicture with its insides shown: the same numbers, and what there is to see of every evaluation. */
import type { SamplerStep } from "../../diffusion/sampler";
import { previewColors, type PreviewMap } from "../../slotdiffusion/preview";
import { decodePicture, drawLatents, readPicture, type RunnableModel } from "../inference";
import type { GenerateArgs, Pixels } from "../protocol";
import type { DenoisingStep, LayerAttention } from "../protocol/inside";
import { createCrossAttentionLog } from "./crossAttentionLog";

/** Draws and decodes a picture bit for bit as generatePicture does. */
export async function inspectGeneration(
  model: RunnableModel,
  args: GenerateArgs,
  { signal, report }: { signal: AbortSignal; report: (step: DenoisingStep) => void },
): Promise<{ image: Pixels }> {
  const attention = createCrossAttentionLog(model.config);
  try {
    const latents = await drawLatents(model, args, [args.seed], {
      signal,
      options: { crossAttention: attention.listen },
      watch: async (step) => report(await readStep(step, attention.read(), model.preview)),
    });
    return { image: await decodePicture(model, latents) };
  } finally {
    attention.clear(); // of an evaluation that failed
  }
}

async function readStep(
  { step, totalSteps, t, xt, x0 }: SamplerStep,
  attention: Promise<LayerAttention[]>,
  preview: PreviewMap,
): Promise<DenoisingStep> {
  const [noisy, clean, latents, layers] = await Promise.all([
    readPicture(previewColors(xt, preview)),
    readPicture(previewColors(x0, preview)),
    x0.data<"float32">(),
    attention,
  ]);
  const shown = { xt: noisy, x0: clean, latents: Float32Array.from(latents), attention: layers };
  return { step, totalSteps, t, ...shown };
}
