/** One optimizer step of a run: gradients of some passes, averaged, then Adam and the average of weights. */
import * as tf from "@tensorflow/tfjs-core";

import { DivergenceError } from "./divergence";
import { emaDecay, emaStep } from "./ema";
import { learningRate } from "./learningRate";
import { adamStep, type AdamSettings } from "./optimizer";
import type { BindingRecipe, SlotsRecipe, VqvaeRecipe } from "./recipe";
import { paramsOf, type StageParams, type TrainState } from "./state";

export type StepResult = {
  /** Mean over the passes. */
  loss: number;
  /** Global norm before clipping. */
  gradNorm: number;
  /** Rate of the first group. */
  lr: number;
};

/** Loss of one pass, to be differentiated; tensors it wants to keep it must tf.keep. */
export type PassLoss = (params: StageParams, pass: number) => tf.Scalar;

export type StageSettings = VqvaeRecipe | BindingRecipe | SlotsRecipe;

/** Takes one step; the state then holds the new vectors and counts the step. */
export async function optimize(
  state: TrainState,
  settings: StageSettings,
  lossOf: PassLoss,
): Promise<StepResult> {
  const { loss, gradients } = differentiate(state, settings.accumulate, lossOf);
  const rates = ratesOf(state, settings);
  const gradNorm = applyAdam(state, gradients, rates, settings);
  tf.dispose(gradients);
  if ("emaDecay" in settings) applyEma(state, settings.emaDecay);
  const [[lossValue = NaN], [normValue = NaN]] = await Promise.all([loss.data(), gradNorm.data()]);
  tf.dispose([loss, gradNorm]);
  if (!Number.isFinite(lossValue) || !Number.isFinite(normValue))
    throw new DivergenceError(
      `train: expected finite numbers at step ${state.step}, got loss ${lossValue} and gradient norm ${normValue}.`,
    );
  return { loss: lossValue, gradNorm: normValue, lr: rates[0] ?? NaN };
}

/** @returns the mean loss and one gradient vector a group */
function differentiate(
  state: TrainState,
  passes: number,
  lossOf: PassLoss,
): { loss: tf.Scalar; gradients: tf.Tensor1D[] } {
  const weights = state.groups.map(({ vectors }) => vectors.weights);
  return tf.tidy(() => {
    const results = Array.from({ length: passes }, (_, pass) =>
      tf.valueAndGrads((...vectors) => lossOf(paramsOf(state, vectors as tf.Tensor1D[]), pass))(
        weights,
      ),
    );
    const mean = <T extends tf.Tensor>(tensors: T[]): T =>
      passes === 1 ? (tensors[0] as T) : tf.div<T>(tf.addN(tensors), passes); // passes tensors
    return {
      loss: mean(results.map(({ value }) => value)), // lossOf returns scalars
      gradients: weights.map((_, i) => mean(results.map(({ grads }) => grads[i] as tf.Tensor1D))),
    };
  });
}

const ratesOf = ({ groups, step }: TrainState, settings: StageSettings): number[] =>
  groups.map(({ name }) => {
    const lr = name === "denoiser" && "decoderLr" in settings ? settings.decoderLr : settings.lr;
    return learningRate({ ...settings, lr }, step);
  });

function applyAdam(
  state: TrainState,
  gradients: tf.Tensor1D[],
  rates: number[],
  settings: AdamSettings,
): tf.Scalar {
  const old = state.groups.map(({ vectors }) => vectors);
  state.step += 1;
  const { next, gradNorm } = adamStep(old, gradients, rates, state.step, settings);
  next.forEach((vectors, i) => {
    const group = state.groups[i];
    if (group) group.vectors = vectors;
  });
  tf.dispose(old);
  return gradNorm;
}

function applyEma({ groups, step }: TrainState, decay: number): void {
  for (const group of groups) {
    if (!group.ema) continue;
    const next = emaStep(group.ema, group.vectors.weights, emaDecay(decay, step));
    group.ema.dispose();
    group.ema = next;
  }
}
