/** Sampling with the real U-Net and codebook against the official runs: each evaluation alone, then whole trajectories. */
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it, type TestContext } from "vitest";

import { describeBackends, isThorough } from "../../tests/backends";
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
import { ddpmStep } from "../diffusion/ddpm";
import { createDenoise, type Denoise } from "../diffusion/denoiser";
import type { SamplerName } from "../diffusion/sampler";
import { samplers } from "../diffusion/samplers";
import { createSchedule, noiseLevel } from "../diffusion/schedule";
import { mulberry32 } from "../math/random";
import { disposeParams } from "../nn/params";
import { modelSpec, predict, snapLatents, type ModelParams } from "./model";

const schedule = createSchedule(tinyConfig.diffusion);
const alphaSigma = (t: number) => noiseLevel(schedule, t);

/** Fixtures README: a code must match where its lead over the runner-up is larger than this. */
const sureMargin = 1e-3;

type Choice = { id: number; margin: number };

/** The nearest code of each latent in float64 and its lead in squared distance over the next, in plain JS. */
function chooseCodes(latents: ArrayLike<number>, codes: ArrayLike<number>): Choice[] {
  return Array.from({ length: latents.length / 3 }, (_, position) => {
    const distances = Array.from({ length: codes.length / 3 }, (_, code) =>
      [0, 1, 2].reduce((sum, c) => {
        return sum + ((latents[position * 3 + c] ?? NaN) - (codes[code * 3 + c] ?? NaN)) ** 2;
      }, 0),
    );
    const [first = NaN, second = NaN] = [...distances].sort((a, b) => a - b);
    return { id: distances.indexOf(first), margin: second - first };
  });
}

/** All runs, or the first where each takes long. */
const thorough = (runs: string[]): string[] => (isThorough ? runs : runs.slice(0, 1));

