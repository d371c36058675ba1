import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import {
  asNHWC,
  asTensor,
  fixtureParams,
  golden,
  loadFixture,
  type Fixture,
} from "../../tests/fixture";
import { parityChecker } from "../../tests/parity";
import { tinyConfig } from "../../tests/tinyConfig";
import { timestepEmbedding } from "./timestep";
import { unet, unetSpec, type UnetParams } from "./unet";

const sizes = tinyConfig.unet_dict;
const prefix = "dm_decoder.model.diffusion_model.";

describeBackends("unet", () => {
  let weights: Fixture;
  let trace: Fixture;
  let params: UnetParams;
  beforeAll(async () => {
    [weights, trace] = await Promise.all([loadFixture("weights"), loadFixture("unet")]);
    params = fixtureParams(weights, unetSpec(sizes), prefix);
  });
  const times = (key: string): number[] => [...golden(trace, key).values];

  it("embeds time as the official code", async (context) => {
    const check = parityChecker(context, "Timestep embedding", "ldm util.py timestep_embedding");
    await check(trace, "t_embed", timestepEmbedding(times("t"), sizes.model_channels));
    await check(trace, "t_frac_embed", timestepEmbedding(times("t_frac"), sizes.model_channels));
  });

  it("matches the official output of every block", async (context) => {
    const check = parityChecker(context, "U-Net", "ldm openaimodel.py UNetModel");
    const seen = new Map<string, tf.Tensor>();
    const record = (name: string, x: tf.Tensor) => {
      seen.set(name, tf.keep(tf.slice(x, 0, [1])));
    };
    const slots = asTensor<tf.Rank.R3>(trace, "slots");
    const eps = unet(params, sizes, asNHWC(trace, "x_t"), times("t"), slots, { record });
    await check(trace, "eps", eps);
    const recorded = [...trace.tensors.keys()].filter((key) => key.startsWith("act."));
    expect(recorded.map((key) => key.slice(4)).sort()).toEqual([...seen.keys()].sort());
    for (const key of recorded) {
      await check(trace, key, seen.get(key.slice(4)) as tf.Tensor); // the line above: all are there
    }
    const fractional = unet(params, sizes, asNHWC(trace, "x_t"), times("t_frac"), slots);
    await check(trace, "eps_frac", fractional);
  });

  it("shows what every cross-attention looks at and leaks nothing", async () => {
    const probs = new Map<string, tf.Tensor4D>();
    const xt = asNHWC(trace, "x_t");
    const slots = asTensor<tf.Rank.R3>(trace, "slots");
    const before = tf.memory().numTensors;
    const out = unet(params, sizes, xt, times("t"), slots, {
      crossAttention: (layer, p) => void probs.set(layer, tf.keep(tf.clone(p))),
    });
    expect([...probs.keys()]).toContain("input_blocks.3.1.transformer_blocks.0.attn2");
    const transformers = weightsOf("attn2.to_k.weight");
    expect([...probs.keys()].sort()).toEqual(transformers);
    expect(tf.memory().numTensors - before).toBe(1 + transformers.length);
    const first = probs.get("input_blocks.3.1.transformer_blocks.0.attn2") as tf.Tensor4D; // checked above
    expect(first.shape).toEqual([2, 4, 64, 4]); // 32 channels in heads of 8, 8 x 8 pixels, 4 slots
    for (const total of await tf.sum(first, 3).data()) expect(total).toBeCloseTo(1, 5);
    tf.dispose([out, ...probs.values()]);
  });

  const weightsOf = (ending: string): string[] =>
    [...weights.tensors.keys()]
      .filter((key) => key.startsWith(prefix) && key.endsWith(ending))
      .map((key) => key.slice(prefix.length, -".to_k.weight".length))
      .sort();

  it("refuses inputs of another shape", () => {
    const slots = asTensor<tf.Rank.R3>(trace, "slots");
    const xt = asNHWC(trace, "x_t");
    expect(() => unet(params, sizes, xt, [1], slots)).toThrow(/2 times|B times/);
    expect(() => unet(params, sizes, tf.slice(xt, 0, [2, 15, 16, 3]), [1, 2], slots)).toThrow(
      /divisible by 4/,
    );
  });
});
