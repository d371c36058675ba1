/**
 * The part of an evaluation that needs the model: pictures to slots and masks, slots to pictures, pictures through the
 * first stage. Arrays in and out; the same module runs in Node, in the page's worker and, bundled, in a page of its own.
 *
 * A picture's randomness is its own seed, so that no result depends on how pictures are batched.
 */
import * as tf from "@tensorflow/tfjs-core";

import { createDenoise, type Denoise, type DenoiserParts } from "../diffusion/denoiser";
import type { SamplerName } from "../diffusion/sampler";
import { samplers } from "../diffusion/samplers";
import { createSchedule, noiseLevel } from "../diffusion/schedule";
import { joinBytes, joinFloats } from "../math/join";
import { gaussianArray, mulberry32 } from "../math/random";
import { latentShape, type ModelConfig } from "../slotdiffusion/config";
import {
  attend,
  encodeTokens,
  imagesToLatents,
  initialSlots,
  latentsToImages,
  masksAtResolution,
  predict,
  snapLatents,
  type ModelParams,
} from "../slotdiffusion/model";

export type Model = { config: ModelConfig; params: ModelParams };

/** Lends the model to a job: at once, or when the device is free. */
export type UseModel = <T>(job: (model: Model) => Promise<T>) => Promise<T>;

/** Slots [B * K * D], and the slot that wins each pixel [B * H * W]. */
export type Segmented = { slots: Float32Array; segmentation: Uint8Array };

/** What evaluates pictures, here or in a browser. Pictures are RGB bytes [B * H * W * 3] at the model's size. */
export type Runner = {
  /** One result a row of seeds; a row has a seed for the initial slots of each picture. */
  segment(rgb: Uint8Array, seeds: number[][]): Promise<Segmented[]>;
  /** @param seeds - of each picture's start noise @returns [B * H * W * 3] in 0..1 */
  draw(slots: Float32Array, seeds: number[]): Promise<Float32Array>;
  /** Encoded, quantised, decoded. @returns [B * H * W * 3] in 0..1 */
  reconstruct(rgb: Uint8Array): Promise<Float32Array>;
  close(): Promise<void>;
};

/** How pictures are drawn from slots. */
export type Drawing = { sampler: SamplerName; /** Network evaluations. */ steps: number };

/** As in the official evaluation (test_recon.py). */
export const officialDrawing: Drawing = { sampler: "dpm-solver++", steps: 20 };

/** Keeps the draws of a sampler apart from those of its start noise. */
const samplerSeedOffset = 0x5eed;

/** Pixels of a batch: 128 pictures of 64 x 64, 32 of 128 x 128, 10 of 224 x 224. */
const pixelsAtOnce = 2 ** 19;

/** A runner on the backend in use; the model stays the caller's. */
export const createRunner = (model: Model): Runner =>
  createSharedRunner(model.config, (job) => job(model), pixelsAtOnce);

/**
 * A runner whose model is lent to it for each batch anew.
 * @param pixels - of a batch, which has one picture at least
 */
export function createSharedRunner(
  config: ModelConfig,
  use: UseModel,
  pixels: number,
  drawing: Drawing = officialDrawing,
): Runner {
  const [H, W] = config.resolution;
  const inBatches = <T>(
    count: number,
    run: (model: Model, start: number, end: number) => Promise<T>,
  ) =>
    mapRanges(count, Math.max(1, Math.floor(pixels / (H * W))), (start, end) =>
      use((model) => run(model, start, end)),
    );
  const size = 3 * H * W;
  return {
    async segment(rgb, seeds) {
      const parts = await inBatches(rgb.length / size, (model, start, end) =>
        segmentBatch(
          model,
          rgb.subarray(start * size, end * size),
          seeds.map((row) => row.slice(start, end)),
        ),
      );
      return seeds.map((_, row) => joinSegmented(parts.map((part) => part[row])));
    },
    async draw(slots, seeds) {
      const length = slots.length / seeds.length;
      const parts = await inBatches(seeds.length, (model, start, end) =>
        drawBatch(
          model,
          slots.subarray(start * length, end * length),
          seeds.slice(start, end),
          drawing,
        ),
      );
      return joinFloats(parts);
    },
    async reconstruct(rgb) {
      const parts = await inBatches(rgb.length / size, (model, start, end) =>
        reconstructBatch(model, rgb.subarray(start * size, end * size)),
      );
      return joinFloats(parts);
    },
    close: () => Promise.resolve(),
  };
}

async function mapRanges<T>(
  count: number,
  size: number,
  run: (start: number, end: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < count; start += size)
    results.push(await run(start, Math.min(start + size, count)));
  return results;
}

function joinSegmented(parts: readonly (Segmented | undefined)[]): Segmented {
  const known = parts.filter((part) => part !== undefined);
  return {
    slots: joinFloats(known.map(({ slots }) => slots)),
    segmentation: joinBytes(known.map(({ segmentation }) => segmentation)),
  };
}

