/** Every value and action of the page's store: plain data and ImageBitmaps only, no tensor, no DOM node. */
import type {
  BackendName,
  CachedWeights,
  DeviceInfo,
  Encoding,
  Fit,
  LoadProgress,
  ModelInfo,
  Pixels,
  SceneKind,
  SceneObject,
  SceneRef,
} from "../engine/protocol";
import type { ModelRef } from "../engine/protocol/training";
import type { CommandSlice, OfflineSlice } from "./commandState";
import type { CompositionSlice, Drawn, GenerationSlice, PlacedSlot } from "./compositionState";
import type { ExamplesSlice } from "./exampleState";
import type { InsideSlice } from "./insideState";
import type { KeepSlice } from "./keepState";
import type { LiveSlice } from "./liveState";
import type { MeasureSlice } from "./measureState";
import type { ModelCardSlice, ModelFacts } from "./modelCardState";
import type { SpaceSlice } from "./spaceState";
import type { TourSlice } from "./tourState";
import type { PageName, TrainingSlices } from "./trainingState";
import type { UsageSlice } from "./usageState";

export type {
  Blend,
  ComposedSlot,
  CompositionSlice,
  Difference,
  Drawn,
  GenerateSettings,
  GenerationSlice,
  PlacedSlot,
  VariantsState,
} from "./compositionState";

export type SceneId = string;

/** A slot as an encoder made it: the index-th slot of a scene. */
export type SlotRef = { sceneId: SceneId; index: number };

export type SceneSource =
  | { kind: "sample"; id: string }
  | { kind: "upload"; name: string }
  /** A picture that came with a link. */
  | { kind: "link"; name: string }
  /** Rendered here, and again from these three values wherever it is needed. */
  | { kind: "generated"; scene: SceneRef };

/** A picture on its way to slots. */
export type SceneEncoding =
  | { status: "preparing" }
  | { status: "waiting"; input: Pixels; display: ImageBitmap } // for a model or for the queue
  | { status: "encoding"; input: Pixels; display: ImageBitmap }
  | { status: "ready"; input: Pixels; display: ImageBitmap; result: Encoding }
  | { status: "failed"; message: string };

/** The picture that the model makes of the placed slots. */
export type SceneRender =
  | { status: "none" }
  | { status: "queued" }
  | { status: "running"; step: number; totalSteps: number; preview: Pixels }
  | ({ status: "done" } & Drawn)
  | { status: "failed"; message: string };

export type Scene = {
  id: SceneId;
  /** The first of A, B, C ... that was free on arrival; names its slots: "slot 3 of scene B". */
  letter: string;
  title: string;
  source: SceneSource;
  fit: Fit;
  /** Seed of the initial slots where the model draws them. */
  slotSeed: number;
  /** Slots to draw where the model draws them; null is the model's own number. */
  numSlots: number | null;
  /** Object id per pixel of the model's input, 0 = background. */
  groundTruth: Uint8Array | null;
  /** What the ids are, where that is known. */
  objects: SceneObject[];
  encoding: SceneEncoding;
  placed: PlacedSlot[];
  /** `placed` is the scene's own slots in their order, and a new encoding fills it again. */
  isOwnOrder: boolean;
  render: SceneRender;
};

export type SampleScene = { id: string; url: string; maskUrl: string };

export type ModelChoice = {
  id: string;
  title: string;
  bytes: number;
  /** SHA-256 of the weights, hex. */
  hash: string;
  description: string;
  /** The kind of scenes that it was trained on. */
  scenes: SceneKind;
} & ModelFacts;

/** A model trained in this browser, as the picker offers it; `id` is its run's. */
export type OwnChoice = Pick<ModelChoice, "id" | "title" | "bytes" | "description">;

/** Where the generated scenes have got to: the next one, and whether the visitor chose their kind. */
export type Series = SceneRef & { isKindChosen: boolean };

