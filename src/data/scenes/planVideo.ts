/** Videos of solids: a layout and its motion, drawn until every frame is clear, with exact ids. Needs no WebGL. */
import type { Rng } from "../../math/random";
import type { Camera } from "./camera";
import { drawOrbit, drawPaths } from "./motion";
import { countVisible, isLayoutClear, planResolution, touchesBorder } from "./scene";
import { integer, pick, sceneRng } from "./seeding";
import { solidCounts, solidIds } from "./solids";
import { drawSolids, drawStage, type Solid, type SolidKind, type Stage } from "./solidSpec";
import {
  framesPerVideo,
  motionNames,
  type FramePlan,
  type Motion,
  type VideoKind,
  type VideoPlan,
} from "./video";

/** Apart from the codes of the scene kinds: a video is not one of their scenes set in motion. */
const kindCodes: Record<VideoKind, number> = { "clevr-video": 4, "textured-video": 5 };
const maxAttempts = 2000;

/** What a video's scenes look like. */
export const videoLooks: Record<VideoKind, SolidKind> = {
  "clevr-video": "clevr",
  "textured-video": "textured",
};

/**
 * The layout, motion, ids and visible pixels of one video. Every object is clear to see in the first frame and inside
 * the picture in all; between the two it may be hidden by others.
 */
export function planVideo(kind: VideoKind, seed: number, index: number): VideoPlan {
  const code = kindCodes[kind];
  const look = videoLooks[kind];
  // Count and motion have a stream of their own and stay through rejections, else what is hard would be rare.
  const fixed = sceneRng(code, seed, index, 0);
  const count = integer(fixed, ...solidCounts);
  const motion = pick(fixed, motionNames);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const drawn = drawVideo(sceneRng(code, seed, index, attempt + 1), look, count, motion);
    const frames = drawn && planFrames(drawn, { seed, index, attempt, motion });
    if (!frames) continue;
    const objects = frames[0]?.objects ?? [];
    return { kind, seed, index, attempt, motion, objects, frames };
  }
  throw new Error(`${kind}: no clear layout for seed ${seed}, index ${index}.`);
}

type DrawnVideo = { stage: Stage; cameras: Camera[]; objects: Solid[][] };

/** Cameras [frame] and objects [frame][object], or null when something found no place. */
function drawVideo(rng: Rng, look: SolidKind, count: number, motion: Motion): DrawnVideo | null {
  const stage = drawStage(rng, look);
  const cameras =
    motion === "objects"
      ? new Array<Camera>(framesPerVideo).fill(stage.camera)
      : drawOrbit(rng, stage.camera, framesPerVideo);
  const solids = drawSolids(rng, look, count, cameras);
  if (!solids) return null;
  if (motion === "camera") return { stage, cameras, objects: cameras.map(() => solids) };
  const paths = drawPaths(rng, solids, cameras);
  if (!paths) return null;
  const objects = cameras.map((_, frame) =>
    solids.map((solid, k) => ({ ...solid, ...paths[k]?.[frame] })),
  );
  return { stage, cameras, objects };
}

/** The frames with ids, or null when an object is too small in the first one or at the border of any. */
function planFrames(
  { stage, cameras, objects }: DrawnVideo,
  common: Pick<FramePlan, "seed" | "index" | "attempt" | "motion">,
): FramePlan[] | null {
  const frames: FramePlan[] = [];
  for (const [frame, camera] of cameras.entries()) {
    const solids = objects[frame] ?? [];
    const ids = solidIds(solids, camera);
    const isClear =
      frame === 0 ? isLayoutClear(ids, solids.length) : !touchesBorder(ids, planResolution);
    if (!isClear) return null;
    const visible = countVisible(ids, solids.length);
    frames.push({
      ...common,
      frame,
      camera,
      stage: { ...stage, camera },
      objects: solids.map((solid, k) => ({ ...solid, visiblePixels: visible[k] ?? 0 })),
      ids,
    });
  }
  return frames;
}
