/** Pictures on their way into a set: files read by the engine, videos decoded in the page, generated scenes. */
import type { Fit, Pixels, SceneRef } from "../engine/protocol";
import type { Added, AddProgress, PictureSet } from "../engine/protocol/sets";
import { InputError, isAbort } from "../errors";
import { beginJob, engineOf, errorText, report, type StoreContext } from "./context";
import { createNewsBatch } from "./newsBatch";
import { fileTitle } from "./sceneNames";
import { chosenSetOf, putSet, roomIn } from "./sets";

/** Frames taken of one video at most, and handed to the engine at once. */
const framesPerVideo = 256;
const framesAtOnce = 16;
/** Bytes of frames that wait to be handed over. */
const frameBytes = 32 * 2 ** 20;

/** What adding one part of a set's pictures needs. */
type Adding = {
  setId: string;
  fit: Fit;
  signal: AbortSignal;
  onProgress: (progress: AddProgress) => void;
};
/** Adds a part of what was given; reports what became of it as it goes. */
type Part = (adding: Adding, took: (added: Added) => void) => Promise<void>;

const isVideo = ({ name, type }: File): boolean =>
  type.startsWith("video/") || /\.(mp4|m4v|webm|mov|ogv)$/i.test(name);

const pathOf = (file: File): string => file.webkitRelativePath || file.name;

/** What a set made for some files is called: their folder, the archive, or simply pictures. */
export function setNameFor(files: readonly File[]): string {
  const [first] = files;
  const [folder = "", ...rest] = first ? pathOf(first).split("/") : [];
  if (rest.length > 0 && folder !== "") return folder;
  return first && files.length === 1 ? fileTitle(first) : "My pictures";
}

/** What became of two parts, as one. */
const joinAdded = (before: Added | null, next: Added): Added => ({
  set: next.set,
  added: (before?.added ?? 0) + next.added,
  duplicates: (before?.duplicates ?? 0) + next.duplicates,
  skipped: [before?.skipped, next.skipped].filter(Boolean).join("\n"),
});

const filesPart =
  (context: StoreContext, files: File[]): Part =>
  async ({ setId, fit, signal, onProgress }, took) => {
    const named = files.map((file) => ({ path: pathOf(file), file }));
    const options = { signal, onAbort: "wait", onProgress } as const;
    took(await engineOf(context).call("addFiles", { setId, files: named, fit }, options));
  };

