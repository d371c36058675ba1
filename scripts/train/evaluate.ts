/** How good a model in training is on held-out scenes: FG-ARI, mIoU, mBO, first-stage PSNR; and a picture of it. */
import { createRunner, type Model } from "../../src/evaluation/runner";
import { seedOf } from "../../src/evaluation/scores";
import { adjustedRandIndex } from "../../src/metrics/ari";
import { meanBestOverlap, meanIoU, nanMean } from "../../src/metrics/iou";
import type { ImageSource } from "../../src/train/images";
import type { StageName } from "../../src/train/state";

/** Attention argmax over slots at the pictures' resolution; the initial slots come from evaluation seed 0. */
export const protocol =
  "attention argmax over slots, bilinear to the pictures' resolution; FG-ARI foreground only, mIoU with background, mBO per object";

/** The first pictures, end to end [count * H * W * 3]. */
function readAll({ size: [H, W], read }: ImageSource, count: number): Uint8Array {
  const rgb = new Uint8Array(count * H * W * 3);
  for (let index = 0; index < count; index++) rgb.set(read(index), index * H * W * 3);
  return rgb;
}

const seedsOf = (stream: "slots" | "noise", count: number): number[] =>
  Array.from({ length: count }, (_, index) => seedOf(stream, 0, index));

/** Slots of the first pictures, and the slot of each pixel [count * H * W]. */
async function segment(model: Model, scenes: ImageSource, count: number) {
  const rgb = readAll(scenes, count);
  const [found] = await createRunner(model).segment(rgb, [seedsOf("slots", count)]);
  if (!found) throw new Error("segment: expected a result for one row of seeds, got none.");
  return found;
}

const cut = <T extends Uint8Array | Float32Array>(all: T, index: number, count: number): T => {
  const length = all.length / count;
  return all.subarray(index * length, (index + 1) * length) as T; // subarray keeps the type
};

/** Means over the first `count` held-out scenes. */
export async function scoreMasks(
  model: Model,
  scenes: ImageSource,
  ids: (index: number) => Uint8Array,
  count: number,
): Promise<{ fgAri: number; mIoU: number; mBO: number }> {
  const { segmentation } = await segment(model, scenes, count);
  const rows = Array.from({ length: count }, (_, index) => {
    const [truth, slots] = [ids(index), cut(segmentation, index, count)];
    return {
      fgAri: adjustedRandIndex(truth, slots, { ignoreBackground: true }),
      mIoU: meanIoU(truth, slots),
      mBO: meanBestOverlap(truth, slots),
    };
  });
  const mean = (key: keyof (typeof rows)[number]) => nanMean(rows.map((row) => row[key]));
  return { fgAri: mean("fgAri"), mIoU: mean("mIoU"), mBO: mean("mBO") };
}

/** Decibels of the first stage alone on the first `count` scenes: encode, quantise, decode; mean over scenes. */
export async function firstStagePsnr(
  model: Model,
  scenes: ImageSource,
  count: number,
): Promise<number> {
  const rgb = readAll(scenes, count);
  const decoded = await createRunner(model).reconstruct(rgb);
  const psnrs = Array.from({ length: count }, (_, index) => {
    const [bytes, values] = [cut(rgb, index, count), cut(decoded, index, count)];
    const squares = values.reduce((sum, value, i) => sum + (value - (bytes[i] ?? 0) / 255) ** 2, 0);
    return -10 * Math.log10(squares / values.length);
  });
  return nanMean(psnrs);
}

/** A row of a sheet: input, first stage alone, drawn from the slots, slot of each pixel; null for what is not learned yet. */
export type SheetRow = {
  input: Uint8Array;
  decoded: Uint8Array | null;
  drawn: Uint8Array | null;
  slots: Uint8Array | null;
};

/** What a sheet shows of the first scenes. */
export async function sheetRows(
  model: Model,
  scenes: ImageSource,
  count: number,
  stage: StageName,
): Promise<SheetRow[]> {
  const runner = createRunner(model);
  const found = stage === "vqvae" ? null : await segment(model, scenes, count);
  const decoded = stage === "binding" ? null : await runner.reconstruct(readAll(scenes, count));
  const drawn =
    stage === "slots" && found ? await runner.draw(found.slots, seedsOf("noise", count)) : null;
  return Array.from({ length: count }, (_, index) => ({
    input: scenes.read(index),
    decoded: decoded && toBytes(cut(decoded, index, count)),
    drawn: drawn && toBytes(cut(drawn, index, count)),
    slots: found && cut(found.segmentation, index, count),
  }));
}

/** @param values - 0..1 */
const toBytes = (values: Float32Array): Uint8Array =>
  Uint8Array.from(values, (value) => Math.round(255 * value));
