/** Masks on every frame of a camera or a video. Plain data and ImageBitmaps only; the frames' source is the page's own. */
import type { Encoding, Pixels } from "../engine/protocol";

/** A frame at the moment it was taken from its video. */
export type TakenFrame = {
  /** As the model takes it. */
  input: Pixels;
  /** The same moment and square, larger. */
  display: ImageBitmap;
  /** Milliseconds between the frame's arrival in the page and now. */
  waitedMs: number;
  /** Frames that arrived since the one taken before, and were left out. */
  numSkipped: number;
};

/** Where frames come from. */
export type FrameSource = {
  /** The newest frame that has not been taken, as soon as there is one. @param size - of the model's pictures */
  next: (
    size: readonly [height: number, width: number],
    signal: AbortSignal,
  ) => Promise<TakenFrame>;
  /** A frame's picture as a file. */
  toFile: (display: ImageBitmap) => Promise<Blob>;
};

/** A frame and what the model made of it. */
export type LiveFrame = Pick<TakenFrame, "input" | "display"> & { encoding: Encoding };

export type LiveStats = {
  /** Frames shown with their masks. */
  numShown: number;
  /** Frames that arrived meanwhile and were left out. */
  numDropped: number;
  /** Over the last frames; null before there are two. */
  framesPerSecond: number | null;
  /** From a frame's arrival to its masks, mean of the last frames; null before there is one. */
  latencyMs: number | null;
};

export type LiveStatus =
  { status: "off" | "running" | "paused" } | { status: "failed"; message: string };

export type LiveSlice = {
  live: LiveStatus;
  liveFrame: LiveFrame | null;
  liveStats: LiveStats;
  /** Takes frames until it is paused or stopped; a newer source takes over. */
  startLive: (source: FrameSource) => Promise<void>;
  /** The last frame stays on show. */
  pauseLive: () => void;
  resumeLive: () => Promise<void>;
  stopLive: () => void;
  /** The frame on show becomes a scene of the playground. */
  snapshotLive: () => Promise<void>;
};
