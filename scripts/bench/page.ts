/** Runs in Chromium: one engine, one backend, timed. The result lands in window.benchResult. */
import { createEngine, type Engine } from "../../src/engine/client";
import type { BackendName, Encoding } from "../../src/engine/protocol";

export type BenchResult =
  | {
      status: "done";
      description: string;
      encodeMs: number;
      stepMs: number;
      decodeMs: number;
      /** From the start of navigation: scripts, backend, weights without a cache, picture, slots. */
      firstMaskMs: number;
      peakTensorBytes: number;
      gpuBytes: number | null;
    }
  | { status: "failed"; message: string };

declare global {
  interface Window {
    benchResult?: BenchResult;
  }
}

const steps = 4;

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
};

async function timeGenerations(engine: Engine, { slots, numSlots }: Encoding, runs: number) {
  const settings = { numSlots, sampler: "dpm-solver++2m", steps, eta: 0 } as const;
  const times: { stepMs: number; decodeMs: number }[] = [];
  let peakTensorBytes = 0;
  for (let seed = 0; seed <= runs; seed++) {
    const { msPerStep, decodeMs } = await engine.call(
      "generate",
      { ...settings, slots: slots.slice(), seed },
      {
        onProgress: () => {
          void engine
            .call("memory", {})
            .then(({ tensorBytes }) => (peakTensorBytes = Math.max(peakTensorBytes, tensorBytes)));
        },
      },
    );
    if (seed > 0) times.push({ stepMs: msPerStep, decodeMs }); // the first compiles
  }
  return {
    stepMs: median(times.map(({ stepMs }) => stepMs)),
    decodeMs: median(times.map(({ decodeMs }) => decodeMs)),
    peakTensorBytes,
  };
}

async function bench(): Promise<BenchResult> {
  const query = new URLSearchParams(window.location.search);
  const backend = query.get("backend") as BackendName;
  const runs = Number(query.get("runs"));
  const engine = createEngine(
    new Worker(new URL("../../src/engine/worker.ts", import.meta.url), { type: "module" }),
  );
  const { description } = await engine.call("start", { backend });
  await engine.call("loadModel", { source: { kind: "bundled", id: query.get("model") ?? "" } });
  const file = await (await fetch("samples/00.png")).blob();
  const { input } = await engine.call("prepareImage", { file, fit: "crop" });
  const encode = () => engine.call("encode", { input, seed: 0, groundTruth: null });
  const encoding = await encode();
  const firstMaskMs = performance.now();
  const encodings: number[] = [];
  for (let run = 0; run < runs; run++) encodings.push((await encode()).elapsedMs);
  const generations = await timeGenerations(engine, encoding, runs);
  const { gpuBytes } = await engine.call("memory", {});
  return {
    status: "done",
    description,
    encodeMs: median(encodings),
    firstMaskMs,
    gpuBytes,
    ...generations,
  };
}

void bench().then(
  (result) => (window.benchResult = result),
  (error: unknown) => (window.benchResult = { status: "failed", message: String(error) }),
);
