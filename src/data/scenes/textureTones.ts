/**
 * Procedural textures as functions of (u, v), pure and tiling with period 1.
 *
 * A tone in [-1, 1] says which of a texture's three colours shows: 0 = first, towards 1 = second, towards -1 = third.
 */
import type { Rng } from "../../math/random";
import { uniform } from "./seeding";

/** @returns -1..1 */
export type Tone = (u: number, v: number) => number;

/** Makes a tone of n coarse cells a side; n is 2..6. */
type ToneMaker = (rng: Rng, n: number) => Tone;

const fraction = (x: number): number => x - Math.floor(x);

const isWithin = (x: number, y: number, radius: number): boolean => x * x + y * y < radius * radius;

const checker: ToneMaker = (_, n) => (u, v) => (Math.floor(u * 2 * n) + Math.floor(v * 2 * n)) & 1;

const stripes: ToneMaker = (rng, n) => {
  const width = uniform(rng, 0.3, 0.7);
  // Whole numbers of turns in u and v, so that the pattern tiles: upright, lying or diagonal.
  const slopes = rng() < 0.4 ? [1, 1] : rng() < 0.35 ? [1, 0] : [0, 1];
  const [a = 0, b = 0] = slopes.map((slope) => slope * (n + 1));
  return (u, v) => (fraction(u * a + v * b) < width ? 1 : 0);
};

const dots: ToneMaker = (rng, n) => {
  const radius = uniform(rng, 0.25, 0.42);
  const m = n + 1;
  return (u, v) => {
    const x = fraction(u) * m;
    const y = fraction(v) * m;
    if (!isWithin(fraction(x) - 0.5, fraction(y) - 0.5, radius)) return 0;
    return (Math.floor(x) + Math.floor(y)) % 3 === 2 ? -1 : 1;
  };
};

const grid: ToneMaker = (rng, n) => {
  const line = uniform(rng, 0.12, 0.27);
  const m = n + 2;
  return (u, v) => (fraction(u * m) < line || fraction(v * m) < line ? 1 : 0);
};

const brick: ToneMaker = (rng, n) => {
  const rows = 2 * n;
  const shades = Array.from({ length: rows * n }, () => -0.45 * rng());
  return (u, v) => {
    const row = Math.floor(fraction(v) * rows);
    const x = fraction(u + (row & 1 ? 0.5 / n : 0)) * n;
    const isMortar = fraction(x) < 0.08 || fraction(v * rows) < 0.15;
    return isMortar ? 1 : (shades[row * n + Math.floor(x)] ?? 0);
  };
};

/** A disc of its own size and place within each cell of a fine grid. */
const speckle: ToneMaker = (rng, n) => {
  const m = 3 * n;
  const specks = Array.from({ length: m * m }, () => {
    const radius = uniform(rng, 0.12, 0.42);
    const x = uniform(rng, radius, 1 - radius);
    const y = uniform(rng, radius, 1 - radius);
    return { x, y, radius, tone: rng() < 0.6 ? 1 : -1 };
  });
  return (u, v) => {
    const x = fraction(u) * m;
    const y = fraction(v) * m;
    const speck = specks[Math.floor(y) * m + Math.floor(x)];
    if (!speck) return 0;
    return isWithin(fraction(x) - speck.x, fraction(y) - speck.y, speck.radius) ? speck.tone : 0;
  };
};

/** Value noise that repeats after `period` cells: smooth interpolation between random lattice values. */
function valueNoise(rng: Rng, period: number): Tone {
  const lattice = Float32Array.from({ length: period * period }, rng);
  return (u, v) => {
    const x = fraction(u) * period;
    const y = fraction(v) * period;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const sx = smooth(x - left);
    const sy = smooth(y - top);
    const right = (left + 1) % period;
    const upper = top * period;
    const lower = ((top + 1) % period) * period;
    const above = mix(lattice[upper + left] ?? 0, lattice[upper + right] ?? 0, sx);
    return mix(above, mix(lattice[lower + left] ?? 0, lattice[lower + right] ?? 0, sx), sy);
  };
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

const noise: ToneMaker = (rng, n) => {
  const [coarse, middle, fine] = [
    valueNoise(rng, n),
    valueNoise(rng, 2 * n),
    valueNoise(rng, 4 * n),
  ];
  return (u, v) => {
    const sum = 0.58 * coarse(u, v) + 0.3 * middle(u, v) + 0.12 * fine(u, v);
    return Math.max(0, Math.min(1, (sum - 0.5) * 2.6 + 0.5));
  };
};

/** Rings bent by noise, each fading in slowly and out quickly. */
const wood: ToneMaker = (rng, n) => {
  const rings = 2 + Math.floor(4 * rng()) + (n >> 1);
  const [coarse, fine] = [valueNoise(rng, n), valueNoise(rng, 2 * n)];
  return (u, v) => {
    const ring = fraction(v * rings + 1.5 * coarse(u, v) + 0.4 * fine(u, v));
    return 0.1 + 0.85 * (ring < 0.85 ? ring / 0.85 : (1 - ring) / 0.15);
  };
};

export const toneMakers = { checker, stripes, dots, noise, wood, brick, grid, speckle } as const;
