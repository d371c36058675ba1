/** The browser as the store sees it. */
import index from "../models/index.json";
import { createEngine, type Engine } from "./engine/client";
import { sceneKindNames, type Pixels } from "./engine/protocol";
import type { ModelChoice, SampleScene, Services } from "./store";

const sampleCount = 12;

const samples: SampleScene[] = Array.from({ length: sampleCount }, (_, i) => {
  const id = String(i).padStart(2, "0");
  return { id, url: `samples/${id}.png`, maskUrl: `samples/masks/${id}.png` };
});

/** An entry of models/index.json; `scenes` is the kind of generated scenes it was trained on, clevr where it is left out. */
type ModelEntry = {
  id: string;
  title: string;
  bytes: number;
  sha256: string;
  description: string;
  scenes?: string | undefined;
};

/** Models of the index as the page offers them. */
const toChoices = (entries: readonly ModelEntry[]): ModelChoice[] =>
  entries.map(({ id, title, bytes, sha256, description, scenes }) => {
    const kind = sceneKindNames.find((name) => name === scenes) ?? "clevr";
    return { id, title, bytes, hash: sha256, description, scenes: kind };
  });

const startEngine = (): Engine =>
  createEngine(new Worker(new URL("./engine/worker.ts", import.meta.url), { type: "module" }));

const startSpaceWorker = (): Worker =>
  new Worker(new URL("./workers/space.ts", import.meta.url), { type: "module" });

async function fetchBytes(url: string, signal?: AbortSignal): Promise<Blob> {
  const response = await fetch(url, signal ? { signal } : {});
  if (!response.ok) {
    throw new Error(`${url}: expected a file, got status ${response.status}. Is its site whole?`);
  }
  return response.blob();
}

async function* decodeVideo(
  file: Blob,
  options: { maxFrames: number; signal: AbortSignal },
): AsyncGenerator<Pixels> {
  const { browserDecoders } = await import("./data/datasets/browserDecoders");
  const frames = browserDecoders().videoFrames?.(file, options);
  if (!frames) throw new Error("decodeVideo: expected a page, where video elements are.");
  yield* frames;
}

/** Seconds until a file's address is given back; the download has begun by then. */
const downloadSeconds = 60;

function saveFile(name: string, file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), downloadSeconds * 1000);
}

function onHidden(callback: () => void): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const look = (): void => {
    if (document.visibilityState === "hidden") callback();
  };
  document.addEventListener("visibilitychange", look, { signal });
  window.addEventListener("pagehide", callback, { signal });
  return () => ending.abort();
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
  spaceWorker: startSpaceWorker,
  fetchBytes,
  decodeVideo,
  saveFile,
  persistStorage: () => void navigator.storage?.persist?.().catch(() => undefined), // kept either way, if less firmly
  onHidden,
  now: () => Date.now(),
  encodePng,
  writeClipboard: (text) => navigator.clipboard.writeText(text),
  pageUrl: () => window.location.href,
  replaceUrl: (url) => window.history.replaceState(null, "", url),
  storage: openStorage(),
  samples,
  models: toChoices(index),
});
