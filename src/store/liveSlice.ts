/**
 * Masks on live frames: one encoding under way at a time, and then the newest frame, so that a slow device drops frames
 * rather than fall behind.
 */
import type { Encoding, ModelInfo } from "../engine/protocol";
import { isAbort } from "../errors";
import { engineOf, errorText, report, type StoreContext } from "./context";
import { maxScenes } from "./limits";
import type { FrameSource, LiveFrame, LiveSlice, TakenFrame } from "./liveState";
import { addShown, noStats, statsAfter, type ShownFrame } from "./liveStats";

/** Handles on the work under way. */
type Running = {
  controller: AbortController;
  source: FrameSource | null;
  recent: ShownFrame[];
  /** The bitmap before the one on show, which the page has let go of by now. */
  previous: ImageBitmap | null;
};

/** Every frame starts from the same slots: what differs between frames is the frame. */
const slotSeed = 0;

/** The model in use, once there is one. */
function modelWhenReady({ store }: StoreContext, signal: AbortSignal): Promise<ModelInfo> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      const { model } = store.getState();
      if (model.status === "ready") resolve(model.info);
      return model.status === "ready";
    };
    if (look()) return;
    const unsubscribe = store.subscribe(() => look() && unsubscribe());
    signal.addEventListener("abort", () => {
      unsubscribe();
      reject(new DOMException("Cancelled.", "AbortError"));
    });
  });
}

/** What the model makes of a frame; null where another model has come in between. A frame without it is let go of. */
async function encodeFrame(
  context: StoreContext,
  { input, display }: TakenFrame,
  signal: AbortSignal,
): Promise<Encoding | null> {
  const { number } = context.loads;
  try {
    const args = { input, seed: slotSeed, groundTruth: null };
    return await engineOf(context).call("encode", args, { signal });
  } catch (error) {
    display.close();
    const isOther =
      context.loads.number !== number || context.store.getState().model.status !== "ready";
    if (!signal.aborted && isOther) return null;
    throw error;
  }
}

function show({ store }: StoreContext, running: Running, frame: LiveFrame): void {
  const before = store.getState().liveFrame?.display ?? null;
  store.setState({ liveFrame: frame });
  running.previous?.close();
  running.previous = before;
}

async function takeFrames(
  context: StoreContext,
  running: Running,
  source: FrameSource,
): Promise<void> {
  const { services, store } = context;
  const { signal } = running.controller;
  for (;;) {
    const { resolution } = await modelWhenReady(context, signal);
    const frame = await source.next(resolution, signal);
    const { input, display, waitedMs, numSkipped } = frame;
    const takenAt = services.now();
    const encoding = await encodeFrame(context, frame, signal);
    if (!encoding) continue;
    signal.throwIfAborted();
    show(context, running, { input, display, encoding });
    const at = services.now();
    running.recent = addShown(running.recent, { at, latencyMs: waitedMs + at - takenAt });
    const { recent } = running;
    store.setState(({ liveStats }) => ({ liveStats: statsAfter(liveStats, recent, numSkipped) }));
  }
}

async function run(context: StoreContext, running: Running, source: FrameSource): Promise<void> {
  running.controller.abort();
  running.controller = new AbortController();
  running.source = source;
  running.recent = [];
  const { signal } = running.controller;
  context.store.setState({ live: { status: "running" } });
  try {
    await takeFrames(context, running, source);
  } catch (error) {
    if (signal.aborted) return;
    report(context, error);
    context.store.setState({
      live: isAbort(error) ? { status: "paused" } : { status: "failed", message: errorText(error) },
    });
  }
}

function stop({ store }: StoreContext, running: Running): void {
  running.controller.abort();
  const { liveFrame } = store.getState();
  Object.assign(running, { source: null, recent: [] });
  store.setState({ live: { status: "off" }, liveFrame: null, liveStats: noStats });
  running.previous?.close();
  liveFrame?.display.close();
  running.previous = null;
}

async function snapshot({ store }: StoreContext, { source }: Running): Promise<void> {
  const { addFiles, liveFrame, liveStats, notify, scenes } = store.getState();
  if (!source || !liveFrame) return notify("info", "There is no frame yet.");
  if (scenes.length >= maxScenes)
    return notify(
      "info",
      `There is room for ${maxScenes} scenes. Remove one on the Play page first.`,
    );
  const picture = await source.toFile(liveFrame.display);
  const name = `Frame ${liveStats.numShown}.png`;
  const adding = addFiles([new File([picture], name, { type: picture.type })]);
  notify("info", "The frame is a scene on the Play page.");
  await adding;
}

/** The live view's state and actions. */
export function createLiveSlice(context: StoreContext): LiveSlice {
  const { store } = context;
  const running: Running = {
    controller: new AbortController(),
    source: null,
    recent: [],
    previous: null,
  };
  return {
    live: { status: "off" },
    liveFrame: null,
    liveStats: noStats,
    startLive: async (source) => {
      stop(context, running);
      await run(context, running, source);
    },
    pauseLive: () => {
      if (store.getState().live.status !== "running") return;
      running.controller.abort();
      store.setState({ live: { status: "paused" } });
    },
    resumeLive: async () => {
      if (running.source) await run(context, running, running.source);
    },
    stopLive: () => stop(context, running),
    snapshotLive: async () => {
      try {
        await snapshot(context, running);
      } catch (error) {
        report(context, error);
      }
    },
  };
}
