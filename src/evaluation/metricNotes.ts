/** What each number of an evaluation is called and means; knows no network and imports nothing. */

export type MetricNote = {
  title: string;
  /** What it is, in a few words. */
  note: string;
};

/** By name, in the order in which tables show them; distances over features are named after their network. */
export const metricNotes: Readonly<Record<string, MetricNote>> = {
  fgAri: { title: "FG-ARI", note: "adjusted Rand index over foreground pixels; background out" },
  ari: { title: "ARI", note: "adjusted Rand index over all pixels; background in" },
  mIoU: {
    title: "mIoU",
    note: "IoU with the matched slot (Hungarian), mean over objects and background; background in",
  },
  fgMIoU: {
    title: "fgMIoU",
    note: "IoU with the matched slot (Hungarian), mean over objects; background out",
  },
  mBO: { title: "mBO", note: "IoU with the best slot, mean over objects; background out" },
  classMIoU: { title: "class mIoU", note: "as mIoU, truth: classes" },
  classMBO: { title: "class mBO", note: "as mBO, truth: classes" },
  deadSlots: { title: "dead slots", note: "slots that win < 0.25 % of the pixels" },
  slotsPerObject: {
    title: "slots per object",
    note: "slots that win >= 10 % of an object's pixels, mean over objects; 1 is ideal",
  },
  objectsPerSlot: {
    title: "objects per slot",
    note: "objects / slots that win most of some object; 1 is ideal",
  },
  backgroundSlots: {
    title: "background slots",
    note: "slots that win >= 10 % of the background; 1 is ideal",
  },
  mse: {
    title: "MSE",
    note: "squared error summed over pixels and channels, values 0..1; picture from slots",
  },
  msePerValue: {
    title: "MSE per value",
    note: "squared error per value, values 0..1; picture from slots",
  },
  psnr: { title: "PSNR", note: "dB, range 1; picture from slots" },
  ssim: { title: "SSIM", note: "Gaussian window 11 x 11, sigma 1.5; picture from slots" },
  vqvaeMse: { title: "VQ-VAE MSE", note: "as mse; first stage alone (encode, quantise, decode)" },
  vqvaeMsePerValue: { title: "VQ-VAE MSE per value", note: "as msePerValue; first stage alone" },
  vqvaePsnr: { title: "VQ-VAE PSNR", note: "as psnr; first stage alone" },
  vqvaeSsim: { title: "VQ-VAE SSIM", note: "as ssim; first stage alone" },
  composeInside: {
    title: "change inside",
    note: "mean absolute change per value inside the swapped masks",
  },
  composeOutside: {
    title: "change outside",
    note: "mean absolute change per value outside of them",
  },
  composeRatio: {
    title: "change ratio",
    note: "composeInside / composeOutside; more than 1: the change stays inside",
  },
};

/** What a metric is, in a few words. */
export function describeMetric(name: string): string {
  const known = metricNotes[name];
  if (known) return known.note;
  const over = (prefix: string): string => name.slice(prefix.length);
  if (name.startsWith("perceptual"))
    return `unit-length feature maps of ${over("perceptual")}, original against picture from slots; no LPIPS`;
  if (name.startsWith("frechetComposed"))
    return `Frechet distance over features of ${over("frechetComposed")}, originals against composed pictures; no FID`;
  return `Frechet distance over features of ${over("frechet")}, originals against pictures from slots; no FID`;
}
