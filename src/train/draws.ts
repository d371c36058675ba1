/**
 * The randomness of training. Every step has generators of its own, made from the run's seed and the step's number: the
 * state of all randomness is (seed, step), so a resumed run draws what the uninterrupted one would have drawn.
 */
import { hash32 } from "../data/scenes/seeding";
import { mulberry32, type Rng } from "../math/random";

/** What a generator is for; each purpose draws from a stream of its own. */
export const streams = {
  init: 0,
  order: 1,
  vqvae: 2,
  slots: 3,
  codes: 4,
  binding: 5,
  decoder: 6,
} as const;
export type Stream = keyof typeof streams;

/** The generator of one stream at one step. */
export const stepRng = (seed: number, stream: Stream, step: number): Rng =>
  mulberry32(hash32(0x7121, seed, streams[stream], step));

/** Which images a step sees: every image once an epoch, in an order of the epoch's own. */
export type BatchOrder = (step: number) => number[];

/**
 * @param count - images to choose from
 * @param batch - images a step; the last batch of an epoch goes on into the next
 */
export function createBatchOrder(seed: number, count: number, batch: number): BatchOrder {
  let shuffled: { epoch: number; order: Uint32Array } | null = null;
  const orderOf = (epoch: number): Uint32Array => {
    if (shuffled?.epoch !== epoch)
      shuffled = { epoch, order: permutation(stepRng(seed, "order", epoch), count) };
    return shuffled.order;
  };
  return (step) =>
    Array.from({ length: batch }, (_, i) => {
      const draw = step * batch + i;
      return orderOf(Math.floor(draw / count))[draw % count] ?? 0;
    });
}

/** 0..count-1 in random order (Fisher-Yates). */
function permutation(rng: Rng, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    const swapped = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = swapped;
  }
  return order;
}

/**
 * One timestep a sample, 0..timesteps-1.
 * @param law - uniform: as the official code; sqrt: timesteps sqrt(u), which shows the noisy end more often, where only
 *   the slots can tell what is there
 */
export const drawTimes = (
  rng: Rng,
  count: number,
  timesteps: number,
  law: "uniform" | "sqrt",
): number[] =>
  Array.from({ length: count }, () =>
    Math.floor(timesteps * (law === "sqrt" ? Math.sqrt(rng()) : rng())),
  );
