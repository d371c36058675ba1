/** All that a training run is at one step: weights, moments, averages and counters. Its randomness is its seed and step. */
import * as tf from "@tensorflow/tfjs-core";

import type { Params, ParamSpec } from "../nn/params";
import { buildParams, initParams, paramEntries, specEntries } from "../nn/params";
import type { Rng } from "../math/random";
import type { ModelConfig } from "../slotdiffusion/config";
import { bindingDecoderSpec } from "../slotdiffusion/binding";
import { trainableKeys } from "../slotdiffusion/losses";
import { modelSpec } from "../slotdiffusion/model";

import { stepRng } from "./draws";
import { freshMoments, type AdamVectors } from "./optimizer";
import type { SlotsRecipe, StageRecipe } from "./recipe";
import { joinValues, layoutOf, splitVector, valuesByKey, type VectorLayout } from "./vectors";

/**
 * vqvae: the first stage; binding: encoder and slots with a decoder that is thrown away; slots: encoder, slots and denoiser
 * over the frozen first stage.
 */
export const stageNames = ["vqvae", "binding", "slots"] as const;
export type StageName = (typeof stageNames)[number];

/** What a stage computes with: the model, and in the binding stage its decoder. */
function stageSpec(config: ModelConfig, recipe: StageRecipe, stage: StageName): StageSpec {
  const { binding } = recipe;
  if (stage !== "binding" || !binding) return modelSpec(config);
  return { ...modelSpec(config), broadcast: bindingDecoderSpec(config, binding.hidden) };
}
type StageSpec = ReturnType<typeof modelSpec> & {
  broadcast?: ReturnType<typeof bindingDecoderSpec>;
};
export type StageParams = Params<StageSpec>;

/** Parameters that share a learning rate. */
export type TrainGroup = {
  name: "vqvae" | "slots" | "denoiser" | "broadcast";
  layout: VectorLayout;
  vectors: AdamVectors;
  /** Averaged weights [length], where the stage keeps them. */
  ema: tf.Tensor1D | null;
};

