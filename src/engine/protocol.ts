/**
 * What the page may ask of the worker: one type from request name to its arguments, result and progress.
 * client.ts and worker.ts both derive from it; nothing here knows a tensor.
 */
import type { ExchangeProtocol } from "./protocol/exchange";
import type { InsideProtocol } from "./protocol/inside";
import type { SetsProtocol } from "./protocol/sets";
import type { TrainingProtocol } from "./protocol/training";
import type { UsageProtocol } from "./protocol/usage";

export const backendNames = ["webgpu", "webgl", "wasm"] as const;
export type BackendName = (typeof backendNames)[number];

export const samplerNames = ["dpm-solver++", "dpm-solver++2m", "ddim", "ddpm"] as const;
export type SamplerName = (typeof samplerNames)[number];

/** Kinds of generated scenes, a part of the registry in data/scenes. */
export const sceneKindNames = ["clevr", "textured", "sprites"] as const;
export type SceneKind = (typeof sceneKindNames)[number];

/** One of the endless many generated scenes: the same three values are the same picture everywhere. */
export type SceneRef = { kind: SceneKind; seed: number; index: number };

/** What is known of an object of a generated scene; `id` is its value in the scene's ids. */
export type SceneObject = {
  id: number;
  shape: string;
  color: string;
  material: string;
  visiblePixels: number;
};

/** A generated scene with its ground truth. */
export type RenderedScene = {
  /** At the loaded model's resolution, or at the renderer's own before there is a model. */
  pixels: Pixels;
  /** The same picture, larger. */
  display: ImageBitmap;
  /** Object id per pixel, 0 = background [H, W]. */
  ids: Uint8Array;
  objects: SceneObject[];
};

/** How a picture that is not square becomes square. */
export type Fit = "crop" | "letterbox";

/** An image as ImageData holds it: RGBA, 0..255, row-major. */
export type Pixels = { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> };

export type BackendProbe = {
  name: BackendName;
  status: "available" | "software" | "missing";
  reason: string;
};

/** Where the model runs and what else could run it. */
export type DeviceInfo = {
  backend: BackendName;
  /** The adapter's own description, or the kind of WebAssembly. */
  description: string;
  threads: number;
  isIsolated: boolean;
  probes: BackendProbe[];
};

export type ModelSource =
  | { kind: "bundled"; id: string }
  /** A checkpoint of the user's; without a config the shapes must be those of the loaded model. */
  /** `dino` holds the weights of a DINO encoder where the checkpoint lacks them. */
  | { kind: "file"; weights: File; config: File | null; dino?: File | null }
  /** Trained in this browser. */
  | { kind: "run"; id: string }
  /** The loaded model itself, which came from a file. */
  | { kind: "opened"; id: string };

export type LoadProgress = {
  stage: "download" | "read";
  /** Bytes for download, tensors for read. */
  done: number;
  total: number;
};

export type ModelInfo = {
  id: string;
  name: string;
  /** SHA-256 of the weight file, hex. */
  hash: string;
  resolution: [height: number, width: number];
  numSlots: number;
  slotSize: number;
  numIterations: number;
  parameterCount: number;
  weightBytes: number;
  /** Whether the weights came from this browser's cache. */
  fromCache: boolean;
  initKind: "learned" | "gaussian";
  predTarget: "eps" | "x0" | "v";
};

/** What one picture became. Arrays are row-major. */
export type Encoding = {
  numSlots: number;
  slotSize: number;
  /** [K, D] */
  slots: Float32Array;
  /** Attention of every Slot Attention iteration, softmax over slots: [T, K, h, w]. */
  attn: Float32Array;
  attnSize: [height: number, width: number];
  /** Argmax over slots of the last attention, bilinear to the model's resolution: slot index per pixel [H, W]. */
  segmentation: Uint8Array;
  /** Against ground truth when it was given. */
  scores: { fgAri: number; mIoU: number; mBO: number } | null;
  /** For each true id (0 = background) its slot in the matching of mIoU, -1 where none overlaps it; null without truth. */
  matches: number[] | null;
  elapsedMs: number;
};

export type GenerateArgs = {
  /** [K, D], any K >= 1 */
  slots: Float32Array;
  numSlots: number;
  seed: number;
  sampler: SamplerName;
  /** Network evaluations. */
  steps: number;
  /** DDIM's eta, 0..1. */
  eta: number;
};

/** One evaluation: the predicted clean latents, mapped linearly to colours. */
export type GenerateFrame = { step: number; totalSteps: number; preview: Pixels };
export type Generated = { image: Pixels; elapsedMs: number; msPerStep: number; decodeMs: number };

export type MemoryReport = {
  numTensors: number;
  tensorBytes: number;
  /** Bytes of GPU buffers allocated by the backend, free lists included; null off the GPU. */
  gpuBytes: number | null;
};

export type CachedWeights = { url: string; bytes: number; hash: string };

export type Protocol = {
  start: { args: { backend: BackendName | null }; result: DeviceInfo; progress: never };
  loadModel: { args: { source: ModelSource }; result: ModelInfo; progress: LoadProgress };
  /** A file's bytes to the model's input and a larger picture for display. */
  prepareImage: {
    args: { file: Blob; fit: Fit };
    result: { input: Pixels; display: ImageBitmap };
    progress: never;
  };
  /** A mask picture's bytes to object ids at the model's resolution, 0 = background. */
  prepareMask: { args: { file: Blob; fit: Fit }; result: Uint8Array; progress: never };
  /** Answers at once, whatever the model is doing. */
  renderScene: { args: SceneRef; result: RenderedScene; progress: never };
  encode: {
    args: {
      input: Pixels;
      seed: number;
      /** Object id per pixel at the input's size, 0 = background. */
      groundTruth: Uint8Array | null;
      /** Slots to draw in place of the model's own number; only for a model that draws its first slots. */
      numSlots?: number | undefined;
    };
    result: Encoding;
    progress: never;
  };
  generate: { args: GenerateArgs; result: Generated; progress: GenerateFrame };
  memory: { args: Record<string, never>; result: MemoryReport; progress: never };
  listWeights: { args: Record<string, never>; result: CachedWeights[]; progress: never };
  deleteWeights: { args: { url: string | null }; result: void; progress: never };
} & SetsProtocol &
  TrainingProtocol &
  ExchangeProtocol &
  InsideProtocol &
  UsageProtocol;

export type RequestName = keyof Protocol;
export type Args<N extends RequestName> = Protocol[N]["args"];
export type Result<N extends RequestName> = Protocol[N]["result"];
export type Progress<N extends RequestName> = Protocol[N]["progress"];

/** Page to worker. */
export type Request =
  | { [N in RequestName]: { type: "request"; id: number; name: N; args: Args<N> } }[RequestName]
  | { type: "cancel"; id: number };

/** Errors cross the border as plain data; `name` is the class. */
export type PlainError = { name: string; message: string; stack: string };

/** Worker to page. */
export type Response =
  | { type: "progress"; id: number; value: unknown }
  | { type: "result"; id: number; value: unknown }
  | { type: "error"; id: number; error: PlainError };
