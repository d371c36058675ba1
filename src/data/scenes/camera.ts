/** A pinhole camera over a square picture, in plain numbers: for layout tests and for the id raster. */
import { cross, dot, normalize, subtract, type Vec3 } from "./vectors";

export type Camera = {
  position: Vec3;
  target: Vec3;
  /** Degrees, vertical and horizontal. */
  fieldOfView: number;
};

/** The camera's axes in the world, and what a unit of slope is in half pictures. */
export type View = {
  position: Vec3;
  right: Vec3;
  up: Vec3;
  forward: Vec3;
  focal: number;
};

/** Axes of a camera that holds its head upright. */
export function viewOf({ position, target, fieldOfView }: Camera): View {
  const forward = normalize(subtract(target, position));
  const right = normalize(cross(forward, [0, 1, 0]));
  const up = cross(right, forward);
  return { position, right, up, forward, focal: 1 / Math.tan((fieldOfView * Math.PI) / 360) };
}

/** @returns [x, y, depth]: x right and y up, -1..1 within the picture; depth along the axis, world units */
export function project(view: View, point: Vec3): Vec3 {
  const offset = subtract(point, view.position);
  const depth = dot(offset, view.forward);
  const scale = view.focal / depth;
  return [dot(offset, view.right) * scale, dot(offset, view.up) * scale, depth];
}
