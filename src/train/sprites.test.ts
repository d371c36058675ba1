/** The first 200 steps of the bundled recipe, at half the side and a quarter of the batch: what fits a unit test on WASM. */
import { readFileSync } from "node:fs";

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { expect, it } from "vitest";

import { renderScene, spriteRenderer } from "../data/scenes/sceneRenderer";
import { dropAlpha } from "../data/scenes/shards";
import { registerWasmKernels } from "../gpu/wasmKernels";
import { modelConfigSchema } from "../slotdiffusion/config";

import type { ImageSource } from "./images";
import { recipeSchema } from "./recipe";
import { createState } from "./state";
import { train } from "./trainer";

const side = 32;
const numImages = 64;

const read = (name: string): Record<string, object> =>
  JSON.parse(readFileSync(`models/sprites/${name}.json`, "utf8")) as Record<string, object>;

function drawSprites(seed: number): ImageSource {
  const renderer = spriteRenderer(side);
  const images = Array.from({ length: numImages }, (_, index) =>
    dropAlpha(renderScene(renderer, seed, index).pixels.data),
  );
  return { count: numImages, size: [side, side], read: (index) => images[index] as Uint8Array }; // 0..63
}

const mean = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

it("falls below stated losses in 200 steps of the sprites recipe", async () => {
  await import("@tensorflow/tfjs-backend-wasm");
  registerWasmKernels();
  expect(await tf.setBackend("wasm")).toBe(true);
  const config = modelConfigSchema.parse({ ...read("config"), resolution: [side, side] });
  const stored = read("training");
  const recipe = recipeSchema.parse({
    ...stored,
    vqvae: { ...stored["vqvae"], steps: 80, batch: 4, warmup: 20, quantizeFrom: 60 },
    binding: { ...stored["binding"], steps: 80, batch: 4, warmup: 20, side: side / 2 },
    slots: { ...stored["slots"], steps: 40, batch: 4, warmup: 10 },
  });
  const losses = { vqvae: [] as number[], binding: [] as number[], slots: [] as number[] };
  const state = await createState(config, recipe);
  const context = { config, recipe, images: drawSprites(recipe.data.seed), state };
  for await (const report of train(context, () => performance.now()))
    if (report.stage !== "latents") losses[report.stage].push(report.loss);
  expect(losses.vqvae.length + losses.binding.length + losses.slots.length).toBe(200);
  const last = (stage: keyof typeof losses): number => mean(losses[stage].slice(-10));
  // The first steps have about 0.9, 1.0 and 1.0.
  expect(last("vqvae")).toBeLessThan(0.55);
  expect(last("binding")).toBeLessThan(0.2);
  expect(last("slots")).toBeLessThan(0.4);
}, 300_000);
