/** Metrics of a comparison as the page shows them: names, which way is better, and when one is. */
import type { EvaluationTable, MetricEstimate } from "../../../engine/protocol/training";

type Shown = { title: string; digits: number; better: "higher" | "lower" | null };

const shown: Record<string, Shown> = {
  fgAri: { title: "FG-ARI", digits: 3, better: "higher" },
  ari: { title: "ARI", digits: 3, better: "higher" },
  mIoU: { title: "mIoU", digits: 3, better: "higher" },
  fgMIoU: { title: "mIoU of objects", digits: 3, better: "higher" },
  mBO: { title: "mBO", digits: 3, better: "higher" },
  psnr: { title: "PSNR from slots, dB", digits: 2, better: "higher" },
  ssim: { title: "SSIM from slots", digits: 3, better: "higher" },
  mse: { title: "Squared error from slots", digits: 1, better: "lower" },
  msePerValue: { title: "Squared error per value", digits: 4, better: "lower" },
  vqvaePsnr: { title: "PSNR of the VQ-VAE, dB", digits: 2, better: "higher" },
  vqvaeSsim: { title: "SSIM of the VQ-VAE", digits: 3, better: "higher" },
  vqvaeMse: { title: "Squared error of the VQ-VAE", digits: 1, better: "lower" },
  vqvaeMsePerValue: { title: "Squared error per value of the VQ-VAE", digits: 4, better: "lower" },
  deadSlots: { title: "Slots without pixels", digits: 2, better: null },
  slotsPerObject: { title: "Slots an object", digits: 2, better: null },
  objectsPerSlot: { title: "Objects a slot", digits: 2, better: null },
  backgroundSlots: { title: "Slots of the background", digits: 2, better: null },
};

/** How a metric is shown; one that is not known here goes by its own name, without a better side. */
export const metricOf = (name: string): Shown =>
  shown[name] ?? { title: name, digits: 3, better: null };

/** Names of a table's metrics: those with a title here first, in their order. */
export function metricNames({ models }: EvaluationTable): string[] {
  const present = new Set(models.flatMap(({ metrics }) => Object.keys(metrics)));
  const known = Object.keys(shown).filter((name) => present.has(name));
  return [...known, ...[...present].filter((name) => !(name in shown))];
}

/**
 * Which of the estimates is better: the first by more than both standard errors together, among all the others.
 * @returns its position; null where no difference is that large
 */
export function betterOf(
  name: string,
  estimates: readonly (MetricEstimate | undefined)[],
): number | null {
  const { better } = metricOf(name);
  if (better === null) return null;
  const sign = better === "higher" ? 1 : -1;
  const wins = (own: MetricEstimate, other: MetricEstimate): boolean =>
    sign * (own.mean - other.mean) > own.standardError + other.standardError;
  const present = estimates.filter((estimate) => estimate !== undefined);
  if (present.length < 2) return null;
  const best = estimates.findIndex(
    (own) => own !== undefined && present.every((other) => other === own || wins(own, other)),
  );
  return best < 0 ? null : best;
}

/** "0.712 ± 0.004"; a dash where there is no number. */
export function metricText(name: string, estimate: MetricEstimate | undefined): string {
  if (estimate === undefined || !Number.isFinite(estimate.mean)) return "–";
  const { digits } = metricOf(name);
  return `${estimate.mean.toFixed(digits)} ± ${estimate.standardError.toFixed(digits)}`;
}
