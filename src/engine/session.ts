/**
 * What the worker does for each request: it starts a backend, keeps one model, and runs it. Sets, training, evaluation and
 * exchange are parts of their own, joined here.
 */
import * as tf from "@tensorflow/tfjs-core";

import { deleteWeights, listWeights } from "../checkpoint/cache";
import { decodeGrayIds, decodeImage } from "../data/decodeImage";
import { fitIds } from "../data/idMask";
import { InputError, OutOfMemoryError, UnsupportedDeviceError } from "../errors";
import {
  chooseBackend,
  memoryReport,
  probeBackends,
  startBackend,
  type BackendDetails,
} from "../gpu/backend";
import { disposeParams } from "../nn/params";
import { encodePicture, generatePicture } from "./inference";
import { loadModel, type LoadedModel } from "./modelLoading";
import { lazyHandlers } from "./lazyHandlers";
import type { DeviceInfo, Request } from "./protocol";
import { createSceneStudio } from "./sceneStudio";
import type { Handlers, JobContext, SessionContext } from "./sessionContext";
import { createStageMeter } from "./stageMeter";
import { reportUsage } from "./usage";
import { openFiles } from "../storage/openFiles";
import type { FileStore } from "../storage/fileStore";

export type Session = {
  handle(request: Request & { type: "request" }, context: JobContext): Promise<unknown>;
};

/** The parts, each fetched with the first request that needs it. */
const partHandlers = (context: SessionContext) => ({
  ...lazyHandlers(
    [
      "storageRoom",
      "listSets",
      "createSet",
      "deleteSet",
      "addFiles",
      "addPixels",
      "addScenes",
      "removePictures",
      "splitSet",
      "readPictures",
    ],
    async () => (await import("./sets/handlers")).createSetHandlers(context),
  ),
  ...lazyHandlers(["listRuns", "createRun", "train", "saveRun", "deleteRun"], async () =>
    (await import("./training/handlers")).createTrainingHandlers(context),
  ),
  ...lazyHandlers(["evaluate", "checkFirstStage"], async () =>
    (await import("./evaluation/handlers")).createEvaluationHandlers(context),
  ),
  ...lazyHandlers(
    [
      "inspectGenerate",
      "decodeLatents",
      "inspectFirstStage",
      "truthSlots",
      "schedule",
      "generateVariants",
    ],
    async () => (await import("./inside/handlers")).createInsideHandlers(context),
  ),
  ...lazyHandlers(["exportModel", "importProject", "inspectCheckpoint"], async () =>
    (await import("./exchange/handlers")).createExchangeHandlers(context),
  ),
});

/**
 * A session before its backend has started.
 * @param turn - runs a job on the device after those before it
 */
export function createSession(turn: SessionContext["turn"]): Session {
  let device: DeviceInfo | null = null;
  let details: BackendDetails | null = null;
  let lostReason: string | null = null;
  let loaded: LoadedModel | null = null;
  let files: Promise<FileStore> | null = null;
  const studio = createSceneStudio();
  const meter = createStageMeter(() => performance.now());

  const running = (): DeviceInfo => {
    if (!device) throw new Error("session: start must come first.");
    if (lostReason !== null) {
      throw new UnsupportedDeviceError(
        `gpu: the device was lost (${lostReason}). Switch the backend, or reload the page.`,
      );
    }
    return device;
  };
  const model = (): LoadedModel => {
    running();
    if (!loaded) throw new InputError("model: expected a loaded model, got none. Load one first.");
    return loaded;
  };

  const context: SessionContext = {
    assertRunning: () => void running(),
    loaded: () => loaded,
    model,
    files: () => (files ??= openFiles()),
    studio,
    turn,
    now: () => Date.now(),
  };

  const handlers: Handlers = {
    ...partHandlers(context),
    start: async ({ backend }) => {
      const probes = await probeBackends();
      const started = await startBackend(backend ?? chooseBackend(probes), (reason) => {
        lostReason = reason;
      });
      const { name, description, threads } = started;
      details = started.details;
      device = {
        backend: name,
        description,
        threads,
        isIsolated: globalThis.crossOriginIsolated,
        probes,
      };
      return device;
    },
    loadModel: async ({ source }, { signal, report }) => {
      running();
      const next = await loadModel(source, loaded, { signal, report, files: context.files });
      if (signal.aborted) disposeParams(next.params);
      signal.throwIfAborted(); // cancelled while the last of it loaded: the model in use stays
      if (loaded) disposeParams(loaded.params);
      loaded = next;
      return loaded.info;
    },
    prepareImage: ({ file, fit }) => {
      const { resolution, resize } = model().config;
      return meter.time("prepare", 1, () => decodeImage(file, { fit, resolution, resize }));
    },
    prepareMask: async ({ file, fit }) =>
      fitIds(await decodeGrayIds(file), fit, model().config.resolution),
    renderScene: async (ref) => {
      const { large, ...scene } = await studio.render(ref, () => loaded?.config.resolution ?? null);
      const { data, width, height } = large;
      return { ...scene, display: await createImageBitmap(new ImageData(data, width, height)) };
    },
    encode: (args) => {
      const used = model();
      return meter.time("encode", 1, () => encodePicture(used, args));
    },
    generate: (args, context) => generatePicture(model(), args, { ...context, time: meter.time }),
    memory: () => Promise.resolve(memoryReport()),
    usage: async () => {
      if (!details) throw new Error("session: start must come first.");
      return reportUsage(details, meter, await context.files());
    },
    listWeights: () => listWeights(),
    deleteWeights: ({ url }) => deleteWeights(url),
  };

  return {
    handle: async ({ name, args }, context) => {
      try {
        // One request's name, arguments and handler belong together; TypeScript cannot follow that through a union.
        const handler = handlers[name] as (args: unknown, context: JobContext) => Promise<unknown>;
        return await handler(args, context);
      } catch (error) {
        throw isOutOfMemory(error)
          ? new OutOfMemoryError(
              `memory: ${name} needs more than this device gave (${(error as Error).message}). ` +
                `${tf.memory().numBytes} bytes are in use. Close other tabs, or choose a smaller model.`,
            )
          : error;
      }
    },
  };
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof RangeError && /allocation|memory/i.test(error.message);
