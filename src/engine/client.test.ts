import { describe, expect, test } from "vitest";

import { createEngine, type WorkerPort } from "./client";
import type { Request, Response } from "./protocol";

/** A worker in the test's hands: what was asked, and a way to answer. */
function fakeWorker() {
  const asked: Request[] = [];
  const listeners: ((event: { data: Response }) => void)[] = [];
  const crashes: ((event: { message: string }) => void)[] = [];
  const port: WorkerPort = {
    postMessage: (message) => asked.push(message),
    addEventListener: (type: string, listener: unknown) => {
      if (type === "message") listeners.push(listener as (typeof listeners)[number]);
      else crashes.push(listener as (typeof crashes)[number]);
    },
    terminate: () => undefined,
  };
  return {
    port,
    asked,
    answer: (response: Response) => listeners.forEach((listener) => listener({ data: response })),
    crash: (message: string) => crashes.forEach((listener) => listener({ message })),
  };
}

const settings = {
  slots: new Float32Array(4),
  numSlots: 1,
  seed: 0,
  sampler: "ddim",
  steps: 3,
  eta: 0,
} as const;
const pixels = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
const frame = (step: number) => ({ step, totalSteps: 3, preview: pixels });
const picture = { image: pixels, elapsedMs: 1, msPerStep: 1, decodeMs: 1 };
const turn = () => new Promise((resolve) => setTimeout(resolve));

describe("call()", () => {
  test("each answer reaches its own caller", async () => {
    const { port, asked, answer } = fakeWorker();
    const engine = createEngine(port);
    const first = engine.call("memory", {});
    const second = engine.call("listWeights", {});
    answer({ type: "result", id: 2, value: ["weights"] });
    answer({ type: "result", id: 1, value: "memory" });
    expect(await first).toBe("memory");
    expect(await second).toEqual(["weights"]);
    expect(asked.map((request) => request.type === "request" && request.name)).toEqual([
      "memory",
      "listWeights",
    ]);
  });

  test("an error keeps its name and message", async () => {
    const { port, answer } = fakeWorker();
    const call = createEngine(port).call("memory", {});
    answer({
      type: "error",
      id: 1,
      error: { name: "CheckpointError", message: "cut short", stack: "here" },
    });
    await expect(call).rejects.toMatchObject({
      name: "CheckpointError",
      message: "cut short",
      stack: "here",
    });
  });

  test("an aborted call rejects at once, tells the worker, and a late answer is ignored", async () => {
    const { port, asked, answer } = fakeWorker();
    const controller = new AbortController();
    const call = createEngine(port).call("memory", {}, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(asked.at(-1)).toEqual({ type: "cancel", id: 1 });
    answer({ type: "result", id: 1, value: "late" });
  });

  test("an aborted call that waits tells the worker, hears its progress and takes its answer", async () => {
    const { port, asked, answer } = fakeWorker();
    const controller = new AbortController();
    const heard: unknown[] = [];
    const call = createEngine(port).call(
      "train",
      { runId: "1", maxSteps: null },
      {
        signal: controller.signal,
        onAbort: "wait",
        onProgress: (value) => heard.push(value),
      },
    );
    controller.abort();
    controller.abort();
    expect(asked.slice(1)).toEqual([{ type: "cancel", id: 1 }]);
    const saved = { kind: "saved", stage: "slots", step: 3, bytes: 8 };
    answer({ type: "progress", id: 1, value: saved });
    answer({ type: "result", id: 1, value: "the paused run" });
    expect(await call).toBe("the paused run");
    expect(heard).toEqual([saved]);
  });

  test("ending the engine cancels what is pending, once", async () => {
    const { port, answer } = fakeWorker();
    const engine = createEngine(port);
    const call = engine.call("memory", {});
    engine.dispose();
    answer({ type: "result", id: 1, value: "late" });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });

  test("a call that was aborted before is never sent", async () => {
    const { port, asked } = fakeWorker();
    await expect(
      createEngine(port).call("memory", {}, { signal: AbortSignal.abort() }),
    ).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  test("a crash of the worker fails what is pending, with what to do", async () => {
    const { port, crash } = fakeWorker();
    const call = createEngine(port).call("memory", {});
    crash("out of memory");
    await expect(call).rejects.toThrow(/out of memory.*Reload/);
  });
});

describe("generate()", () => {
  test("yields frames in order and returns the picture; a slow reader gets the newest frame only", async () => {
    const { port, answer } = fakeWorker();
    const frames = createEngine(port).generate(settings);
    const first = frames.next();
    await turn();
    answer({ type: "progress", id: 1, value: frame(1) });
    expect((await first).value).toEqual(frame(1));
    answer({ type: "progress", id: 1, value: frame(2) });
    answer({ type: "progress", id: 1, value: frame(3) });
    expect((await frames.next()).value).toEqual(frame(3));
    answer({ type: "result", id: 1, value: picture });
    expect(await frames.next()).toEqual({ done: true, value: picture });
  });

  test("ending the loop early cancels the run", async () => {
    const { port, asked, answer } = fakeWorker();
    const frames = createEngine(port).generate(settings);
    const first = frames.next();
    await turn();
    answer({ type: "progress", id: 1, value: frame(1) });
    await first;
    await frames.return(picture);
    expect(asked.at(-1)).toEqual({ type: "cancel", id: 1 });
  });
});
