/** Runs in Chromium: the model on WebGPU, called by the command that opened the page. Arrays travel as base64. */
import { loadParams, openCheckpoint } from "../../../src/checkpoint/load";
import { createRunner, type Runner } from "../../../src/evaluation/runner";
import { startBackend } from "../../../src/gpu/backend";
import { modelConfigSchema } from "../../../src/slotdiffusion/config";
import { modelSpec } from "../../../src/slotdiffusion/model";
import { bytesFromBase64, floatsFromBase64, toBase64 } from "../base64";

/** A Runner whose arrays are base64. */
export type PageRunner = {
  /** Starts WebGPU and loads config.json and weights.safetensors from beside the page. @returns the adapter */
  open(): Promise<string>;
  segment(rgb: string, seeds: number[][]): Promise<{ slots: string; segmentation: string }[]>;
  draw(slots: string, seeds: number[]): Promise<string>;
  reconstruct(rgb: string): Promise<string>;
};

declare global {
  interface Window {
    pageRunner?: PageRunner;
  }
}

let runner: Runner | null = null;

function opened(): Runner {
  if (!runner) throw new Error("page: expected open() to come first.");
  return runner;
}

window.pageRunner = {
  async open() {
    const { description } = await startBackend("webgpu", (reason) => {
      console.error(`the device was lost: ${reason}`);
    });
    const config = modelConfigSchema.parse(await (await fetch("config.json")).json());
    const weights = await (await fetch("weights.safetensors")).blob();
    const { entries } = await openCheckpoint(weights);
    runner = createRunner({ config, params: await loadParams(modelSpec(config), entries) });
    return description;
  },
  async segment(rgb, seeds) {
    const found = await opened().segment(bytesFromBase64(rgb), seeds);
    return found.map(({ slots, segmentation }) => ({
      slots: toBase64(slots),
      segmentation: toBase64(segmentation),
    }));
  },
  async draw(slots, seeds) {
    return toBase64(await opened().draw(floatsFromBase64(slots), seeds));
  },
  async reconstruct(rgb) {
    return toBase64(await opened().reconstruct(bytesFromBase64(rgb)));
  },
};
