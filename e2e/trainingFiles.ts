/**
 * What the training stories bring along: pictures in a zip, files that are not what they say, and a model so small (16x16,
 * a few thousand parameters) that a software GPU trains it.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { BlobWriter, Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import { encode } from "fast-png";

import { exportParams } from "../src/checkpoint/load";
import { writeSafetensors } from "../src/checkpoint/safetensors";
import { renderSprites, planSprites } from "../src/data/scenes/sprites";
import { dropAlpha } from "../src/data/scenes/shards";
import { mulberry32 } from "../src/math/random";
import { initParams } from "../src/nn/params";
import { modelSpec } from "../src/slotdiffusion/model";
import { testConfig } from "../src/train/testRun";
import { expect, openPlayground, type Backend } from "./playground";

const side = 16;
/** Scenes of this seed are in no training set. */
const seed = 11;

type Named = Record<string, Uint8Array>;

/** Pictures of sprites with their masks, under images/ and masks/. */
function spriteFiles(count: number): Named {
  const files: Named = {};
  for (let index = 0; index < count; index++) {
    const { pixels, ids } = renderSprites(planSprites(seed, index), side);
    const name = `${String(index).padStart(3, "0")}.png`;
    const size = { width: side, height: side, depth: 8 as const };
    files[`images/${name}`] = encode({ ...size, channels: 3, data: dropAlpha(pixels.data) });
    files[`masks/${name}`] = encode({ ...size, channels: 1, data: ids });
  }
  return files;
}

async function zipOf(files: Named): Promise<Uint8Array> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const [path, bytes] of Object.entries(files))
    await writer.add(path, new Uint8ArrayReader(new Uint8Array(bytes)));
  return new Uint8Array(await (await writer.close()).arrayBuffer());
}

/** Writes sprites.zip and, cut after two thirds, cut.zip. */
export async function writeSpriteZips(folder: string, count: number) {
  const bytes = await zipOf(spriteFiles(count));
  const paths = { whole: join(folder, "sprites.zip"), cut: join(folder, "cut.zip") };
  writeFileSync(paths.whole, bytes);
  writeFileSync(paths.cut, bytes.subarray(0, Math.floor((2 * bytes.length) / 3)));
  return paths;
}

/** Writes a text named .png, and the head of a picture of 100 megapixels. */
export function writeFalsePictures(folder: string) {
  const paths = { text: join(folder, "notes.png"), huge: join(folder, "huge.png") };
  writeFileSync(paths.text, "These are no pixels.\n".repeat(20));
  const head = Buffer.from(encode({ width: 1, height: 1, channels: 3, data: new Uint8Array(3) }));
  head.writeUInt32BE(10_000, 16); // IHDR: width, then height
  head.writeUInt32BE(10_000, 20);
  writeFileSync(paths.huge, head);
  return paths;
}

/** Writes the weights and config.json of a model that has learned nothing. */
async function writeTinyModel(folder: string): Promise<string[]> {
  await tf.setBackend("cpu");
  const spec = modelSpec(testConfig);
  const params = initParams(spec, mulberry32(5));
  const paths = [join(folder, "tiny.safetensors"), join(folder, "config.json")];
  const [weights = "", config = ""] = paths;
  writeFileSync(weights, writeSafetensors(await exportParams(spec, params)));
  writeFileSync(config, JSON.stringify(testConfig));
  return paths;
}

/** Loads the tiny model as a visitor's own checkpoint. */
export async function openTiny(page: Page, backend: Backend, folder: string): Promise<void> {
  await openPlayground(page, backend);
  await page.getByLabel("Checkpoint files").setInputFiles(await writeTinyModel(folder));
  await expect(page.getByTestId("model-status")).toContainText("3 slots", { timeout: 120_000 });
}
