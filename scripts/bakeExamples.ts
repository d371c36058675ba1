/**
 * The examples that the page shows before any weights arrive: `npx tsx scripts/bakeExamples.ts [--model clevr64]`.
 * A shipped model takes the sample scenes of src/store/exampleSchema.ts apart and draws every picture of their compose
 * grids, with the engine's own code; public/examples then holds for each a JSON of facts and two sheets of tiles.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import sharp from "sharp";

import { createSchedule } from "../src/diffusion/schedule";
import { decodePicture, drawLatents, encodePicture, readPicture } from "../src/engine/inference";
import type { RunnableModel } from "../src/engine/inference";
import type { Encoding, Pixels } from "../src/engine/protocol";
import { InputError } from "../src/errors";
import { previewColors } from "../src/slotdiffusion/preview";
import { defaultSettings } from "../src/store/limits";
import {
  attnPlace,
  exampleIds,
  exampleSchema,
  exampleUrls,
  noisyPlace,
  picturesSize,
  predictionPlace,
  sourcePlace,
  swapPlace,
  swapsOf,
  valuesSize,
  type ExampleFacts,
  type Place,
  type Swap,
} from "../src/store/exampleSchema";
import { findModel, loadModel, readPng, readSample } from "./nodeModel";
import { startNodeBackend } from "./tfjsNode";

/** Slots of an example that the grid offers, at most. */
const mostObjects = 4;
/** Evaluations that are kept of the picture of a scene's own slots. */
const numFrames = 12;
const slotSeed = 0;
/** Of WebP, 0..100. */
const pictureQuality = 80;

/** The model that bakes. */
type Baker = RunnableModel & { id: string; sha256: string };
type Composed = { slots: Float32Array; numSlots: number };
type Sheet = ReturnType<typeof createSheet>;
type Baked = { id: string; source: Pixels; encoding: Encoding; objects: number[] };
type Frame = { step: number; t: number; noisy: Pixels; prediction: Pixels };

/** The slots that stand for the largest objects, in their order. */
function objectSlots({ matches }: Encoding, truth: Uint8Array): number[] {
  const area = (id: number): number => truth.filter((each) => each === id).length;
  const found = [...(matches ?? []).entries()].filter(([id, slot]) => id > 0 && slot >= 0);
  const largest = found.sort(([a], [b]) => area(b) - area(a)).slice(0, mostObjects);
  return largest.map(([, slot]) => slot).sort((a, b) => a - b);
}

async function encodeExample(model: RunnableModel, id: string): Promise<Baked> {
  const { input, groundTruth } = readSample(`${id}.png`, model.config);
  const encoding = await encodePicture(model, { input, seed: slotSeed, groundTruth });
  const source = readPng(`public/samples/${id}.png`);
  return { id, source, encoding, objects: objectSlots(encoding, groundTruth) };
}

const slotRows = ({ slots, numSlots, slotSize }: Encoding): Float32Array[] =>
  Array.from({ length: numSlots }, (_, k) => slots.subarray(k * slotSize, (k + 1) * slotSize));

/** The slots of a swap, as the page places them. */
function swapSlots(swap: Swap, own: Baked, partners: Baked[]): Composed {
  const rows = slotRows(own.encoding);
  if (swap.kind !== "own") {
    const other = swap.kind === "replaced" ? partners[swap.partner] : undefined;
    const by = swap.kind === "replaced" ? (other?.objects[swap.by] ?? -1) : -1;
    const put = other ? slotRows(other.encoding).slice(by, by + 1) : [];
    rows.splice(own.objects[swap.object] ?? -1, 1, ...put);
  }
  return { slots: Float32Array.from(rows.flatMap((row) => [...row])), numSlots: rows.length };
}

const never = new AbortController().signal;

/** Evaluations that are kept: the first, the last, and some between. */
const keptSteps = (steps: number): Set<number> =>
  new Set(
    Array.from(
      { length: Math.min(numFrames, steps) },
      (_, i) => 1 + Math.round((i * (steps - 1)) / (Math.min(numFrames, steps) - 1)),
    ),
  );

/** Draws a picture as the page does; `frames` gets the evaluations that are kept. */
async function draw(
  model: RunnableModel,
  composed: Composed,
  frames: Frame[] | null,
): Promise<Pixels> {
  const kept = keptSteps(defaultSettings.steps);
  const latents = await drawLatents(
    model,
    { ...composed, ...defaultSettings },
    [defaultSettings.seed],
    {
      signal: never,
      watch: async ({ step, t, xt, x0 }) => {
        if (!frames || !kept.has(step)) return;
        const noisy = await readPicture(previewColors(xt, model.preview));
        frames.push({ step, t, noisy, prediction: await decodePicture(model, x0.clone()) });
      },
    },
  );
  return decodePicture(model, latents);
}

