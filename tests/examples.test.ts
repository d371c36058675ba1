/** public/examples is what the shipped weights make of the sample scenes, and small enough to come first. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";

import index from "../models/index.json";
import { readModel, readSample } from "../scripts/nodeModel";
import { createSchedule } from "../src/diffusion/schedule";
import { encodePicture, generatePicture, type RunnableModel } from "../src/engine/inference";
import {
  exampleIds,
  exampleSchema,
  exampleUrls,
  picturesSize,
  swapPlace,
  valuesSize,
  type ExampleFacts,
  type Place,
} from "../src/store/exampleSchema";

const path = (url: string): string => `public/${url}`;
const factsOf = (id: string): ExampleFacts =>
  exampleSchema.parse(JSON.parse(readFileSync(path(exampleUrls(id).facts), "utf8")));
const bytesOf = (id: string): number =>
  Object.values(exampleUrls(id)).reduce((sum, url) => sum + statSync(path(url)).size, 0);

/** RGB of a part of a sheet. */
async function read(file: string, place: Place): Promise<Uint8Array> {
  return sharp(path(file)).extract(place).removeAlpha().raw().toBuffer();
}

const meanDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN))).reduce((x, y) => x + y) / a.length;

test("the first example takes at most 60 KB, all at most 200 KB", () => {
  expect(bytesOf(exampleIds[0] ?? "")).toBeLessThanOrEqual(60_000);
  expect(exampleIds.reduce((sum, id) => sum + bytesOf(id), 0)).toBeLessThanOrEqual(200_000);
});

test("the page asks for the first example beside its program", () => {
  const page = readFileSync("index.html", "utf8");
  for (const url of Object.values(exampleUrls(exampleIds[0] ?? "")))
    expect(page).toContain(`<link rel="preload" as="fetch" crossorigin href="/${url}" />`);
});

describe.each(exampleIds)("example %s", (id) => {
  test("was made by weights that are shipped; else run scripts/bakeExamples.ts", () => {
    const { model, sample } = factsOf(id);
    expect(sample).toBe(id);
    expect(index.find((each) => each.id === model.id)?.sha256).toBe(model.sha256);
    const weights = readFileSync(`models/${model.id}/weights.safetensors`);
    expect(createHash("sha256").update(weights).digest("hex")).toBe(model.sha256);
  });

  test("has sheets of the size that its facts say, and partners as they say of themselves", async () => {
    const facts = factsOf(id);
    const { pictures, values } = exampleUrls(id);
    expect(await sharp(path(pictures)).metadata()).toMatchObject(picturesSize(facts));
    expect(await sharp(path(values)).metadata()).toMatchObject(valuesSize(facts));
    for (const { sample, objects } of facts.partners)
      expect(objects).toEqual(factsOf(sample).objects);
  });
});

describe("computed again", () => {
  const facts = factsOf(exampleIds[0] ?? "");
  const { pictures, values } = exampleUrls(facts.sample);
  let model: RunnableModel;
  beforeAll(async () => {
    const { config, params } = await readModel(facts.model.id);
    const { preview } = config;
    if (!preview) throw new Error("The model has no preview map.");
    model = { config, params, preview, schedule: createSchedule(config.diffusion) };
  });

  test("the masks are the same to a grey level, and the picture but for its compression", async () => {
    const { input } = readSample(`${facts.sample}.png`, model.config);
    const seen = await encodePicture(model, { input, seed: facts.slotSeed, groundTruth: null });
    const [h, w] = facts.attnSize;
    const width = facts.numSlots * w;
    const height = facts.rounds * h;
    const rgb = await read(values, { left: 0, top: 0, width, height });
    seen.attn.forEach((value, i) => {
      const [round, k, y, x] = [
        Math.floor(i / (facts.numSlots * h * w)),
        Math.floor(i / (h * w)) % facts.numSlots,
        Math.floor(i / w) % h,
        i % w,
      ];
      const baked = rgb[((round * h + y) * width + k * w + x) * 3] ?? NaN;
      if (Math.abs(baked - 255 * value) > 1)
        throw new Error(`round ${round}, slot ${k}, ${y}, ${x}: ${baked} is not ${255 * value}`);
    });
    const { image } = await generatePicture(
      model,
      { ...facts.settings, slots: seen.slots, numSlots: seen.numSlots },
      { signal: new AbortController().signal, report: () => undefined },
    );
    const drawn = image.data.filter((_, i) => i % 4 !== 3);
    const own = await read(pictures, swapPlace(facts, { kind: "own" }));
    const other = await read(pictures, swapPlace(facts, { kind: "without", object: 0 }));
    expect(meanDifference(own, drawn)).toBeLessThan(4);
    expect(meanDifference(other, drawn)).toBeGreaterThan(2 * meanDifference(own, drawn));
  });
});
