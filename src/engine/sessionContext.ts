/** What the parts of a session share: the device, the loaded model, the browser's files, and turns on the device. */
import type { FileStore } from "../storage/fileStore";

import type { LoadedModel } from "./modelLoading";
import type { Progress, Protocol, RequestName, Result } from "./protocol";
import type { SceneStudio } from "./sceneStudio";

export type JobContext<N extends RequestName = RequestName> = {
  signal: AbortSignal;
  report: (value: Progress<N>) => void;
};

/** What a session does for some requests. */
export type Handlers<N extends RequestName = RequestName> = {
  [M in N]: (args: Protocol[M]["args"], context: JobContext<M>) => Promise<Result<M>>;
};

export type SessionContext = {
  /** Throws where no backend has started, or where it was lost. */
  assertRunning: () => void;
  /** Null before a model is loaded; it stays the session's. */
  loaded: () => LoadedModel | null;
  /** Throws where no model is loaded. */
  model: () => LoadedModel;
  /** Opened at the first use. */
  files: () => Promise<FileStore>;
  studio: SceneStudio;
  /** Runs a job on the device after those before it: long work takes one turn after another, so that others get theirs. */
  turn: <T>(job: () => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** Milliseconds since 1970. */
  now: () => number;
};
