/**
 * Scores of a model on generated scenes, on a folder or archive of pictures, or on the sample scenes:
 * `npm run evaluate -- --model clevr64 --scenes clevr --n 1000 --seed 1 [--reconstruct] [--perceptual] [--compose] [--json]`.
 *
 * Official evaluation: img_based/test_seg.py, test_recon.py, test_comp_gen.py of Wuziyi616/SlotDiffusion.
 */
import type { Estimate } from "../src/metrics/summary";
import {
  CheckpointError,
  InputError,
  OutOfMemoryError,
  UnsupportedDeviceError,
} from "../src/errors";
import { evaluate, type Evaluation } from "../src/evaluation/evaluation";
import type { Backbone } from "../src/evaluation/features";
import { describeMetric } from "../src/evaluation/metricNotes";
import { describeProtocol, officialTruth } from "../src/evaluation/protocol";
import { createRunner, type Runner } from "../src/evaluation/runner";
import { parseRequest, type EvaluationRequest } from "./evaluate/arguments";
import { openPictures } from "./evaluate/pictures";
import { findModel, loadModel, type ModelFiles } from "./nodeModel";
import { startNodeBackend } from "./tfjsNode";

const nodeNames = { node: "tensorflow", wasm: "wasm" } as const;

async function openRunner(
  files: ModelFiles,
  backend: EvaluationRequest["backend"],
): Promise<Runner> {
  if (backend === "webgpu") {
    const { openBrowserRunner } = await import("./evaluate/browserRunner"); // brings a bundler
    const { runner, description } = await openBrowserRunner(files);
    console.error(`backend webgpu: ${description}`);
    return runner;
  }
  console.error(`backend ${await startNodeBackend(backend ? nodeNames[backend] : undefined)}`);
  return createRunner(await loadModel(files));
}

/** Features are computed in Node, also where the model runs in a browser. */
async function openFeatures({
  perceptual,
  backbone,
  backend,
}: EvaluationRequest): Promise<Backbone | null> {
  if (!perceptual) return null;
  if (backend === "webgpu") console.error(`features: backend ${await startNodeBackend()}`);
  const { openBackbone } = await import("./evaluate/backbone");
  return openBackbone(backbone);
}

/** One line that keeps changing on a terminal, a line every few seconds in a log. */
function progressLine(count: number | null): (done: number) => void {
  const began = performance.now();
  let last = began;
  return (done) => {
    const now = performance.now();
    const rate = (1000 * done) / (now - began);
    const line = `${done}${count === null ? "" : ` / ${count}`} pictures, ${rate.toFixed(1)}/s`;
    const isEnd = done === count;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}   ${isEnd ? "\n" : ""}`);
    else if (isEnd || now - last > 5000) {
      console.error(line);
      last = now;
    }
  };
}

const longestTable = 20;

function printPictures({ names, rows }: Evaluation, seed: number): void {
  const [first] = rows;
  if (!first || names.length > longestTable) return;
  const keys = [...new Set(first.flatMap((scores) => Object.keys(scores)))];
  console.log(`| seed ${seed} | ${keys.join(" | ")} |\n|${"---|".repeat(keys.length + 1)}`);
  names.forEach((name, i) => {
    const cells = keys.map((key) => (first[i]?.[key] ?? NaN).toFixed(3));
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  });
  console.log("");
}

function printMetrics(metrics: Record<string, Estimate>, protocol: string): void {
  console.log("| metric | mean | standard error | what it is |\n|---|---|---|---|");
  for (const [name, { mean, standardError }] of Object.entries(metrics)) {
    const error = Number.isNaN(standardError) ? "–" : standardError.toFixed(4);
    console.log(`| ${name} | ${mean.toFixed(4)} | ${error} | ${describeMetric(name)} |`);
  }
  console.log(`\nProtocol: ${protocol}.`);
}

async function main(): Promise<void> {
  const request = parseRequest(process.argv.slice(2));
  const files = findModel(request.model);
  const { config } = files;
  const set = await openPictures(request.data, request, config);
  const runner = await openRunner(files, request.backend);
  try {
    const backbone = await openFeatures(request);
    const tools = { config, runner, backbone };
    const evaluation = await evaluate(set, tools, request, { report: progressLine(set.count) });
    if (process.stderr.isTTY && evaluation.names.length !== set.count) process.stderr.write("\n");
    const skipped = set.skipped();
    if (skipped) console.error(`left out:\n${skipped}`);
    const { names, withTruth, metrics } = evaluation;
    const n = names.length;
    const feature =
      backbone && `${backbone.title} at ${backbone.side}, ${backbone.layers.join(", ")}`;
    const protocol = describeProtocol([config], request, {
      ...{ n, withTruth, feature },
      truth: officialTruth,
    });
    printPictures(evaluation, request.seed);
    printMetrics(metrics, protocol);
    const { model, seed } = request;
    if (request.json)
      console.log(JSON.stringify({ model, data: set.title, n, seed, protocol, metrics }));
  } finally {
    await runner.close();
  }
}

const isTheUsers = (error: unknown): error is Error =>
  [InputError, CheckpointError, UnsupportedDeviceError, OutOfMemoryError].some(
    (kind) => error instanceof kind,
  );

main().catch((error: unknown) => {
  console.error(isTheUsers(error) ? error.message : error);
  process.exitCode = 1;
});
