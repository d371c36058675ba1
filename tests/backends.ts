/** The backends that a suite runs on here: cpu and wasm in Node, webgpu in the browser. None is skipped when absent. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { afterAll, beforeAll, describe } from "vitest";

export const isBrowser = typeof window !== "undefined";
export const backends = isBrowser ? ["webgpu"] : ["cpu", "wasm"];

/**
 * Whether the long part of a suite runs here: always in Node; in the browser, where a software GPU needs minutes for
 * gradients and whole sampling runs, only under `npm run test:gpu`.
 */
export const isThorough = !isBrowser || import.meta.env["VITE_THOROUGH"] === "1";

/** Starts a backend; webgpu through our own device, as the page does. */
export async function useBackend(name: string): Promise<void> {
  if (name === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  if (name === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  if ((name === "webgpu" || name === "webgl") && !tf.findBackend(name)) {
    const { startBackend } = await import("../src/gpu/backend");
    await startBackend(name, (reason) => console.error(`tests: the device was lost: ${reason}`));
  }
  if (!(await tf.setBackend(name))) throw new Error(`tests: backend ${name} did not start.`);
  await tf.ready();
}

/** One describe block per backend. @param names - other backends than those of every suite */
export function describeBackends(
  title: string,
  body: (backend: string) => void,
  names: readonly string[] = backends,
): void {
  for (const backend of names) {
    describe(`${title} on ${backend}`, () => {
      beforeAll(() => useBackend(backend));
      afterAll(() => tf.disposeVariables());
      body(backend);
    });
  }
}
