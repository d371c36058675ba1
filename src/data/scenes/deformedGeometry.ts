/** Irregular solids: a superellipsoid whose radius is bent by a few waves, with smooth normals by finite difference. */
import { SphereGeometry, Vector3, type BufferGeometry } from "three";

import { pick, sceneRng, uniform } from "./seeding";

/** Seeds the forms; apart from the codes of the scene kinds. */
const formCode = 77;

/** Distance of the surface from the centre in a direction of length 1. */
type Radius = (direction: Vector3) => number;

function drawRadius(form: number): Radius {
  const rng = sceneRng(formCode, form, 0, 0);
  const power = pick(rng, [2, 2, 2.6, 3.5, 5]); // 2 = ball, higher = boxier
  const amplitude = uniform(rng, 0.06, 0.2);
  const waves = Array.from({ length: 5 }, () => ({
    frequency: new Vector3(
      uniform(rng, -2.5, 2.5),
      uniform(rng, -2.5, 2.5),
      uniform(rng, -2.5, 2.5),
    ),
    phase: uniform(rng, 0, 2 * Math.PI),
    height: uniform(rng, 0.5, 1),
  }));
  return (d) => {
    const sum = Math.abs(d.x) ** power + Math.abs(d.y) ** power + Math.abs(d.z) ** power;
    const bend = waves.reduce(
      (total, { frequency, phase, height }) => total + height * Math.sin(frequency.dot(d) + phase),
      0,
    );
    return sum ** (-1 / power) * (1 + (amplitude * bend) / 1.5);
  };
}

/** Normal of the surface where a direction meets it. */
function surfaceNormal(radius: Radius, direction: Vector3): Vector3 {
  const step = 0.02;
  const pole = Math.abs(direction.y) < 0.9 ? new Vector3(0, 1, 0) : new Vector3(1, 0, 0);
  const tangent = pole.cross(direction).normalize();
  const bitangent = direction.clone().cross(tangent);
  const at = (along: Vector3, distance: number): Vector3 => {
    const unit = direction.clone().addScaledVector(along, distance).normalize();
    return unit.multiplyScalar(radius(unit));
  };
  const slope = (along: Vector3): Vector3 => at(along, step).sub(at(along, -step));
  const normal = slope(tangent).cross(slope(bitangent)).normalize();
  return normal.dot(direction) < 0 ? normal.negate() : normal;
}

/** @param form - any integer; the same one gives the same solid */
export function deformedGeometry(form: number): BufferGeometry {
  const radius = drawRadius(form);
  const geometry = new SphereGeometry(1, 40, 28);
  const position = geometry.getAttribute("position");
  const normal = geometry.getAttribute("normal");
  const direction = new Vector3();
  let footprint = 0;
  let lowest = Infinity;
  for (let i = 0; i < position.count; i++) {
    direction.fromBufferAttribute(position, i).normalize();
    const { x, y, z } = surfaceNormal(radius, direction);
    normal.setXYZ(i, x, y, z);
    direction.multiplyScalar(radius(direction));
    position.setXYZ(i, direction.x, direction.y, direction.z);
    footprint = Math.max(footprint, Math.hypot(direction.x, direction.z));
    lowest = Math.min(lowest, direction.y);
  }
  const sink = 0.02; // it rests on more than one point
  return geometry
    .translate(0, -lowest - sink, 0)
    .scale(1 / footprint, 1 / footprint, 1 / footprint);
}
