/** The browser as the store sees it. */
import index from "../models/index.json";
import { createEngine, type Engine } from "./engine/client";
import { sceneKindNames, type Pixels } from "./engine/protocol";
import { browserOffline } from "./services/offline";
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
  /** Height and width. */
  resolution: readonly number[];
  numSlots: number;
  license: string;
  card: string;
  metrics: readonly MetricEntry[];
};

/** A number of the model's card; `error` is its standard error, left out where the card gives none. */
type MetricEntry = { name: string; value: number; error?: number; n: number; protocol: string };

/** Models of the index as the page offers them. */
const toChoices = (entries: readonly ModelEntry[]): ModelChoice[] =>
  entries.map(({ sha256, scenes, resolution, metrics, ...entry }) => {
    const [height = 0, width = height] = resolution;
    return {
      ...entry,
      hash: sha256,
      scenes: sceneKindNames.find((name) => name === scenes) ?? "clevr",
      resolution: [height, width],
      metrics: metrics.map(({ error = null, ...metric }) => ({ ...metric, error })),
    };
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

/** As its numbers are: no colours adapted, nothing multiplied. */
const decodeBitmap = (file: Blob): Promise<ImageBitmap> =>
  createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });

function readBitmap(bitmap: ImageBitmap): Pixels {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("readBitmap: this browser gave no 2D canvas.");
  context.drawImage(bitmap, 0, 0);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
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

/** The browser's own file chooser; needs a press of the visitor's a moment ago. */
const chooseFiles = (accept: string): Promise<File[]> =>
  new Promise((resolve) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", accept, multiple: true, hidden: true });
    const answer = (): void => {
      input.remove();
      resolve([...(input.files ?? [])]);
    };
    input.addEventListener("change", answer);
    input.addEventListener("cancel", answer);
    document.body.append(input); // one that is nowhere in the page may be collected while the chooser is open
    input.click();
  });

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

/** Either throws where cookies are blocked. */
function openStorage(name: "localStorage" | "sessionStorage"): Storage | null {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/** 96 random bits. */
const randomName = (): string =>
  [...crypto.getRandomValues(new Uint32Array(3))].map((part) => part.toString(36)).join("-");

export const browserServices = (): Services => ({
  engine: startEngine,
  spaceWorker: startSpaceWorker,
  fetchBytes,
  decodeBitmap,
  readBitmap,
  decodeVideo,
  saveFile,
  persistStorage: () => void navigator.storage?.persist?.().catch(() => undefined), // kept either way, if less firmly
  onHidden,
  now: () => Date.now(),
  encodePng,
  writeClipboard: (text) => navigator.clipboard.writeText(text),
  pageUrl: () => window.location.href,
  replaceUrl: (url) => window.history.replaceState(null, "", url),
  storage: openStorage("localStorage"),
  keptWork: {
    database: async () => (await import("./store/keepDatabase")).openKeptDatabase(),
    tab: openStorage("sessionStorage"),
    newName: randomName,
  },
  chooseFiles,
  offline: import.meta.env.PROD ? browserOffline() : null, // a development server has no built files to keep
  samples,
  models: toChoices(index),
});
