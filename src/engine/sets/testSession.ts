/** For tests: a session whose model takes small pictures, and files of drawn scenes. */
import { encode } from "fast-png";

import { nodeDecoders } from "../../../scripts/dataFiles";
import { tinyConfig } from "../../../tests/tinyConfig";
import type { Decoders } from "../../data/datasets/dataset";
import type { Bytes, Named } from "../../data/datasets/testFiles";
import { sprites } from "../../data/pictureSets/testSets";
import type { Pixels } from "../../data/preprocess";
import { InputError } from "../../errors";
import { createMemoryStore, type FileStore } from "../../storage/fileStore";
import type { LoadedModel } from "../modelLoading";
import type { Progress, SceneRef } from "../protocol";
import { createSceneStudio } from "../sceneStudio";
import type { SessionContext } from "../sessionContext";
import { createSetHandlers } from "./handlers";

/** Pixels a side of the model's pictures. */
export const side = 16;

/** A session with a model that takes small pictures. */
export function session(files: FileStore = createMemoryStore(), decoders: Decoders = nodeDecoders) {
  const config = { ...tinyConfig, name: "tiny", resolution: [side, side] as [number, number] };
  const state = { model: { config: { ...config, resize: "area" } } as LoadedModel | null }; // sets ask for no more of it
  const model = (): LoadedModel => {
    if (!state.model) throw new InputError("model: expected a loaded model, got none.");
    return state.model;
  };
  const studio = createSceneStudio();
  const context: SessionContext = {
    assertRunning: () => undefined,
    loaded: () => state.model,
    model,
    files: () => Promise.resolve(files),
    studio,
    turn: (job) => job(),
    now: () => 1_700_000_000_000,
  };
  return { handlers: createSetHandlers(context, decoders), files, state, studio };
}

/** A job that nobody stops, and what it reports. */
export function job() {
  const stop = new AbortController();
  const reports: Progress<"addFiles">[] = [];
  const report = (value: Progress<"addFiles">): void => void reports.push(value);
  return { signal: stop.signal, report, reports, stop };
}

/** An empty set. @returns its id */
export async function newSet(
  handlers: ReturnType<typeof createSetHandlers>,
  name = "Set",
): Promise<string> {
  return (await handlers.createSet({ name }, job())).id;
}

/** Files as the page gives them. */
export const filesOf = (named: Named) =>
  Object.entries(named).map(([path, bytes]) => ({ path, file: new Blob([bytes]) }));
/** A picture as a file. */
export const pngOf = ({ width, height, data }: Pixels): Bytes =>
  new Uint8Array(encode({ width, height, channels: 4, data: new Uint8Array(data) }));

/** So many pictures that all differ. */
export const manyFiles = (count: number, first = 0): Named =>
  Object.fromEntries(
    sprites(count, first).map(({ name, pixels }) => [`pictures/${name}`, pngOf(pixels)]),
  );

/** One of the drawn scenes. */
export const scenes = (index: number): SceneRef => ({ kind: "sprites", seed: 4, index });
