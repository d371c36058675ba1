import { open, readFile } from "node:fs/promises";

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { fixtureJson } from "../../tests/fixture";
import { clevrtexConfig, cocoConfig } from "../../tests/officialConfigs";
import { tinyConfig } from "../../tests/tinyConfig";
import { InputError } from "../errors";
import { mulberry32 } from "../math/random";
import { countParams, initParams, specEntries } from "../nn/params";
import { modelConfigSchema, type ModelConfig } from "./config";
import { trainableKeys } from "./losses";
import { encodeTokens, initialSlots, modelSpec } from "./model";

const shapes = (config: ModelConfig): Record<string, number[]> =>
  Object.fromEntries(specEntries(modelSpec(config)).map(([key, s]) => [key, s.officialShape]));

/** Schedule tables, which official files hold and we recompute, sit directly under dm_decoder. */
const withoutSchedule = (official: Record<string, number[]>): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(official).filter(([key]) => !/^dm_decoder\.[a-z0-9_]+$/.test(key)),
  );

async function shippedConfig(): Promise<ModelConfig> {
  return modelConfigSchema.parse(JSON.parse(await readFile("models/clevr64/config.json", "utf8")));
}

/** Shapes in the header of a safetensors file, without reading its values. */
async function headerShapes(path: string): Promise<Record<string, number[]>> {
  const file = await open(path);
  try {
    const length = new DataView(new ArrayBuffer(8));
    await file.read(length, 0, 8, 0);
    const header = new Uint8Array(Number(length.getBigUint64(0, true)));
    await file.read(header, 0, header.length, 8);
    const entries = JSON.parse(new TextDecoder().decode(header)) as Record<
      string,
      { shape: number[] }
    >;
    delete entries["__metadata__"];
    return Object.fromEntries(Object.entries(entries).map(([key, { shape }]) => [key, shape]));
  } finally {
    await file.close();
  }
}

describe("modelSpec", () => {
  it("has the official keys and shapes", async () => {
    const { tensors } = await fixtureJson<{ tensors: Record<string, number[]> }>("weights.json");
    expect(Object.keys(tensors)).toHaveLength(545);
    expect(shapes(tinyConfig)).toEqual(withoutSchedule(tensors));
  });

  it("has the keys and shapes of the shipped CLEVR 64 weights", async () => {
    const header = await headerShapes("models/clevr64/weights.safetensors");
    expect(shapes(await shippedConfig())).toEqual(withoutSchedule(header));
  });

  it("counts the parameters of the official CLEVRTex model", () => {
    const spec = modelSpec(clevrtexConfig);
    const count = (part: object | undefined) => countParams(part ?? {});
    expect(specEntries(spec)).toHaveLength(977 - 12); // all but the schedule's tables
    expect(count(spec.encoder)).toBe(2_775_104);
    expect(count(spec.encoder_pos_embedding)).toBe(1_280);
    expect(count(spec.encoder_out_layer)).toBe(86_912);
    expect(count(spec.slot_attention)).toBe(482_112);
    expect(spec.init_latents?.size).toBe(2_112);
    expect(count(spec.dm_decoder.model)).toBe(134_243_331);
    expect(count(spec.dm_decoder.vae)).toBe(13_857_886);
    expect(count(spec)).toBe(151_448_737);
  });

  it("counts the parameters of the official COCO model, DINO included", () => {
    const spec = modelSpec(cocoConfig);
    expect(countParams(spec.encoder)).toBe(21_818_112);
    expect(countParams(spec.dm_decoder.model)).toBe(135_046_147);
    expect(countParams(spec)).toBe(171_746_785);
  });

  it("trains everything but the VQ-VAE and DINO", () => {
    const trainable = (config: ModelConfig): number => {
      const keys = new Set(trainableKeys(config));
      const entries = specEntries(modelSpec(config)).filter(([key]) => keys.has(key));
      return entries.reduce((sum, [, leaf]) => sum + leaf.size, 0);
    };
    expect(trainable(clevrtexConfig)).toBe(137_590_851);
    expect(trainable(cocoConfig)).toBe(136_070_787);
  });
});

describe("modelConfigSchema", () => {
  const issuesOf = (change: (config: ModelConfig) => void): string[] => {
    const config = structuredClone(clevrtexConfig);
    change(config);
    const parsed = modelConfigSchema.safeParse(config);
    return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("."));
  };

  it("accepts the official configs and names the parts that do not fit together", () => {
    expect(issuesOf(() => {})).toEqual([]);
    expect(issuesOf((c) => (c.unet_dict.context_dim = 100))).toEqual(["unet_dict.context_dim"]);
    expect(issuesOf((c) => (c.resolution = [120, 128]))).toEqual(["resolution"]);
    expect(issuesOf((c) => (c.unet_dict.norm_groups = 48))).toEqual(["unet_dict.norm_groups"]);
    expect(issuesOf((c) => (c.vae.vq_dict.embed_dim = 4))).toEqual(["unet_dict.in_channels"]);
    expect(issuesOf((c) => (c.unet_dict.num_head_channels = 257))).toEqual([
      "unet_dict.num_head_channels",
    ]);
    const encoder: ModelConfig["encoder"] = {
      kind: "cnn",
      enc_channels: [4, 8],
      strides: [1, 1],
      enc_ks: 5,
      enc_out_channels: 8,
    };
    expect(issuesOf((c) => (c.encoder = encoder))).toEqual([
      "encoder.strides",
      "encoder.enc_channels",
    ]);
  });
});

describe("initialSlots", () => {
  it("draws any number of Gaussian slots from the seed", async () => {
    await tf.setBackend("cpu");
    const config = structuredClone(tinyConfig);
    config.slot_dict.init = "gaussian";
    const params = initParams(modelSpec(config), mulberry32(1));
    const draw = (seed: number) => initialSlots(params, config, 2, mulberry32(seed), 9);
    expect(draw(5).shape).toEqual([2, 9, config.slot_dict.slot_size]);
    expect(await draw(5).data()).toEqual(await draw(5).data());
    expect(await draw(5).data()).not.toEqual(await draw(6).data());
    const [first, second] = tf.unstack(draw(5));
    expect(await first?.data()).not.toEqual(await second?.data()); // each sample has its own
    const unit = new Float32Array(3 * config.slot_dict.slot_size).fill(1);
    params.slots_mu = tf.fill(params.slots_mu?.shape ?? [], 3);
    params.slots_logsigma = tf.fill(params.slots_logsigma?.shape ?? [], Math.log(2));
    const fives = await initialSlots(params, config, 1, unit, 3).data();
    for (const value of fives) expect(value).toBeCloseTo(5, 5);
    expect(() => initialSlots(params, config, 1)).toThrow(/Rng/);
  });

  it("refuses another number of learned slots, and pictures of another size", async () => {
    await tf.setBackend("cpu");
    const params = initParams(modelSpec(tinyConfig), mulberry32(1));
    expect(() => initialSlots(params, tinyConfig, 1, undefined, 5)).toThrow(InputError);
    const images: tf.Tensor4D = tf.zeros([1, 32, 64, 3]);
    expect(() => encodeTokens(params, tinyConfig, images)).toThrow(InputError);
  });
});
