/** From a scene's picture to its slots: prepare, wait for the model, encode one after another. */
import type { Encoding, Pixels } from "../engine/protocol";
import {
  cancelled,
  engineOf,
  errorText,
  patchScene,
  type Prepare,
  type StoreContext,
} from "./context";
import type { EncodeJob } from "./context";
import { outdateRenders } from "./generateJobs";
import { fitList, settleScenes } from "./placement";
import { isOwnPicture } from "./sceneNames";
import { findScene } from "./selectors";
import type { ModelState, Scene, SceneId } from "./state";

/** What a scene says that cannot be encoded. */
export const noModelText = "No model is loaded. Choose one at the top of the page.";

/** Keeps how a scene's picture is made. */
export function admitScene(
  { encodeJobs, loads }: StoreContext,
  id: SceneId,
  prepare: Prepare,
  original: Blob | null = null,
): void {
  encodeJobs.set(id, {
    prepare,
    controller: new AbortController(),
    load: loads.number,
    hasEncoded: false,
    original,
    drawnFrom: null,
  });
}

/** Lets go of a scene's larger picture, which no collector of garbage counts. Canvases leave a closed one out. */
export function releasePicture({ encoding }: Scene): void {
  if ("display" in encoding) encoding.display.close();
}

/** Ends a scene's job; its scene stays as it is. */
export const cancelEncode = ({ encodeJobs }: StoreContext, id: SceneId): void =>
  encodeJobs.get(id)?.controller.abort(cancelled);

function renewJob(context: StoreContext, job: EncodeJob): AbortSignal {
  job.controller.abort(cancelled);
  job.controller = new AbortController();
  job.load = context.loads.number;
  return job.controller.signal;
}

/** Prepares and encodes a scene; a newer call for the scene ends this one. */
export async function encodeScene(context: StoreContext, id: SceneId): Promise<void> {
  const job = context.encodeJobs.get(id);
  const { device, model } = context.store.getState();
  if (!job) return;
  const signal = renewJob(context, job);
  const before = findScene(context.store.getState().scenes, id);
  patchScene(context, id, { encoding: { status: "preparing" } });
  if (before) releasePicture(before);
  if (model.status !== "loading" && model.status !== "ready") {
    const message = device.status === "failed" ? device.message : noModelText;
    if (device.status !== "starting") patchFailed(context, id, message);
    return; // beginning a load comes back to the scene
  }
  try {
    await prepareScene(context, id, job, signal);
    if (isOutgrown(context, id)) await prepareScene(context, id, job, signal);
    await encodePrepared(context, id);
  } catch (error) {
    if (!signal.aborted) failScene(context, id, error);
  }
}

const fitsModel = ({ width, height }: Pixels, model: ModelState): boolean =>
  model.status === "ready" &&
  model.info.resolution[0] === height &&
  model.info.resolution[1] === width;

/** Whether a scene was prepared before its model came, at another size. */
function isOutgrown({ store }: StoreContext, id: SceneId): boolean {
  const { scenes, model } = store.getState();
  const encoding = findScene(scenes, id)?.encoding;
  return (
    model.status === "ready" && encoding?.status === "waiting" && !fitsModel(encoding.input, model)
  );
}

const patchFailed = (context: StoreContext, id: SceneId, message: string): void =>
  patchScene(context, id, { encoding: { status: "failed", message } });

async function prepareScene(
  context: StoreContext,
  id: SceneId,
  { prepare }: EncodeJob,
  signal: AbortSignal,
): Promise<void> {
  const scene = findScene(context.store.getState().scenes, id);
  if (signal.aborted || !scene) return;
  const { input, display, ...known } = await prepare(scene.fit, signal);
  if (signal.aborted) return;
  patchScene(context, id, { encoding: { status: "waiting", input, display }, ...known });
}

/** Encodes a scene that waits, in its turn; without a model it goes on waiting. */
async function encodePrepared(context: StoreContext, id: SceneId): Promise<void> {
  const signal = context.encodeJobs.get(id)?.controller.signal;
  if (!signal || signal.aborted) return;
  const mine = context.encodeTurn.then(() => encodeNow(context, id, signal));
  context.encodeTurn = mine.catch(() => undefined); // who waits for this turn hears of its own errors only
  await mine;
}

async function encodeNow(context: StoreContext, id: SceneId, signal: AbortSignal): Promise<void> {
  const { model, scenes } = context.store.getState();
  const scene = findScene(scenes, id);
  if (signal.aborted || model.status !== "ready" || scene?.encoding.status !== "waiting") return;
  const { input, display } = scene.encoding;
  patchScene(context, id, { encoding: { status: "encoding", input, display } });
  const result = await engineOf(context).call(
    "encode",
    {
      input,
      seed: scene.slotSeed,
      groundTruth: scene.groundTruth,
      // A model that learned each of its slots has no others.
      numSlots: model.info.initKind === "gaussian" ? (scene.numSlots ?? undefined) : undefined,
    },
    { signal },
  );
  if (!signal.aborted) finishEncoding(context, id, result);
}

