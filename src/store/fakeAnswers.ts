/** For tests: what the fake engine says of pictures and models. */
import type {
  Encoding,
  Generated,
  GenerateFrame,
  ModelInfo,
  ModelSource,
  Pixels,
} from "../engine/protocol";
import type { RecognizedModel } from "../engine/protocol/exchange";
import type { InsideProtocol } from "../engine/protocol/inside";
import type { EvaluationTable, ModelRef } from "../engine/protocol/training";
import { InputError } from "../errors";
import type { Answers } from "./fakeEngine";
import type { KeptAnswers } from "./fakeKept";
import type { ModelChoice } from "./state";

type PlainAnswers = Omit<Answers, keyof KeptAnswers | keyof InsideProtocol>;

/** Slots that the fake model makes of a picture. */
export const numSlots = 3;
/** A weight file's hash, of one digit. */
export const hashOf = (digit: string): string => digit.repeat(64);

/** A picture of one pixel, red = value. */
export const pixels = (value: number): Pixels => ({
  width: 1,
  height: 1,
  data: new Uint8ClampedArray([value, 0, 0, 255]),
});

/** What the fake engine says of a model. */
export const modelInfo = (id: string, change: Partial<ModelInfo> = {}): ModelInfo => ({
  id,
  name: `Model ${id}`,
  hash: hashOf("a"),
  resolution: [1, 1],
  numSlots,
  slotSize: 2,
  numIterations: 1,
  parameterCount: 10,
  weightBytes: 40,
  fromCache: false,
  initKind: "learned",
  predTarget: "x0",
  ...change,
});

/** A model that comes with the page. */
export const modelChoice = (id: string, change: Partial<ModelChoice> = {}): ModelChoice => ({
  id,
  title: `The ${id} one`,
  bytes: 40,
  hash: hashOf("a"),
  description: "",
  scenes: "clevr",
  resolution: [1, 1],
  numSlots,
  license: "MIT",
  card: `models/${id}/card.md`,
  metrics: [],
  ...change,
});

/** Slot k of a picture of value v is [v, k]. */
export const encodingOf = (value: number, K = numSlots): Encoding => ({
  numSlots: K,
  slotSize: 2,
  slots: Float32Array.from({ length: 2 * K }, (_, i) => (i % 2 === 0 ? value : (i - 1) / 2)),
  attn: new Float32Array(K),
  attnSize: [1, 1],
  segmentation: new Uint8Array(1),
  scores: null,
  matches: null,
  elapsedMs: 1,
});

/** A file whose text is a number is a picture of that value; any other is no picture. */
export const pictureFile = (value: number, name = `picture${value}.png`): File =>
  new File([String(value)], name);

const display: ImageBitmap = { width: 1, height: 1, close: () => undefined };

/** A finished picture of a value. */
export const generatedOf = (value: number): Generated => ({
  image: pixels(value),
  elapsedMs: 20,
  msPerStep: 1,
  decodeMs: 1,
});

/** A frame on the way to a picture of 20 steps. */
export const frameOf = (step: number): GenerateFrame => ({
  step,
  totalSteps: 20,
  preview: pixels(step),
});

/** A checkpoint that was recognised without a doubt. */
export const recognized = (change: Partial<RecognizedModel> = {}): RecognizedModel => ({
  config: "{}",
  title: "A small model",
  parameterCount: 10,
  assumptions: [],
  missingDino: null,
  memory: { weightBytes: 40, peakBytes: 80, refusal: "" },
  ...change,
});

/** A table without numbers. */
export const tableOf = (models: ModelRef[]): EvaluationTable => ({
  protocol: "",
  numPictures: 4,
  numWithTruth: 4,
  models: models.map((model) => ({
    model,
    title: model.id,
    metrics: {},
    numSlots,
    pictures: [],
  })),
});

const idOf = (source: ModelSource): string =>
  source.kind === "file" ? `file-${source.weights.name}` : source.id;

/** Answers that keep nothing: of the device, models and pictures. */
export const plainAnswers: PlainAnswers = {
  start: ({ backend }) => ({
    backend: backend ?? "webgpu",
    description: "fake",
    threads: 1,
    isIsolated: false,
    probes: [],
  }),
  loadModel: ({ source }) => modelInfo(idOf(source)),
  prepareImage: async ({ file }) => {
    const value = Number(await file.text());
    if (Number.isNaN(value)) throw new InputError("image: expected a picture, got text.");
    return { input: pixels(value), display };
  },
  renderScene: ({ index }) => ({
    pixels: pixels(100 + index),
    display,
    ids: new Uint8Array([index]),
    objects: [],
  }),
  prepareMask: async ({ file }) => new Uint8Array([Number(await file.text())]),
  encode: ({ input }) => encodingOf(input.data[0] ?? 0),
  generate: ({ seed }) => generatedOf(seed),
  memory: () => ({ numTensors: 1, tensorBytes: 4, gpuBytes: null }),
  usage: () => ({
    details: { kind: "wasm", hasSimd: true, threads: 1 },
    cores: 2,
    memory: { numTensors: 1, tensorBytes: 4, gpuBytes: null, peakTensors: 2, peakTensorBytes: 8 },
    stages: [],
    storage: { isLasting: true, isPersisted: null },
  }),
  listWeights: () => [],
  deleteWeights: () => undefined,
  inspectCheckpoint: () => recognized(),
  exportModel: ({ format }) => [{ name: `model.${format}`, file: new Blob(["weights"]) }],
  evaluate: ({ models }) => tableOf(models),
  checkFirstStage: () => ({
    psnr: { mean: 30, standardError: 0.1 },
    numPictures: 4,
    pictures: [],
  }),
};
