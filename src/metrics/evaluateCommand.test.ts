/** The command line of the evaluation. It lies here because unit tests are looked for in src. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseRequest } from "../../scripts/evaluate/arguments";
import { findModel } from "../../scripts/nodeModel";
import { useBackend } from "../../tests/backends";
import { exportParams } from "../checkpoint/load";
import { writeSafetensors } from "../checkpoint/safetensors";
import { encodePicture } from "../engine/inference";
import { InputError } from "../errors";
import { mulberry32 } from "../math/random";
import { initParams } from "../nn/params";
import { modelConfigSchema } from "../slotdiffusion/config";
import {
  imagesToLatents,
  latentsToImages,
  modelSpec,
  type ModelParams,
} from "../slotdiffusion/model";
import { testConfig } from "../train/testRun";

import { adjustedRandIndex } from "./ari";
import { psnr, squaredError, ssim, type Picture } from "./imageQuality";
import { meanBestOverlap, meanIoU, nanMean } from "./iou";
import { slotHealth } from "./slotHealth";
import { standardError } from "./summary";

const side = 16;
const count = 3;
/** Learned slots: no seed enters the masks, so that they can be computed without knowing how seeds are drawn. */
const config = modelConfigSchema.parse({
  ...testConfig,
  slot_dict: { ...testConfig.slot_dict, init: "learned" },
});

let folder: string;
let params: ModelParams;

type Drawn = { rgb: Uint8Array; ids: Uint8Array };

/** Noise with three bright rectangles, whose ids are 1, 2 and 3; picture 2 has two of them. */
function drawPicture(index: number): Drawn {
  const rng = mulberry32(index);
  const rgb = Uint8Array.from({ length: 3 * side ** 2 }, () => 60 * rng());
  const ids = new Uint8Array(side ** 2);
  for (let object = 1; object <= (index === 2 ? 2 : 3); object++) {
    for (let i = 0; i < 16; i++) {
      const pixel = (4 * object + Math.floor(i / 4) - 3) * side + 4 * object - 2 + (i % 4) - index;
      ids[pixel] = object;
      rgb.set([80 * object, 255 - 60 * object, 200], 3 * pixel);
    }
  }
  return { rgb, ids };
}

const pictures = Array.from({ length: count }, (_, i) => drawPicture(i));
const size = { width: side, height: side, depth: 8 } as const;

