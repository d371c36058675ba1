/** Scores of pictures, one row of numbers each; NaN where a picture has no such number. */
import { hash32, pick, shuffle } from "../data/scenes/seeding";
import { mulberry32 } from "../math/random";
import { adjustedRandIndex } from "../metrics/ari";
import { featureDistance } from "../metrics/featureDistance";
import { psnr, squaredError, ssim, type Picture } from "../metrics/imageQuality";
import { meanBestOverlap, meanIoU } from "../metrics/iou";
import { changeByRegion } from "../metrics/locality";
import { excludeOverlap } from "../metrics/overlap";
import { countDeadSlots, objectSlots, slotHealth } from "../metrics/slotHealth";
import type { Features } from "./features";
import type { Truth } from "./pictures";

/** Numbers of one picture by name. */
export type Scores = Record<string, number>;

/** What a seed is for: streams of one picture share nothing. */
const streams = { noise: 2, pairs: 3, choice: 4 } as const;

/**
 * Seed of one picture's draws. Initial slots come from the seed itself, as in the page: a picture has the same slots in both.
 * @param index - of the picture in the data
 */
export const seedOf = (
  stream: "slots" | keyof typeof streams,
  seed: number,
  index: number,
): number => (stream === "slots" ? seed : hash32(0xe7a1, streams[stream], seed, index));

/**
 * Scores of a segmentation, as the official evaluation (img_based/test_seg.py), and the health of its slots.
 * @param pred - slot of each pixel
 */
export function scoreMasks(truth: Truth, pred: Uint8Array, numSlots: number): Scores {
  const { ids, classes, overlap } = truth;
  return {
    ...(ids && scoreObjects(ids, pred, overlap)),
    ...(classes && scoreClasses(classes, pred, overlap)),
    ...(ids ? slotHealth(ids, pred, numSlots) : { deadSlots: countDeadSlots(pred, numSlots) }),
  };
}

type Pair = { gt: ArrayLike<number>; pred: ArrayLike<number> };

const leaveOut = (gt: Uint8Array, pred: Uint8Array, overlap: Uint8Array | null): Pair =>
  overlap ? excludeOverlap(gt, pred, overlap) : { gt, pred };

function scoreObjects(ids: Uint8Array, slots: Uint8Array, overlap: Uint8Array | null): Scores {
  const { gt, pred } = leaveOut(ids, slots, overlap);
  const foreground = { ignoreBackground: true };
  return {
    fgAri: adjustedRandIndex(gt, pred, foreground),
    ari: adjustedRandIndex(gt, pred),
    mIoU: meanIoU(gt, pred),
    fgMIoU: meanIoU(gt, pred, foreground),
    mBO: meanBestOverlap(gt, pred),
  };
}

function scoreClasses(classes: Uint8Array, slots: Uint8Array, overlap: Uint8Array | null): Scores {
  const { gt, pred } = leaveOut(classes, slots, overlap);
  return { classMIoU: meanIoU(gt, pred), classMBO: meanBestOverlap(gt, pred) };
}

/** Scores of a picture against its original. @param prefix - "" for pictures from slots, "vqvae" for the first stage */
export function scorePicture(original: Picture, made: Picture, prefix: "" | "vqvae"): Scores {
  const name = (metric: string): string =>
    prefix === "" ? metric : prefix + metric.charAt(0).toUpperCase() + metric.slice(1);
  const sum = squaredError(original, made);
  return {
    [name("mse")]: sum,
    [name("msePerValue")]: sum / original.values.length,
    [name("psnr")]: psnr(original, made),
    [name("ssim")]: Math.min(original.width, original.height) > 10 ? ssim(original, made) : NaN,
  };
}

/** Distance of two pictures in a network's features. @param title - of the network */
export const scoreFeatures = (title: string, original: Features, made: Features): Scores => ({
  [`perceptual${title}`]: featureDistance(original.maps, made.maps),
});

/** A slot of one picture put in the place of a slot of another. */
export type Swap = { partner: number; slot: number; partnerSlot: number };

/**
 * For each picture a partner and one slot of both: the pictures in random order, each paired with the next; slots drawn
 * among those that are alive and not the picture's largest. Null where a picture or its partner has no such slot.
 * @param segmentations - slot of each pixel, one array a picture
 * @param firstIndex - of these pictures in the data
 */
export function chooseSwaps(
  segmentations: readonly Uint8Array[],
  { numSlots, seed, firstIndex }: { numSlots: number; seed: number; firstIndex: number },
): (Swap | null)[] {
  const indices = segmentations.map((_, i) => i);
  const order = shuffle(mulberry32(seedOf("pairs", seed, firstIndex)), indices);
  const swaps = segmentations.map((): Swap | null => null);
  order.forEach((picture, at) => {
    const partner = order[(at + 1) % order.length];
    if (partner === undefined || partner === picture) return;
    const candidates = [picture, partner].map((i) =>
      objectSlots(segmentations[i] ?? new Uint8Array(0), numSlots),
    );
    const [own = [], other = []] = candidates;
    if (own.length === 0 || other.length === 0) return;
    const rng = mulberry32(seedOf("choice", seed, firstIndex + picture));
    swaps[picture] = { partner, slot: pick(rng, own), partnerSlot: pick(rng, other) };
  });
  return swaps;
}

/** Slots of all pictures with each swap made. @param slots - [B * K * D] */
export function applySwaps(
  slots: Float32Array,
  swaps: readonly (Swap | null)[],
  numSlots: number,
): Float32Array {
  const size = slots.length / (swaps.length * numSlots);
  const row = (picture: number, slot: number): number => (picture * numSlots + slot) * size;
  const swapped = slots.slice();
  swaps.forEach((swap, picture) => {
    if (!swap) return;
    const from = row(swap.partner, swap.partnerSlot);
    swapped.set(slots.subarray(from, from + size), row(picture, swap.slot));
  });
  return swapped;
}

/** Change inside and outside of the masks of the slot that left (in its picture) and of the one that came (in its own). */
export function scoreSwap(
  swap: Swap | null,
  { own, partner }: { own: Uint8Array; partner: Uint8Array },
  { before, after }: { before: Picture; after: Picture },
): Scores {
  if (!swap) return { composeInside: NaN, composeOutside: NaN };
  const { inside, outside } = changeByRegion(
    before,
    after,
    (pixel) => own[pixel] === swap.slot || partner[pixel] === swap.partnerSlot,
  );
  return { composeInside: inside, composeOutside: outside };
}
