import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { maxAbsDiff } from "../../tests/parity";
import { tinyConfig } from "../../tests/tinyConfig";
import { InputError } from "../errors";
import { gaussianArray, mulberry32 } from "../math/random";
import { disposeParams, initParams } from "../nn/params";
import { slotAttention, slotsByAttention } from "../nn/slotAttention";
import { tokenGrid, type ModelConfig } from "./config";
import { modelSpec, type ModelParams } from "./model";
import { tokenShares, truthSlots } from "./truthSlots";

const gaussian: ModelConfig = {
  ...tinyConfig,
  slot_dict: { ...tinyConfig.slot_dict, init: "gaussian" },
};
const [H, W] = tinyConfig.resolution;
const numTokens = tokenGrid(tinyConfig).reduce((h, w) => h * w);

/** Ids of vertical stripes from left to right. */
const stripes = (...ids: number[]): Uint8Array =>
  Uint8Array.from({ length: H * W }, (_, i) => ids[Math.floor(((i % W) * ids.length) / W)] ?? 0);

describe("masks at the size of the tokens", () => {
  it("are shares of area, one object after another from the background on", () => {
    const ids = new Uint8Array(H * W);
    ids.set([9, 9, 4], 0); // 16 x 16 tokens of 4 x 4 pixels
    const { objects, shares } = tokenShares(tinyConfig, ids);
    expect(objects).toEqual([0, 4, 9]);
    const firstToken = [0, 1, 2].map((k) => shares[k * numTokens]);
    expect(firstToken).toEqual([13 / 16, 1 / 16, 2 / 16]);
    expect(shares.subarray(1, numTokens).every((share) => share === 1)).toBe(true);
  });

  it("sum to 1 over objects where tokens do not fall on whole pixels", () => {
    const encoder = {
      kind: "cnn" as const,
      ...{ enc_channels: [3, 8, 8], strides: [2, 2], enc_ks: 5, enc_out_channels: 8 },
    };
    const config: ModelConfig = { ...tinyConfig, resolution: [10, 10], encoder };
    expect(tokenGrid(config)).toEqual([3, 3]);
    const ids = Uint8Array.from({ length: 100 }, (_, i) => (i % 10 < 5 ? 0 : 1));
    const { shares } = tokenShares(config, ids);
    const expected = [1, 0.5, 0, 1, 0.5, 0, 1, 0.5, 0]; // 10 / 3 pixels a token
    expect(maxAbsDiff(shares.subarray(0, 9), expected)).toBeLessThan(1e-6);
    const sums = expected.map((_, n) => (shares[n] ?? NaN) + (shares[9 + n] ?? NaN));
    expect(maxAbsDiff(sums, new Array<number>(9).fill(1))).toBeLessThan(1e-6);
  });

  it("are refused for a picture of another size", () => {
    expect(() => tokenShares(tinyConfig, new Uint8Array(7))).toThrow(InputError);
  });
});

describeBackends("slots by given attention", () => {
  const images = (): tf.Tensor4D =>
    tf.tensor4d(gaussianArray(mulberry32(4), H * W * 3), [1, H, W, 3]);

  /** Slots of masks, a row each. */
  async function rowsOf(p: ModelParams, config: ModelConfig, ids: Uint8Array, seed = 1) {
    const { objects, shares } = tokenShares(config, ids);
    const slots = tf.tidy(() => {
      const masks = tf.tensor3d(shares, [1, objects.length, numTokens]);
      return truthSlots(p, config, images(), masks, mulberry32(seed));
    });
    const D = config.slot_dict.slot_size;
    expect(slots.shape).toEqual([1, objects.length, D]);
    const values = await slots.data<"float32">();
    slots.dispose();
    return objects.map((_, k) => values.slice(k * D, (k + 1) * D));
  }

  it("are Slot Attention's own where the attention is its own", async () => {
    const { slot_attention: p } = initParams(modelSpec(gaussian), mulberry32(1));
    const [N, K, D] = [9, 3, gaussian.slot_dict.slot_size];
    const C = gaussian.encoder.enc_out_channels;
    const inputs = tf.tensor3d(gaussianArray(mulberry32(2), N * C), [1, N, C]);
    const start = tf.tensor3d(gaussianArray(mulberry32(3), K * D), [1, K, D]);
    const own = slotAttention(p, inputs, start, { numIterations: 1 });
    const attn = tf.transpose(own.attn[0] as tf.Tensor3D, [0, 2, 1]); // one iteration
    const given = slotsByAttention(p, inputs, start, attn, { numIterations: 1 });
    expect(await given.data()).toEqual(await own.slots.data());
  });

  it("swap with the ids of their objects, leave the others alone and depend on the seed", async () => {
    const params = initParams(modelSpec(gaussian), mulberry32(1));
    const before = tf.memory().numTensors;
    const [ground, left, right] = await rowsOf(params, gaussian, stripes(0, 1, 1, 2));
    const swapped = await rowsOf(params, gaussian, stripes(0, 2, 2, 1));
    expect(swapped).toEqual([ground, right, left]);
    expect(left).not.toEqual(right);
    const [other] = await rowsOf(params, gaussian, stripes(0, 1, 1, 2), 2);
    expect(other).not.toEqual(ground);
    expect(tf.memory().numTensors).toBe(before);
    disposeParams(params);
  });

  it("start from the learned slots in their order, of which there must be enough", async () => {
    const params = initParams(modelSpec(tinyConfig), mulberry32(1));
    expect(tinyConfig.slot_dict.num_slots).toBe(4);
    const three = await rowsOf(params, tinyConfig, stripes(0, 1, 2));
    const swapped = await rowsOf(params, tinyConfig, stripes(0, 2, 1));
    expect(swapped[0]).toEqual(three[0]);
    expect(swapped[1]).not.toEqual(three[2]); // another learned slot looks at the same mask
    await expect(rowsOf(params, tinyConfig, stripes(0, 1, 2, 3, 4))).rejects.toThrow(InputError);
    disposeParams(params);
  });
});
