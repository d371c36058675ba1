/** Writes the latent preview map of a model, fitted to the sample scenes, into its config.json: `tsx scripts/fitPreview.ts clevr64`. */
import { readFileSync, writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";

import { toSigned } from "../src/data/preprocess";
import { fitPreview } from "../src/slotdiffusion/preview";
import { readModel, readSample, sampleNames } from "./nodeModel";

const id = process.argv[2] ?? "clevr64";
const { config, params } = await readModel(id);
const pictures = sampleNames().map((name) => readSample(name, config).input);
const [H, W] = config.resolution;
const images = tf.tensor4d(
  Float32Array.from(pictures.flatMap((picture) => [...toSigned(picture)])),
  [pictures.length, H, W, 3],
);
const { weight, bias } = await fitPreview(params, config, images);
const round = (value: number): number => Number(value.toFixed(4));
const preview = { weight: weight.map((row) => row.map(round)), bias: bias.map(round) };

const path = `models/${id}/config.json`;
const json = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
writeFileSync(path, `${JSON.stringify({ ...json, preview }, null, 1)}\n`);
console.log(`${path}: preview fitted to ${pictures.length} pictures.`);
