/** All that a training run is at one step: weights, moments, averages and counters. Its randomness is its seed and step. */
import * as tf from "@tensorflow/tfjs-core";

import type { ParamSpec } from "../nn/params";
import { buildParams, initParams, paramEntries, specEntries } from "../nn/params";
import type { ModelConfig } from "../slotdiffusion/config";
import { trainableKeys } from "../slotdiffusion/losses";
import { modelSpec, type ModelParams } from "../slotdiffusion/model";

import { stepRng } from "./draws";
import { freshMoments, type AdamVectors } from "./optimizer";
import type { Recipe } from "./recipe";
import { joinValues, layoutOf, splitVector, type VectorLayout } from "./vectors";

/** vqvae: the first stage; slots: encoder, slots and denoiser over the frozen first stage. */
export type StageName = "vqvae" | "slots";

/** Parameters that share a learning rate. */
export type TrainGroup = {
  name: "vqvae" | "slots" | "denoiser";
  layout: VectorLayout;
  vectors: AdamVectors;
  /** Averaged weights [length], where the stage keeps them. */
  ema: tf.Tensor1D | null;
};

export type TrainState = {
  stage: StageName;
  /** Optimizer steps done in this stage. */
  step: number;
  groups: TrainGroup[];
  /** Parameters that the stage leaves as they are, by key. */
  frozen: Map<string, tf.Tensor>;
  /** Uses of each code since the last look at them; of the first stage. */
  codeUses: Float32Array;
  /** Standard deviation of the latents, which scales them to 1; known when the first stage is done. */
  scaleFactor: number;
  /** Scaled latents of every training image [count, h, w, C]; of the second stage, and computed again where absent. */
  latents: Float32Array | null;
};

const isVqvaeKey = (key: string): boolean => key.startsWith("dm_decoder.vae.");
const isDenoiserKey = (key: string): boolean => key.startsWith("dm_decoder.");

/** Keys of each group of a stage, with its layout. */
export function stageLayouts(
  config: ModelConfig,
  stage: StageName,
): [name: TrainGroup["name"], layout: VectorLayout][] {
  const leaves = specEntries(modelSpec(config)).filter(([, spec]) => !spec.isBuffer);
  if (stage === "vqvae") return [["vqvae", layoutOf(leaves.filter(([key]) => isVqvaeKey(key)))]];
  const trained = new Set(trainableKeys(config));
  const kept = leaves.filter(([key]) => trained.has(key));
  return [
    ["slots", layoutOf(kept.filter(([key]) => !isDenoiserKey(key)))],
    ["denoiser", layoutOf(kept.filter(([key]) => isDenoiserKey(key)))],
  ];
}

/** A stage over given parameters, with fresh moments. @param values - of every leaf of the model, row-major */
export function openStage(
  config: ModelConfig,
  stage: StageName,
  values: (key: string, spec: ParamSpec) => Float32Array,
): TrainState {
  const groups = stageLayouts(config, stage).map(([name, layout]): TrainGroup => {
    const weights = tf.tensor1d(joinValues(layout, values));
    const ema = stage === "slots" ? tf.clone(weights) : null;
    return { name, layout, vectors: freshMoments(weights), ema };
  });
  const trained = new Set(groups.flatMap(({ layout }) => layout.leaves.map(([key]) => key)));
  const frozen = specEntries(modelSpec(config))
    .filter(([key]) => !trained.has(key))
    .map(([key, spec]): [string, tf.Tensor] => [key, tf.tensor(values(key, spec), spec.shape)]);
  return {
    stage,
    step: 0,
    groups,
    frozen: new Map(frozen),
    codeUses: new Float32Array(config.vae.vq_dict.n_embed),
    scaleFactor: config.vae.scale_factor,
    latents: null,
  };
}

/** A run before its first step, with weights drawn from the recipe's seed. */
export async function createState(config: ModelConfig, recipe: Recipe): Promise<TrainState> {
  const params = initParams(modelSpec(config), stepRng(recipe.seed, "init", 0));
  const values = await readParams(params);
  const sigma = values.get("slots_logsigma");
  sigma?.fill(Math.log(recipe.slots.initialSigma));
  tf.dispose(paramEntries(params).map(([, tensor]) => tensor));
  return openStage(config, "vqvae", (key) => valueOf(values, key));
}

/** Every parameter's values by key. */
export async function readParams(params: object): Promise<Map<string, Float32Array>> {
  const read = paramEntries(params).map(async ([key, tensor]): Promise<[string, Float32Array]> => [
    key,
    await tensor.data<"float32">(),
  ]);
  return new Map(await Promise.all(read));
}

/** One entry of a map that must have it. */
export function valueOf<V>(values: ReadonlyMap<string, V>, key: string): V {
  const value = values.get(key);
  if (value === undefined) throw new Error(`train: expected a value for ${key}, got none.`);
  return value;
}

/**
 * The model's parameters with the trained ones cut from vectors: call inside tidy.
 * @param vectors - one a group; gradients flow back to them
 */
export function paramsOf(
  config: ModelConfig,
  { groups, frozen }: TrainState,
  vectors: readonly tf.Tensor1D[],
): ModelParams {
  const trained = groups.map(({ layout }, i) => {
    const vector = vectors[i];
    if (!vector) throw new Error(`paramsOf: expected ${groups.length} vectors, got ${i}.`);
    return splitVector(layout, vector);
  });
  return buildParams(modelSpec(config), (key) => {
    const found = trained.find((group) => group.has(key))?.get(key) ?? frozen.get(key);
    if (!found) throw new Error(`paramsOf: expected a tensor for ${key}, got none.`);
    return found;
  });
}

/** The vectors that a model is evaluated and exported with: averaged ones where there are. */
export const bestVectors = ({ groups }: TrainState): tf.Tensor1D[] =>
  groups.map(({ ema, vectors }) => ema ?? vectors.weights);

/** The config with the scale that the latents turned out to have. */
export const trainedConfig = (config: ModelConfig, { scaleFactor }: TrainState): ModelConfig => ({
  ...config,
  vae: { ...config.vae, scale_factor: scaleFactor },
});

/** Frees every tensor of a run. */
export function disposeState({ groups, frozen }: TrainState): void {
  for (const { vectors, ema } of groups)
    tf.dispose([...Object.values(vectors), ...(ema ? [ema] : [])]);
  tf.dispose([...frozen.values()]);
}