describeBackends("sampling", () => {
  let params: ModelParams;
  let codes: ArrayLike<number>;
  let dpm: Fixture;
  let ddim: Fixture;
  let ddpm: Fixture;
  beforeAll(async () => {
    const weights = await loadFixture("weights");
    params = fixtureParams(weights, modelSpec(tinyConfig));
    codes = golden(weights, "dm_decoder.vae.vqvae.quantize.embedding.weight").values;
    dpm = await loadFixture("sampler_dpm");
    ddim = await loadFixture("sampler_ddim");
    ddpm = await loadFixture("sampler_ddpm_steps");
  });
  afterAll(() => disposeParams(params));

  const createTinyDenoise = (slots: tf.Tensor3D, isSnapped: boolean): Denoise =>
    createDenoise({
      predict: (xt, t) => predict(params, tinyConfig, xt, t, slots),
      predTarget: tinyConfig.diffusion.pred_target,
      alphaSigma,
      ...(isSnapped ? { snap: (x0: tf.Tensor4D) => snapLatents(params, tinyConfig, x0) } : {}),
    });

  /** The U-Net's answers to recorded inputs, all evaluations of a run as one batch. */
  function answer(fixture: Fixture, xs: tf.Tensor4D, times: number[]): tf.Tensor4D {
    const slots = tf.tile(asTensor<tf.Rank.R3>(fixture, "slots"), [xs.shape[0], 1, 1]);
    return predict(params, tinyConfig, xs, times, slots);
  }

  /** Codes after snapping the clean latents that eps implies, compared where the choice is sure. */
  async function expectTokens(
    fixture: Fixture,
    run: string,
    xs: tf.Tensor4D,
    eps: tf.Tensor4D,
    times: number[],
  ): Promise<void> {
    const tokens = golden(fixture, `${run}.token_id`).values;
    const [xRows, epsRows] = [tf.unstack(xs), tf.unstack(eps)];
    let [sure, compared] = [0, 0];
    for (const [i, t] of times.entries()) {
      const { alpha, sigma } = alphaSigma(t);
      const [xt, noise] = [xRows[i] ?? xs, epsRows[i] ?? eps];
      const x0 = tf.div(tf.sub(xt, tf.mul(noise, sigma)), alpha);
      const snapped = snapLatents(params, tinyConfig, tf.reshape(x0, [1, 16, 16, 3]));
      const choices = chooseCodes(await x0.data(), codes);
      const found = chooseCodes(await snapped.data(), codes);
      for (const [position, { margin }] of choices.entries()) {
        compared++;
        if (margin <= sureMargin) continue;
        sure++;
        expect(found[position]?.id, `${run}: t ${t}, position ${position}`).toBe(
          tokens[i * 256 + position],
        );
      }
    }
    expect(sure / compared).toBeGreaterThan(0.99); // or the comparison would be hollow
  }

  it.for(thorough(["vq10", "novq10"]))(
    "each evaluation of DPM-Solver++ %s answers as officially",
    (run, context) => compareEvaluations(context, dpm, run, "eval_x"),
  );

  it.for(thorough(["vq10", "novq10"]))(
    "each evaluation of DDIM %s answers as officially",
    (run, context) => compareEvaluations(context, ddim, run, "inter"),
  );

  /** @param inputs - key of the recorded inputs; `inter` ends with the sample, which is no input */
  async function compareEvaluations(
    context: TestContext,
    fixture: Fixture,
    run: string,
    inputs: string,
  ): Promise<void> {
    const check = parityChecker(context, "Sampling, each evaluation", "ldm.LDM + unet.UNetModel");
    const times = Array.from(golden(fixture, `${run}.eval_t`).values);
    const recorded = asNHWC(fixture, `${run}.${inputs}`);
    const xs = tf.slice(recorded, [0, 0, 0, 0], [times.length, -1, -1, -1]);
    const eps = answer(fixture, xs, times);
    await check(fixture, `${run}.eval_eps`, eps);
    if (run === "vq10") await expectTokens(fixture, run, xs, eps, times);
    tf.dispose([recorded, xs, eps]);
  }

  it("ancestral steps go where the official ones go", async (context) => {
    const check = parityChecker(context, "Sampling, DDPM steps", "ddpm.DDPM._p_sample");
    const slots = asTensor<tf.Rank.R3>(ddpm, "slots");
    const denoise = createTinyDenoise(slots, true);
    const [xs, noises] = [asNHWC(ddpm, "x_t"), asNHWC(ddpm, "noise")];
    const steps = Array.from(golden(ddpm, "t").values, (t, i) => {
      const [xt, noise] = [xs, noises].map((all) => tf.slice(all, [i, 0, 0, 0], [1, -1, -1, -1]));
      if (!xt || !noise) throw new Error("unreachable: two tensors were sliced");
      return ddpmStep(schedule, { x0: denoise(xt, t).x0, xt, t, previous: t - 1, noise });
    });
    await check(ddpm, "x_prev", tf.concat(steps, 0));
  });

  async function sample(fixture: Fixture, name: SamplerName, isSnapped: boolean, steps: number) {
    const denoise = createTinyDenoise(asTensor<tf.Rank.R3>(fixture, "slots"), isSnapped);
    const xT = asNHWC(fixture, "x_T");
    const before = tf.memory().numTensors;
    const run = samplers[name]({ denoise, xT, schedule, steps, rng: mulberry32(0) });
    let next = await run.next();
    while (!next.done) next = await run.next();
    expect(tf.memory().numTensors).toBe(before + 1);
    return next.value;
  }

  it.for(thorough(["vq10", "novq10", "vq20", "novq20"]))(
    "DPM-Solver++ %s ends where the official run ends",
    async (run, context) => {
      const check = parityChecker(context, "Sampling, DPM-Solver++", "dpm_solver.DPM_Solver");
      const steps = Number(run.slice(-2));
      const end = await sample(dpm, "dpm-solver++", run.startsWith("vq"), steps);
      await check(dpm, `${run}.sample`, end);
      end.dispose();
    },
  );

  it.for(thorough(["vq10", "novq10"]))(
    "DDIM %s ends where the official run ends",
    async (run, context) => {
      const check = parityChecker(context, "Sampling, DDIM", "ddim.DDIMSampler");
      const end = await sample(ddim, "ddim", run.startsWith("vq"), 10);
      await check(ddim, `${run}.sample`, end);
      end.dispose();
    },
  );
});
