/** For tests: an engine in the test's hands. */
import type { CallOptions, Engine } from "../engine/client";
import type {
  Args,
  GenerateArgs,
  Generated,
  GenerateFrame,
  Progress,
  RequestName,
  Result,
} from "../engine/protocol";

/** One call of the engine; a held one waits for `answer` or `fail`. */
export type FakeCall<N extends RequestName = RequestName> = {
  name: N;
  args: Args<N>;
  signal: AbortSignal | undefined;
  progress: (value: Progress<N>) => void;
  answer: (value: Result<N>) => void;
  fail: (error: Error) => void;
};

/** An engine and all that was asked of it. */
export type FakeEngine = {
  engine: Engine;
  calls: FakeCall[];
  isDisposed: boolean;
};

/** What an engine answers to each request. */
export type Answers = { [N in RequestName]: (args: Args<N>) => Result<N> | Promise<Result<N>> };

/** Requests that wait for the test to answer, and those that do not hear they are cancelled. */
export type Strings = { held: ReadonlySet<RequestName>; deaf: ReadonlySet<RequestName> };

const cancelled = (): Error => new DOMException("Cancelled.", "AbortError");

/** An engine that answers at once, but for the requests whose names are in `held`. */
export function createFakeEngine({ held, deaf }: Strings, answers: Answers): FakeEngine {
  const calls: FakeCall[] = [];
  const call: Engine["call"] = <N extends RequestName>(
    name: N,
    args: Args<N>,
    { signal, onAbort, onProgress }: CallOptions<N> = {},
  ) =>
    new Promise<Result<N>>((answer, fail) => {
      if (signal?.aborted) return fail(cancelled());
      const progress = (value: Progress<N>): void => onProgress?.(value);
      // A list of calls of every name; callsOf gives each its own type back.
      calls.push({ name, args, signal, progress, answer, fail });
      signal?.addEventListener("abort", () => {
        if (!deaf.has(name) && onAbort !== "wait") fail(cancelled());
      });
      const handle: Answers[N] = answers[name];
      if (!held.has(name)) void Promise.resolve(args).then(handle).then(answer, fail);
    });
  const fake: FakeEngine = {
    engine: {
      call,
      generate: (args, signal) => streamOf(call, args, signal),
      dispose: () => {
        fake.isDisposed = true;
        for (const { fail } of calls) fail(cancelled());
      },
    },
    calls,
    isDisposed: false,
  };
  return fake;
}

/** Frames in order, each of them, then the picture. */
async function* streamOf(
  call: Engine["call"],
  args: GenerateArgs,
  signal?: AbortSignal,
): AsyncGenerator<GenerateFrame, Generated> {
  const frames: GenerateFrame[] = [];
  let wake = (): void => undefined;
  const picture = call("generate", args, {
    signal,
    onProgress: (frame) => (frames.push(frame), wake()),
  });
  const ended = picture.then(
    () => true,
    () => true,
  );
  for (let isEnded = false; !isEnded;) {
    isEnded = await Promise.race([ended, new Promise<false>((go) => (wake = () => go(false)))]);
    for (let frame = frames.shift(); frame; frame = frames.shift()) yield frame;
  }
  return picture;
}