beforeAll(async () => {
  await useBackend("wasm");
  folder = mkdtempSync(join(tmpdir(), "evaluate-"));
  mkdirSync(join(folder, "model"));
  mkdirSync(join(folder, "data", "masks"), { recursive: true });
  params = initParams(modelSpec(config), mulberry32(0));
  const weights = await exportParams(modelSpec(config), params);
  writeFileSync(join(folder, "model", "weights.safetensors"), writeSafetensors(weights));
  writeFileSync(join(folder, "model", "config.json"), JSON.stringify(config));
  pictures.forEach(({ rgb, ids }, i) => {
    const image = encode({ ...size, data: rgb, channels: 3 });
    writeFileSync(join(folder, "data", `${i}.png`), image);
    const mask = encode({ ...size, data: ids.map((id) => 60 * id), channels: 1 }); // grey levels with gaps
    writeFileSync(join(folder, "data", "masks", `${i}.png`), mask);
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Answer = { code: number | null; stdout: string; stderr: string };

function run(...args: string[]): Promise<Answer> {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/evaluate.ts", ...args]);
  const answer: Answer = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (answer.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (answer.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...answer, code }));
  });
}

type Report = {
  model: string;
  data: string;
  n: number;
  seed: number;
  protocol: string;
  metrics: Record<string, { mean: number; standardError: number | null }>;
};

const lastLine = ({ stdout }: Answer): Report =>
  JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Report; // written by the command

/** Slot of each pixel, as the page finds it. */
async function segmentationOf({ rgb }: Drawn): Promise<Uint8Array> {
  const data = new Uint8ClampedArray(4 * side ** 2).fill(255);
  rgb.forEach((value, i) => (data[4 * Math.floor(i / 3) + (i % 3)] = value));
  const input = { width: side, height: side, data };
  const { segmentation } = await encodePicture(
    { config, params },
    { input, seed: 0, groundTruth: null },
  );
  return segmentation;
}

const toPicture = (values: ArrayLike<number>): Picture => ({
  width: side,
  height: side,
  channels: 3,
  values,
});

/** The first stage's picture of a picture, values 0..1. */
async function decodedOf({ rgb }: Drawn): Promise<Picture> {
  const image = tf.tidy(() => {
    const signed = Float32Array.from(rgb, (value) => value / 127.5 - 1);
    const images = tf.tensor4d(signed, [1, side, side, 3]);
    return latentsToImages(params, config, imagesToLatents(params, config, images));
  });
  const values = Float32Array.from(await image.data(), (value) =>
    Math.min(Math.max(value / 2 + 0.5, 0), 1),
  );
  image.dispose();
  return toPicture(values);
}

describe("npm run evaluate", () => {
  it("prints the means of what is computed picture by picture, as JSON in the last line", async () => {
    const model = join(folder, "model");
    const data = join(folder, "data");
    const flags = ["--n", "3", "--seed", "2", "--seeds", "1", "--backend", "wasm", "--json"];
    const answer = await run("--model", model, "--data", data, "--reconstruct", ...flags);
    expect(answer.stderr).toContain("3 / 3 pictures");
    expect(answer.code).toBe(0);
    const report = lastLine(answer);
    expect(report).toMatchObject({ model, data, n: count, seed: 2 });
    expect(report.protocol).toContain("argmax over 3 slots");
    expect(report.protocol).toContain("3 pictures, 3 with ground truth");
    expect(report.protocol).toContain("standard error over pictures");

    const pairs: { gt: Uint8Array; pred: Uint8Array }[] = [];
    for (const drawn of pictures) pairs.push({ gt: drawn.ids, pred: await segmentationOf(drawn) });
    const foreground = { ignoreBackground: true };
    const expected: Record<string, number[]> = {
      fgAri: pairs.map(({ gt, pred }) => adjustedRandIndex(gt, pred, foreground)),
      ari: pairs.map(({ gt, pred }) => adjustedRandIndex(gt, pred)),
      mIoU: pairs.map(({ gt, pred }) => meanIoU(gt, pred)),
      fgMIoU: pairs.map(({ gt, pred }) => meanIoU(gt, pred, foreground)),
      mBO: pairs.map(({ gt, pred }) => meanBestOverlap(gt, pred)),
      slotsPerObject: pairs.map(({ gt, pred }) => slotHealth(gt, pred, 3).slotsPerObject),
    };
    const decoded = await Promise.all(pictures.map(decodedOf));
    const originals = pictures.map(({ rgb }) => toPicture([...rgb].map((value) => value / 255)));
    const withOriginal = (metric: (x: Picture, y: Picture) => number) =>
      decoded.map((made, i) => metric(originals[i] ?? made, made));
    expected["vqvaeMse"] = withOriginal(squaredError);
    expected["vqvaePsnr"] = withOriginal(psnr);
    expected["vqvaeSsim"] = withOriginal(ssim);
    for (const [name, values] of Object.entries(expected)) {
      expect(report.metrics[name]?.mean, name).toBeCloseTo(nanMean(values), 4);
      expect(report.metrics[name]?.standardError, name).toBeCloseTo(standardError(values), 4);
    }
    expect(report.metrics["psnr"]?.mean).toBeGreaterThan(0);
    expect(report.metrics["ssim"]?.mean).toBeLessThan(0.9);
  });

  it("composes, over several seeds, on sprites that it draws itself", async () => {
    const model = join(folder, "model");
    const flags = ["--scenes", "sprites", "--n", "5", "--seeds", "2", "--compose", "--json"];
    const answer = await run("--model", model, ...flags, "--backend", "wasm");
    expect(answer.code).toBe(0);
    const { data, n, protocol, metrics } = lastLine(answer);
    expect([data, n]).toEqual(["sprites", 5]);
    expect(protocol).toContain("standard error over the seeds' means");
    expect(metrics["fgAri"]?.standardError).toBe(0); // learned slots: no seed enters
    expect(metrics["composeInside"]?.mean).toBeGreaterThanOrEqual(0);
    expect(metrics["psnr"]).toBeUndefined();
  });

  it("says what is wrong in a sentence, without a stack", async () => {
    const { code, stdout, stderr } = await run("--model", "clevr64", "--samples", "--n", "13");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("--n: expected at most 12, the sample scenes there are, got 13.");
    expect(stderr).not.toContain("    at ");
  });
});

describe("its arguments", () => {
  it.each([
    ["--samples", "--model: expected a model, got none"],
    ["--model clevr64", "expected one of --scenes, --data and --samples, got none"],
    ["--model clevr64 --scenes clevr --data .", "got --scenes and --data"],
    ["--model clevr64 --scenes cubes", "--scenes: expected clevr"],
    ["--model clevr64 --samples --n 0", "--n: expected a whole number from 1"],
    ["--model clevr64 --samples --n 2.5", "got 2.5"],
    ["--model clevr64 --samples --seeds 0", "--seeds: expected a whole number from 1"],
    ["--model clevr64 --samples --backend gpu", "--backend: expected node, wasm, webgpu, got gpu"],
    ["--model clevr64 --sample", "Unknown option '--sample'"],
    ["--model clevr64 --samples extra", "extra"],
  ])("%s", (words, message) => {
    const parse = () => parseRequest(words.split(" "));
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(message);
  });

  it("have defaults: every picture, seeds 0 to 2, the fastest backend", () => {
    expect(parseRequest(["--model", "m", "--data", "d.zip"])).toMatchObject({
      data: { from: "data", path: "d.zip" },
      n: null,
      seed: 0,
      seeds: 3,
      backend: null,
      json: false,
    });
  });

  it("a model that is not there, or has no weights", () => {
    expect(() => findModel("nobody")).toThrow(
      /config.json and weights.safetensors, got nobody. Name one of .*clevr64/,
    );
    mkdirSync(join(folder, "empty"));
    writeFileSync(join(folder, "empty", "config.json"), JSON.stringify(config));
    expect(() => findModel(join(folder, "empty"))).toThrow("Train the model first");
  });
});