/** What a scene's slots are made from, as text that can be compared: the model's hash and all that it takes. */
export const encodedFrom = (hash: string, { fit, slotSeed, numSlots }: Scene): string =>
  [hash, fit, slotSeed, numSlots].join(" ");

/** Whether a scene's slots are now those that kept pictures were drawn from. */
function areSlotsKept({ encodeJobs, store }: StoreContext, id: SceneId): boolean {
  const { model, scenes } = store.getState();
  const scene = findScene(scenes, id);
  const job = encodeJobs.get(id);
  if (!job || !scene || model.status !== "ready") return false;
  const isKept = job.drawnFrom === encodedFrom(model.info.hash, scene);
  job.drawnFrom = null;
  return isKept;
}

function finishEncoding(context: StoreContext, id: SceneId, result: Encoding): void {
  const isKept = areSlotsKept(context, id);
  if (!isKept) outdateRenders(context, id);
  const { scenes } = context.store.getState();
  const job = context.encodeJobs.get(id);
  const scene = findScene(scenes, id);
  if (!job || scene?.encoding.status !== "encoding") return;
  job.hasEncoded = true;
  const { input, display } = scene.encoding;
  const ready: Scene = { ...scene, encoding: { status: "ready", input, display, result } };
  const encoded = scenes.map((other) => (other.id === id ? ready : other));
  context.store.setState({
    scenes: isKept ? encoded.map((other) => fitList(other, encoded)) : settleScenes(encoded, id),
    announcement: `Scene ${scene.letter} is ready: ${result.numSlots} slots.`,
  });
}

/** A file that is no picture leaves no scene behind; any other failure can be tried again. */
function failScene(context: StoreContext, id: SceneId, error: unknown): void {
  const { scenes, model } = context.store.getState();
  const scene = findScene(scenes, id);
  if (!scene) return;
  const isBadFile =
    error instanceof Error &&
    error.name === "InputError" &&
    model.status === "ready" && // before, the same error says that there is no model
    isOwnPicture(scene.source) &&
    !context.encodeJobs.get(id)?.hasEncoded;
  if (!isBadFile) return patchFailed(context, id, errorText(error));
  context.encodeJobs.delete(id);
  const rest = scenes.filter((other) => other !== scene);
  context.store.setState({ scenes: rest.map((other) => fitList(other, rest)) });
  context.store.getState().notify("error", `${scene.title}: ${error.message}`);
}

/** Encodes the prepared picture again, e.g. for another seed; one not yet prepared starts over. */
export async function encodeAgain(context: StoreContext, id: SceneId): Promise<void> {
  const job = context.encodeJobs.get(id);
  const { scenes, model } = context.store.getState();
  const scene = findScene(scenes, id);
  if (!job || !scene) return;
  // The input of a scene that waited while a model loaded may not be of that model's size.
  const isPrepared = "input" in scene.encoding && fitsModel(scene.encoding.input, model);
  if (!isPrepared || !("input" in scene.encoding)) return encodeScene(context, id);
  const signal = renewJob(context, job);
  const { input, display } = scene.encoding;
  patchScene(context, id, { encoding: { status: "waiting", input, display } });
  try {
    await encodePrepared(context, id);
  } catch (error) {
    if (!signal.aborted) failScene(context, id, error);
  }
}

/** Encodes every scene from its files. */
export async function encodeScenes(
  context: StoreContext,
  isChosen: (scene: Scene) => boolean = () => true,
): Promise<void> {
  const chosen = context.store.getState().scenes.filter(isChosen);
  await Promise.all(chosen.map(({ id }) => encodeScene(context, id)));
}

/** Whether a scene's slots are those of the model in use. */
export const isCurrent = ({ encodeJobs, loads }: StoreContext, { id, encoding }: Scene): boolean =>
  encoding.status === "ready" && (encodeJobs.get(id)?.load ?? -1) >= (loads.current?.number ?? 0);

/** Goes on with the scenes whose slots are missing or another model's. */
export const encodeOutdated = (context: StoreContext): Promise<void> =>
  encodeScenes(context, (scene) => !isCurrent(context, scene));

/** Encodes for a model that has just arrived; scenes prepared behind its load only wait for this. */
export async function encodeForNewModel(context: StoreContext): Promise<void> {
  const { encodeJobs, loads, store } = context;
  const isBehindLoad = ({ id }: Scene): boolean =>
    encodeJobs.get(id)?.load === loads.number && !encodeJobs.get(id)?.controller.signal.aborted;
  const { scenes } = store.getState();
  const waiting = scenes.filter(
    (scene) => isBehindLoad(scene) && scene.encoding.status === "waiting",
  );
  await Promise.all([
    ...waiting.map(({ id }) => encodeAgain(context, id)),
    encodeScenes(context, (scene) => !isBehindLoad(scene)),
  ]);
}

/** Ends every job; scenes without slots say `message`, or go on looking busy where it is null. */
export function stopEncoding(context: StoreContext, message: string | null): void {
  for (const { id, encoding } of context.store.getState().scenes) {
    cancelEncode(context, id);
    if (message !== null && encoding.status !== "ready") patchFailed(context, id, message);
  }
}
