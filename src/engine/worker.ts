/** The worker's entry: messages in, jobs through one queue, messages out. It owns every tensor. */
import type { PlainError, Request, RequestName, Response } from "./protocol";
import { createQueue } from "./queue";
import { createSession } from "./session";

const session = createSession();
const queue = createQueue();
const controllers = new Map<number, AbortController>();

/** These touch no tensor and answer at once, whatever is running. */
const unqueued = new Set<RequestName>(["memory", "listWeights", "deleteWeights", "renderScene"]);

const post = (response: Response): void => {
  self.postMessage(response, {
    transfer: response.type === "error" ? [] : buffersIn(response.value),
  });
};

/** Buffers and bitmaps to move instead of copy; what a session returns it no longer uses. */
function buffersIn(value: unknown): Transferable[] {
  if (value instanceof ImageBitmap) return [value];
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  if (typeof value !== "object" || value === null || value instanceof Blob) return [];
  return Object.values(value).flatMap(buffersIn);
}

const toPlain = (error: unknown): PlainError =>
  error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack ?? "" }
    : { name: "Error", message: String(error), stack: "" };

async function answer(request: Request & { type: "request" }): Promise<void> {
  const { id, name } = request;
  const controller = new AbortController();
  controllers.set(id, controller);
  const { signal } = controller;
  const job = () =>
    session.handle(request, {
      signal,
      report: (value) => post({ type: "progress", id, value }),
    });
  try {
    post({
      type: "result",
      id,
      value: await (unqueued.has(name) ? job() : queue.run(job, signal)),
    });
  } catch (error) {
    post({ type: "error", id, error: toPlain(error) });
  } finally {
    controllers.delete(id);
  }
}

self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
  if (data.type === "request") void answer(data);
  else controllers.get(data.id)?.abort();
});
