import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

import { gaussianArray, mulberry32 } from "../math/random";
import { initParams, specEntries } from "./params";
import { timestepEmbedding } from "./timestep";
import { unet, unetSpec, type UnetSizes } from "./unet";
import { dropout } from "./unetBlocks";

const sizes: UnetSizes = {
  in_channels: 2,
  model_channels: 4,
  out_channels: 2,
  num_res_blocks: 1,
  attention_resolutions: [1],
  dropout: 0,
  channel_mult: [1, 2],
  num_head_channels: 4,
  transformer_depth: 2,
  context_dim: 3,
  norm_groups: 2,
};

beforeAll(() => tf.setBackend("cpu"));

describe("unetSpec", () => {
  it("numbers blocks as the official construction, whatever the levels", () => {
    const modules = new Set(
      specEntries(unetSpec(sizes)).map(([key]) => key.split(".").slice(0, 3).join(".")),
    );
    expect([...modules].filter((name) => /^(in|out)put_blocks/.test(name))).toEqual([
      "input_blocks.0.0", // convolution
      "input_blocks.1.0",
      "input_blocks.1.1", // transformer at full size
      "input_blocks.2.0", // down
      "input_blocks.3.0", // no transformer at half size
      "output_blocks.0.0",
      "output_blocks.1.0",
      "output_blocks.1.1", // up takes the place after the ResBlock
      "output_blocks.2.0",
      "output_blocks.2.1",
      "output_blocks.3.0",
      "output_blocks.3.1",
    ]);
    const keys = specEntries(unetSpec(sizes)).map(([key]) => key);
    expect(keys).toContain("output_blocks.1.1.conv.weight");
    expect(keys).toContain("middle_block.1.transformer_blocks.1.attn2.to_k.weight");
  });
});

describe("unet", () => {
  it("says nothing before training, as the official zero-initialised output", async () => {
    const params = initParams(unetSpec(sizes), mulberry32(1));
    const xt = tf.tensor4d(gaussianArray(mulberry32(2), 32), [1, 4, 4, 2]);
    const context = tf.tensor3d(gaussianArray(mulberry32(3), 15), [1, 5, 3]);
    const out = unet(params, sizes, xt, [10.5], context);
    expect(out.shape).toEqual([1, 4, 4, 2]);
    expect(new Set(await out.data())).toEqual(new Set([0]));
  });
});

describe("timestepEmbedding", () => {
  it("holds cosines, then sines, then a zero where the size is odd", async () => {
    const [c0, c1, s0, s1, rest] = await timestepEmbedding([2], 5).data();
    expect(c0).toBeCloseTo(Math.cos(2), 6);
    expect(c1).toBeCloseTo(Math.cos(0.02), 6);
    expect(s0).toBeCloseTo(Math.sin(2), 6);
    expect(s1).toBeCloseTo(Math.sin(0.02), 6);
    expect(rest).toBe(0);
  });
});

describe("dropout", () => {
  it("zeroes the share asked for and keeps the mean", async () => {
    const values = await dropout(tf.ones([20_000]), 0.25, mulberry32(1)).data<"float32">();
    const dropped = values.filter((value) => value === 0).length / values.length;
    expect(dropped).toBeCloseTo(0.25, 2);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(1, 2);
    expect(new Set(await dropout(tf.ones([8]), 1, mulberry32(1)).data())).toEqual(new Set([0]));
  });
});
