/** Opens what the command line names: generated scenes, the sample scenes, or the user's pictures, all at the model's size. */
import { fitIds } from "../../src/data/idMask";
import {
  fitSquare,
  resizeArea,
  resizeBilinear,
  toSigned,
  type IdMask,
  type Pixels,
} from "../../src/data/preprocess";
import { summarizeSkipped } from "../../src/data/datasets/skipped";
import { planResolution, type SceneKind } from "../../src/data/scenes/scene";
import { InputError } from "../../src/errors";
import { objectsOnly, type PictureSource } from "../../src/evaluation/pictures";
import type { ModelConfig } from "../../src/slotdiffusion/config";
import { readSample, sampleNames } from "../nodeModel";
import type { DataChoice, EvaluationRequest } from "./arguments";
import { openScenePictures } from "./scenePictures";

type Request = Pick<EvaluationRequest, "n" | "seed">;

const defaultScenes = 1000;

/** Opens the data that the command line names; scenes that are missing are rendered. */
export async function openPictures(
  choice: DataChoice,
  request: Request,
  config: ModelConfig,
): Promise<PictureSource> {
  switch (choice.from) {
    case "scenes":
      return openScenes(choice.kind, request, config);
    case "samples":
      return openSamples(request, config);
    case "data":
      return openData(choice.path, request, config);
  }
}

function openSamples({ n }: Request, config: ModelConfig): PictureSource {
  const names = sampleNames();
  checkCount(n, names.length, "sample scenes");
  const chosen = names.slice(0, n ?? names.length);
  return {
    title: "samples",
    count: chosen.length,
    *pictures() {
      for (const name of chosen) {
        const { input, groundTruth } = readSample(name, config);
        yield { name, rgb: toBytes(input), truth: objectsOnly(groundTruth) };
      }
    },
    skipped: () => "",
  };
}

function checkCount(n: number | null, available: number, what: string): void {
  if (n !== null && n > available)
    throw new InputError(`--n: expected at most ${available}, the ${what} there are, got ${n}.`);
}

async function openData(path: string, { n }: Request, config: ModelConfig): Promise<PictureSource> {
  const { openDataPath } = await import("../dataFiles");
  const dataset = await openDataPath(path);
  if (dataset.count !== null) checkCount(n, dataset.count, `pictures in ${path}`);
  return {
    title: path,
    count: n ?? dataset.count,
    async *pictures() {
      let left = n ?? Infinity;
      for await (const { name, pixels, ids, classes, overlap } of dataset.examples()) {
        const fit = (mask: IdMask | null) => mask && fitIds(mask, "crop", config.resolution);
        const truth = { ids: fit(ids), classes: fit(classes), overlap: fit(overlap) };
        yield { name, rgb: toBytes(fitPixels(pixels, config)), truth };
        if (--left <= 0) return;
      }
    },
    skipped: () => summarizeSkipped(dataset.skipped),
  };
}

/** The centre square at the model's size, as the page prepares a picture. */
function fitPixels(pixels: Pixels, { resolution: [H, W], resize }: ModelConfig): Pixels {
  const square = fitSquare(pixels, "crop");
  if (square.width === W && square.height === H) return square;
  return (resize === "area" ? resizeArea : resizeBilinear)(square, W, H);
}

/** RGB without alpha, transparent pixels on white. */
function toBytes(pixels: Pixels): Uint8Array {
  const clamped = Uint8ClampedArray.from(toSigned(pixels), (value) => (value + 1) * 127.5);
  return new Uint8Array(clamped.buffer);
}

function openScenes(kind: SceneKind, { n, seed }: Request, config: ModelConfig): PictureSource {
  const [H, W] = config.resolution;
  const side = H === W && planResolution % H === 0 ? H : planResolution; // what the renderer makes
  const count = n ?? defaultScenes;
  const scenes = openScenePictures({ kind, seed, n: count, resolution: side });
  return {
    title: kind,
    count,
    *pictures() {
      for (const { index, rgb, ids } of scenes) {
        const name = `${kind} ${seed}/${index}`;
        if (side === H && side === W) yield { name, rgb, truth: objectsOnly(ids) };
        else {
          const square = { width: side, height: side };
          const pixels = fitPixels({ ...square, data: withAlpha(rgb) }, config);
          const fitted = fitIds({ ...square, ids }, "crop", [H, W]);
          yield { name, rgb: toBytes(pixels), truth: objectsOnly(fitted) };
        }
      }
    },
    skipped: () => "",
  };
}

function withAlpha(rgb: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  for (let i = 0; i < rgb.length; i++) rgba[4 * Math.floor(i / 3) + (i % 3)] = rgb[i] ?? 0;
  return rgba;
}
