/**
 * An example: what the shipped model made of a sample scene, computed by scripts/bakeExamples.ts. Its numbers are a JSON
 * file, its pictures two sheets of tiles: one lossy for pictures, one lossless for values. The places on the sheets are
 * said here alone, for the script that writes them and the page that reads them.
 */
import { z } from "zod";

import { samplerNames } from "../engine/protocol";

const slot = z.int().min(0).max(31);
const side = z.int().min(1).max(256);

export const exampleSchema = z.object({
  version: z.literal(1),
  /** Id of the sample scene, and of the example. */
  sample: z.string().max(64),
  /** The weights that made everything here. */
  model: z.object({
    id: z.string(),
    title: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** Seed of the initial slots. */
  slotSeed: z.int().min(0),
  /** How every picture was drawn. */
  settings: z.object({
    seed: z.int().min(0),
    sampler: z.enum(samplerNames),
    steps: z.int().min(1),
    eta: z.number().min(0).max(1),
  }),
  numSlots: z.int().min(1).max(32),
  /** Rounds of Slot Attention. */
  rounds: z.int().min(1).max(16),
  /** Height and width of attention, of latents and of pictures. */
  attnSize: z.tuple([side, side]),
  latentSize: z.tuple([side, side]),
  pictureSize: z.tuple([side, side]),
  /** Side of the scene's own picture. */
  sourceSide: side,
  /** Slots on objects: those that the compose grid replaces. */
  objects: z.array(slot).min(1),
  /** The examples whose slots come in their place. */
  partners: z.array(z.object({ sample: z.string().max(64), objects: z.array(slot).min(1) })),
  /** Evaluations of the network that are kept, of the picture of the scene's own slots. */
  frames: z.array(z.object({ step: z.int().min(1), t: z.number() })).min(1),
});

/** An example without its pictures. */
export type ExampleFacts = z.infer<typeof exampleSchema>;

/** A place on a sheet, in pixels. */
export type Place = { left: number; top: number; width: number; height: number };

const columns = 8;

/** The scene's own picture stands at the top of the sheet of pictures. */
export const sourcePlace = ({ sourceSide }: ExampleFacts): Place => ({
  left: 0,
  top: 0,
  width: sourceSide,
  height: sourceSide,
});

/** Below it, in rows of eight: the picture of the scene's own slots, without each object, with each swap, at each step. */
function tilePlace({ pictureSize, sourceSide }: ExampleFacts, index: number): Place {
  const [height, width] = pictureSize;
  const row = Math.floor(index / columns);
  return { left: (index % columns) * width, top: sourceSide + row * height, width, height };
}

/**
 * What a picture is drawn from: a scene's own slots, with one of them taken out or replaced.
 * Each number is a place in a list: of `objects`, of `partners`, of that partner's `objects`.
 */
export type Swap =
  | { kind: "own" }
  | { kind: "without"; object: number }
  | { kind: "replaced"; object: number; partner: number; by: number };

const numSwaps = ({ objects, partners }: ExampleFacts, numPartners = partners.length): number =>
  partners
    .slice(0, numPartners)
    .reduce((sum, { objects: by }) => sum + objects.length * by.length, 0);

/** Every picture of the compose grid, in the order of the sheet. */
export const swapsOf = ({ objects, partners }: ExampleFacts): Swap[] => [
  { kind: "own" },
  ...objects.map((_, object): Swap => ({ kind: "without", object })),
  ...partners.flatMap(({ objects: others }, partner) =>
    objects.flatMap((_, object) =>
      others.map((_slot, by): Swap => ({ kind: "replaced", object, partner, by })),
    ),
  ),
];

/** Where the picture of a swap stands. */
export function swapPlace(facts: ExampleFacts, swap: Swap): Place {
  const { objects, partners } = facts;
  if (swap.kind === "own") return tilePlace(facts, 0);
  if (swap.kind === "without") return tilePlace(facts, 1 + swap.object);
  const { object, partner, by } = swap;
  const before = 1 + objects.length + numSwaps(facts, partner);
  return tilePlace(facts, before + object * (partners[partner]?.objects.length ?? 0) + by);
}

/** Where the decoded prediction of a frame stands. */
export const predictionPlace = (facts: ExampleFacts, frame: number): Place =>
  tilePlace(facts, 1 + facts.objects.length + numSwaps(facts) + frame);

/** Width and height of the sheet of pictures. */
export function picturesSize(facts: ExampleFacts): { width: number; height: number } {
  const last = predictionPlace(facts, facts.frames.length - 1);
  const width = Math.max(facts.sourceSide, columns * facts.pictureSize[1]);
  return { width, height: last.top + last.height };
}

/** On the sheet of values: the attention of a slot in a round, from 1; one row a round. */
export function attnPlace({ attnSize }: ExampleFacts, round: number, index: number): Place {
  const [height, width] = attnSize;
  return { left: index * width, top: (round - 1) * height, width, height };
}

/** Below the attention, in one row: the noisy latents of each frame, as colours. */
export function noisyPlace({ attnSize, rounds, latentSize }: ExampleFacts, frame: number): Place {
  const [height, width] = latentSize;
  return { left: frame * width, top: rounds * attnSize[0], width, height };
}

/** Width and height of the sheet of values. */
export function valuesSize(facts: ExampleFacts): { width: number; height: number } {
  const { attnSize, latentSize, numSlots, rounds, frames } = facts;
  return {
    width: Math.max(numSlots * attnSize[1], frames.length * latentSize[1]),
    height: rounds * attnSize[0] + latentSize[0],
  };
}

/** The addresses of an example's files. */
export const exampleUrls = (sample: string) => ({
  facts: `examples/${sample}.json`,
  pictures: `examples/${sample}.webp`,
  values: `examples/${sample}-values.webp`,
});

/** The examples in their order; each is called after its sample scene. */
export const exampleIds: readonly string[] = ["05", "02", "03"];
