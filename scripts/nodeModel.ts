/** A model folder and the sample pictures, read in Node on the WASM backend: what the command-line tools share. */
import { readdirSync, readFileSync } from "node:fs";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { decode } from "fast-png";

import { loadParams, openCheckpoint } from "../src/checkpoint/load";
import { fitIds } from "../src/data/idMask";
import { resizeArea, resizeBilinear, type Pixels } from "../src/data/preprocess";
import { modelConfigSchema, type ModelConfig } from "../src/slotdiffusion/config";
import { modelSpec, type ModelParams } from "../src/slotdiffusion/model";

export type NodeModel = { config: ModelConfig; params: ModelParams };

/** models/ID with its weights on WASM. */
export async function readModel(id: string): Promise<NodeModel> {
  await tf.setBackend("wasm");
  const folder = `models/${id}`;
  const config = modelConfigSchema.parse(JSON.parse(readFileSync(`${folder}/config.json`, "utf8")));
  const { entries } = await openCheckpoint(
    new Blob([readFileSync(`${folder}/weights.safetensors`)]),
  );
  return { config, params: await loadParams(modelSpec(config), entries) };
}

export const sampleNames = (): string[] =>
  readdirSync("public/samples")
    .filter((name) => name.endsWith(".png"))
    .sort();

/** A sample scene as the model sees it, and its object ids at the same size. */
export function readSample(
  name: string,
  { resolution, resize }: ModelConfig,
): { input: Pixels; groundTruth: Uint8Array } {
  const [H, W] = resolution;
  const picture = readPng(`public/samples/${name}`);
  const { width, height, red: ids } = readPng(`public/samples/masks/${name}`);
  return {
    input: (resize === "area" ? resizeArea : resizeBilinear)(picture, W, H),
    groundTruth: fitIds({ width, height, ids }, "crop", resolution),
  };
}

function readPng(path: string): Pixels & { red: Uint8Array<ArrayBuffer> } {
  const { width, height, data, channels } = decode(readFileSync(path));
  const rgba = new Uint8ClampedArray(width * height * 4);
  const red = new Uint8Array(width * height);
  for (let i = 0; i < width * height; i++) {
    const at = (channel: number): number =>
      data[i * channels + Math.min(channel, channels - 1)] ?? 0;
    rgba.set([at(0), at(1), at(2), 255], i * 4);
    red[i] = at(0);
  }
  return { width, height, data: rgba, red };
}
