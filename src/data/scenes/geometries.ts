/** The solids' shapes: footprint of radius 1 around the vertical axis, standing on y = 0. Made once, when first asked for. */
import {
  CapsuleGeometry,
  LatheGeometry,
  SphereGeometry,
  TorusGeometry,
  Vector2,
  type BufferGeometry,
} from "three";
import { RoundedBoxGeometry } from "three/addons/geometries/RoundedBoxGeometry.js";

import { deformedGeometry } from "./deformedGeometry";

type Profile = [radius: number, height: number][];

const lathe = (profile: Profile): BufferGeometry =>
  new LatheGeometry(
    profile.map(([radius, height]) => new Vector2(radius, height)),
    36,
  );

/** A cylinder with both edges rounded off. */
function bevelProfile(radius: number, height: number, bevel: number, steps = 4): Profile {
  const arc = (centerY: number, from: number): Profile =>
    Array.from({ length: steps + 1 }, (_, i) => {
      const angle = from + ((i / steps) * Math.PI) / 2;
      return [radius - bevel + bevel * Math.cos(angle), centerY + bevel * Math.sin(angle)];
    });
  return [
    [0, 0],
    [radius - bevel - 0.01, 0],
    ...arc(bevel, -Math.PI / 2),
    [radius, bevel + 0.01],
    [radius, height - bevel - 0.01],
    ...arc(height - bevel, 0),
    [radius - bevel - 0.01, height],
    [0, height],
  ];
}

const coneProfile: Profile = [
  [0, 0],
  [0.97, 0],
  [0.99, 0.01],
  [1, 0.03],
  [0.985, 0.06],
  [0.06, 1.88],
  [0.03, 1.91],
  [0, 1.92],
];

const ball = (): BufferGeometry => new SphereGeometry(1, 36, 24);
const torus = (): BufferGeometry => new TorusGeometry(0.66, 0.34, 18, 36);

const makers: Record<string, () => BufferGeometry> = {
  cube: () =>
    new RoundedBoxGeometry(Math.SQRT2, Math.SQRT2, Math.SQRT2, 2, 0.09).translate(
      0,
      Math.SQRT1_2,
      0,
    ),
  sphere: () => ball().translate(0, 1, 0),
  cylinder: () => lathe(bevelProfile(1, 1.9, 0.07)),
  cone: () => lathe(coneProfile),
  torusFlat: () =>
    torus()
      .rotateX(Math.PI / 2)
      .translate(0, 0.34, 0),
  torusUpright: () => torus().translate(0, 0.99, 0),
  roundedBox: () => new RoundedBoxGeometry(1.5, 1.3, 1.5, 5, 0.4).translate(0, 0.65, 0),
  roundedCylinder: () => lathe(bevelProfile(0.95, 1.5, 0.35, 8)),
  capsule: () => new CapsuleGeometry(0.62, 0.9, 8, 28).translate(0, 1.07, 0),
  ellipsoid: () => ball().scale(1, 0.68, 1).translate(0, 0.68, 0),
};

const made = new Map<string, BufferGeometry>();

/** A shape by its name; deformed0, deformed1, ... are made from their number. */
export function solidGeometry(name: string): BufferGeometry {
  const known = made.get(name);
  if (known) return known;
  const make = makers[name] ?? (() => deformedGeometry(Number(name.replace("deformed", ""))));
  const geometry = make();
  made.set(name, geometry);
  return geometry;
}
