/** For tests: a store over a fake engine and a fake world, both in the test's hands. */
import type { StoreApi } from "zustand/vanilla";

import type { Pixels, RequestName } from "../engine/protocol";
import { InputError } from "../errors";
import { createAppStore } from "./createStore";
import { modelChoice, pictureFile, pixels, plainAnswers } from "./fakeAnswers";
import { insideAnswers } from "./fakeInside";
import { type Answers, createFakeEngine, type FakeCall, type FakeEngine } from "./fakeEngine";
import { createFakeBrowser, type FakeBrowser, keptAnswers } from "./fakeKept";
import type { Services } from "./services";
import { createFakeSpaceWorker } from "./spaceFakes";
import type { AppState, Scene } from "./state";

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
  /** What is kept of sets and runs; another page may look at the same. */
  browser: FakeBrowser;
  /** Files handed to the browser's downloads, by name. */
  saved: string[];
  /** How often the browser was asked to keep what the page stores. */
  persistCalls: number;
  /** Hides the page. */
  hide: () => void;
};

type Setup = {
  url?: string;
  answers?: Partial<Answers>;
  services?: Partial<Services>;
  held?: RequestName[];
  kept?: Record<string, string>;
  browser?: FakeBrowser;
};

/** A video whose text is a number has so many frames; any other is no video. */
async function* fakeVideo(
  file: Blob,
  { maxFrames }: { maxFrames: number },
): AsyncGenerator<Pixels> {
  const numFrames = Number(await file.text());
  if (Number.isNaN(numFrames)) throw new InputError("video: expected one, got text.");
  for (let i = 0; i < Math.min(maxFrames, numFrames); i++) yield pixels(i);
}

const textOf = (url: string): string => url.replaceAll(/\D/g, "");

function createServices(page: Omit<TestPage, "store" | "state" | "scene">, setup: Setup): Services {
  let url = setup.url ?? "https://example.org/play/";
  const listeners = new Set<() => void>();
  page.address = () => url;
  page.hide = () => listeners.forEach((listener) => listener());
  return {
    engine: () => {
      const answers = {
        ...plainAnswers,
        ...insideAnswers,
        ...keptAnswers(page.browser),
        ...setup.answers,
      };
      const fake = createFakeEngine(page, answers);
      page.engines.push(fake);
      return fake.engine;
    },
    spaceWorker: createFakeSpaceWorker,
    fetchBytes: (path) => Promise.resolve(new Blob([textOf(path)])),
    decodeBitmap: () => Promise.reject(new Error("This page has no pictures.")),
    readBitmap: () => pixels(0),
    decodeVideo: fakeVideo,
    saveFile: (name) => void page.saved.push(name),
    persistStorage: () => void page.persistCalls++,
    onHidden: (callback) => {
      listeners.add(callback);
      return () => void listeners.delete(callback);
    },
    now: () => performance.now(),
    encodePng: ({ data }) => Promise.resolve(new Blob([String(data[0])])),
    writeClipboard: (text) => Promise.resolve(void page.clipboard.push(text)),
    pageUrl: () => url,
    replaceUrl: (next) => void (url = next),
    storage: {
      getItem: (key) => page.kept.get(key) ?? null,
      setItem: (key, value) => void page.kept.set(key, value),
    },
    keptWork: null,
    chooseFiles: () => Promise.resolve([]),
    offline: null,
    samples: ["00", "01", "03"].map((id) => ({ id, url: `${id}.png`, maskUrl: `mask/${id}.png` })),
    models: ["small", "large"].map((id) => modelChoice(id)),
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
    browser: setup.browser ?? createFakeBrowser(),
    saved: [],
    persistCalls: 0,
    hide: () => undefined,
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
