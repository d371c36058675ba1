import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { tinyConfig } from "../../tests/tinyConfig";
import { createSchedule, qSample } from "../diffusion/schedule";
import { registerWasmKernels } from "../gpu/wasmKernels";
import { gaussianArray, mulberry32, type Rng } from "../math/random";
import { initParams, paramEntries } from "../nn/params";
import { latentShape, modelConfigSchema, type PredTarget } from "./config";
import { denoisingLoss, slotsLoss } from "./losses";
import { modelSpec, predict, type ModelParams } from "./model";

const schedule = createSchedule(tinyConfig.diffusion);
const t = [37, 911];

const draw = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> =>
  tf.tensor(gaussianArray(mulberry32(seed), tf.util.sizeFromShape(shape)), shape);

/** Fresh parameters whose zero-initialised layers speak too. */
function livelyParams(config: typeof tinyConfig): ModelParams {
  const rng = mulberry32(11);
  const params = initParams(modelSpec(config), rng);
  const { out } = params.dm_decoder.model.diffusion_model;
  out[2].weight = tf.mul(draw([3, 3, 16, 3], 12), 0.1);
  return params;
}

describeBackends("losses", (backend) => {
  beforeAll(() => {
    if (backend === "wasm") registerWasmKernels();
  });
  const latents = () => draw<tf.Rank.R4>([2, ...latentShape(tinyConfig)], 1);
  const noise = () => draw<tf.Rank.R4>([2, ...latentShape(tinyConfig)], 2);
  const slots = () => draw<tf.Rank.R3>([2, 4, tinyConfig.slot_dict.slot_size], 3);

  it("asks for the noise, the clean latents or v, as the config says", async () => {
    const params = livelyParams(tinyConfig);
    const xt = qSample(schedule, latents(), t, noise());
    const output = await predict(params, tinyConfig, xt, t, slots()).data<"float32">();
    const [x0, eps] = await Promise.all([latents().data(), noise().data()]);
    const wanted: Record<PredTarget, (i: number, alphaBar: number) => number> = {
      eps: (i) => eps[i] ?? NaN,
      x0: (i) => x0[i] ?? NaN,
      v: (i, ab) => Math.sqrt(ab) * (eps[i] ?? NaN) - Math.sqrt(1 - ab) * (x0[i] ?? NaN),
    };
    for (const target of ["eps", "x0", "v"] as const) {
      const squares = output.reduce((sum, value, i) => {
        const time = t[Math.floor(i / (output.length / 2))] ?? NaN;
        return sum + (value - wanted[target](i, schedule.alphasCumprod[time] ?? NaN)) ** 2;
      }, 0);
      const diffusion = { ...tinyConfig.diffusion, pred_target: target };
      const loss = slotsLoss(params, { ...tinyConfig, diffusion }, schedule, {
        latents: latents(),
        slots: slots(),
        t,
        noise: noise(),
      });
      expect((await loss.data())[0], target).toBeCloseTo(squares / output.length, 4);
    }
  });

  it("drops activations by the seed, in training only", async () => {
    const params = livelyParams(tinyConfig);
    const lossWith = async (dropoutRng?: Rng) => {
      const batch = { latents: latents(), slots: slots(), t, noise: noise(), dropoutRng };
      return (await slotsLoss(params, tinyConfig, schedule, batch).data())[0];
    };
    // the layer after each dropout starts at zero: let one of them speak
    const block = params.dm_decoder.model.diffusion_model.input_blocks[1]?.[0];
    if (!block || !("out_layers" in block)) throw new Error("no ResBlock at input_blocks.1.0");
    block.out_layers[3].weight = tf.mul(draw([3, 3, 16, 16], 13), 0.1);
    expect(await lossWith(mulberry32(1))).toBe(await lossWith(mulberry32(1)));
    expect(await lossWith(mulberry32(1))).not.toBe(await lossWith(mulberry32(2)));
    expect(await lossWith()).not.toBe(await lossWith(mulberry32(1)));
  });

  it("reaches the Gaussian that slots start from, and not the VQ-VAE", async () => {
    const config = modelConfigSchema.parse({
      ...tinyConfig,
      slot_dict: { ...tinyConfig.slot_dict, init: "gaussian" },
    });
    const params = livelyParams(config);
    const transformer = params.dm_decoder.model.diffusion_model.middle_block[1];
    transformer.proj_out.weight = tf.mul(draw([1, 1, 48, 48], 14), 0.2); // zero at first: slots unheard
    const byKey = new Map(paramEntries(params));
    const of = (key: string) => byKey.get(key) as tf.Tensor; // keys of the spec
    const batch = { images: tf.zeros<tf.Rank.R4>([2, 64, 64, 3]), t, noise: noise() };
    const lossOf = () =>
      denoisingLoss(params, config, schedule, { ...batch, slotNoise: mulberry32(4) });
    const gradients = tf.grads(lossOf)([of("slots_mu"), of("slots_logsigma")]);
    for (const gradient of gradients) {
      const values = await gradient.data<"float32">();
      expect(values.some((value) => value !== 0)).toBe(true);
    }
    const frozen = of("dm_decoder.vae.vqvae.encoder.conv_in.weight");
    expect(() => tf.grad(lossOf)(frozen)).toThrow(/Cannot compute gradient|not connected/i);
  });
});