export type ScenesSlice = {
  /** Scenes that come with the page. */
  samples: SampleScene[];
  scenes: Scene[];
  /** The scene that the visitor added last, to be brought into view. */
  newest: SceneId | null;
  addSample: (id: string) => Promise<void>;
  /** Files dropped, pasted, picked or taken with the camera; each becomes a scene or a message. */
  addFiles: (files: Iterable<Blob>) => Promise<void>;
  removeScene: (id: SceneId) => void;
  retryScene: (id: SceneId) => Promise<void>;
  setFit: (id: SceneId, fit: Fit) => Promise<void>;
  setSlotSeed: (id: SceneId, seed: number) => Promise<void>;
  setNumSlots: (id: SceneId, numSlots: number | null) => Promise<void>;
  /** Encodes every scene again, e.g. for a new model. */
  encodeAll: () => Promise<void>;
};

export type SeriesSlice = {
  series: Series;
  /** Adds the next generated scene. */
  drawScene: () => Promise<void>;
  /** Another kind or seed; begins at its first scene. */
  setSeries: (change: Partial<Pick<SceneRef, "kind" | "seed">>) => void;
};

export type DeviceState =
  | { status: "starting" }
  | { status: "ready"; info: DeviceInfo }
  | { status: "failed"; message: string };

export type ModelState =
  | { status: "none" }
  | { status: "loading"; title: string; progress: LoadProgress | null }
  | { status: "ready"; info: ModelInfo }
  | { status: "failed"; title: string; message: string };

export type ModelSlice = {
  device: DeviceState;
  model: ModelState;
  /** Where the weights of the model in use are; null for none. */
  inUse: ModelRef | null;
  choices: ModelChoice[];
  cachedWeights: CachedWeights[];
  /** Starts the engine on the best backend (or the remembered one) and loads the first model. */
  start: () => Promise<void>;
  switchBackend: (name: BackendName) => Promise<void>;
  loadBundled: (id: string) => Promise<void>;
  /** Without a config the checkpoint is looked at first, and `inspection` may ask before it is loaded. */
  loadFiles: (weights: File, config: File | null) => Promise<void>;
  cancelLoading: () => void;
  refreshWeights: () => Promise<void>;
  deleteWeights: (url: string | null) => Promise<void>;
};

export type Theme = "system" | "light" | "dark";
export type Notice = { id: number; tone: "info" | "error"; text: string };

export type ViewSlice = {
  /** Remembered between visits; a link to an experiment opens "play". */
  page: PageName;
  overlay: {
    opacity: number;
    hasFill: boolean;
    hasOutlines: boolean;
    /** True masks beside the found ones, where they are known. */
    hasTruth: boolean;
  };
  /** The slot under the pointer or focus, lit in its picture and tray. */
  hovered: SlotRef | null;
  /** The only slot shown of its scene. */
  solo: SlotRef | null;
  theme: Theme;
  notices: Notice[];
  /** What a screen reader is told last. */
  announcement: string;
  setPage: (page: PageName) => void;
  setOverlay: (overlay: Partial<ViewSlice["overlay"]>) => void;
  setHovered: (slot: SlotRef | null) => void;
  toggleSolo: (slot: SlotRef) => void;
  setTheme: (theme: Theme) => void;
  notify: (tone: Notice["tone"], text: string) => void;
  dismiss: (id: number) => void;
};

export type LinkState =
  | { status: "none" }
  | { status: "copied"; url: string }
  /** The clipboard is closed to the page: the link is shown to be copied by hand. */
  | { status: "shown"; url: string };

export type ShareSlice = {
  link: LinkState;
  copyLink: () => Promise<void>;
  /** Replays the experiment of a URL hash; asks nothing when the page is untouched. */
  openLink: (hash: string) => Promise<void>;
  /** Takes the shown or copied link away again. */
  dismissLink: () => void;
};

export type AppState = ScenesSlice &
  SeriesSlice &
  CompositionSlice &
  GenerationSlice &
  ModelSlice &
  ViewSlice &
  ShareSlice &
  SpaceSlice &
  InsideSlice &
  MeasureSlice &
  LiveSlice &
  KeepSlice &
  ModelCardSlice &
  TourSlice &
  ExamplesSlice &
  UsageSlice &
  CommandSlice &
  OfflineSlice &
  TrainingSlices;
