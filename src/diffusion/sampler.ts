/**
 * What every sampler shares: its type, the ownership of its tensors and its cancellation. A sampler itself is a plain
 * generator over a SamplerRun; runSampler makes it asynchronous and frees whatever it still holds when it ends.
 */
import * as tf from "@tensorflow/tfjs-core";

import { InputError } from "../errors";
import { joinFloats } from "../math/join";
import { gaussianArray, type Rng } from "../math/random";
import type { Denoise, Prediction } from "./denoiser";
import type { Schedule } from "./schedule";

export type SamplerName = "dpm-solver++" | "dpm-solver++2m" | "ddim" | "ddpm";

/** One network evaluation. The tensors are the sampler's and live until it is resumed. */
export type SamplerStep = {
  /** 1..totalSteps */
  step: number;
  /** Network evaluations of the whole run. */
  totalSteps: number;
  /** Time given to the network, 0..timesteps-1, fractional for DPM-Solver. */
  t: number;
  /** What the network saw [B, h, w, C]. */
  xt: tf.Tensor4D;
  /** Predicted clean latents [B, h, w, C]. */
  x0: tf.Tensor4D;
};

export type SamplerArgs = {
  denoise: Denoise;
  /** Start noise N(0, 1) [B, h, w, C]; stays the caller's. */
  xT: tf.Tensor4D;
  schedule: Schedule;
  /** Network evaluations, 1..timesteps. */
  steps: number;
  /** DDIM's share of fresh noise: 0 none (default), 1 as ancestral sampling. */
  eta?: number;
  /** One for the batch; or one a picture, which then gets the fresh noise that it would have alone. */
  rng: Rng | readonly Rng[];
  signal?: AbortSignal;
};

/** Yields after each evaluation, returns latents [B, h, w, C] that are the caller's; throws signal.reason on abort. */
export type Sampler = (args: SamplerArgs) => AsyncGenerator<SamplerStep, tf.Tensor4D>;

/** What a sampler's body works with. Held tensors are freed by release or at the end of the run. */
export type SamplerRun = {
  evaluate: (xt: tf.Tensor4D, t: number) => Generator<SamplerStep, Prediction>;
  hold: (tensor: tf.Tensor4D) => tf.Tensor4D;
  /** Frees tensors that the run holds; leaves others, such as the caller's xT. */
  release: (...tensors: tf.Tensor4D[]) => void;
  /** Fresh N(0, 1) in the shape of xT. */
  drawNoise: () => tf.Tensor4D;
};

export type SamplerBody = (run: SamplerRun) => Generator<SamplerStep, tf.Tensor4D>;

/** Runs a sampler's body: one resumption, one network evaluation. */
export async function* runSampler(
  args: SamplerArgs,
  body: SamplerBody,
): AsyncGenerator<SamplerStep, tf.Tensor4D> {
  checkSettings(args);
  const held = new Set<tf.Tensor4D>();
  const steps = body(createRun(args, held));
  try {
    for (;;) {
      args.signal?.throwIfAborted();
      const next = steps.next();
      if (next.done) {
        held.delete(next.value);
        return next.value;
      }
      yield next.value;
      await nextTask();
    }
  } finally {
    held.forEach((tensor) => tensor.dispose());
  }
}

/** A task of its own, so that a cancel message gets its turn even where the backend computes synchronously. */
const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function checkSettings({ steps, schedule, eta = 0, rng, xT }: SamplerArgs): void {
  if (typeof rng !== "function" && rng.length !== xT.shape[0])
    throw new Error(`sampler: expected ${xT.shape[0]} random sources, got ${rng.length}.`);
  if (!Number.isInteger(steps) || steps < 1 || steps > schedule.timesteps)
    throw new InputError(
      `sampler: expected 1 to ${schedule.timesteps} steps, got ${steps}. Choose a whole number in that range.`,
    );
  if (!(eta >= 0 && eta <= 1))
    throw new InputError(
      `sampler: expected eta between 0 and 1, got ${eta}. Use 0 for no fresh noise.`,
    );
}

function createRun({ denoise, xT, rng, steps }: SamplerArgs, held: Set<tf.Tensor4D>): SamplerRun {
  let step = 0;
  const hold = (tensor: tf.Tensor4D) => {
    held.add(tensor);
    return tensor;
  };
  return {
    hold,
    *evaluate(xt, t) {
      const prediction = denoise(xt, t);
      hold(prediction.x0);
      hold(prediction.eps);
      step += 1;
      yield { step, totalSteps: steps, t, xt, x0: prediction.x0 };
      return prediction;
    },
    release(...tensors) {
      for (const tensor of tensors) if (held.delete(tensor)) tensor.dispose();
    },
    drawNoise: () => hold(tf.tensor4d(drawNoise(rng, xT.size), xT.shape)),
  };
}

const drawNoise = (rng: SamplerArgs["rng"], size: number): Float32Array =>
  typeof rng === "function"
    ? gaussianArray(rng, size)
    : joinFloats(rng.map((each) => gaussianArray(each, size / rng.length)));

/** Sum of factor times tensor; terms of factor 0 are left out. */
export function weightedSum(terms: readonly [factor: number, tensor: tf.Tensor4D][]): tf.Tensor4D {
  return tf.tidy(() => {
    const parts = terms
      .filter(([factor]) => factor !== 0)
      .map(([factor, tensor]): tf.Tensor4D => tf.mul(tensor, factor));
    const [first, ...rest] = parts;
    if (!first) throw new Error("weightedSum: expected a factor that is not 0, got none.");
    return rest.reduce<tf.Tensor4D>((sum, part) => tf.add(sum, part), first);
  });
}
