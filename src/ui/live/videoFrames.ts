/**
 * Frames of a playing video element, always the newest. The browser resizes them: what shrinks a picture for a still
 * scene (by area, or as the official code) would take longer than a frame lasts.
 */
import type { FrameSource, TakenFrame } from "../../store/liveState";
import { centreCrop } from "./frameCrop";

/** Of the larger picture, in pixels. */
const displaySide = 384;

/** A frame that has arrived in the page. */
type Arrived = {
  /** Counts the frames of the video. */
  number: number;
  /** On the page's clock, milliseconds. */
  at: number;
};

export type VideoFrames = FrameSource & {
  /** Stops to watch the video. */
  close: () => void;
};

/** Whether this browser tells of each frame of a video: Firefox does since version 132. */
export const hasFrameCallbacks = (): boolean =>
  "requestVideoFrameCallback" in HTMLVideoElement.prototype;

/** Watches a video's frames as they are shown. @returns what ends that */
function watch(video: HTMLVideoElement, arrived: (frame: Arrived) => void): () => void {
  let handle = 0;
  const ask = (): void => {
    handle = video.requestVideoFrameCallback((at, { presentedFrames }) => {
      arrived({ number: presentedFrames, at });
      ask();
    });
  };
  ask();
  return () => video.cancelVideoFrameCallback(handle);
}

function contextOf(width: number, height: number, isRead: boolean) {
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    willReadFrequently: isRead,
  });
  if (!context) throw new Error("live: expected a 2D canvas, got none. Reload the page.");
  context.imageSmoothingQuality = "high";
  return context;
}

/** The video's picture at this moment, for the model and for the page. */
async function take(
  video: HTMLVideoElement,
  [H, W]: readonly [height: number, width: number],
): Promise<Pick<TakenFrame, "input" | "display">> {
  const size = { width: video.videoWidth, height: video.videoHeight };
  const { x, y, width, height } = centreCrop(size, [H, W]);
  const scale = Math.max(1, displaySide / Math.max(H, W));
  const display = await createImageBitmap(video, x, y, width, height, {
    resizeWidth: Math.round(scale * W),
    resizeHeight: Math.round(scale * H),
    resizeQuality: "medium",
  });
  const context = contextOf(W, H, true);
  context.drawImage(display, 0, 0, W, H); // the same moment as the larger picture
  const { data } = context.getImageData(0, 0, W, H);
  return { input: { width: W, height: H, data }, display };
}

/** Null where the video has no picture to give at this moment: a stream that begins, a file that seeks. */
async function takeIfUsable(
  video: HTMLVideoElement,
  size: readonly [height: number, width: number],
): Promise<Awaited<ReturnType<typeof take>> | null> {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return null;
  try {
    return await take(video, size);
  } catch (error) {
    if (error instanceof DOMException && error.name === "InvalidStateError") return null;
    throw error;
  }
}

async function toFile(display: ImageBitmap): Promise<Blob> {
  const context = contextOf(display.width, display.height, false);
  context.drawImage(display, 0, 0);
  return context.canvas.convertToBlob({ type: "image/png" });
}

/** The frames of a video, from now on. */
export function videoFrames(video: HTMLVideoElement): VideoFrames {
  let newest: Arrived | null = null;
  let takenNumber: number | null = null;
  let wake = (): void => undefined;
  const stop = watch(video, (frame) => {
    newest = frame;
    wake();
  });
  const isWaiting = (): boolean => newest === null || newest.number === takenNumber;
  return {
    next: async (size, signal) => {
      for (;;) {
        if (isWaiting()) await untilWoken(signal, (resume) => (wake = resume));
        signal.throwIfAborted();
        if (!newest) continue;
        const { number, at } = newest;
        const numSkipped = takenNumber === null ? 0 : Math.max(0, number - takenNumber - 1);
        const pictures = await takeIfUsable(video, size);
        takenNumber = number;
        if (!pictures) continue;
        return { ...pictures, waitedMs: Math.max(0, performance.now() - at), numSkipped };
      }
    },
    toFile,
    close: stop,
  };
}

/** Resolves when `resume` is called, rejects when aborted; leaves no listener behind. */
function untilWoken(signal: AbortSignal, give: (resume: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new DOMException("Cancelled.", "AbortError"));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    give(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
  });
}
