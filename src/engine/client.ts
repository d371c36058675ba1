/** The page's side of the engine: typed promises and streams over one worker. */
import type {
  Args,
  GenerateArgs,
  Generated,
  GenerateFrame,
  PlainError,
  Progress,
  Request,
  RequestName,
  Response,
  Result,
} from "./protocol";

export type CallOptions<N extends RequestName> = {
  signal?: AbortSignal | undefined;
  /** reject (the default): at once; wait: the worker is told, and its answer is still the call's. */
  onAbort?: "reject" | "wait";
  onProgress?: ((value: Progress<N>) => void) | undefined;
};

/** What the store may ask of the engine. */
export type Engine = {
  call<N extends RequestName>(name: N, args: Args<N>, options?: CallOptions<N>): Promise<Result<N>>;
  /** Frames as the picture denoises, then the picture. Ending the loop early cancels. */
  generate(args: GenerateArgs, signal?: AbortSignal): AsyncGenerator<GenerateFrame, Generated>;
  /** Ends the worker; calls that wait for it are cancelled. */
  dispose(): void;
};

/** What the client needs of a Worker. */
export type WorkerPort = {
  postMessage(message: Request): void;
  addEventListener(type: "message", listener: (event: { data: Response }) => void): void;
  addEventListener(type: "error", listener: (event: { message: string }) => void): void;
  terminate(): void;
};

type Pending = {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress: ((value: unknown) => void) | undefined;
};

const abortError = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new DOMException("Cancelled.", "AbortError");

/** An error as it was in the worker, its class kept as its name. */
function revive({ name, message, stack }: PlainError): Error {
  const error = name === "AbortError" ? new DOMException(message, name) : new Error(message);
  if (name !== "AbortError") Object.assign(error, { name, stack });
  return error;
}

/** Calls that wait for the worker, each given its answer as it comes. */
function createCalls(port: WorkerPort) {
  const pending = new Map<number, Pending>();
  const endAll = (error: Error): void => {
    const calls = [...pending.values()];
    pending.clear();
    for (const call of calls) call.reject(error);
  };
  port.addEventListener("message", ({ data }) => {
    const call = pending.get(data.id);
    if (!call) return; // cancelled: its caller has gone
    if (data.type === "progress") return call.onProgress?.(data.value);
    pending.delete(data.id);
    if (data.type === "result") call.resolve(data.value);
    else call.reject(revive(data.error));
  });
  port.addEventListener("error", ({ message }) =>
    endAll(new Error(`engine: the worker stopped (${message}). Reload the page.`)),
  );
  return { pending, endAll };
}

/** Joins the page to a worker that runs engine/worker.ts. */
export function createEngine(port: WorkerPort): Engine {
  const { pending, endAll } = createCalls(port);
  let nextId = 1;

  const call: Engine["call"] = (name, args, { signal, onAbort, onProgress } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const id = nextId++;
      const cancel = () => {
        port.postMessage({ type: "cancel", id });
        if (!signal || onAbort === "wait") return;
        pending.delete(id);
        reject(abortError(signal));
      };
      signal?.addEventListener("abort", cancel, { once: true });
      const settle = () => signal?.removeEventListener("abort", cancel);
      pending.set(id, {
        resolve: (value) => (settle(), resolve(value as Result<typeof name>)),
        reject: (error) => (settle(), reject(error)),
        onProgress: onProgress as Pending["onProgress"],
      });
      port.postMessage({ type: "request", id, name, args } as Request);
    });

  return {
    call,
    generate: (args, signal) => streamFrames(call, args, signal),
    dispose: () => {
      port.terminate();
      endAll(new DOMException("The engine was ended.", "AbortError"));
    },
  };
}

/** Turns progress callbacks into a generator; only the newest unread frame is kept. */
async function* streamFrames(
  call: Engine["call"],
  args: GenerateArgs,
  signal?: AbortSignal,
): AsyncGenerator<GenerateFrame, Generated> {
  const ended = new AbortController();
  const either = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
  let frame: GenerateFrame | null = null;
  let wake = (): void => undefined;
  const picture = call("generate", args, {
    signal: either,
    onProgress: (value) => {
      frame = value;
      wake();
    },
  });
  let isSettled = false;
  const settled = picture.then(
    () => void (isSettled = true),
    () => void (isSettled = true),
  );
  try {
    while (!isSettled) {
      if (!frame) await Promise.race([settled, new Promise<void>((resolve) => (wake = resolve))]);
      const newest = frame as GenerateFrame | null;
      frame = null;
      if (newest) yield newest;
    }
    return await picture;
  } finally {
    ended.abort();
  }
}
