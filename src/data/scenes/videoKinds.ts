/** The kinds of video by name, as sceneKinds names the kinds of scene. A frame is a scene: what takes scenes takes frames. */
import { planVideo, videoLooks } from "./planVideo";
import { SolidRenderer } from "./solidRenderer";
import { solidCounts } from "./solids";
import {
  framesPerVideo,
  type Frame,
  type FramePlan,
  type VideoKind,
  type VideoPlan,
} from "./video";

/** Renders videos of one kind, always the same for the same seed and index. */
export type VideoRenderer = {
  /** All frames of videos start, start + 1, ..., start + count - 1, in order, one at a time at planResolution. */
  render(seed: number, start: number, count: number): Generator<Frame[], void>;
  dispose(): void;
};

export type VideoKindEntry = {
  title: string;
  /** Fewest and most objects. */
  counts: readonly [min: number, max: number];
  numFrames: number;
  needsWebgl: boolean;
  /** Layout, motion and visible pixels at planResolution; no WebGL. */
  plan: (seed: number, index: number) => VideoPlan;
  open: () => VideoRenderer;
};

export const videoKinds: Record<VideoKind, VideoKindEntry> = {
  "clevr-video": videoEntry("clevr-video", "Solids on a grey floor, in motion"),
  "textured-video": videoEntry("textured-video", "Textured solids in a textured room, in motion"),
};

function videoEntry(kind: VideoKind, title: string): VideoKindEntry {
  return {
    title,
    counts: solidCounts,
    numFrames: framesPerVideo,
    needsWebgl: true,
    plan: (seed, index) => planVideo(kind, seed, index),
    open: () => videoRenderer(kind),
  };
}

/**
 * Without an atlas: in another tile the rounding of a pixel's place moves a few colours by some levels, and every frame
 * must have the same bytes wherever it is made. Drawing is what takes the time, not the read-back.
 */
function videoRenderer(kind: VideoKind): VideoRenderer {
  const solids = new SolidRenderer(videoLooks[kind]);
  return {
    *render(seed, start, count) {
      for (const drawn of solids.draw(planFrames(kind, seed, start, count)))
        yield drawn.map(({ plan: { stage: _stage, ...frame }, pixels }) => ({ ...frame, pixels }));
    },
    dispose: () => solids.dispose(),
  };
}

/** Plans videos as their frames are asked for. */
function* planFrames(
  kind: VideoKind,
  seed: number,
  start: number,
  count: number,
): Generator<FramePlan, void> {
  for (let i = 0; i < count; i++) yield* planVideo(kind, seed, start + i).frames;
}

/** All frames of one video. */
export const renderVideo = (renderer: VideoRenderer, seed: number, index: number): Frame[] =>
  [...renderer.render(seed, index, 1)].flat();
