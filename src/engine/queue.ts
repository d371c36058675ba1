/** One job at a time, in order of arrival: the GPU is one, and so is its memory. */
export type Queue = {
  /** Runs `job` after those before it; a signal aborted while it waits means it never starts. */
  run<T>(job: () => Promise<T>, signal: AbortSignal): Promise<T>;
};

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (job, signal) => {
      const result = last.then(() => {
        signal.throwIfAborted();
        return job();
      });
      last = result.catch(() => undefined); // a failed job does not stop the next
      return result;
    },
  };
}
