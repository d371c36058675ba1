/**
 * Compositional generation: scenes put together from the slots of other scenes, by concept as the paper does
 * (SlotDiffusion, arXiv 2305.11281, after SLATE), and by place as the official img_based/test_comp_gen.py does.
 * Differs from SLATE: a scene gets at most one background, since two of them fight over the same pixels.
 */
import { InputError } from "../errors";
import type { Rng } from "../math/random";
import type { Concepts } from "./concepts";

export type SceneSample = {
  concepts: Concepts;
  /** Slots to take of each concept, at most one of the background; concepts left out are 0. */
  counts: readonly number[];
  rng: Rng;
};

/** Rows of a library for a new scene, drawn evenly and each at most once, concept after concept. */
export function sampleScene({ concepts, counts, rng }: SceneSample): number[] {
  checkCounts(concepts, counts);
  return concepts.concepts.flatMap(({ rows }, concept) =>
    drawSome(rows, counts[concept] ?? 0, rng),
  );
}

/**
 * Counts for a scene of drawn concepts: one background where the library has one, then objects. A concept is drawn in
 * proportion to its slots that are left, which is drawing from all objects of the library evenly.
 * @param numSlots - of the scene
 */
export function drawCounts(
  { concepts, background }: Pick<Concepts, "concepts" | "background">,
  numSlots: number,
  rng: Rng,
): number[] {
  const counts = concepts.map((_, concept): number =>
    concept === background && numSlots > 0 ? 1 : 0,
  );
  const owners = concepts.flatMap(({ rows }, concept) =>
    concept === background ? [] : rows.map(() => concept),
  );
  const numObjects = background === null ? numSlots : Math.max(0, numSlots - 1);
  if (numObjects > owners.length)
    throw new InputError(
      `scene of concepts: expected at most ${numSlots - numObjects + owners.length} slots, got ${numSlots}. ` +
        "Add scenes to the library or ask for fewer slots.",
    );
  for (const owner of drawSome(owners, numObjects, rng)) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
}

function checkCounts({ concepts, background }: Concepts, counts: readonly number[]): void {
  if (counts.length > concepts.length)
    throw new Error(
      `sampleScene: expected counts of ${concepts.length} concepts, got ${counts.length}.`,
    );
  for (const [concept, count] of counts.entries()) {
    const has = concepts[concept]?.rows.length ?? 0;
    const most = concept === background ? 1 : has;
    if (!Number.isInteger(count) || count < 0 || count > most)
      throw new InputError(
        `scene of concepts: expected 0 to ${most} slots of concept ${concept + 1}, got ${count}. ` +
          (most < has ? "It is the background: a scene has one." : "Add scenes or take fewer."),
      );
  }
}

/** Some of a list, each at most once, all choices equally likely (the first rounds of Fisher and Yates). */
function drawSome<T>(all: readonly T[], count: number, rng: Rng): T[] {
  const pool = [...all];
  for (let i = 0; i < count; i++) {
    const from = i + Math.floor(rng() * (pool.length - i));
    const [here, there] = [pool[i], pool[from]];
    if (here === undefined || there === undefined)
      throw new Error(`drawSome: expected at most ${all.length}, got ${count}.`);
    [pool[i], pool[from]] = [there, here];
  }
  return pool.slice(0, count);
}

/** A batch of pictures' slots, and its shape. */
export type SlotBatch = {
  /** [B, K, D] */
  slots: Float32Array;
  shape: [batch: number, numSlots: number, slotSize: number];
};

/**
 * The official recombination (test_comp_gen.py): slot k of scene b comes from slot k of scene b + k, after the last scene
 * the first. Needs no concepts, and shows each slot once.
 * @returns [B, K, D]
 */
export function recombine({ slots, shape: [B, K, D] }: SlotBatch): Float32Array {
  if (slots.length !== B * K * D)
    throw new Error(`recombine: expected ${B * K * D} numbers, got ${slots.length}.`);
  const out = new Float32Array(slots.length);
  for (let b = 0; b < B; b++)
    for (let k = 0; k < K; k++) {
      const from = (((b + k) % B) * K + k) * D;
      out.set(slots.subarray(from, from + D), (b * K + k) * D);
    }
  return out;
}
