/** How fast live frames come: pure functions on the last few of them. */
import type { LiveStats } from "./liveState";

/** A frame that was shown: when, and how long after its arrival, in milliseconds. */
export type ShownFrame = { at: number; latencyMs: number };

/** Frames that fps and latency look back on. */
const window = 20;

export const noStats: LiveStats = {
  numShown: 0,
  numDropped: 0,
  framesPerSecond: null,
  latencyMs: null,
};

/** The last frames with one more. */
export const addShown = (frames: readonly ShownFrame[], next: ShownFrame): ShownFrame[] =>
  [...frames, next].slice(-window);

/** Statistics after one more frame. @param frames - the last ones, the newest included */
export function statsAfter(
  { numShown, numDropped }: LiveStats,
  frames: readonly ShownFrame[],
  numSkipped: number,
): LiveStats {
  const spanMs = (frames.at(-1)?.at ?? 0) - (frames[0]?.at ?? 0);
  const latencies = frames.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  return {
    numShown: numShown + 1,
    numDropped: numDropped + numSkipped,
    framesPerSecond: spanMs > 0 ? (1000 * (frames.length - 1)) / spanMs : null,
    latencyMs: frames.length > 0 ? latencies / frames.length : null,
  };
}
