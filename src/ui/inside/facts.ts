/** Numbers and words about what is seen inside: pure functions on plain arrays. */

/** One round of Slot Attention in numbers. */
export type RoundFacts = {
  /** What the strongest slot holds of a feature, mean over features, 0..1. */
  strongest: number;
  /** Features whose strongest slot is not that of the round before, 0..1; null in the first round. */
  changed: number | null;
};

/** Rounds in `attn` [T, K, h, w]. */
export const countRounds = (attn: Float32Array, numSlots: number, area: number): number =>
  attn.length / (numSlots * area);

/**
 * The masks of one round.
 * @param round - 1 for the first
 * @returns a view [K, h, w]
 */
export const roundMasks = (
  attn: Float32Array,
  numSlots: number,
  area: number,
  round: number,
): Float32Array => attn.subarray((round - 1) * numSlots * area, round * numSlots * area);

/** The slot with the largest share of each feature, and that share. @param masks - [K, area] */
function winners(masks: Float32Array, area: number): { slots: Uint8Array; shares: Float32Array } {
  const slots = new Uint8Array(area);
  const shares = new Float32Array(area).fill(-Infinity);
  masks.forEach((share, i) => {
    const feature = i % area;
    if (share <= (shares[feature] ?? 0)) return;
    shares[feature] = share;
    slots[feature] = Math.floor(i / area);
  });
  return { slots, shares };
}

/** @param round - 1 for the first */
export function roundFacts(
  attn: Float32Array,
  numSlots: number,
  area: number,
  round: number,
): RoundFacts {
  const now = winners(roundMasks(attn, numSlots, area, round), area);
  const strongest = now.shares.reduce((sum, share) => sum + share, 0) / area;
  if (round === 1) return { strongest, changed: null };
  const before = winners(roundMasks(attn, numSlots, area, round - 1), area);
  const moved = now.slots.reduce((n, slot, i) => n + (slot === before.slots[i] ? 0 : 1), 0);
  return { strongest, changed: moved / area };
}

/** How many different codes there are. */
export const countCodes = (codes: Int32Array): number => new Set(codes).size;

/** Mean and largest value. */
export function meanAndMax(values: Float32Array): { mean: number; max: number } {
  const sum = values.reduce((total, value) => total + value, 0);
  return { mean: sum / values.length, max: values.reduce((most, v) => Math.max(most, v), 0) };
}

/** The value at a time between the whole ones, on the line between its neighbours. */
export function valueAt(values: Float32Array, t: number): number {
  const low = Math.min(Math.max(0, Math.floor(t)), values.length - 1);
  const high = Math.min(low + 1, values.length - 1);
  const [from, to] = [values[low] ?? NaN, values[high] ?? NaN];
  return from + (to - from) * Math.min(Math.max(0, t - low), 1);
}

const blocks: Record<string, string> = {
  input_blocks: "input block",
  middle_block: "middle",
  output_blocks: "output block",
};

/** A layer of the U-Net by its place: "output_blocks.3.1.transformer_blocks.0.attn2" -> "output block 3, 16 × 16". */
export function layerTitle(layer: string, [height, width]: [number, number]): string {
  const [kind = "", number = ""] = layer.split(".");
  const name = blocks[kind];
  const size = `${width} × ${height}`;
  if (name === undefined) return `${layer}, ${size}`;
  return kind === "middle_block" ? `${name}, ${size}` : `${name} ${number}, ${size}`;
}

/** A whole percentage: 0.712 -> "71 %". */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** A time of the noise schedule: 743, or 742.6 between two. */
export const timeText = (t: number): string => String(Number(t.toFixed(1)));

/** An evaluation in words: "evaluation 5 of 20, t = 743". */
export const stepText = ({
  step,
  totalSteps,
  t,
}: {
  step: number;
  totalSteps: number;
  t: number;
}) => `evaluation ${step} of ${totalSteps}, t = ${timeText(t)}`;
