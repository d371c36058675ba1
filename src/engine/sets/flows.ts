/** Where pictures of a set come from: files of the visitor's, pictures that the page decoded, generated scenes. */
import {
  openDataset,
  summarizeSkipped,
  type Dataset,
  type Decoders,
} from "../../data/datasets/dataset";
import type { NewPicture } from "../../data/pictureSets/addPictures";
import { InputError } from "../../errors";
import type { ModelConfig } from "../../slotdiffusion/config";
import type { Fit, Pixels, SceneRef } from "../protocol";
import type { SceneStudio } from "../sceneStudio";
import { preparePicture } from "./preparePicture";
import type { PictureFlow } from "./takeIn";

/** How a model takes its pictures. */
export type Intake = Pick<ModelConfig, "resolution" | "resize">;

/** Pictures in files, folders and archives; throws where there is nothing to read at all. */
export async function fileFlow(
  files: readonly { path: string; file: Blob }[],
  decoders: Decoders,
  { fit, intake, signal }: { fit: Fit; intake: Intake; signal: AbortSignal },
): Promise<PictureFlow> {
  const given = files.map(({ path, file }) => {
    return { path, size: file.size, open: () => Promise.resolve(file) };
  });
  const dataset = await openDataset(given, decoders, { signal });
  return {
    pictures: (signal) => prepareExamples(dataset, fit, intake, signal),
    total: dataset.count,
    skipped: () => summarizeSkipped(dataset.skipped),
  };
}

async function* prepareExamples(
  dataset: Dataset,
  fit: Fit,
  intake: Intake,
  signal: AbortSignal,
): AsyncGenerator<NewPicture> {
  for await (const example of dataset.examples(signal)) yield preparePicture(example, fit, intake);
}

/** Frames of a video or of the camera. */
export function pixelFlow(
  pictures: readonly { name: string; pixels: Pixels }[],
  fit: Fit,
  intake: Intake,
): PictureFlow {
  for (const { name, pixels } of pictures) assertPixels(name, pixels);
  const prepare = async function* (): AsyncGenerator<NewPicture> {
    for (const picture of pictures)
      yield await Promise.resolve(preparePicture({ ...picture, ids: null }, fit, intake));
  };
  return { pictures: prepare, total: pictures.length, skipped: () => "" };
}

function assertPixels(name: string, { width, height, data }: Pixels): void {
  if (width < 1 || height < 1 || data.length !== width * height * 4)
    throw new InputError(
      `picture set: expected pixels of ${name}, got ${data.length} bytes for ${width} x ${height}. Take the picture again.`,
    );
}

/** Generated scenes with their masks, as large as the set's pictures. */
export function sceneFlow(
  studio: SceneStudio,
  first: SceneRef,
  count: number,
  { resolution }: Intake,
): PictureFlow {
  if (!Number.isInteger(count) || count < 1)
    throw new InputError(`picture set: expected 1 scene or more, got ${count}. Change the number.`);
  const render = async function* (): AsyncGenerator<NewPicture> {
    for (let index = first.index; index < first.index + count; index++) {
      const { pixels, ids } = await studio.render({ ...first, index }, () => resolution);
      yield { name: `${first.kind} ${first.seed}-${index}`, pixels, ids };
    }
  };
  return { pictures: render, total: count, skipped: () => "" };
}
