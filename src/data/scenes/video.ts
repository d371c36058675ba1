/** A scene over time: a fixed number of frames, in which an object keeps its id even where others hide it. */
import type { Camera } from "./camera";
import type { Scene, ScenePlan } from "./scene";
import type { Solid, Stage } from "./solidSpec";

export const videoKindNames = ["clevr-video", "textured-video"] as const;
export type VideoKind = (typeof videoKindNames)[number];

export const framesPerVideo = 24;

/** What moves: the camera around the objects, the objects on the floor, or both at once. */
export const motionNames = ["camera", "objects", "both"] as const;
export type Motion = (typeof motionNames)[number];

/** One picture of a video; usable wherever a scene is. `objects` are as they stand in this frame. */
export type Frame = Scene & {
  /** 0..framesPerVideo - 1 */
  frame: number;
  motion: Motion;
  camera: Camera;
};

/** A frame before it is coloured. */
export type FramePlan = Omit<Frame, "pixels" | "objects"> & { objects: Solid[]; stage: Stage };

/** A video before it is coloured; `objects` are those of the first frame, where every one is visible. */
export type VideoPlan = ScenePlan & {
  kind: VideoKind;
  motion: Motion;
  frames: FramePlan[];
};
