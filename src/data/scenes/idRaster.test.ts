import { SphereGeometry } from "three";
import { expect, test } from "vitest";

import { viewOf, type Camera } from "./camera";
import { rasterIds, type PlacedMesh, type TriangleMesh } from "./idRaster";
import { cross, dot, subtract, type Vec3 } from "./vectors";

const camera: Camera = { position: [0, 2, 10], target: [0, 0, 0], fieldOfView: 30 };
const view = viewOf(camera);
const side = 96;

const sphere = new SphereGeometry(1, 192, 96);
const ball: TriangleMesh = {
  positions: sphere.getAttribute("position").array,
  triangles: sphere.index?.array ?? [],
};
const place = (id: number, position: Vec3, stretch = 1): PlacedMesh => ({
  id,
  mesh: ball,
  position,
  scale: 1,
  stretch,
  angle: 0.7,
});

/** Whether the ray through a pixel's centre passes within 1 of the ball's centre. */
function isHit(pixel: number, center: Vec3, radius: number): boolean {
  const x = (((pixel % side) + 0.5) / side) * 2 - 1;
  const y = 1 - ((Math.floor(pixel / side) + 0.5) / side) * 2;
  const ray = view.forward.map(
    (f, i) => f + ((view.right[i] ?? 0) * x + (view.up[i] ?? 0) * y) / view.focal,
  ) as Vec3; // three entries in, three out
  const across = cross(subtract(center, view.position), ray);
  return dot(across, across) < radius ** 2 * dot(ray, ray);
}

test("a ball covers the pixels whose rays hit it", () => {
  const center: Vec3 = [0.6, -0.3, 1];
  const ids = rasterIds([place(4, center)], view, side);
  ids.forEach((id, pixel) => {
    if (isHit(pixel, center, 0.995)) expect(id).toBe(4);
    if (!isHit(pixel, center, 1.001)) expect(id).toBe(0);
  });
  expect(ids.filter((id) => id === 4).length).toBeGreaterThan(500);
});

test("the nearer ball is seen, in whatever order they come", () => {
  const [behind, before] = [place(1, [0, 0, -2]), place(2, [0.5, 0, 2])];
  const ids = rasterIds([behind, before], view, side);
  expect(rasterIds([before, behind], view, side)).toEqual(ids);
  const alone = rasterIds([before], view, side);
  alone.forEach((id, pixel) => id && expect(ids[pixel]).toBe(2));
  expect(ids).toContain(1);
});

test("stretch makes a ball taller on the picture", () => {
  const rowsOf = (stretch: number) => {
    const ids = rasterIds([place(1, [0, 0, 0], stretch)], view, side);
    return new Set([...ids.keys()].filter((i) => ids[i]).map((i) => Math.floor(i / side))).size;
  };
  expect(rowsOf(1.3) / rowsOf(1)).toBeGreaterThan(1.2);
});

test("faces that look away are not drawn", () => {
  const wall: TriangleMesh = { positions: [-1, -1, 0, 1, -1, 0, 0, 1, 0], triangles: [0, 1, 2] };
  const one = (mesh: TriangleMesh) =>
    rasterIds([{ ...place(1, [0, 0, 0]), mesh, angle: 0 }], view, side).some((id) => id > 0);
  expect(one(wall)).toBe(true);
  expect(one({ ...wall, triangles: [0, 2, 1] })).toBe(false);
});
