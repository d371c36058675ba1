/** How numbers were measured, as one text: printed with them. */
import type { ModelConfig } from "../slotdiffusion/config";
import { chunkSize, type EvaluationOptions } from "./chunk";
import { officialDrawing, type Drawing } from "./runner";

/** What an evaluation was over. */
export type Measured = {
  /** Pictures. */
  n: number;
  /** Pictures with a ground truth. */
  withTruth: number;
  /** Where features come from; null without any. */
  feature: string | null;
  /** What the ground truth is. */
  truth: (size: string) => string;
  /** How pictures were drawn, where it was not as in the official evaluation. */
  drawing?: Drawing;
};

const samplerTitles: Record<Drawing["sampler"], string> = {
  "dpm-solver++": "DPM-Solver++",
  "dpm-solver++2m": "DPM-Solver++(2M)",
  ddim: "DDIM (eta 0)",
  ddpm: "DDPM",
};

/** The truth of pictures as the official code prepares them. */
export const officialTruth: Measured["truth"] = (size) =>
  `object ids nearest to ${size}, centre square, overlaps and VOC's borders as in the official evaluation`;

const distinct = (values: readonly (string | number)[]): string =>
  [...new Set(values)].join(" and ");

/** @param models - those measured; where they differ, the text names each value */
export function describeProtocol(
  models: readonly ModelConfig[],
  { seed, seeds, reconstruct, compose }: EvaluationOptions,
  { n, withTruth, feature, truth, drawing = officialDrawing }: Measured,
): string {
  const size = distinct(models.map(({ resolution: [H, W] }) => `${W}x${H}`));
  const numSlots = distinct(models.map(({ slot_dict }) => slot_dict.num_slots));
  const parts = [
    `masks: attention argmax over ${numSlots} slots, attention bilinear to ${size}`,
    `truth: ${truth(size)}`,
    "FG-ARI, fgMIoU, mBO without background, ARI and mIoU with it",
    `${n} pictures, ${withTruth} with ground truth`,
    `mean over pictures, then over ${seeds} evaluation ${seeds > 1 ? "seeds" : "seed"} from ${seed} (initial slots and noise)`,
    seeds > 1
      ? "standard error over the seeds' means (0 where no seed enters)"
      : "standard error over pictures",
  ];
  if (reconstruct || compose || feature !== null)
    parts.push(
      `pictures from slots: ${drawing.steps} evaluations of ${samplerTitles[drawing.sampler]} from fresh noise, clipped to 0..1`,
    );
  if (feature !== null) parts.push(`features: ${feature}`);
  if (compose)
    parts.push(
      "compose: in each picture one slot, drawn among those that are alive and not the largest, is replaced by such a slot of a " +
        `random partner (of the same ${chunkSize} pictures); both drawn from the same noise; inside = mask of the slot that left ` +
        "and, in the partner, of the slot that came",
    );
  return parts.join("; ");
}
