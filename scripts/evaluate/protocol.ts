/** What each number means: printed beside it, and with the JSON. */
import type { ModelConfig } from "../../src/slotdiffusion/config";
import { chunkSize, type EvaluationOptions } from "./chunk";
import { drawSteps } from "./compute";

const notes: Record<string, string> = {
  fgAri: "adjusted Rand index over foreground pixels; background out",
  ari: "adjusted Rand index over all pixels; background in",
  mIoU: "IoU with the matched slot (Hungarian), mean over objects and background; background in",
  fgMIoU: "IoU with the matched slot (Hungarian), mean over objects; background out",
  mBO: "IoU with the best slot, mean over objects; background out",
  classMIoU: "as mIoU, truth: classes",
  classMBO: "as mBO, truth: classes",
  deadSlots: "slots that win < 0.25 % of the pixels",
  slotsPerObject: "slots that win >= 10 % of an object's pixels, mean over objects; 1 is ideal",
  objectsPerSlot: "objects / slots that win most of some object; 1 is ideal",
  backgroundSlots: "slots that win >= 10 % of the background; 1 is ideal",
  mse: "squared error summed over pixels and channels, values 0..1; picture from slots",
  msePerValue: "squared error per value, values 0..1; picture from slots",
  psnr: "dB, range 1; picture from slots",
  ssim: "Gaussian window 11 x 11, sigma 1.5; picture from slots",
  vqvaeMse: "as mse; first stage alone (encode, quantise, decode)",
  vqvaeMsePerValue: "as msePerValue; first stage alone",
  vqvaePsnr: "as psnr; first stage alone",
  vqvaeSsim: "as ssim; first stage alone",
  composeInside: "mean absolute change per value inside the swapped masks",
  composeOutside: "mean absolute change per value outside of them",
  composeRatio: "composeInside / composeOutside; more than 1: the change stays inside",
};

/** What a metric is, in a few words. */
export function describeMetric(name: string): string {
  const known = notes[name];
  if (known) return known;
  const over = (prefix: string): string => name.slice(prefix.length);
  if (name.startsWith("perceptual"))
    return `unit-length feature maps of ${over("perceptual")}, original against picture from slots; no LPIPS`;
  if (name.startsWith("frechetComposed"))
    return `Frechet distance over features of ${over("frechetComposed")}, originals against composed pictures; no FID`;
  return `Frechet distance over features of ${over("frechet")}, originals against pictures from slots; no FID`;
}

/** How the numbers were measured, as one text. */
export function describeProtocol(
  { resolution: [H, W], slot_dict }: ModelConfig,
  { seed, seeds, reconstruct, compose }: EvaluationOptions,
  { n, withTruth, feature }: { n: number; withTruth: number; feature: string | null },
): string {
  const size = `${W}x${H}`;
  const parts = [
    `masks: attention argmax over ${slot_dict.num_slots} slots, attention bilinear to ${size}`,
    `truth: object ids nearest to ${size}, centre square, overlaps and VOC's borders as in the official evaluation`,
    "FG-ARI, fgMIoU, mBO without background, ARI and mIoU with it",
    `${n} pictures, ${withTruth} with ground truth`,
    `mean over pictures, then over ${seeds} evaluation ${seeds > 1 ? "seeds" : "seed"} from ${seed} (initial slots and noise)`,
    seeds > 1
      ? "standard error over the seeds' means (0 where no seed enters)"
      : "standard error over pictures",
  ];
  if (reconstruct || compose || feature !== null)
    parts.push(
      `pictures from slots: ${drawSteps} evaluations of DPM-Solver++ from fresh noise, clipped to 0..1`,
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
