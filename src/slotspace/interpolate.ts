/**
 * Slots between two slots. On the straight line the norm shrinks on the way, and attention reads a slot's direction after
 * layer normalisation; on the arc (Shoemake 1985, slerp) the direction turns at an even pace and the norm goes straight
 * from the one to the other.
 */
import { dot, norm } from "./slotMatrix";

/** Ways from one slot to another. */
export const pathNames = ["linear", "spherical"] as const;
export type PathName = (typeof pathNames)[number];

/** Angle in radians below which the arc is a line to the last digit of a float32. */
const tinyAngle = 1e-4;

/**
 * The slot at t on the way from a to b.
 * @param a - [D] @param b - [D] @param t - 0 (a) .. 1 (b)
 * @returns [D]
 */
export function interpolate(
  a: Float32Array,
  b: Float32Array,
  t: number,
  path: PathName,
): Float32Array {
  if (a.length !== b.length)
    throw new Error(`interpolate: expected slots of one size, got ${a.length} and ${b.length}.`);
  if (!(t >= 0 && t <= 1)) throw new Error(`interpolate: expected t in 0..1, got ${t}.`);
  if (t === 0) return a.slice();
  if (t === 1) return b.slice();
  return path === "linear" ? mix(a, 1 - t, b, t) : onArc(a, b, t);
}

const mix = (a: Float32Array, wa: number, b: Float32Array, wb: number): Float32Array =>
  a.map((value, i) => wa * value + wb * (b[i] ?? NaN));

/** A slot of zeros has no direction: the way from or to it is the straight line. */
function onArc(a: Float32Array, b: Float32Array, t: number): Float32Array {
  const [normA, normB] = [norm(a), norm(b)];
  if (normA === 0 || normB === 0) return mix(a, 1 - t, b, t);
  const cosine = Math.min(1, Math.max(-1, dot(a, b) / (normA * normB)));
  const angle = Math.acos(cosine);
  const length = (1 - t) * normA + t * normB;
  if (angle < tinyAngle) return mix(a, 1 - t, b, t);
  if (Math.PI - angle < tinyAngle) return overTheSide(a, normA, length, Math.PI * t);
  const scale = length / Math.sin(angle);
  const weightA = (scale * Math.sin((1 - t) * angle)) / normA;
  const weightB = (scale * Math.sin(t * angle)) / normB;
  return mix(a, weightA, b, weightB);
}

/** Between opposite slots every half circle is an arc; this one leads over the axis that `a` has least of. */
function overTheSide(a: Float32Array, normA: number, length: number, angle: number): Float32Array {
  const side = a.reduce(
    (least, value, i) => (Math.abs(value) < Math.abs(a[least] ?? 0) ? i : least),
    0,
  );
  const along = (a[side] ?? 0) / normA;
  const rest = Math.sqrt(1 - along * along);
  const turn = rest === 0 ? 0 : (length * Math.sin(angle)) / rest; // one number alone has no side
  const stay = (length * Math.cos(angle)) / normA - (turn * along) / normA;
  return a.map((value, i) => stay * value + (i === side ? turn : 0));
}