/** A sheet of RGB on which pictures are put in their places. */
function createSheet({ width, height }: { width: number; height: number }) {
  const rgb = new Uint8Array(width * height * 3);
  const put = (place: Place, color: (pixel: number, channel: number) => number): void => {
    for (let i = 0; i < place.width * place.height; i++) {
      const x = place.left + (i % place.width);
      const y = place.top + Math.floor(i / place.width);
      for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = color(i, c);
    }
  };
  return {
    putPixels: (place: Place, { data }: Pixels): void => put(place, (i, c) => data[i * 4 + c] ?? 0),
    /** @param values - 0..1 */
    putValues: (place: Place, values: Float32Array): void =>
      put(place, (i) => Math.round(255 * (values[i] ?? 0))),
    image: () => sharp(rgb, { raw: { width, height, channels: 3 } }),
  };
}

function describe(
  { id, sha256, config }: Baker,
  own: Baked,
  partners: Baked[],
  frames: Frame[],
): ExampleFacts {
  const { numSlots, attn, attnSize } = own.encoding;
  const [frame] = frames;
  if (!frame) throw new Error("bakeExamples: expected frames of a drawing, got none.");
  return exampleSchema.parse({
    version: 1,
    sample: own.id,
    model: { id, title: config.name, sha256 },
    slotSeed,
    settings: defaultSettings,
    numSlots,
    rounds: attn.length / (numSlots * attnSize[0] * attnSize[1]),
    attnSize,
    latentSize: [frame.noisy.height, frame.noisy.width],
    pictureSize: config.resolution,
    sourceSide: own.source.width,
    objects: own.objects,
    partners: partners.map((other) => ({ sample: other.id, objects: other.objects })),
    frames: frames.map(({ step, t }) => ({ step, t: Number(t.toFixed(1)) })),
  });
}

function putAttention(sheet: Sheet, facts: ExampleFacts, attn: Float32Array): void {
  const area = facts.attnSize[0] * facts.attnSize[1];
  for (let round = 1; round <= facts.rounds; round++)
    for (let k = 0; k < facts.numSlots; k++) {
      const at = ((round - 1) * facts.numSlots + k) * area;
      sheet.putValues(attnPlace(facts, round, k), attn.subarray(at, at + area));
    }
}

async function bake(model: Baker, own: Baked, partners: Baked[]): Promise<void> {
  const frames: Frame[] = [];
  await draw(model, swapSlots({ kind: "own" }, own, partners), frames);
  const facts = describe(model, own, partners, frames);
  const pictures = createSheet(picturesSize(facts));
  const values = createSheet(valuesSize(facts));
  pictures.putPixels(sourcePlace(facts), own.source);
  for (const swap of swapsOf(facts))
    pictures.putPixels(
      swapPlace(facts, swap),
      await draw(model, swapSlots(swap, own, partners), null),
    );
  frames.forEach(({ noisy, prediction }, i) => {
    values.putPixels(noisyPlace(facts, i), noisy);
    pictures.putPixels(predictionPlace(facts, i), prediction);
  });
  putAttention(values, facts, own.encoding.attn);
  const urls = exampleUrls(own.id);
  writeFileSync(`public/${urls.facts}`, `${JSON.stringify(facts)}\n`);
  await pictures
    .image()
    .webp({ quality: pictureQuality, effort: 6 })
    .toFile(`public/${urls.pictures}`);
  await values.image().webp({ lossless: true, effort: 6 }).toFile(`public/${urls.values}`);
  const sizes = Object.values(urls).map((url) => `${url} ${statSync(`public/${url}`).size} bytes`);
  console.log(`${sizes.join(", ")}; slots on objects: ${own.objects.join(" ")}`);
}

async function main(): Promise<void> {
  const { model: id } = parseArgs({
    options: { model: { type: "string", default: "clevr64" } },
  }).values;
  const files = findModel(id);
  const sha256 = createHash("sha256").update(readFileSync(files.weightsPath)).digest("hex");
  console.error(`backend ${await startNodeBackend()}`);
  const { config, params } = await loadModel(files);
  const { preview } = config;
  if (!preview)
    throw new InputError(
      `${files.configPath}: expected a preview map. Run scripts/fitPreview.ts first.`,
    );
  const schedule = createSchedule(config.diffusion);
  const model = { config, params, preview, schedule, id, sha256 };
  mkdirSync("public/examples", { recursive: true });
  const examples: Baked[] = [];
  for (const each of exampleIds) examples.push(await encodeExample(model, each));
  for (const own of examples)
    await bake(
      model,
      own,
      examples.filter((other) => other !== own),
    );
}

await main();
