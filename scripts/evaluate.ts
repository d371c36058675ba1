/**
 * Scores of a bundled model on the sample scenes, in Node on WASM:
 * `npm run evaluate [-- --model clevr64 --seeds 3 --reconstruct --json]`.
 *
 * Protocol: attention argmax over slots, bilinear to the model's resolution; ground truth nearest to the same; FG-ARI over
 * foreground pixels, mIoU with background, mBO over foreground objects. The seed draws the initial slots. With
 * --reconstruct also: PSNR of the VQ-VAE alone (encode, quantise, decode), and MSE and PSNR of the picture that the slots
 * give in 20 evaluations of DPM-Solver++, per value in 0..1.
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs-core";

import { fromSigned, toSigned, type Pixels } from "../src/data/preprocess";
import { createSchedule } from "../src/diffusion/schedule";
import { encodePicture, generatePicture } from "../src/engine/inference";
import { psnr, squaredError, type Picture } from "../src/metrics/imageQuality";
import { imagesToLatents, latentsToImages } from "../src/slotdiffusion/model";
import { fitPreview, mosaics } from "../src/slotdiffusion/preview";
import { readModel, readSample, sampleNames } from "./nodeModel";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "clevr64" },
    seeds: { type: "string", default: "3" },
    reconstruct: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

type Scores = Record<string, number>;

const { config, params } = await readModel(values.model);
const preview = config.preview ?? (await fitPreview(params, config, mosaics(config)));
const model = { config, params, schedule: createSchedule(config.diffusion), preview };

const toPicture = ({ width, height, data }: Pixels): Picture => ({
  width,
  height,
  channels: 3,
  values: Array.from(data, (value) => value / 255).filter((_, i) => i % 4 !== 3),
});

async function reconstruct(
  input: Pixels,
  slots: Float32Array,
  numSlots: number,
  seed: number,
): Promise<Scores> {
  const truth = toPicture(input);
  const decoded = tf.tidy(() => {
    const images = tf.tensor4d(toSigned(input), [1, input.height, input.width, 3]);
    return latentsToImages(params, config, imagesToLatents(params, config, images));
  });
  const vqvae = toPicture(fromSigned(await decoded.data<"float32">(), input.width, input.height));
  decoded.dispose();
  const settings = { slots, numSlots, seed, sampler: "dpm-solver++", steps: 20, eta: 0 } as const;
  const { signal } = new AbortController();
  const { image } = await generatePicture(model, settings, { signal, report: () => undefined });
  const generated = toPicture(image);
  return {
    vqvaePsnr: psnr(truth, vqvae),
    reconMse: squaredError(truth, generated) / truth.values.length,
    reconPsnr: psnr(truth, generated),
  };
}

async function scoreSample(name: string, seed: number): Promise<Scores> {
  const { input, groundTruth } = readSample(name, config);
  const { scores, slots, numSlots } = await encodePicture(model, { input, groundTruth, seed });
  if (!scores) throw new Error("evaluate: no scores came with a ground truth.");
  return {
    ...scores,
    ...(values.reconstruct && (await reconstruct(input, slots, numSlots, seed))),
  };
}

const mean = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const standardError = (numbers: number[]): number => {
  const m = mean(numbers);
  const squares = numbers.reduce((sum, x) => sum + (x - m) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1) / numbers.length);
};

const names = sampleNames();
const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);
const bySeed: Scores[][] = [];
for (const seed of seeds) {
  const scores: Scores[] = [];
  for (const name of names) scores.push(await scoreSample(name, seed));
  bySeed.push(scores);
}

const keys = Object.keys(bySeed[0]?.[0] ?? {});
const metrics = keys.map((key) => {
  const perSeed = bySeed.map((scores) => mean(scores.map((score) => score[key] ?? NaN)));
  return [key, { mean: mean(perSeed), standardError: standardError(perSeed) }] as const;
});

console.log(`| sample (seed 0) | ${keys.join(" | ")} |\n|${"---|".repeat(keys.length + 1)}`);
names.forEach((name, i) => {
  const cells = keys.map((key) => bySeed[0]?.[i]?.[key]?.toFixed(3));
  console.log(`| ${name.replace(".png", "")} | ${cells.join(" | ")} |`);
});
console.log(`\nMeans over ${names.length} samples, ± standard error over ${seeds.length} seeds:`);
for (const [key, { mean: m, standardError: se }] of metrics)
  console.log(`${key} ${m.toFixed(4)} ± ${se.toFixed(4)}`);

if (values.json) {
  const protocol = `attention argmax over slots, ${config.resolution.join("x")}; FG-ARI foreground only, mIoU with background; ${names.length} images, ${seeds.length} seeds`;
  const result = {
    model: values.model,
    data: "samples",
    n: names.length,
    seed: 0,
    protocol,
    metrics: Object.fromEntries(metrics),
  };
  console.log(JSON.stringify(result));
}
