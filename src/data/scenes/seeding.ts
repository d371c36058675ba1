/**
 * Where a scene's randomness comes from: one generator for each (kind, seed, index, attempt), so that any scene can be
 * made alone, in any order, and a rejected layout never shifts the scenes after it.
 */
import { mulberry32, type Rng } from "../../math/random";

/** Mixes integers into 32 bits (murmur3's finaliser a word), so that neighbouring seeds share nothing. */
export function hash32(...words: number[]): number {
  let h = 0x811c9dc5;
  for (const word of words) {
    h = Math.imul(h ^ (word >>> 0), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/** The generator of one stream of one scene. */
export const sceneRng = (kindCode: number, seed: number, index: number, stream: number): Rng =>
  mulberry32(hash32(kindCode, seed, index, stream));

/** One draw from U(low, high). */
export const uniform = (rng: Rng, low: number, high: number): number => low + (high - low) * rng();

/** One integer from low..high, both included. */
export const integer = (rng: Rng, low: number, high: number): number =>
  low + Math.floor(rng() * (high - low + 1));

/** One member of a list. */
export function pick<T>(rng: Rng, list: readonly T[]): T {
  const chosen = list[Math.floor(rng() * list.length)];
  if (chosen === undefined) throw new Error("pick: expected a list with members, got none.");
  return chosen;
}

/** The list in random order (Fisher-Yates). */
export function shuffle<T>(rng: Rng, list: readonly T[]): T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(Math.floor(rng() * rest.length), 1));
}
