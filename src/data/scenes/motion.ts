/** Smooth motion over the frames of a video: a camera that circles the scene, objects that glide along arcs on the floor. */
import type { Rng } from "../../math/random";
import { viewOf, type Camera, type View } from "./camera";
import { uniform } from "./seeding";
import { isInside, type Solid } from "./solidSpec";
import type { Vec3 } from "./vectors";

/** A place on the floor and a turn about the vertical axis, radians. */
export type Pose = { position: Vec3; angle: number };

const degree = Math.PI / 180;

/** From 0 in the first frame to 1 in the last. */
const times = (numFrames: number): number[] =>
  Array.from({ length: numFrames }, (_, frame) => frame / (numFrames - 1));

/**
 * A camera's way at constant speed: 25 to 60 degrees about the vertical axis through its target, while it rises or
 * sinks. The given camera is halfway.
 * @returns one camera a frame
 */
export function drawOrbit(rng: Rng, camera: Camera, numFrames: number): Camera[] {
  const sweep = drawSign(rng) * uniform(rng, 25, 60) * degree;
  const rise = uniform(rng, -0.8, 0.8); // world units
  return times(numFrames).map((t) => turnCamera(camera, (t - 0.5) * sweep, (t - 0.5) * rise));
}

const drawSign = (rng: Rng): number => (rng() < 0.5 ? -1 : 1);

function turnCamera(camera: Camera, angle: number, rise: number): Camera {
  const { position, target } = camera;
  const [x, z] = [position[0] - target[0], position[2] - target[2]];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    ...camera,
    position: [target[0] + x * cos + z * sin, position[1] + rise, target[2] - x * sin + z * cos],
  };
}

const stillShare = 0.2;
const pathTrials = 60;
/** Least space between two footprints in any frame, world units; a frame's step is at most as long. */
const gap = 0.14;

/**
 * Ways on which objects keep apart and inside the picture in every frame; some objects stay where they are.
 * @param cameras - one a frame
 * @returns poses [object][frame], or null when no object found a way
 */
export function drawPaths(rng: Rng, solids: Solid[], cameras: Camera[]): Pose[][] | null {
  const views = cameras.map(viewOf);
  // An object without a way stands still, and the others' ways leave it room: none has to be taken back.
  const paths = solids.map((solid) => standStill(solid, cameras.length));
  let moving = 0;
  solids.forEach((solid, k) => {
    const others = solids.map(({ size }, j) => ({ size, path: paths[j] ?? [] }));
    const path =
      rng() < stillShare ? null : drawFreePath(rng, solid, others.toSpliced(k, 1), views);
    if (!path) return;
    paths[k] = path;
    moving++;
  });
  return moving > 0 ? paths : null;
}

const standStill = ({ position, angle }: Solid, numFrames: number): Pose[] =>
  Array.from({ length: numFrames }, () => ({ position, angle }));

type Other = { size: number; path: Pose[] };

function drawFreePath(rng: Rng, solid: Solid, others: Other[], views: View[]): Pose[] | null {
  const isApart = ([x, , z]: Vec3, frame: number): boolean =>
    others.every(({ size, path }) => {
      const place = path[frame]?.position;
      if (!place) throw new Error(`motion: expected a pose for frame ${frame}, got none.`);
      return Math.hypot(place[0] - x, place[2] - z) >= size + solid.size + gap;
    });
  for (let trial = 0; trial < pathTrials; trial++) {
    const path = drawArc(rng, solid, views.length);
    const isFree = views.every((view, frame) => {
      const place = path[frame]?.position ?? solid.position;
      return isInside(place, solid.size, view) && isApart(place, frame);
    });
    if (isFree) return path;
  }
  return null;
}

/** An arc of 0.8 to 3 world units at constant speed, bent by up to 80 degrees, while the object turns by up to 90. */
function drawArc(rng: Rng, { position: [x, y, z], angle }: Solid, numFrames: number): Pose[] {
  const length = uniform(rng, 0.8, 3);
  const heading = uniform(rng, 0, 2 * Math.PI);
  const bend = uniform(rng, -80, 80) * degree;
  const turn = uniform(rng, -90, 90) * degree;
  return times(numFrames).map((t) => {
    const half = (bend * t) / 2; // the chord of an arc points halfway between its ends' headings
    const chord = length * t * (half === 0 ? 1 : Math.sin(half) / half);
    return {
      position: [x + chord * Math.cos(heading + half), y, z + chord * Math.sin(heading + half)],
      angle: angle + turn * t,
    };
  });
}
