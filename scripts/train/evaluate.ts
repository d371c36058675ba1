/** How good a model in training is on held-out scenes: FG-ARI, mIoU, mBO, first-stage PSNR; and a picture of it. */
import * as tf from "@tensorflow/tfjs-core";

import { createDenoise } from "../../src/diffusion/denoiser";
import { samplers } from "../../src/diffusion/samplers";
import { createSchedule, noiseLevel } from "../../src/diffusion/schedule";
import { gaussianArray, mulberry32 } from "../../src/math/random";
import { adjustedRandIndex } from "../../src/metrics/ari";
import { meanBestOverlap, meanIoU, nanMean } from "../../src/metrics/iou";
import { latentShape, type ModelConfig } from "../../src/slotdiffusion/config";
import {
  encodeImages,
  imagesToLatents,
  initialSlots,
  latentsToImages,
  masksAtResolution,
  predict,
  snapLatents,
  type ModelParams,
} from "../../src/slotdiffusion/model";
import { readBatch, type ImageSource } from "../../src/train/images";
import type { StageName } from "../../src/train/state";

export type Model = { config: ModelConfig; params: ModelParams };

/** Attention argmax over slots at the pictures' resolution; the initial slots come from seed 0. */
export const protocol =
  "attention argmax over slots, bilinear to the pictures' resolution; FG-ARI foreground only, mIoU with background, mBO per object";

/** Slot of each pixel [B][H * W]. */
async function segment({ config, params }: Model, images: tf.Tensor4D): Promise<Uint8Array[]> {
  const [B, H, W] = images.shape;
  const argmax = tf.tidy(() => {
    const initial = initialSlots(params, config, B, mulberry32(0));
    const attn = encodeImages(params, config, images, { initial }).attn.at(-1);
    if (!attn) throw new Error("segment: expected an iteration of Slot Attention, got none.");
    return tf.argMax(masksAtResolution(attn, [H, W]), 1); // [B, H, W]
  });
  const slots = await argmax.data();
  argmax.dispose();
  return Array.from({ length: B }, (_, i) =>
    Uint8Array.from(slots.subarray(i * H * W, (i + 1) * H * W)),
  );
}

/** Means over the first `count` held-out scenes. */
export async function scoreMasks(
  model: Model,
  scenes: ImageSource,
  ids: (index: number) => Uint8Array,
  count: number,
): Promise<{ fgAri: number; mIoU: number; mBO: number }> {
  const rows: { fgAri: number; mIoU: number; mBO: number }[] = [];
  for (let at = 0; at < count; at += 32) {
    const indices = Array.from({ length: Math.min(32, count - at) }, (_, i) => at + i);
    const images = readBatch(scenes, indices);
    const found = await segment(model, images);
    images.dispose();
    indices.forEach((index, i) => {
      const truth = ids(index);
      const slots = found[i] ?? new Uint8Array(0);
      rows.push({
        fgAri: adjustedRandIndex(truth, slots, { ignoreBackground: true }),
        mIoU: meanIoU(truth, slots),
        mBO: meanBestOverlap(truth, slots),
      });
    });
  }
  const mean = (key: keyof (typeof rows)[number]) => nanMean(rows.map((row) => row[key]));
  return { fgAri: mean("fgAri"), mIoU: mean("mIoU"), mBO: mean("mBO") };
}

/** Decibels of the first stage alone on the first `count` scenes: encode, quantise, decode; mean over scenes. */
export async function firstStagePsnr(
  { config, params }: Model,
  scenes: ImageSource,
  count: number,
): Promise<number> {
  const values: number[] = [];
  for (let at = 0; at < count; at += 32) {
    const indices = Array.from({ length: Math.min(32, count - at) }, (_, i) => at + i);
    const errors = tf.tidy(() => {
      const images = readBatch(scenes, indices);
      const recon = latentsToImages(params, config, imagesToLatents(params, config, images));
      return tf.mean(tf.squaredDifference(images, tf.clipByValue(recon, -1, 1)), [1, 2, 3]);
    });
    for (const error of await errors.data()) values.push(-10 * Math.log10(error / 4));
    errors.dispose();
  }
  return nanMean(values);
}

/** Rows of a sheet for the first scenes: input, first stage alone, drawn from the slots, masks. */
export type SheetRow = Record<"input" | "decoded" | "drawn" | "slots", Uint8Array>;

/** What a sheet shows: of a stage only what it has learned, else the decoded picture again and slot 0. */
export async function sheetRows(
  model: Model,
  scenes: ImageSource,
  count: number,
  stage: StageName,
): Promise<SheetRow[]> {
  const { config, params } = model;
  const indices = Array.from({ length: count }, (_, i) => i);
  const images = readBatch(scenes, indices);
  const decoded = tf.tidy(() =>
    latentsToImages(params, config, imagesToLatents(params, config, images)),
  );
  const drawn = stage === "slots" ? await drawFromSlots(model, images) : tf.clone(decoded);
  const slots = stage === "vqvae" ? [] : await segment(model, images);
  const [decodedBytes, drawnBytes] = await Promise.all([toBytes(decoded), toBytes(drawn)]);
  tf.dispose([images, decoded, drawn]);
  const [H, W] = scenes.size;
  const length = 3 * H * W;
  return indices.map((index, i) => ({
    input: scenes.read(index),
    decoded: decodedBytes.subarray(i * length, (i + 1) * length),
    drawn: drawnBytes.subarray(i * length, (i + 1) * length),
    slots: slots[i] ?? new Uint8Array(H * W),
  }));
}

const sheetSteps = 20;

/** Pictures that the slots give in 20 steps of DDIM. @returns [B, H, W, 3] */
async function drawFromSlots({ config, params }: Model, images: tf.Tensor4D): Promise<tf.Tensor4D> {
  const B = images.shape[0];
  const shape = latentShape(config);
  const schedule = createSchedule(config.diffusion);
  const slots = tf.tidy(() => {
    const initial = initialSlots(params, config, B, mulberry32(0));
    return encodeImages(params, config, images, { initial }).slots;
  });
  const rng = mulberry32(1);
  const size = B * shape.reduce((product, length) => product * length, 1);
  const xT = tf.tensor4d(gaussianArray(rng, size), [B, ...shape]);
  const denoise = createDenoise({
    predict: (xt, t) => predict(params, config, xt, t, slots),
    predTarget: config.diffusion.pred_target,
    alphaSigma: (t) => noiseLevel(schedule, t),
    snap: (x0) => snapLatents(params, config, x0),
  });
  const run = samplers.ddim({ denoise, xT, schedule, steps: sheetSteps, rng });
  let step = await run.next();
  while (!step.done) step = await run.next();
  const drawn = tf.tidy(() => latentsToImages(params, config, step.value)); // done: the latents
  tf.dispose([slots, xT, step.value]);
  return drawn;
}

/** @param images - [B, H, W, 3] in [-1, 1] @returns 0..255, rounded and clipped */
async function toBytes(images: tf.Tensor4D): Promise<Uint8Array> {
  const clamped = Uint8ClampedArray.from(await images.data(), (value) => (value + 1) * 127.5);
  return new Uint8Array(clamped.buffer);
}
