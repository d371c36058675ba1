/** Scenes of solids: layouts drawn until every object is clear to see, with exact ids. Needs no WebGL. */
import type { BufferGeometry } from "three";

import { viewOf, type Camera } from "./camera";
import { solidGeometry } from "./geometries";
import { rasterIds, type TriangleMesh } from "./idRaster";
import { countVisible, isLayoutClear, planResolution, type ScenePlan } from "./scene";
import { integer, sceneRng } from "./seeding";
import { drawSolids, drawStage, type Solid, type SolidKind, type Stage } from "./solidSpec";

/** Fewest and most objects, both included; every count is equally likely. */
export const solidCounts = [3, 6] as const;

export type SolidPlan = ScenePlan & {
  kind: SolidKind;
  objects: Solid[];
  stage: Stage;
  /** [planResolution * planResolution] */
  ids: Uint8Array<ArrayBuffer>;
};

const kindCodes: Record<SolidKind, number> = { clevr: 1, textured: 2 };
const maxAttempts = 2000;

/** The layout, ids and visible pixels of one scene. */
export function planSolids(kind: SolidKind, seed: number, index: number): SolidPlan {
  const code = kindCodes[kind];
  // The count has a stream of its own and stays through rejections, else crowded scenes would be rare.
  const count = integer(sceneRng(code, seed, index, 0), ...solidCounts);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const rng = sceneRng(code, seed, index, attempt + 1);
    const stage = drawStage(rng, kind);
    const objects = drawSolids(rng, kind, count, [stage.camera]);
    if (!objects) continue;
    const ids = solidIds(objects, stage.camera);
    if (!isLayoutClear(ids, count)) continue;
    const visible = countVisible(ids, count);
    objects.forEach((object, k) => (object.visiblePixels = visible[k] ?? 0));
    return { kind, seed, index, attempt, objects, stage, ids };
  }
  throw new Error(`${kind}: no clear layout for seed ${seed}, index ${index}.`);
}

/** Which object each pixel shows. @returns [planResolution * planResolution] */
export const solidIds = (objects: readonly Solid[], camera: Camera): Uint8Array<ArrayBuffer> =>
  rasterIds(objects.map(placeMesh), viewOf(camera), planResolution);

const placeMesh = ({ id, geometry, position, size, stretch, angle }: Solid) => ({
  id,
  mesh: triangleMesh(geometry),
  position,
  scale: size,
  stretch,
  angle,
});

const meshes = new Map<string, TriangleMesh>();

function triangleMesh(name: string): TriangleMesh {
  const known = meshes.get(name);
  if (known) return known;
  const mesh = weld(solidGeometry(name));
  meshes.set(name, mesh);
  return mesh;
}

/** Vertices at the same place made one: a third of the projections of a box, whose faces have their own. */
function weld(geometry: BufferGeometry): TriangleMesh {
  const { index } = geometry;
  const position = geometry.getAttribute("position");
  const numbers = new Map<string, number>();
  const positions: number[] = [];
  const numberOf = (i: number): number => {
    const point = [position.getX(i), position.getY(i), position.getZ(i)];
    const key = point.map((x) => x.toFixed(6)).join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    positions.push(...point);
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  const length = index ? index.count : position.count;
  const triangles = Array.from({ length }, (_, i) => numberOf(index ? index.getX(i) : i));
  return { positions: Float64Array.from(positions), triangles: Uint16Array.from(triangles) };
}
