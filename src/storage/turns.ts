/** Turns at kept files: what reads, thinks and writes must not be overtaken by another that does, in this tab or another. */
import type { FileStore } from "./fileStore";

const queues = new WeakMap<FileStore, Map<string, Promise<unknown>>>();

/**
 * Runs a job after those that came before it under the same name.
 * @param name - of what is read and changed, "sets/1"
 */
export async function inTurn<T>(files: FileStore, name: string, job: () => Promise<T>): Promise<T> {
  const queue = queues.get(files) ?? new Map<string, Promise<unknown>>();
  queues.set(files, queue);
  const locks = files.isLasting ? browserLocks() : null;
  const run = locks ? () => lockedJob(locks, name, job) : job;
  const result = (queue.get(name) ?? Promise.resolve()).then(run);
  const ended = result.catch(() => undefined); // a failed job does not stop the next
  queue.set(name, ended);
  void ended.then(() => {
    if (queue.get(name) === ended) queue.delete(name);
  });
  return await result;
}

/** Locks span the tabs of an origin. */
const browserLocks = (): LockManager | null =>
  typeof navigator !== "undefined" && "locks" in navigator ? navigator.locks : null;

const lockedJob = async <T>(locks: LockManager, name: string, job: () => Promise<T>): Promise<T> =>
  await locks.request(`slotdiffusion-playground/${name}`, job);
