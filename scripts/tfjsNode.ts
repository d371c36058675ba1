/**
 * Backends for command-line tools: tfjs-node, which computes at native speed and which the app does not depend on, or the
 * slower ones that come with the app.
 *
 * tfjs-node is looked for in the folder that TFJS_NODE names, else where `npm install @tensorflow/tfjs-node` puts it. It
 * brings a tfjs-core of its own; both find the one engine, its kernels and its gradients through tfjs's global registry.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";

import { InputError, UnsupportedDeviceError } from "../src/errors";
import { registerTensorflowKernels } from "../src/gpu/tensorflowKernels";
import { registerWasmKernels } from "../src/gpu/wasmKernels";

export const nodeBackends = ["tensorflow", "wasm", "cpu"] as const;
export type NodeBackend = (typeof nodeBackends)[number];

const packageFolder = (): string =>
  resolve(process.env["TFJS_NODE"] ?? "node_modules/@tensorflow/tfjs-node");

/** Whether tfjs-node is there to be loaded. */
export const hasTfjsNode = (): boolean => existsSync(join(packageFolder(), "package.json"));

/** The backend of that name, or without a name the fastest one there is. */
export async function startNodeBackend(name?: string): Promise<NodeBackend> {
  const wanted = name ?? (hasTfjsNode() ? "tensorflow" : "wasm");
  const known = nodeBackends.find((each) => each === wanted);
  if (!known)
    throw new InputError(`--backend: expected ${nodeBackends.join(", ")}, got ${wanted}.`);
  await loaders[known]();
  if (!(await tf.setBackend(known)))
    throw new UnsupportedDeviceError(`backend: expected ${known} to start, it did not.`);
  await tf.ready();
  return known;
}

const loaders: Record<NodeBackend, () => Promise<void>> = {
  tensorflow: async () => {
    if (!hasTfjsNode())
      throw new UnsupportedDeviceError(
        `backend: expected tfjs-node in ${packageFolder()}, got nothing. ` +
          "Run `npm install --no-save @tensorflow/tfjs-node@4.22.0`, or name its folder in TFJS_NODE.",
      );
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2"; // says hello on stderr otherwise
    await import(pathToFileURL(join(packageFolder(), "dist", "index.js")).href);
    registerTensorflowKernels();
  },
  wasm: async () => {
    await import("@tensorflow/tfjs"); // the gradients: in Node, tfjs-core alone registers none
    await import("@tensorflow/tfjs-backend-wasm");
    registerWasmKernels();
  },
  cpu: async () => void (await import("@tensorflow/tfjs")),
};