/** Frames in batches that a page's memory takes. */
async function* inBatches(frames: AsyncIterable<Pixels>): AsyncGenerator<Pixels[]> {
  let batch: Pixels[] = [];
  let bytes = 0;
  for await (const frame of frames) {
    batch.push(frame);
    bytes += frame.data.length;
    if (batch.length < framesAtOnce && bytes < frameBytes) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

const videoPart =
  (context: StoreContext, video: File): Part =>
  async ({ setId, fit, signal, onProgress }, took) => {
    const set = context.store.getState().sets.find(({ id }) => id === setId);
    const maxFrames = Math.min(framesPerVideo, set ? roomIn(set) : framesPerVideo);
    if (maxFrames <= 0) throw new InputError(`set: “${set?.name}” is full. Remove pictures first.`);
    let done = 0;
    const frames = context.services.decodeVideo(video, { maxFrames, signal });
    for await (const batch of inBatches(frames)) {
      signal.throwIfAborted();
      const number = (i: number): string => String(done + i).padStart(4, "0");
      const pictures = batch.map((pixels, i) => ({
        name: `${pathOf(video)}#${number(i)}`,
        pixels,
      }));
      took(
        await engineOf(context).call(
          "addPixels",
          { setId, pictures, fit },
          { signal, onAbort: "wait" },
        ),
      );
      done += batch.length;
      onProgress({ done, total: null });
    }
  };

/** The chosen set, or a new one. */
async function targetSet(context: StoreContext, name: string): Promise<PictureSet> {
  const { store } = context;
  const chosen = chosenSetOf(store.getState());
  if (chosen) return chosen;
  context.services.persistStorage();
  const set = await engineOf(context).call("createSet", { name });
  store.setState(({ sets }) => ({ sets: putSet(sets, set) }));
  store.getState().chooseSet(set.id);
  return set;
}

/** Progress of one part after another, as one. */
function createProgress({ services, store }: StoreContext, numParts: number) {
  const batch = createNewsBatch<AddProgress>(services.now, (news) => {
    const progress = news.at(-1) ?? null;
    store.setState({ adding: { status: "running", progress } });
  });
  let before = 0;
  let last = 0;
  return {
    flush: batch.flush,
    onProgress: ({ done, total }: AddProgress) => {
      last = done;
      batch.add({ done: before + done, total: numParts === 1 ? total : null });
    },
    endPart: () => {
      before += last;
      last = 0;
    },
  };
}

/** Gathers what became of the parts; a part that is no picture does not keep the others out. */
function createReport({ store }: StoreContext) {
  const bad: Error[] = [];
  let all: Added | null = null;
  return {
    took: (added: Added): void => {
      all = joinAdded(all, added);
      store.setState(({ sets }) => ({ sets: putSet(sets, added.set) }));
    },
    forgive: (error: unknown): void => {
      if (!(error instanceof Error) || error.name !== "InputError") throw error;
      bad.push(error);
    },
    /** Null where nothing was taken; throws where nothing could be read. */
    whole: (): Added | null => {
      const [first] = bad;
      if (first && !all) throw first;
      const lines = [all?.skipped, ...bad.map(({ message }) => message)];
      return all && { ...all, skipped: lines.filter(Boolean).join("\n") };
    },
  };
}

/** Adds part after part. @returns null where it was cancelled before anything was taken */
async function addParts(
  context: StoreContext,
  parts: Part[],
  options: { name: string; fit: Fit; signal: AbortSignal },
): Promise<Added | null> {
  const progress = createProgress(context, parts.length);
  const { took, forgive, whole } = createReport(context);
  const { id: setId } = await targetSet(context, options.name);
  const adding = { ...options, setId, onProgress: progress.onProgress };
  try {
    for (const part of parts) {
      options.signal.throwIfAborted();
      await part(adding, took).catch(forgive);
      progress.endPart();
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    progress.flush();
  }
  return whole();
}

/** Runs the adding of parts as the page shows it. */
async function add(
  context: StoreContext,
  parts: Part[],
  options: { name: string; fit: Fit },
): Promise<void> {
  const { store } = context;
  if (context.adding) {
    const text = "Pictures are still being added. Wait for them, or cancel them first.";
    return store.getState().notify("info", text);
  }
  await beginJob(context, "adding", async (signal) => {
    store.setState({ adding: { status: "running", progress: null } });
    try {
      const result = await addParts(context, parts, { ...options, signal });
      store.setState({ adding: result ? { status: "done", result } : { status: "none" } });
    } catch (error) {
      report(context, error);
      const message = errorText(error);
      store.setState({
        adding: isAbort(error) ? { status: "none" } : { status: "failed", message },
      });
    }
  });
  await store.getState().refreshSets(); // what stayed of a part that failed, and the room that is left
}

/** Adds files to the chosen set; videos come after the rest. */
export async function addToSet(
  context: StoreContext,
  given: Iterable<File>,
  fit: Fit,
): Promise<void> {
  const files = [...given];
  if (files.length === 0) return;
  const others = files.filter((file) => !isVideo(file));
  const parts = files.filter(isVideo).map((video) => videoPart(context, video));
  if (others.length > 0) parts.unshift(filesPart(context, others));
  await add(context, parts, { name: setNameFor(files), fit });
}

/** Adds generated scenes to the chosen set, with their masks. */
export async function addScenesToSet(
  context: StoreContext,
  first: SceneRef,
  count: number,
): Promise<void> {
  const part: Part = async ({ setId, signal, onProgress }, took) => {
    const options = { signal, onAbort: "wait", onProgress } as const;
    took(await engineOf(context).call("addScenes", { setId, first, count }, options));
  };
  await add(context, [part], { name: `Scenes of seed ${first.seed}`, fit: "crop" });
}
