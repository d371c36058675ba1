/** The browser as the store sees it. */
import models from "../models/index.json";
import { createEngine, type Engine } from "./engine/client";
import type { Pixels } from "./engine/protocol";
import type { SampleScene, Services } from "./store";

const sampleCount = 12;

const samples: SampleScene[] = Array.from({ length: sampleCount }, (_, i) => {
  const id = String(i).padStart(2, "0");
  return { id, url: `samples/${id}.png`, maskUrl: `samples/masks/${id}.png` };
});

const startEngine = (): Engine =>
  createEngine(new Worker(new URL("./engine/worker.ts", import.meta.url), { type: "module" }));

async function fetchBytes(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url}: expected a file, got status ${response.status}. Is the site whole?`);
  }
  return response.blob();
}

async function encodePng({ width, height, data }: Pixels): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("encodePng: this browser gave no 2D canvas.");
  context.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/** localStorage throws where cookies are blocked. */
function openStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export const browserServices = (): Services => ({
  engine: startEngine,
  fetchBytes,
  encodePng,
  writeClipboard: (text) => navigator.clipboard.writeText(text),
  pageUrl: () => window.location.href,
  replaceUrl: (url) => window.history.replaceState(null, "", url),
  storage: openStorage(),
  samples,
  models: models.map(({ id, title, bytes, description }) => ({ id, title, bytes, description })),
});