export type TrainState = {
  stage: StageName;
  spec: StageSpec;
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
const isBroadcastKey = (key: string): boolean => key.startsWith("broadcast.");
/** The denoiser's attention to slots, and the norm of what asks. */
const isCrossAttentionKey = (key: string): boolean =>
  /\.transformer_blocks\.\d+\.(attn2|norm2)\./.test(key);

/** Whether the last stage trains a parameter of the denoiser. */
function learnsOfDenoiser({ learn }: SlotsRecipe, key: string): boolean {
  return learn === "all" || (learn === "attention" && isCrossAttentionKey(key));
}

/** Layout of each group of a stage. */
function stageLayouts(
  config: ModelConfig,
  recipe: StageRecipe,
  stage: StageName,
  spec: StageSpec,
): [name: TrainGroup["name"], layout: VectorLayout][] {
  const leaves = specEntries(spec).filter(([, leaf]) => !leaf.isBuffer);
  const layoutWhere = (claim: (key: string) => boolean) =>
    layoutOf(leaves.filter(([key]) => claim(key)));
  if (stage === "vqvae") return [["vqvae", layoutWhere(isVqvaeKey)]];
  const trained = new Set(trainableKeys(config));
  const slots = layoutWhere((key) => trained.has(key) && !isDenoiserKey(key));
  if (stage === "binding")
    return [
      ["slots", slots],
      ["broadcast", layoutWhere(isBroadcastKey)],
    ];
  const denoiser = layoutWhere(
    (key) => trained.has(key) && isDenoiserKey(key) && learnsOfDenoiser(recipe.slots, key),
  );
  return denoiser.length === 0
    ? [["slots", slots]]
    : [
        ["slots", slots],
        ["denoiser", denoiser],
      ];
}

/** A stage over given parameters, with fresh moments. @param values - of every leaf of the stage, row-major */
export function openStage(
  config: ModelConfig,
  recipe: StageRecipe,
  stage: StageName,
  values: (key: string, spec: ParamSpec) => Float32Array,
): TrainState {
  const spec = stageSpec(config, recipe, stage);
  const groups = stageLayouts(config, recipe, stage, spec).map(([name, layout]): TrainGroup => {
    const weights = tf.tensor1d(joinValues(layout, values));
    const ema = stage === "vqvae" ? null : tf.clone(weights);
    return { name, layout, vectors: freshMoments(weights), ema };
  });
  const trained = new Set(groups.flatMap(({ layout }) => layout.leaves.map(([key]) => key)));
  const frozen = specEntries(spec)
    .filter(([key]) => !trained.has(key))
    .map(([key, spec]): [string, tf.Tensor] => [key, tf.tensor(values(key, spec), spec.shape)]);
  return {
    stage,
    spec,
    step: 0,
    groups,
    frozen: new Map(frozen),
    codeUses: new Float32Array(config.vae.vq_dict.n_embed),
    scaleFactor: config.vae.scale_factor,
    latents: null,
  };
}

/**
 * A run before its first step.
 * @param start - weights to start from, by key and row-major; the others are drawn from the recipe's seed
 */
export async function createState(
  config: ModelConfig,
  recipe: StageRecipe,
  start: ReadonlyMap<string, Float32Array> = new Map(),
): Promise<TrainState> {
  const values = await drawValues(modelSpec(config), stepRng(recipe.seed, "init", 0));
  values.get("slots_logsigma")?.fill(Math.log(recipe.slots.initialSigma));
  return openStage(config, recipe, "vqvae", (key, { isBuffer }) =>
    isBuffer ? valueOf(values, key) : (start.get(key) ?? valueOf(values, key)),
  );
}

/** Turns a finished stage into the start of the next: same weights, averaged ones where there are, and fresh moments. */
export async function beginStage(
  config: ModelConfig,
  recipe: StageRecipe,
  state: TrainState,
  stage: StageName,
): Promise<void> {
  const spec = stageSpec(config, recipe, stage);
  const values = await drawValues(
    spec.broadcast ? { broadcast: spec.broadcast } : {},
    stepRng(recipe.seed, "decoder", 0),
  );
  for (const [key, part] of await readParams(Object.fromEntries(state.frozen)))
    values.set(key, part);
  const vectors = bestVectors(state);
  for (const [i, { layout }] of state.groups.entries())
    for (const [key, , part] of valuesByKey(layout, await readVector(vectors[i])))
      values.set(key, part);
  const next = openStage(config, recipe, stage, (key) => valueOf(values, key));
  disposeState(state);
  Object.assign(state, next, { scaleFactor: state.scaleFactor });
}

const readVector = async (vector?: tf.Tensor1D): Promise<Float32Array> =>
  (await vector?.data<"float32">()) ?? new Float32Array();

/** Values that a spec's initialisers draw. */
async function drawValues(spec: object, rng: Rng): Promise<Map<string, Float32Array>> {
  const params = initParams(spec, rng);
  const values = await readParams(params);
  tf.dispose(paramEntries(params).map(([, tensor]) => tensor));
  return values;
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
  { spec, groups, frozen }: TrainState,
  vectors: readonly tf.Tensor1D[],
): StageParams {
  const trained = groups.map(({ layout }, i) => {
    const vector = vectors[i];
    if (!vector) throw new Error(`paramsOf: expected ${groups.length} vectors, got ${i}.`);
    return splitVector(layout, vector);
  });
  return buildParams(spec, (key) => {
    const found = trained.find((group) => group.has(key))?.get(key) ?? frozen.get(key);
    if (!found) throw new Error(`paramsOf: expected a tensor for ${key}, got none.`);
    return found;
  });
}

/** The vectors that a model is evaluated and exported with: averaged ones where there are. */
export const bestVectors = ({ groups }: TrainState): tf.Tensor1D[] =>
  groups.map(({ ema, vectors }) => ema ?? vectors.weights);

/**
 * Runs a job with the parameters that a model is evaluated and exported with, and frees what it took to make them.
 * @param job - the state must keep its step until the job has ended
 */
export async function withBestParams<T>(
  state: TrainState,
  job: (params: StageParams) => Promise<T>,
): Promise<T> {
  const params = tf.tidy(() => paramsOf(state, bestVectors(state)));
  const shared = new Set([...state.frozen.values()].map(({ id }) => id));
  try {
    return await job(params);
  } finally {
    for (const [, tensor] of paramEntries(params)) if (!shared.has(tensor.id)) tensor.dispose();
  }
}

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
