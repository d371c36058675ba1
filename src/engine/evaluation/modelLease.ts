/**
 * A model on loan for long work: the session's own where it is the one asked for, else one loaded for this work alone.
 * Each job asks anew: between two of them the page may have loaded another model, and freed the one that was in use.
 */
import { InputError } from "../../errors";
import { disposeParams } from "../../nn/params";
import type { ModelConfig } from "../../slotdiffusion/config";
import { nextTask } from "../../train/nextTask";
import type { loadModel, LoadedModel, openWeights } from "../modelLoading";
import type { ModelRef } from "../protocol/training";
import type { SessionContext } from "../sessionContext";

export type ModelLease = {
  config: ModelConfig;
  /** Runs a job with the model when its turn comes. */
  use: <T>(job: (model: LoadedModel) => Promise<T>) => Promise<T>;
  /** Frees what was loaded for this lease; the session's own model stays. */
  close: () => void;
};

/** Where models come from. */
export type ModelSources = { open: typeof openWeights; load: typeof loadModel };

type Session = Pick<SessionContext, "assertRunning" | "loaded" | "files" | "turn">;

/** A lease of a model; nothing is on the device before its first job. */
export async function leaseModel(
  ref: ModelRef,
  { assertRunning, loaded, files, turn }: Session,
  { open, load }: ModelSources,
  signal: AbortSignal,
): Promise<ModelLease> {
  const context = { signal, report: () => undefined, files };
  const inUse = loaded();
  const { config, hash } =
    ref.kind !== "run" && inUse?.info.id === ref.id
      ? { config: inUse.config, hash: inUse.info.hash }
      : await open(ref, inUse, context);
  let own: LoadedModel | null = null;
  const current = async (): Promise<LoadedModel> => {
    assertRunning();
    if (own) return own;
    const now = loaded();
    if (now?.info.id === ref.id && now.info.hash === hash) return now;
    own = await load(ref, loaded(), context);
    if (own.info.hash === hash) return own;
    throw new InputError(
      `evaluate: expected the weights that ${own.info.name} had at the start, got others: it was trained further. Evaluate again.`,
    );
  };
  return {
    config,
    use: async (job) => {
      const result = await turn(async () => job(await current()), signal);
      await nextTask(); // cancellation and other requests arrive as messages
      return result;
    },
    close: () => {
      if (own) disposeParams(own.params);
      own = null;
    },
  };
}

/** For work that has the device to itself already. */
export const atOnce: SessionContext["turn"] = async (job, signal) => {
  signal.throwIfAborted();
  return job();
};
