/** A loaded model at work: pictures to slots, slots to pictures; plain arrays in and out, no tensor left behind. */
import * as tf from "@tensorflow/tfjs-core";

import { fromSigned, toSigned } from "../data/preprocess";
import { createDenoise } from "../diffusion/denoiser";
import type { SamplerStep } from "../diffusion/sampler";
import { samplers } from "../diffusion/samplers";
import { noiseLevel } from "../diffusion/schedule";
import { InputError } from "../errors";
import { joinFloats } from "../math/join";
import { gaussianArray, mulberry32, type Rng } from "../math/random";
import { adjustedRandIndex } from "../metrics/ari";
import { matchRows } from "../metrics/hungarian";
import { meanBestOverlap, meanIoU, pairwiseIoU } from "../metrics/iou";
import type { UnetOptions } from "../nn/unet";
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
import type { StageMeter } from "./stageMeter";

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
  checkPicture("encode", input, config.resolution);
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

/** Whom a generation answers to; `time` is told of its stages, where somebody keeps what they take. */
export type Generation = {
  signal: AbortSignal;
  report: (frame: GenerateFrame) => void;
  time?: StageMeter["time"];
};

const untimed: StageMeter["time"] = (_stage, _parts, work) => work();

/** Denoises latents conditioned on slots and decodes them, with a preview after every evaluation. */
export async function generatePicture(
  model: RunnableModel,
  args: GenerateArgs,
  { signal, report, time = untimed }: Generation,
): Promise<Generated> {
  const started = performance.now();
  const draw = () =>
    drawLatents(model, args, [args.seed], {
      signal,
      watch: async ({ step, totalSteps, x0 }) =>
        report({ step, totalSteps, preview: await readPicture(previewColors(x0, model.preview)) }),
    });
  const latents = await time("denoise", args.steps, draw);
  const denoised = performance.now();
  const image = await time("decode", 1, () => decodePicture(model, latents));
  const ended = performance.now();
  return {
    image,
    elapsedMs: ended - started,
    msPerStep: (denoised - started) / args.steps,
    decodeMs: ended - denoised,
  };
}

/** Whom a drawing of latents answers to. */
export type Drawing = {
  signal: AbortSignal;
  /** Called after every evaluation; its tensors live until it is done. */
  watch: (step: SamplerStep) => Promise<void>;
  /** Listeners inside the network; they change nothing. */
  options?: UnetOptions;
};

/**
 * Denoises the latents of a batch, one picture a seed, all of the same slots. A picture's start noise and the noise drawn
 * on the way come from its own seed.
 * @returns [B, h, w, C], the caller's
 */
export async function drawLatents(
  model: RunnableModel,
  settings: Omit<GenerateArgs, "seed">,
  seeds: readonly number[],
  drawing: Drawing,
): Promise<tf.Tensor4D> {
  const { slot_dict } = model.config;
  const [h, w, C] = latentShape(model.config);
  checkSlots(settings, slot_dict.slot_size);
  const noise = seeds.map((seed) => gaussianArray(mulberry32(seed), h * w * C));
  const slots = tf.tidy(() => {
    const one = tf.tensor3d(settings.slots, [1, settings.numSlots, slot_dict.slot_size]);
    return tf.tile(one, [seeds.length, 1, 1]);
  });
  const xT = tf.tensor4d(joinFloats(noise), [seeds.length, h, w, C]);
  const rng = seeds.map((seed) => mulberry32(seed + samplerSeedOffset));
  try {
    return await denoiseLatents(model, settings, { slots, xT, rng }, drawing);
  } finally {
    tf.dispose([slots, xT]);
  }
}

async function denoiseLatents(
  { params, config, schedule }: RunnableModel,
  { sampler, steps, eta }: Pick<GenerateArgs, "sampler" | "steps" | "eta">,
  { slots, xT, rng }: { slots: tf.Tensor3D; xT: tf.Tensor4D; rng: Rng[] },
  { signal, watch, options }: Drawing,
): Promise<tf.Tensor4D> {
  const denoise = createDenoise({
    predict: (xt, t) => predict(params, config, xt, t, slots, options),
    predTarget: config.diffusion.pred_target,
    alphaSigma: (t) => noiseLevel(schedule, t),
    ...(config.diffusion.vq_denoised && {
      snap: (x0: tf.Tensor4D) => snapLatents(params, config, x0),
    }),
  });
  const run = samplers[sampler]({ denoise, xT, schedule, steps, eta, rng, signal });
  try {
    for (;;) {
      const next = await run.next();
      if (next.done) return next.value;
      await watch(next.value);
    }
  } finally {
    await run.return(xT); // frees what the sampler still holds when watching failed
  }
}

/** Decodes one picture's latents and frees them. @param latents - [1, h, w, C] */
export async function decodePicture(
  { params, config }: Pick<RunnableModel, "params" | "config">,
  latents: tf.Tensor4D,
): Promise<Pixels> {
  try {
    return await readPicture(tf.tidy(() => latentsToImages(params, config, latents)));
  } finally {
    latents.dispose();
  }
}

/** Reads colours in [-1, 1] and frees them. @param colors - [B, h, w, 3] @returns B pictures */
export async function readPictures(colors: tf.Tensor4D): Promise<Pixels[]> {
  const [B, h, w] = colors.shape;
  const size = h * w * 3;
  try {
    const values = await colors.data<"float32">();
    return Array.from({ length: B }, (_, i) =>
      fromSigned(values.subarray(i * size, (i + 1) * size), w, h),
    );
  } finally {
    colors.dispose();
  }
}

/** readPictures of a batch of one. @param colors - [1, h, w, 3] */
export async function readPicture(colors: tf.Tensor4D): Promise<Pixels> {
  const [picture] = await readPictures(colors);
  if (!picture) throw new Error("inference: expected a picture to read, got an empty batch.");
  return picture;
}

/** Refuses a picture that is not of the model's size. @param where - starts the message */
export function checkPicture(
  where: string,
  { width, height }: Pick<Pixels, "width" | "height">,
  [H, W]: readonly [height: number, width: number],
): void {
  if (height !== H || width !== W)
    throw new InputError(`${where}: expected a picture of ${W}×${H}, got ${width}×${height}.`);
}

function checkSlots(
  { slots, numSlots }: Pick<GenerateArgs, "slots" | "numSlots">,
  slotSize: number,
): void {
  if (numSlots < 1 || slots.length !== numSlots * slotSize) {
    throw new InputError(
      `generate: expected slots of ${slotSize} values each, got ${slots.length} values for ${numSlots} slots.`,
    );
  }
}
