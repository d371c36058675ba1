/** For tests: a store over a fake engine and a fake world, both in the test's hands. */
import type { StoreApi } from "zustand/vanilla";

import type { Engine } from "../engine/client";
import type {
  Args,
  Encoding,
  GenerateArgs,
  Generated,
  GenerateFrame,
  ModelInfo,
  Pixels,
  Progress,
  RequestName,
  Result,
} from "../engine/protocol";
import { InputError } from "../errors";
import { createAppStore } from "./createStore";
import type { Services } from "./services";
import type { AppState, Scene } from "./state";

/** One call of the engine; a held one waits for `answer` or `fail`. */
export type FakeCall<N extends RequestName = RequestName> = {
  name: N;
  args: Args<N>;
  signal: AbortSignal | undefined;
  progress: (value: Progress<N>) => void;
  answer: (value: Result<N>) => void;
  fail: (error: Error) => void;
};

/** An engine and all that was asked of it. */
export type FakeEngine = {
  engine: Engine;
  calls: FakeCall[];
  isDisposed: boolean;
};

type Answers = { [N in RequestName]: (args: Args<N>) => Result<N> | Promise<Result<N>> };

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

const answers: Answers = {
  start: ({ backend }) => ({
    backend: backend ?? "webgpu",
    description: "fake",
    threads: 1,
    isIsolated: false,
    probes: [],
  }),
  loadModel: ({ source }) =>
    modelInfo(source.kind === "bundled" ? source.id : `file-${source.weights.name}`),
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
  listWeights: () => [],
  deleteWeights: () => undefined,
};

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

/** An engine that answers at once, but for the requests whose names are in `held`. */
function createFakeEngine(
  { held, deaf }: Pick<TestPage, "held" | "deaf">,
  own: Partial<Answers>,
): FakeEngine {
  const calls: FakeCall[] = [];
  const call: Engine["call"] = <N extends RequestName>(
    name: N,
    args: Args<N>,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (v: Progress<N>) => void } = {},
  ) =>
    new Promise<Result<N>>((answer, fail) => {
      if (signal?.aborted) return fail(new DOMException("Cancelled.", "AbortError"));
      const progress = (value: Progress<N>): void => onProgress?.(value);
      // A list of calls of every name; callsOf gives each its own type back.
      calls.push({ name, args, signal, progress, answer, fail });
      signal?.addEventListener("abort", () => {
        if (!deaf.has(name)) fail(new DOMException("Cancelled.", "AbortError"));
      });
      const handle: Answers[N] = own[name] ?? answers[name];
      if (!held.has(name)) void Promise.resolve(args).then(handle).then(answer, fail);
    });
  const fake: FakeEngine = {
    engine: {
      call,
      generate: (args, signal) => streamOf(call, args, signal),
      dispose: () => void (fake.isDisposed = true),
    },
    calls,
    isDisposed: false,
  };
  return fake;
}

/** Frames in order, each of them, then the picture. */
async function* streamOf(
  call: Engine["call"],
  args: GenerateArgs,
  signal?: AbortSignal,
): AsyncGenerator<GenerateFrame, Generated> {
  const frames: GenerateFrame[] = [];
  let wake = (): void => undefined;
  const picture = call("generate", args, {
    signal,
    onProgress: (frame) => (frames.push(frame), wake()),
  });
  const ended = picture.then(
    () => true,
    () => true,
  );
  for (let isEnded = false; !isEnded;) {
    isEnded = await Promise.race([ended, new Promise<false>((go) => (wake = () => go(false)))]);
    for (let frame = frames.shift(); frame; frame = frames.shift()) yield frame;
  }
  return picture;
}

/** A store and the strings to pull on the world around it. */
export type TestPage = {
  store: StoreApi<AppState>;
  state: () => AppState;
  /** The scene of a letter; throws where there is none. */
  scene: (letter: string) => Scene;
  engines: FakeEngine[];
  /** Requests of a name that the newest engine got. */
  callsOf: <N extends RequestName>(name: N) => FakeCall<N>[];
  /** Requests that wait for the test to answer. */
  held: Set<RequestName>;
  /** Requests that do not hear they are cancelled, and answer late. */
  deaf: Set<RequestName>;
  clipboard: string[];
  address: () => string;
  kept: Map<string, string>;
};

type Setup = {
  url?: string;
  answers?: Partial<Answers>;
  services?: Partial<Services>;
  held?: RequestName[];
  kept?: Record<string, string>;
};

const textOf = (url: string): string => url.replaceAll(/\D/g, "");

function createServices(page: Omit<TestPage, "store" | "state" | "scene">, setup: Setup): Services {
  let url = setup.url ?? "https://example.org/play/";
  page.address = () => url;
  return {
    engine: () => {
      const fake = createFakeEngine(page, setup.answers ?? {});
      page.engines.push(fake);
      return fake.engine;
    },
    fetchBytes: (path) => Promise.resolve(new Blob([textOf(path)])),
    encodePng: ({ data }) => Promise.resolve(new Blob([String(data[0])])),
    writeClipboard: (text) => Promise.resolve(void page.clipboard.push(text)),
    pageUrl: () => url,
    replaceUrl: (next) => void (url = next),
    storage: {
      getItem: (key) => page.kept.get(key) ?? null,
      setItem: (key, value) => void page.kept.set(key, value),
    },
    samples: ["00", "01", "03"].map((id) => ({ id, url: `${id}.png`, maskUrl: `mask/${id}.png` })),
    models: ["small", "large"].map((id) => ({
      id,
      title: `The ${id} one`,
      bytes: 40,
      hash: hashOf("a"),
      description: "",
      scenes: "clevr",
    })),
    ...setup.services,
  };
}

/** A page that has not been started. */
export function createTestPage(setup: Setup = {}): TestPage {
  const engines: FakeEngine[] = [];
  const page = {
    engines,
    callsOf: <N extends RequestName>(name: N) =>
      (engines.at(-1)?.calls ?? []).filter(
        (call) => call.name === name,
      ) as unknown as FakeCall<N>[],
    held: new Set(setup.held),
    deaf: new Set<RequestName>(),
    clipboard: [],
    address: () => "",
    kept: new Map(Object.entries(setup.kept ?? {})),
  };
  const store = createAppStore(createServices(page, setup));
  const scene = (letter: string): Scene => {
    const found = store.getState().scenes.find((one) => one.letter === letter);
    if (!found) throw new Error(`There is no scene ${letter}.`);
    return found;
  };
  return Object.assign(page, { store, state: store.getState, scene });
}

/** A page with a model and pictures of values 1, 2 ... as scenes A, B ..., all encoded. */
export async function createReadyPage(numScenes: number, setup: Setup = {}): Promise<TestPage> {
  const noSamples = { services: { samples: [], ...setup.services } };
  const page = createTestPage({ ...setup, ...noSamples });
  await page.state().start();
  await page.state().addFiles(Array.from({ length: numScenes }, (_, k) => pictureFile(k + 1)));
  return page;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets everything run that does not wait for the test, for a timer or for another thread. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await nextTurn();
}

/** Waits for what another thread has a part in, such as inflating a link; gives up after five seconds. */
export async function eventually(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error("It has not become so within five seconds.");
    await nextTurn();
  }
  await settle();
}

/** The slots of a scene as text: "A0 B2". */
export function slotsOf({ scene, state }: TestPage, letter: string): string {
  const letterOf = (id: string): string =>
    state().scenes.find((one) => one.id === id)?.letter ?? "?";
  return scene(letter)
    .placed.map(({ sceneId, index }) => `${letterOf(sceneId)}${index}`)
    .join(" ");
}
