/**
 * Scores of a bundled model on the sample scenes, in Node on WASM: `npm run evaluate [-- --model clevr64 --seeds 3 --json]`.
 *
 * Protocol: attention argmax over slots, bilinear to the model's resolution; ground truth nearest to the same; FG-ARI over
 * foreground pixels, mIoU with background, mBO over foreground objects. The seed draws the initial slots.
 */
import { parseArgs } from "node:util";

import { encodePicture } from "../src/engine/inference";
import { readModel, readSample, sampleNames } from "./nodeModel";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "clevr64" },
    seeds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});

type Scores = { fgAri: number; mIoU: number; mBO: number };

const model = await readModel(values.model);
const { config } = model;

async function scoreSample(name: string, seed: number): Promise<Scores> {
  const { scores } = await encodePicture(model, { ...readSample(name, config), seed });
  if (!scores) throw new Error("evaluate: no scores came with a ground truth.");
  return scores;
}

const mean = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const standardError = (numbers: number[]): number => {
  const m = mean(numbers);
  return Math.sqrt(
    numbers.reduce((sum, x) => sum + (x - m) ** 2, 0) / (numbers.length - 1) / numbers.length,
  );
};

const names = sampleNames();
const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);
const bySeed: Scores[][] = [];
for (const seed of seeds) {
  const scores: Scores[] = [];
  for (const name of names) scores.push(await scoreSample(name, seed));
  bySeed.push(scores);
}

const keys = ["fgAri", "mIoU", "mBO"] as const;
const metrics = Object.fromEntries(
  keys.map((key) => {
    const perSeed = bySeed.map((scores) => mean(scores.map((score) => score[key])));
    return [key, { mean: mean(perSeed), standardError: standardError(perSeed) }];
  }),
);
const protocol = `attention argmax, ${config.resolution.join("x")}, FG-ARI foreground only, mIoU with background, ${names.length} images, ${seeds.length} seeds`;
names.forEach((name, i) => {
  const { fgAri, mIoU, mBO } = bySeed[0]?.[i] as Scores; // seed 0 scored every name
  console.log(
    `${name}  FG-ARI ${fgAri.toFixed(3)}  mIoU ${mIoU.toFixed(3)}  mBO ${mBO.toFixed(3)}  (seed 0)`,
  );
});
for (const key of keys) {
  const { mean: m, standardError: se } = metrics[key] as { mean: number; standardError: number };
  console.log(`${key} ${m.toFixed(3)} ± ${se.toFixed(3)} (standard error over seeds)`);
}
if (values.json) {
  console.log(
    JSON.stringify({
      model: values.model,
      data: "samples",
      n: names.length,
      seed: 0,
      protocol,
      metrics,
    }),
  );
}
