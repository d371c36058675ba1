import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { asTensor, fixtureParams, golden, loadFixture, type Fixture } from "../../tests/fixture";
import { parityChecker } from "../../tests/parity";
import { tinyConfig } from "../../tests/tinyConfig";
import { mulberry32, gaussianArray } from "../math/random";
import { initParams } from "./params";
import { slotAttention, slotAttentionSpec } from "./slotAttention";

const { slot_size, slot_mlp_size, num_slots, num_iterations } = tinyConfig.slot_dict;
const spec = slotAttentionSpec(tinyConfig.encoder.enc_out_channels, slot_size, slot_mlp_size);

describeBackends("slotAttention", () => {
  let weights: Fixture;
  let trace: Fixture;
  beforeAll(async () => {
    [weights, trace] = await Promise.all([loadFixture("weights"), loadFixture("encoder_slots")]);
  });

  it("matches the official slots and attention of every iteration", async (context) => {
    const check = parityChecker(context, "Slot Attention", "sa_diffusion.py SlotAttentionWMask");
    const params = fixtureParams(weights, spec, "slot_attention.");
    const inputs = asTensor<tf.Rank.R3>(trace, "encoder_out");
    const initial = asTensor<tf.Rank.R3>(weights, "init_latents");
    const slots = tf.tile(initial, [2, 1, 1]);
    const result = slotAttention(params, inputs, slots, { numIterations: num_iterations });
    for (let i = 0; i < num_iterations; i++) {
      const attn = result.attn[i] as tf.Tensor3D; // one a round, as the next line checks
      expect(result.attn).toHaveLength(num_iterations);
      await check(trace, `slots_iter${i + 1}`, result.slotsByIteration[i] as tf.Tensor3D);
      await check(trace, `attn_iter${i + 1}`, tf.transpose(attn, [0, 2, 1]));
    }
    await check(trace, "slots", result.slots);
  });

  it("shares each feature out among the slots and leaks nothing", async () => {
    const params = fixtureParams(weights, spec, "slot_attention.");
    const inputs = asTensor<tf.Rank.R3>(trace, "encoder_out");
    const slots = tf.tensor3d(gaussianArray(mulberry32(1), 2 * 6 * slot_size), [2, 6, slot_size]);
    const before = tf.memory().numTensors;
    const result = slotAttention(params, inputs, slots, { numIterations: 2 });
    expect(tf.memory().numTensors - before).toBe(4); // two rounds of slots and attn
    const shares = await tf.sum(result.attn[1] as tf.Tensor3D, 2).data(); // numIterations is 2
    for (const share of shares) expect(share).toBeCloseTo(1, 5);
    tf.dispose([result.slots, result.slotsByIteration, result.attn]);
    expect(tf.memory().numTensors - before).toBe(1); // the sums
  });

  it("has the gradient that finite differences show", async () => {
    const small = initParams(slotAttentionSpec(5, 4, 6), mulberry32(3));
    const inputs = tf.tensor3d(gaussianArray(mulberry32(4), 2 * 7 * 5), [2, 7, 5]);
    const start = tf.tensor3d(gaussianArray(mulberry32(5), 2 * 3 * 4), [2, 3, 4]);
    const towards = tf.tensor3d(gaussianArray(mulberry32(6), 2 * 3 * 4), [2, 3, 4]);
    const loss = (slots: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(slotAttention(small, inputs, slots as tf.Tensor3D).slots, towards));
    const gradient = await tf.grad(loss)(start).data();
    const direction = gaussianArray(mulberry32(7), start.size);
    const step = 1e-2;
    const moved = (sign: number) =>
      tf.add(start, tf.mul(tf.tensor(direction, start.shape), sign * step));
    const [above = NaN] = await loss(moved(1)).data();
    const [below = NaN] = await loss(moved(-1)).data();
    const slope = direction.reduce((sum, d, i) => sum + d * (gradient[i] ?? NaN), 0);
    expect((above - below) / (2 * step) / slope).toBeCloseTo(1, 2);
  });

  it("keeps the number of slots of the fixture", () => {
    expect(golden(weights, "init_latents").shape).toEqual([1, num_slots, slot_size]);
  });
});
