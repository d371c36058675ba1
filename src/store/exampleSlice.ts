/** Examples that were computed beforehand: fetched before the engine, explored without it, opened with it. */
import { errorText, type StoreContext } from "./context";
import { fetchExample } from "./exampleFiles";
import { exampleIds, type ExampleFacts, type Swap } from "./exampleSchema";
import type { Example, ExampleEntry, ExamplesSlice, ExamplesState } from "./exampleState";
import { recall } from "./remembered";
import { addSample } from "./scenesSlice";
import { findScene } from "./selectors";
import { encoded } from "./shareSlice";
import type { AppState, Scene, SceneId } from "./state";
import { whyNotDraw } from "./whyNotDraw";

/** The longest that the engine waits for the examples. */
export const exampleWaitMs = 5000;

const change = ({ store }: StoreContext, part: Partial<ExamplesState>): void =>
  store.setState(({ examples }) => ({ examples: { ...examples, ...part } }));

function setEntry({ store }: StoreContext, id: string, entry: ExampleEntry): void {
  store.setState(({ examples }) => ({
    examples: { ...examples, entries: { ...examples.entries, [id]: entry } },
  }));
}

/** Fetches an example, unless it is there or on its way. */
async function loadExample(context: StoreContext, id: string): Promise<void> {
  const { status } = context.store.getState().examples.entries[id] ?? { status: "none" };
  if (status === "ready" || status === "loading") return;
  setEntry(context, id, { status: "loading" });
  try {
    const example = await fetchExample(context.services, id);
    setEntry(context, id, { status: "ready", example });
  } catch (error) {
    setEntry(context, id, { status: "failed", message: errorText(error) });
  }
}

/** The one on show first: it is looked at while the others come. */
async function loadAll(context: StoreContext): Promise<void> {
  await loadExample(context, context.store.getState().examples.chosen);
  await Promise.all(exampleIds.map((id) => loadExample(context, id)));
}

async function prepareExamples(context: StoreContext): Promise<void> {
  if (!context.store.getState().examples.isOpen) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, exampleWaitMs)));
  await Promise.race([loadAll(context), late]);
  clearTimeout(timer);
}

function setOpen(context: StoreContext, isOpen: boolean): void {
  if (context.store.getState().examples.isOpen === isOpen) return;
  change(context, { isOpen });
  if (isOpen) void loadAll(context);
}

/** Whether a scene is the sample that an example is made of, with nothing changed. */
const isExampleScene =
  ({ sample, slotSeed }: Pick<ExampleFacts, "sample" | "slotSeed">) =>
  (scene: Scene): boolean =>
    scene.source.kind === "sample" &&
    scene.source.id === sample &&
    scene.slotSeed === slotSeed &&
    scene.numSlots === null &&
    scene.fit === "crop" &&
    scene.isOwnOrder;

/** The untouched scene of a sample, put on the page where it is not there. @returns null where there is no room */
function sceneOf(context: StoreContext, sample: string, slotSeed: number): SceneId | null {
  const isWanted = isExampleScene({ sample, slotSeed });
  const known = context.store.getState().scenes.find(isWanted);
  if (known) return known.id;
  void addSample(context, sample); // on the page before its first wait
  return context.store.getState().scenes.find(isWanted)?.id ?? null;
}

/** The scenes of an example and of the partner that a swap takes from; own first. @returns null where there is no room */
function scenesOf(context: StoreContext, facts: ExampleFacts, swap: Swap): SceneId[] | null {
  const partner = swap.kind === "replaced" ? facts.partners[swap.partner] : undefined;
  const samples = [facts.sample, ...(partner ? [partner.sample] : [])];
  const ids: SceneId[] = [];
  for (const sample of samples) {
    const id = sceneOf(context, sample, facts.slotSeed);
    if (id === null) return null;
    ids.push(id);
  }
  return ids;
}

/** Makes the swap on the page: own slots stand at the places of their numbers. */
function makeSwap({ store }: StoreContext, facts: ExampleFacts, swap: Swap, ids: SceneId[]): void {
  const [own = "", other = ""] = ids;
  if (swap.kind === "own") return;
  const { removeSlot, replaceSlot } = store.getState();
  const position = facts.objects[swap.object] ?? -1;
  if (swap.kind === "without") return removeSlot(own, position);
  const index = facts.partners[swap.partner]?.objects[swap.by] ?? -1;
  replaceSlot(own, position, { sceneId: other, index });
}

async function openFacts(context: StoreContext, facts: ExampleFacts, swap: Swap): Promise<void> {
  const { store } = context;
  const ids = scenesOf(context, facts, swap);
  if (!ids) return; // the visitor has been told
  const [own = ""] = ids;
  setOpen(context, false);
  store.getState().setSettings(facts.settings);
  const { letter = "" } = findScene(store.getState().scenes, own) ?? {};
  store.setState({ newest: own, announcement: `The example is open as scene ${letter}.` });
  await encoded(context, ids, context.loads.controller.signal);
  const { model, notify } = store.getState();
  const isUntouched = findScene(store.getState().scenes, own)?.isOwnOrder ?? false;
  if (model.status !== "ready" || !isUntouched) return;
  if (model.info.hash === facts.model.sha256) makeSwap(context, facts, swap, ids);
  else
    notify(
      "info",
      `The examples were made by ${facts.model.title}; ${model.info.name} sees the scene with other slots.`,
    );
  if (whyNotDraw(store.getState(), own) === null) await store.getState().generate(own);
}

/** The example, once it is there. */
export function readyExample({ entries }: ExamplesState, id: string): Example | null {
  const entry = entries[id];
  return entry?.status === "ready" ? entry.example : null;
}

/** Whether the line is free for pictures that can wait: the example on show has come, or is not waited for. */
export const isLineFree = ({ examples, scenes }: AppState): boolean =>
  !examples.isOpen ||
  scenes.length > 0 ||
  ["ready", "failed"].includes(examples.entries[examples.chosen]?.status ?? "");

/** The examples' state and actions. */
export function createExampleSlice(context: StoreContext): ExamplesSlice {
  const { services, store } = context;
  const isFirstVisit = recall(services.storage, "model") === null;
  return {
    examples: { isOpen: isFirstVisit, chosen: exampleIds[0] ?? "", entries: {} },
    prepareExamples: () => prepareExamples(context),
    setExamplesOpen: (isOpen) => setOpen(context, isOpen),
    showExample: (chosen) => change(context, { chosen }),
    openExample: async (id, swap) => {
      const example = readyExample(store.getState().examples, id);
      if (example) await openFacts(context, example.facts, swap);
    },
  };
}
