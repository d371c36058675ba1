/**
 * A run as plain arrays, to be stored and taken up again: every parameter with its moments and its average under its
 * official key, in tfjs layout and at full precision.
 */
import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";

import { CheckpointError } from "../errors";
import type { ModelConfig } from "../slotdiffusion/config";

import { slotsLearnNames, type StageRecipe } from "./recipe";
import { openStage, stageNames, valueOf, type TrainState } from "./state";
import { joinValues, valuesByKey } from "./vectors";

/** What each array of a trained parameter is. */
const parts = ["weights", "m", "v", "ema"] as const;
type Part = (typeof parts)[number];

export type SnapshotArray = { key: string; shape: number[]; values: Float32Array };

export const snapshotHeaderSchema = z.object({
  version: z.literal(1),
  stage: z.enum(stageNames),
  step: z.int().nonnegative(),
  scaleFactor: z.number().positive(),
  /** State of the randomness is this seed with the step. */
  seed: z.int().nonnegative(),
  /** Images trained on: another number would change every batch. */
  images: z.int().positive(),
  /** What the last stage trains, where that is not all. */
  learn: z.enum(slotsLearnNames).optional(),
});
export type SnapshotHeader = z.infer<typeof snapshotHeaderSchema>;

export type Snapshot = { header: SnapshotHeader; arrays: SnapshotArray[] };

const codeUsesKey = "codeUses";

/** What a snapshot must know of its run beside the state. */
export type SnapshotContext = {
  seed: number;
  /** Number of images trained on. */
  images: number;
  learn?: StageRecipe["slots"]["learn"];
};

/** Reads a run into arrays that later steps do not change. */
export async function takeSnapshot(
  state: TrainState,
  { seed, images, learn = "all" }: SnapshotContext,
): Promise<Snapshot> {
  const { stage, step, scaleFactor, codeUses } = state;
  const arrays: SnapshotArray[] = [
    { key: codeUsesKey, shape: [codeUses.length], values: codeUses.slice() },
  ];
  for (const { layout, vectors, ema } of state.groups) {
    const all: Record<Part, tf.Tensor1D | null> = { ...vectors, ema };
    for (const part of parts) {
      const vector = await all[part]?.data<"float32">();
      if (!vector) continue;
      for (const [key, { shape }, values] of valuesByKey(layout, vector))
        arrays.push({ key: `${part}.${key}`, shape, values });
    }
  }
  for (const [key, tensor] of state.frozen)
    arrays.push({
      key: `weights.${key}`,
      shape: tensor.shape,
      values: await tensor.data<"float32">(),
    });
  const header = { version: 1 as const, stage, step, scaleFactor, seed, images };
  return { header: learn === "all" ? header : { ...header, learn }, arrays };
}

/** The run that a snapshot was taken of. */
export function restoreState(
  config: ModelConfig,
  recipe: StageRecipe,
  header: SnapshotHeader,
  arrays: ReadonlyMap<string, Float32Array>,
): TrainState {
  const { learn = "all" } = header;
  if (learn !== recipe.slots.learn)
    throw new CheckpointError(
      `training checkpoint: expected one of a run that trains ${recipe.slots.learn}, got one of a run that trains ${learn}. ` +
        "Resume it with its own recipe, or start a new run.",
    );
  const read = (part: Part) => (key: string) => arrayOf(arrays, `${part}.${key}`);
  const state = openStage(config, recipe, header.stage, read("weights"));
  for (const group of state.groups) {
    const { layout, vectors, ema } = group;
    const load = (part: Part) => tf.tensor1d(joinValues(layout, read(part)));
    tf.dispose([vectors.m, vectors.v, ...(ema ? [ema] : [])]);
    group.vectors = { weights: vectors.weights, m: load("m"), v: load("v") };
    group.ema = ema ? load("ema") : null;
  }
  state.step = header.step;
  state.scaleFactor = header.scaleFactor;
  state.codeUses = valueOf(arrays, codeUsesKey).slice();
  return state;
}

function arrayOf(arrays: ReadonlyMap<string, Float32Array>, key: string): Float32Array {
  const values = arrays.get(key);
  if (!values)
    throw new CheckpointError(
      `training checkpoint: expected ${key}, got no such array. Was the model's config changed since? Start a new run.`,
    );
  return values;
}
