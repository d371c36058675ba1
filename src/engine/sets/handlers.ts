/** What the worker does for picture sets. Nothing here touches a tensor. */
import { browserDecoders } from "../../data/datasets/browserDecoders";
import type { Decoders } from "../../data/datasets/dataset";
import { removePictures, splitSet } from "../../data/pictureSets/changeSet";
import { readPictures } from "../../data/pictureSets/readPictures";
import { createSet, deleteSet, describeStored, listSets } from "../../data/pictureSets/setFiles";
import { InputError } from "../../errors";
import type { FileStore } from "../../storage/fileStore";
import { storageRoom } from "../../storage/storageRoom";
import type { Added, SetsProtocol } from "../protocol/sets";
import type { Handlers, JobContext, SessionContext } from "../sessionContext";
import { fileFlow, pixelFlow, sceneFlow, type Intake } from "./flows";
import { takeIn, type PictureFlow } from "./takeIn";

type AddName = "addFiles" | "addPixels" | "addScenes";
type AddJob = JobContext<AddName>;

/** @param decoders - of picture files; the worker's own by default */
export function createSetHandlers(
  context: SessionContext,
  decoders: Decoders = browserDecoders(),
): Handlers<keyof SetsProtocol> {
  const files = (): Promise<FileStore> => context.files();
  const ending = createEndings();

  const add = (
    setId: string,
    job: AddJob,
    open: (intake: Intake) => Promise<PictureFlow> | PictureFlow,
  ): Promise<Added> =>
    ending.track(job.signal, async () => {
      const intake = await intakeOf(await files(), setId, context);
      return await takeIn(await files(), setId, await open(intake), job);
    });

  return {
    storageRoom: async () => storageRoom(await files()),
    listSets: async () => {
      await ending.settle();
      return await listSets(await files());
    },
    createSet: async ({ name }) => {
      const { resolution } = context.model().config;
      return await createSet(await files(), { name, resolution, now: context.now() });
    },
    deleteSet: async ({ setId }) => deleteSet(await files(), setId),
    addFiles: ({ setId, files, fit }, job) => {
      const { signal } = job;
      return add(setId, job, (intake) => fileFlow(files, decoders, { fit, intake, signal }));
    },
    addPixels: ({ setId, pictures, fit }, job) =>
      add(setId, job, (intake) => pixelFlow(pictures, fit, intake)),
    addScenes: ({ setId, first, count }, job) =>
      add(setId, job, (intake) => sceneFlow(context.studio, first, count, intake)),
    removePictures: async ({ setId, ids }) => removePictures(await files(), setId, ids),
    splitSet: async ({ setId, split }) => splitSet(await files(), setId, split),
    readPictures: async ({ setId, ids }) => readPictures(await files(), setId, ids),
  };
}

/** The loaded model's way with pictures, which must be the set's. */
async function intakeOf(files: FileStore, setId: string, context: SessionContext): Promise<Intake> {
  const { config } = context.model();
  const { name, resolution } = await describeStored(files, setId);
  if (resolution.some((side, i) => side !== config.resolution[i]))
    throw new InputError(
      `picture set ${name}: expected a model of ${resolution.join(" x ")} pixels as its pictures are, got ${config.name} ` +
        `of ${config.resolution.join(" x ")}. Load a model of that size, or make a new set.`,
    );
  return config;
}

/**
 * Who cancels asks for the list at once, while the last pictures are still on their way into the set: the list waits for
 * those that have been told to stop.
 */
function createEndings() {
  const running = new Map<Promise<unknown>, AbortSignal>();
  return {
    track: async <T>(signal: AbortSignal, job: () => Promise<T>): Promise<T> => {
      const result = job();
      running.set(result, signal);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    settle: async (): Promise<void> => {
      const stopping = [...running].filter(([, { aborted }]) => aborted).map(([job]) => job);
      await Promise.allSettled(stopping);
    },
  };
}
