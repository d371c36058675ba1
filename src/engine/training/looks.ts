/** Looks at a model in training: numbers over fixed held-out pictures, and what it makes of the first of them. */
import { fromSigned } from "../../data/preprocess";
import { createSchedule } from "../../diffusion/schedule";
import { nanMean } from "../../metrics/iou";
import { nextTask } from "../../train/nextTask";
import { trainedConfig, withBestParams, type TrainState } from "../../train/state";
import type { StageRecipe } from "../../train/recipe";
import type { ModelConfig } from "../../slotdiffusion/config";
import { encodePicture, generatePicture } from "../inference";
import type { Encoding, Pixels } from "../protocol";
import type { Look, LookPicture } from "../protocol/training";

import { lookLoss, reconstruct, type LookModel } from "./lookLoss";
import type { RunPictures } from "./pictures";

/** Pictures of the numbers, pictures that are shown, and pictures at once. */
const [mostScored, mostShown, atOnce] = [32, 4, 8];
/** Network evaluations of a picture drawn from slots. */
const drawSteps = 4;

export type LookJob = {
  config: ModelConfig;
  recipe: StageRecipe;
  state: TrainState;
  pictures: RunPictures;
  /** Runs a part of the look when the device is free. */
  turn: <T>(job: () => Promise<T>) => Promise<T>;
  signal: AbortSignal;
};

/** A look; the same weights give the same numbers. The state must keep its step until it has ended. */
export const takeLook = (job: LookJob): Promise<Look> =>
  withBestParams(job.state, async (params) => {
    const { config, recipe, state, pictures } = job;
    const { stage, step } = state;
    const model = { config: trainedConfig(config, state), recipe, state: { stage, step }, params };
    const count = Math.min(mostScored, pictures.heldOut.count);
    const turn = async <T>(part: () => Promise<T>): Promise<T> => {
      const result = await job.turn(part);
      await nextTask();
      return result;
    };
    const looker = { ...job, model, count, turn };
    const loss = await meanLoss(looker);
    const seen = stage === "vqvae" ? await lookAtFirstStage(looker) : await lookAtSlots(looker);
    return {
      scores: { stage, step, loss, ...seen.scores },
      numSlots: config.slot_dict.num_slots,
      pictures: seen.pictures,
    };
  });

type Looker = LookJob & { model: LookModel; count: number };

const range = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, i) => start + i);

const batches = (count: number): number[][] =>
  range(0, Math.ceil(count / atOnce)).map((batch) =>
    range(batch * atOnce, Math.min(count, (batch + 1) * atOnce)),
  );

/** Over all pictures that are scored; null where there are none. */
async function meanLoss({ model, pictures, count, turn }: Looker): Promise<number | null> {
  let sum = 0;
  for (const indices of batches(count))
    sum += indices.length * (await turn(() => lookLoss(model, pictures.heldOut, indices)));
  return numberOrNull(sum / count);
}

const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** What of a look differs between stages. */
type Seen = {
  scores: Pick<Look["scores"], "psnr" | "fgAri" | "mIoU">;
  pictures: LookPicture[];
};

async function lookAtFirstStage({ model, pictures, count, turn }: Looker): Promise<Seen> {
  const [H, W] = model.config.resolution;
  const size = H * W * 3;
  const psnrs: number[] = [];
  const shown: LookPicture[] = [];
  for (const indices of batches(count)) {
    const values = await turn(() => reconstruct(model, pictures.heldOut, indices));
    indices.forEach((index, i) => {
      const decoded = values.subarray(i * size, (i + 1) * size);
      psnrs.push(psnrOf(pictures.heldOut.read(index), decoded));
      if (index >= mostShown) return;
      const drawn = fromSigned(decoded, W, H);
      shown.push({ ...describe(pictures, index), segmentation: null, drawn });
    });
  }
  const psnr = numberOrNull(nanMean(psnrs));
  return { scores: { psnr, fgAri: null, mIoU: null }, pictures: shown };
}

/** Decibels of values in -1..1 against bytes; what is out of range counts as clipped. */
function psnrOf(bytes: Uint8Array, values: Float32Array): number {
  let sum = 0;
  values.forEach((value, i) => {
    const unit = Math.min(1, Math.max(0, value / 2 + 0.5));
    sum += (unit - (bytes[i] ?? 0) / 255) ** 2;
  });
  return -10 * Math.log10(sum / values.length);
}

async function lookAtSlots({ model, pictures, count, turn, signal }: Looker): Promise<Seen> {
  const scores: NonNullable<Encoding["scores"]>[] = [];
  const shown: LookPicture[] = [];
  for (const index of range(0, count)) {
    const described = describe(pictures, index);
    const groundTruth = pictures.heldOutIds(index);
    const args = { input: described.input, seed: 0, groundTruth };
    const encoding = await turn(() => encodePicture(model, args));
    if (encoding.scores) scores.push(encoding.scores);
    if (index >= mostShown) continue;
    const drawn =
      model.state.stage === "slots" ? await turn(() => draw(model, encoding, index, signal)) : null;
    shown.push({ ...described, segmentation: encoding.segmentation, drawn });
  }
  const mean = (key: "fgAri" | "mIoU"): number | null =>
    numberOrNull(nanMean(scores.map((score) => score[key])));
  return { scores: { psnr: null, fgAri: mean("fgAri"), mIoU: mean("mIoU") }, pictures: shown };
}

/** @param seed - of the start noise, the same at every look */
async function draw(
  { params, config }: LookModel,
  { slots, numSlots }: Encoding,
  seed: number,
  signal: AbortSignal,
): Promise<Pixels> {
  const noPreview = Array.from({ length: config.vae.vq_dict.embed_dim }, () => [0, 0, 0]);
  const model = {
    ...{ params, config, schedule: createSchedule(config.diffusion) },
    preview: config.preview ?? { weight: noPreview, bias: [0, 0, 0] }, // nobody looks at it
  };
  const settings = { sampler: "dpm-solver++", steps: drawSteps, eta: 0 } as const;
  const context = { signal, report: () => undefined };
  return (await generatePicture(model, { slots, numSlots, seed, ...settings }, context)).image;
}

function describe({ heldOut, heldOutName }: RunPictures, index: number) {
  const [height, width] = heldOut.size;
  const rgb = heldOut.read(index);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4)
    data.set(rgb.subarray(from, from + 3), to);
  return { name: heldOutName(index), input: { width, height, data } };
}
