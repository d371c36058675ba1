/** The store's side of the worker of slot space. */
import type { SpaceNews, SpaceQuestion, SpaceTask, SpaceTasks } from "../workers/spaceTasks";

/** What the store needs of such a Worker. */
export type SpacePort = {
  postMessage(question: SpaceQuestion): void;
  addEventListener(type: "message", listener: (event: { data: SpaceNews }) => void): void;
  addEventListener(type: "error", listener: (event: { message: string }) => void): void;
  terminate(): void;
};

type AskOptions<N extends SpaceTask> = {
  signal: AbortSignal;
  onProgress?: (value: SpaceTasks[N]["progress"]) => void;
};

/** Asks a worker made for this question, and ends it: when it has answered, or at once where the signal says so. */
export function askSpace<N extends SpaceTask>(
  port: SpacePort,
  name: N,
  args: SpaceTasks[N]["args"],
  { signal, onProgress }: AskOptions<N>,
): Promise<SpaceTasks[N]["result"]> {
  return new Promise<SpaceTasks[N]["result"]>((resolve, reject) => {
    const cancel = (): void => reject(new DOMException("Cancelled.", "AbortError"));
    if (signal.aborted) return cancel();
    signal.addEventListener("abort", cancel, { once: true });
    port.addEventListener("error", ({ message }) =>
      reject(new Error(`slot space: the worker stopped (${message}). Reload the page.`)),
    );
    port.addEventListener("message", ({ data }) => {
      if (data.type === "progress") onProgress?.(data.value as SpaceTasks[N]["progress"]);
      else if (data.type === "result") resolve(data.value as SpaceTasks[N]["result"]);
      else reject(Object.assign(new Error(data.message), { name: data.name }));
    });
    port.postMessage({ name, args } as SpaceQuestion); // name and args come from one N
  }).finally(() => port.terminate());
}
