/** The worker's entry: messages in, jobs through one queue, messages out. It owns every tensor. */
import type { PlainError, Request, RequestName, Response } from "./protocol";
import { createQueue } from "./queue";
import { createSession } from "./session";

const queue = createQueue();
const session = createSession((job, signal) => queue.run(job, signal));
const controllers = new Map<number, AbortController>();

/** These touch no tensor and answer at once, whatever is running. */
const tensorless = [
  ...["memory", "usage", "listWeights", "deleteWeights", "renderScene", "storageRoom"],
  ...["listSets", "createSet", "deleteSet", "addFiles", "addPixels", "addScenes"],
  ...["removePictures", "splitSet", "readPictures", "listRuns", "createRun", "deleteRun"],
  ...["importProject", "inspectCheckpoint"],
] as RequestName[];

/** Long work that takes a turn for each of its steps, so that others get theirs; and what is said to it. */
const turnTaking: RequestName[] = ["train", "saveRun", "evaluate"];

const unqueued = new Set<RequestName>([...tensorless, ...turnTaking]);

const post = (response: Response): void => {
  self.postMessage(response, {
    transfer: response.type === "error" ? [] : [...new Set(buffersIn(response.value))],
  });
};

/** Buffers and bitmaps to move instead of copy; what a session returns it no longer uses. */
function buffersIn(value: unknown): Transferable[] {
  if (value instanceof ImageBitmap) return [value];
  if (ArrayBuffer.isView(value)) return isWhole(value) ? [value.buffer] : [];
  if (typeof value !== "object" || value === null || value instanceof Blob) return [];
  return Object.values(value).flatMap(buffersIn);
}

/** A view of a part is copied: the rest may be in use. */
const isWhole = (view: ArrayBufferView): view is ArrayBufferView<ArrayBuffer> =>
  view.buffer instanceof ArrayBuffer && view.byteLength === view.buffer.byteLength;

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
