/** A loaded model at work: pictures to slots, slots to pictures; plain arrays in and out, no tensor left behind. */
import * as tf from "@tensorflow/tfjs-core";

import { fromSigned, toSigned } from "../data/preprocess";
import { createDenoise } from "../diffusion/denoiser";
import { samplers } from "../diffusion/samplers";
import { noiseLevel } from "../diffusion/schedule";
import { InputError } from "../errors";
import { gaussianArray, mulberry32 } from "../math/random";
import { adjustedRandIndex } from "../metrics/ari";
import { matchRows } from "../metrics/hungarian";
import { meanBestOverlap, meanIoU, pairwiseIoU } from "../metrics/iou";
import {
  encodeImages,
  initialSlots,
  latentsToImages,
  masksAtResolution,
  predict,
  snapLatents,
} from "../slotdiffusion/model";
import { previewColors } from "../slotdiffusion/preview";
import { latentShape } from "../slotdiffusion/config";
import type { LoadedModel } from "./modelLoading";
import type { Args, Encoding, Generated, GenerateArgs, GenerateFrame, Pixels } from "./protocol";

/** What running takes of a loaded model. */
export type RunnableModel = Omit<LoadedModel, "info">;

/** Keeps the draws of a sampler apart from those of its start noise. */
const samplerSeedOffset = 0x5eed;

/** The slots of a picture, the attention that made them, and their scores where the truth is known. */
export async function encodePicture(
  { params, config }: Pick<RunnableModel, "params" | "config">,
  { input, seed, groundTruth, numSlots: wanted }: Args<"encode">,
): Promise<Encoding> {
  const started = performance.now();
  const [H, W] = config.resolution;
  if (input.height !== H || input.width !== W) {
    throw new InputError(
      `encode: expected a picture of ${W}×${H}, got ${input.width}×${input.height}.`,
    );
  }
  const { slots, attn, segmentation } = tf.tidy(() => {
    const images = tf.tensor4d(toSigned(input), [1, H, W, 3]);
    const encoded = encodeImages(params, config, images, {
      initial: initialSlots(params, config, 1, mulberry32(seed), wanted),
    });
    const last = encoded.attn.at(-1) as tf.Tensor4D; // there is at least one iteration
    const masks = masksAtResolution(last, config.resolution); // [1, K, H, W]
    return {
      slots: encoded.slots,
      attn: tf.concat(encoded.attn, 0), // [T, K, h, w]
      segmentation: tf.argMax(masks, 1), // [1, H, W]
    };
  });
  try {
    const [slotValues, attnValues, ids] = await Promise.all([
      slots.data(),
      attn.data(),
      segmentation.data(),
    ]);
    const [, numSlots = 0, slotSize = 0] = slots.shape;
    const [, , h = 0, w = 0] = attn.shape;
    const predicted = Uint8Array.from(ids);
    return {
      numSlots,
      slotSize,
      slots: Float32Array.from(slotValues),
      attn: Float32Array.from(attnValues),
      attnSize: [h, w],
      segmentation: predicted,
      scores: groundTruth && scoreMasks(groundTruth, predicted),
      matches: groundTruth && matchSlots(groundTruth, predicted),
      elapsedMs: performance.now() - started,
    };
  } finally {
    tf.dispose([slots, attn, segmentation]);
  }
}

const scoreMasks = (truth: Uint8Array, predicted: Uint8Array) => ({
  fgAri: adjustedRandIndex(truth, predicted, { ignoreBackground: true }),
  mIoU: meanIoU(truth, predicted),
  mBO: meanBestOverlap(truth, predicted),
});

/**
 * Pairs true objects with slots one to one, as mIoU does: largest sum of IoU.
 * @returns for each true id its slot; -1 where no slot is left or none overlaps it
 */
export function matchSlots(truth: Uint8Array, predicted: Uint8Array): number[] {
  const iou = pairwiseIoU(truth, predicted);
  return matchRows(iou).map((slot, id) => ((iou[id]?.[slot] ?? 0) > 0 ? slot : -1));
}

/** Denoises latents conditioned on slots and decodes them, with a preview after every evaluation. */
export async function generatePicture(
  model: RunnableModel,
  args: GenerateArgs,
  { signal, report }: { signal: AbortSignal; report: (frame: GenerateFrame) => void },
): Promise<Generated> {
  const { params, config } = model;
  const started = performance.now();
  const [h, w, C] = latentShape(config);
  checkSlots(args, config.slot_dict.slot_size);
  const slots = tf.tensor3d(args.slots, [1, args.numSlots, config.slot_dict.slot_size]);
  const xT = tf.tensor4d(gaussianArray(mulberry32(args.seed), h * w * C), [1, h, w, C]);
  try {
    const latents = await denoiseLatents(model, args, slots, xT, { signal, report });
    const denoised = performance.now();
    const image = tf.tidy(() => latentsToImages(params, config, latents));
    latents.dispose();
    const values = await image.data<"float32">();
    image.dispose();
    const ended = performance.now();
    return {
      image: fromSigned(values, config.resolution[1], config.resolution[0]),
      elapsedMs: ended - started,
      msPerStep: (denoised - started) / args.steps,
      decodeMs: ended - denoised,
    };
  } finally {
    tf.dispose([slots, xT]);
  }
}

async function denoiseLatents(
  { params, config, schedule, preview }: RunnableModel,
  { sampler, seed, steps, eta }: GenerateArgs,
  slots: tf.Tensor3D,
  xT: tf.Tensor4D,
  { signal, report }: { signal: AbortSignal; report: (frame: GenerateFrame) => void },
): Promise<tf.Tensor4D> {
  const denoise = createDenoise({
    predict: (xt, t) => predict(params, config, xt, [t], slots),
    predTarget: config.diffusion.pred_target,
    alphaSigma: (t) => noiseLevel(schedule, t),
    ...(config.diffusion.vq_denoised && {
      snap: (x0: tf.Tensor4D) => snapLatents(params, config, x0),
    }),
  });
  const rng = mulberry32(seed + samplerSeedOffset);
  const run = samplers[sampler]({ denoise, xT, schedule, steps, eta, rng, signal });
  try {
    for (;;) {
      const next = await run.next();
      if (next.done) return next.value;
      const { step, totalSteps, x0 } = next.value;
      report({ step, totalSteps, preview: await readPreview(previewColors(x0, preview)) });
    }
  } finally {
    await run.return(xT); // frees what the sampler still holds when reading a preview failed
  }
}

/** Reads [1, h, w, 3] colours in [-1, 1] and frees them. */
async function readPreview(colors: tf.Tensor4D): Promise<Pixels> {
  const [, h, w] = colors.shape;
  const values = await colors.data<"float32">();
  colors.dispose();
  return fromSigned(values, w, h);
}

function checkSlots({ slots, numSlots }: GenerateArgs, slotSize: number): void {
  if (numSlots < 1 || slots.length !== numSlots * slotSize) {
    throw new InputError(
      `generate: expected slots of ${slotSize} values each, got ${slots.length} values for ${numSlots} slots.`,
    );
  }
}
