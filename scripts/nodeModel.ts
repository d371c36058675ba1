/** A model folder and the sample pictures, read in Node: what the command-line tools share. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { decode } from "fast-png";

import { loadParams, openCheckpoint } from "../src/checkpoint/load";
import { fitIds } from "../src/data/idMask";
import { resizeArea, resizeBilinear, type Pixels } from "../src/data/preprocess";
import { InputError } from "../src/errors";
import { modelConfigSchema, type ModelConfig } from "../src/slotdiffusion/config";
import { modelSpec, type ModelParams } from "../src/slotdiffusion/model";

export type NodeModel = { config: ModelConfig; params: ModelParams };

/** A model's two files. */
export type ModelFiles = { config: ModelConfig; configPath: string; weightsPath: string };

/** The folder of a model. @param name - of a folder in models/, or a path such as runs/clevr64 */
export function findModel(name: string): ModelFiles {
  const folder = [join("models", name), name].find((each) => existsSync(join(each, "config.json")));
  if (!folder) {
    const shipped = readdirSync("models").filter((id) =>
      existsSync(join("models", id, "weights.safetensors")),
    );
    throw new InputError(
      `--model: expected a folder with config.json and weights.safetensors, got ${name}. ` +
        `Name one of ${shipped.join(", ")}, or the path of a run.`,
    );
  }
  const [configPath, weightsPath] = ["config.json", "weights.safetensors"].map((file) =>
    join(folder, file),
  ) as [string, string]; // two names, two paths
  if (!existsSync(weightsPath))
    throw new InputError(
      `--model: expected weights in ${weightsPath}, got none. Train the model first: npm run train -- ${configPath}`,
    );
  return { config: readConfig(configPath), configPath, weightsPath };
}

function readConfig(path: string): ModelConfig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InputError(`${path}: expected JSON, got ${String(error)}.`, { cause: error });
  }
  const parsed = modelConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path: at, message }) => `${at.join(".")}: ${message}`);
  throw new InputError(`${path}: expected a model configuration. ${issues.join("; ")}.`);
}

/** A model's weights on the backend in use. */
export async function loadModel({ config, weightsPath }: ModelFiles): Promise<NodeModel> {
  const file = new Blob([readFileSync(weightsPath)]);
  const { entries } = await openCheckpoint(file, weightsPath);
  return { config, params: await loadParams(modelSpec(config), entries) };
}

/** models/ID with its weights on WASM. */
export async function readModel(id: string): Promise<NodeModel> {
  await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  return loadModel(findModel(id));
}

/** File names of the sample pictures, sorted. */
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

/** A PNG as RGBA, and its first channel as it is. */
export function readPng(path: string): Pixels & { red: Uint8Array<ArrayBuffer> } {
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