/** Bytes as the networks see them, [B, H, W, 3] in [-1, 1]. */
function toImages({ resolution: [H, W] }: ModelConfig, rgb: Uint8Array): tf.Tensor4D {
  const values = Float32Array.from(rgb, (byte) => byte / 127.5 - 1);
  return tf.tensor4d(values, [rgb.length / (3 * H * W), H, W, 3]);
}

/** Concatenated N(0, 1) draws, `length` from each seed. */
function drawNoise(seeds: readonly number[], length: number): Float32Array {
  return joinFloats(seeds.map((seed) => gaussianArray(mulberry32(seed), length)));
}

/** The encoder runs once, Slot Attention once a row of seeds. */
async function segmentBatch(
  { config, params }: Model,
  rgb: Uint8Array,
  seeds: readonly number[][],
): Promise<Segmented[]> {
  const tokens = tf.tidy(() => encodeTokens(params, config, toImages(config, rgb)));
  const results: Segmented[] = [];
  try {
    for (const row of seeds) results.push(await segmentRow({ config, params }, tokens, row));
  } finally {
    tokens.dispose();
  }
  return results;
}

async function segmentRow(
  model: Model,
  tokens: tf.Tensor3D,
  seeds: readonly number[],
): Promise<Segmented> {
  const [slots, segmentation] = tf.tidy(() => segmentTokens(model, tokens, seeds));
  try {
    const [slotValues, ids] = await Promise.all([slots.data<"float32">(), segmentation.data()]);
    return { slots: Float32Array.from(slotValues), segmentation: Uint8Array.from(ids) };
  } finally {
    tf.dispose([slots, segmentation]);
  }
}

/** @returns slots [B, K, D] and the argmax over slots of the last attention at the model's resolution [B, H, W] */
function segmentTokens(
  { config, params }: Model,
  tokens: tf.Tensor3D,
  seeds: readonly number[],
): [slots: tf.Tensor3D, segmentation: tf.Tensor3D] {
  const { num_slots: K, slot_size: D } = config.slot_dict;
  const initial = initialSlots(params, config, seeds.length, drawNoise(seeds, K * D));
  const { slots, attn } = attend(params, config, tokens, initial);
  const last = attn.at(-1) as tf.Tensor4D; // the schema asks for an iteration
  return [slots, tf.argMax(masksAtResolution(last, config.resolution), 1)];
}

async function drawBatch(
  model: Model,
  slotValues: Float32Array,
  seeds: readonly number[],
  drawing: Drawing,
): Promise<Float32Array> {
  const { config, params } = model;
  const B = seeds.length;
  const shape = latentShape(config);
  const { slot_size: D } = config.slot_dict;
  const size = shape.reduce((product, length) => product * length, 1);
  const slots = tf.tensor3d(slotValues, [B, slotValues.length / (B * D), D]);
  const xT = tf.tensor4d(drawNoise(seeds, size), [B, ...shape]);
  try {
    const latents = await sampleLatents(model, { slots, xT, seeds }, drawing);
    const images = tf.tidy(() => toUnit(latentsToImages(params, config, latents)));
    latents.dispose();
    return await readAndDispose(images);
  } finally {
    tf.dispose([slots, xT]);
  }
}

/** @param start - slots [B, K, D], start noise [B, h, w, C] and its seeds @returns latents [B, h, w, C], the caller's */
async function sampleLatents(
  model: Model,
  { slots, xT, seeds }: { slots: tf.Tensor3D; xT: tf.Tensor4D; seeds: readonly number[] },
  { sampler, steps }: Drawing,
): Promise<tf.Tensor4D> {
  const schedule = createSchedule(model.config.diffusion);
  const denoise = denoiserOf(model, slots, (t) => noiseLevel(schedule, t));
  const rng = seeds.map((seed) => mulberry32(seed + samplerSeedOffset)); // DPM-Solver++ draws nothing
  const run = samplers[sampler]({ denoise, xT, schedule, steps, rng });
  let step = await run.next();
  while (!step.done) step = await run.next();
  return step.value;
}

const denoiserOf = (
  { config, params }: Model,
  slots: tf.Tensor3D,
  alphaSigma: DenoiserParts["alphaSigma"],
): Denoise =>
  createDenoise({
    predict: (xt, t) => predict(params, config, xt, t, slots),
    predTarget: config.diffusion.pred_target,
    alphaSigma,
    ...(config.diffusion.vq_denoised && {
      snap: (x0: tf.Tensor4D) => snapLatents(params, config, x0),
    }),
  });

const reconstructBatch = ({ config, params }: Model, rgb: Uint8Array): Promise<Float32Array> =>
  readAndDispose(
    tf.tidy(() => {
      const latents = imagesToLatents(params, config, toImages(config, rgb));
      return toUnit(latentsToImages(params, config, latents));
    }),
  );

/** clamp(x / 2 + 1 / 2, 0, 1), as the official metrics see pictures. */
const toUnit = (images: tf.Tensor4D): tf.Tensor4D =>
  tf.clipByValue(tf.add(tf.mul(images, 0.5), 0.5), 0, 1);

async function readAndDispose(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return Float32Array.from(await tensor.data<"float32">());
  } finally {
    tensor.dispose();
  }
}
