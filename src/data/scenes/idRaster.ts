/**
 * Exact ids of solids by a z-buffer in plain TypeScript: a pixel's id is the nearest surface at its centre.
 *
 * On the CPU, so that ground truth and rejected layouts are the same bytes on every machine; a graphics card decides
 * colours only. Same rule as WebGL: counter-clockwise faces, pixel centres.
 */
import type { View } from "./camera";
import { project } from "./camera";

/** A shape's triangles. @param positions - [vertices * 3] @param triangles - [faces * 3] vertex numbers */
export type TriangleMesh = { positions: ArrayLike<number>; triangles: ArrayLike<number> };

export type PlacedMesh = {
  id: number;
  mesh: TriangleMesh;
  position: readonly [number, number, number];
  scale: number;
  /** Extra scale of the height. */
  stretch: number;
  /** Turn about the vertical axis, radians, as three.js counts it. */
  angle: number;
};

/** @returns ids [side * side], 0 where no mesh is */
export function rasterIds(
  meshes: readonly PlacedMesh[],
  view: View,
  side: number,
): Uint8Array<ArrayBuffer> {
  const ids = new Uint8Array(side * side);
  const nearness = new Float64Array(side * side); // 1 / depth: linear on the screen
  for (const placed of meshes) {
    const points = projectVertices(placed, view, side);
    const { triangles } = placed.mesh;
    for (let i = 0; i < triangles.length; i += 3) {
      const a = 3 * (triangles[i] ?? 0);
      const b = 3 * (triangles[i + 1] ?? 0);
      const c = 3 * (triangles[i + 2] ?? 0);
      fillTriangle(points, a, b, c, placed.id, ids, nearness, side);
    }
  }
  return ids;
}

/** @returns x right and y down in pixels, and 1 / depth: [vertices * 3] */
function projectVertices(placed: PlacedMesh, view: View, side: number): Float64Array {
  const { mesh, position, scale, stretch, angle } = placed;
  const { positions } = mesh;
  const points = new Float64Array(positions.length);
  const cos = Math.cos(angle) * scale;
  const sin = Math.sin(angle) * scale;
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i] ?? 0;
    const z = positions[i + 2] ?? 0;
    const [px, py, depth] = project(view, [
      position[0] + x * cos + z * sin,
      position[1] + (positions[i + 1] ?? 0) * scale * stretch,
      position[2] - x * sin + z * cos,
    ]);
    points[i] = ((px + 1) / 2) * side;
    points[i + 1] = ((1 - py) / 2) * side;
    points[i + 2] = 1 / depth;
  }
  return points;
}

/** Writes the id where the triangle covers a pixel's centre and is the nearest so far. */
function fillTriangle(
  points: Float64Array,
  a: number,
  b: number,
  c: number,
  id: number,
  ids: Uint8Array,
  nearness: Float64Array,
  side: number,
): void {
  const ax = points[a] ?? 0;
  const ay = points[a + 1] ?? 0;
  const bx = (points[b] ?? 0) - ax;
  const by = (points[b + 1] ?? 0) - ay;
  const cx = (points[c] ?? 0) - ax;
  const cy = (points[c + 1] ?? 0) - ay;
  const area = cx * by - cy * bx; // > 0 for counter-clockwise as seen, since y points down
  if (area <= 0) return;
  const nearA = points[a + 2] ?? 0;
  const nearB = (points[b + 2] ?? 0) - nearA;
  const nearC = (points[c + 2] ?? 0) - nearA;
  const left = Math.max(0, Math.ceil(ax + Math.min(0, bx, cx) - 0.5));
  const right = Math.min(side - 1, Math.floor(ax + Math.max(0, bx, cx) - 0.5));
  const top = Math.max(0, Math.ceil(ay + Math.min(0, by, cy) - 0.5));
  const bottom = Math.min(side - 1, Math.floor(ay + Math.max(0, by, cy) - 0.5));
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5 - ay;
    for (let column = left; column <= right; column++) {
      const x = column + 0.5 - ax;
      const weightB = (cx * y - cy * x) / area;
      const weightC = (by * x - bx * y) / area;
      if (weightB < 0 || weightC < 0 || weightB + weightC > 1) continue;
      const near = nearA + weightB * nearB + weightC * nearC;
      const pixel = row * side + column;
      if (near <= (nearness[pixel] ?? 0)) continue;
      nearness[pixel] = near;
      ids[pixel] = id;
    }
  }
}
