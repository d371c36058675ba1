/** The command line of `npm run evaluate`, checked. */
import { parseArgs } from "node:util";

import { sceneKindNames, type SceneKind } from "../../src/data/scenes/scene";
import { InputError } from "../../src/errors";
import type { BackboneName } from "./backbone";

export const usage =
  "npm run evaluate -- --model NAME (--scenes KIND | --data FOLDER-OR-ARCHIVE | --samples) [--n N] [--seed S] " +
  "[--seeds R] [--backend node|wasm|webgpu] [--reconstruct] [--perceptual] [--backbone mobilenet|inception] [--compose] [--json]";

const backendNames = ["node", "wasm", "webgpu"] as const;
export type EvaluationBackend = (typeof backendNames)[number];

/** Where pictures come from. */
export type DataChoice =
  { from: "scenes"; kind: SceneKind } | { from: "data"; path: string } | { from: "samples" };

export type EvaluationRequest = {
  model: string;
  data: DataChoice;
  /** Pictures wanted; null: all there are, or 1,000 scenes. */
  n: number | null;
  /** Seed of generated scenes, and the first evaluation seed. */
  seed: number;
  /** Number of evaluation seeds. */
  seeds: number;
  /** null: the fastest there is. */
  backend: EvaluationBackend | null;
  reconstruct: boolean;
  perceptual: boolean;
  backbone: BackboneName;
  compose: boolean;
  json: boolean;
};

const maxPictures = 100_000;

/** @param args - what follows the script's name */
export function parseRequest(args: string[]): EvaluationRequest {
  const values = readFlags(args);
  if (!values.model) throw new InputError(`--model: expected a model, got none. ${usage}`);
  return {
    model: values.model,
    data: chooseData(values),
    n: values.n === undefined ? null : wholeNumber("n", values.n, 1, maxPictures),
    seed: wholeNumber("seed", values.seed, 0, 2 ** 31),
    seeds: wholeNumber("seeds", values.seeds, 1, 1000),
    backend: values.backend === undefined ? null : oneOf("backend", values.backend, backendNames),
    reconstruct: values.reconstruct,
    perceptual: values.perceptual,
    backbone: oneOf("backbone", values.backbone, ["mobilenet", "inception"]),
    compose: values.compose,
    json: values.json,
  };
}

function readFlags(args: string[]) {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  const options = {
    model: text,
    scenes: text,
    data: text,
    samples: flag,
    n: text,
    seed: { type: "string", default: "0" },
    seeds: { type: "string", default: "3" },
    backend: text,
    reconstruct: flag,
    perceptual: flag,
    backbone: { type: "string", default: "mobilenet" },
    compose: flag,
    json: flag,
  } as const;
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`evaluate: ${reason} ${usage}`, { cause: error });
  }
}

function chooseData(values: {
  scenes?: string | undefined;
  data?: string | undefined;
  samples: boolean;
}): DataChoice {
  const choices: DataChoice[] = [];
  if (values.scenes !== undefined)
    choices.push({ from: "scenes", kind: oneOf("scenes", values.scenes, sceneKindNames) });
  if (values.data !== undefined) choices.push({ from: "data", path: values.data });
  if (values.samples) choices.push({ from: "samples" });
  const [choice] = choices;
  if (choice && choices.length === 1) return choice;
  const got = choices.length === 0 ? "none" : choices.map(({ from }) => `--${from}`).join(" and ");
  throw new InputError(
    `data: expected one of --scenes, --data and --samples, got ${got}. ${usage}`,
  );
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found) return found;
  throw new InputError(`--${name}: expected ${known.join(", ")}, got ${value || "nothing"}.`);
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most)
    return value;
  throw new InputError(
    `--${name}: expected a whole number from ${least} to ${most}, got ${text || "nothing"}.`,
  );
}
