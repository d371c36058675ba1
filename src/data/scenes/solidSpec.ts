/**
 * Layouts of solid objects on a floor, drawn from a generator: camera, lights, objects, textures.
 *
 * clevr follows CLEVR (Johnson et al. 2017, https://arxiv.org/abs/1612.06890): three shapes, eight colours, two sizes,
 * two materials. textured follows the idea of CLEVRTex (Karazija et al. 2021, https://arxiv.org/abs/2111.10265): a
 * texture on every object, the floor and a wall, and more shapes.
 */
import type { Rng } from "../../math/random";
import { project, viewOf, type Camera, type View } from "./camera";
import { clevrColors, jitterRgb, nearestColor } from "./colors";
import type { SceneObject } from "./scene";
import { pick, uniform } from "./seeding";
import { drawTextureSpec, type TextureSpec } from "./textures";
import type { Vec3 } from "./vectors";

export type SolidKind = "clevr" | "textured";

/** The deformed solids come in this many forms. */
export const numDeformed = 24;

export type Solid = Omit<SceneObject, "position" | "material"> & {
  /** Name in the geometry library; several make one shape. */
  geometry: string;
  position: Vec3;
  material: "rubber" | "metal";
  /** Height against the library's, 1 = as it is. */
  stretch: number;
  roughness: number;
  metalness: number;
  texture: TextureSpec | null;
};

export type Light = { position: Vec3; intensity: number; color: Vec3 };

export type Stage = {
  camera: Camera;
  key: Light;
  fill: Light;
  back: Light;
  environmentIntensity: number;
  /** Behind the objects, at this z; clevr has none, and a plain floor. */
  backdrop: { floor: TextureSpec; wall: TextureSpec; wallZ: number } | null;
};

const white: Vec3 = [1, 1, 1];
const near = (rng: Rng, center: Vec3, spread: number): Vec3 => [
  center[0] + uniform(rng, -spread, spread),
  center[1] + uniform(rng, -spread, spread),
  center[2] + uniform(rng, -spread, spread),
];

/** Camera, lights and backdrop of one scene. */
export function drawStage(rng: Rng, kind: SolidKind): Stage {
  return {
    camera: {
      position: near(rng, [0, 5.9, 10], 0.45),
      target: near(rng, [0, 0.25, -0.15], 0.1),
      fieldOfView: 28.5,
    },
    key: {
      position: near(rng, [-4.2, 7.2, 3.6], 1.2),
      intensity: uniform(rng, 2, 2.5),
      color: [1, uniform(rng, 0.96, 1), uniform(rng, 0.92, 1)],
    },
    fill: {
      position: near(rng, [5, 4, 5], 1),
      intensity: uniform(rng, 0.45, 0.75),
      color: white,
    },
    back: { position: near(rng, [0, 5, -6], 1), intensity: uniform(rng, 0.3, 0.6), color: white },
    environmentIntensity: uniform(rng, 0.85, 1.1),
    backdrop:
      kind === "clevr"
        ? null
        : {
            floor: drawTextureSpec(rng, "calm"),
            wall: drawTextureSpec(rng, "calm"),
            wallZ: -uniform(rng, 4.2, 7),
          },
  };
}

/**
 * Objects that stand apart and inside the picture, or null when one found no place.
 * @param cameras - every one of them must see the objects whole
 */
export function drawSolids(
  rng: Rng,
  kind: SolidKind,
  count: number,
  cameras: readonly Camera[],
): Solid[] | null {
  const views = cameras.map(viewOf);
  const solids: Solid[] = [];
  while (solids.length < count) {
    const solid = drawSolid(rng, kind, solids.length + 1);
    const position = drawPlace(rng, solid.size, solids, views);
    if (!position) return null;
    solids.push({ ...solid, position });
  }
  return solids;
}

const placeTrials = 60;
const gap = 0.22;

function drawPlace(rng: Rng, size: number, others: Solid[], views: View[]): Vec3 | null {
  for (let trial = 0; trial < placeTrials; trial++) {
    const place: Vec3 = [uniform(rng, -2.5, 2.5), 0, uniform(rng, -2.9, 2.5)];
    const isApart = others.every(
      ({ position: [x, , z], size: other }) =>
        Math.hypot(x - place[0], z - place[2]) >= other + size + gap,
    );
    if (isApart && views.every((view) => isInside(place, size, view))) return place;
  }
  return null;
}

/** Whether the object's bounding ball projects into the picture; the id raster checks exactly. */
export function isInside([x, , z]: Vec3, size: number, view: View): boolean {
  const [px, py, depth] = project(view, [x, size, z]);
  const radius = (1.08 * size * view.focal) / depth;
  return Math.abs(px) + radius <= 0.985 && Math.abs(py) + radius <= 0.985;
}

/** An object without its place. */
function drawSolid(rng: Rng, kind: SolidKind, id: number): Solid {
  const size = rng() < 0.5 ? 0.4 : 0.74;
  const form = kind === "clevr" ? drawPlainForm(rng) : drawForm(rng);
  const material = rng() < 0.5 ? "rubber" : "metal";
  return {
    ...form,
    ...drawPaint(rng, kind),
    ...drawSurface(rng, kind, material),
    id,
    size: form.geometry.startsWith("torus") ? 1.12 * size : size,
    material,
    position: [0, 0, 0],
    angle: uniform(rng, 0, 2 * Math.PI),
    visiblePixels: 0,
  };
}

/** A plain colour, or a texture whose main colour gives the name. */
function drawPaint(rng: Rng, kind: SolidKind): Pick<Solid, "color" | "rgb" | "texture"> {
  if (kind === "clevr") {
    const { name, rgb } = pick(rng, clevrColors);
    return { color: name, rgb: jitterRgb(rng, rgb, 9), texture: null };
  }
  const texture = drawTextureSpec(rng, "full");
  const [rgb] = texture.colors;
  return { color: nearestColor(rgb, clevrColors).name, rgb, texture };
}

type Form = Pick<Solid, "shape" | "geometry" | "stretch">;

function drawPlainForm(rng: Rng): Form {
  const shape = pick(rng, ["cube", "sphere", "cylinder"]);
  return { shape, geometry: shape, stretch: 1 };
}

function drawForm(rng: Rng): Form {
  const shape = pick(rng, ["cube", "sphere", "cylinder", "cone", "torus", "rounded", "deformed"]);
  const stretch = uniform(rng, 0.85, 1.2);
  switch (shape) {
    case "torus":
      return { shape, stretch, geometry: rng() < 0.6 ? "torusFlat" : "torusUpright" };
    case "rounded":
      return {
        shape,
        stretch,
        geometry: pick(rng, ["roundedBox", "roundedCylinder", "capsule", "ellipsoid"]),
      };
    case "deformed":
      return { shape, stretch, geometry: `deformed${Math.floor(rng() * numDeformed)}` };
    default:
      return { shape, stretch, geometry: shape };
  }
}

function drawSurface(rng: Rng, kind: SolidKind, material: Solid["material"]) {
  if (material === "rubber") return { roughness: uniform(rng, 0.8, 0.95), metalness: 0 };
  if (kind === "clevr") return { roughness: uniform(rng, 0.18, 0.28), metalness: 0.9 };
  return { roughness: uniform(rng, 0.25, 0.45), metalness: uniform(rng, 0.25, 0.6) };
}
