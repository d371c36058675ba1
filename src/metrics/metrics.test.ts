/** Metrics against the official ones (tests/fixtures/metrics), and against what they must be by definition. */
import { beforeAll, describe, expect, it } from "vitest";

import { golden, loadFixture, type Fixture } from "../../tests/fixture";
import { mulberry32, type Rng } from "../math/random";
import { adjustedRandIndex } from "./ari";
import { matchRows } from "./hungarian";
import { psnr, squaredError, ssim, type Picture } from "./imageQuality";
import { meanBestOverlap, meanIoU, nanMean } from "./iou";
import { excludeOverlap } from "./overlap";

type Masks = { gt: ArrayLike<number>; pred: ArrayLike<number> };
type Score = (gt: ArrayLike<number>, pred: ArrayLike<number>) => number;

const scores: Record<string, Score> = {
  ARI: adjustedRandIndex,
  fARI: (gt, pred) => adjustedRandIndex(gt, pred, { ignoreBackground: true }),
  miou: meanIoU,
  fmiou: (gt, pred) => meanIoU(gt, pred, { ignoreBackground: true }),
  mbo: meanBestOverlap,
};

describe("official values", () => {
  let fixture: Fixture;
  let values: Record<string, number | number[]>;
  let images: Masks[];
  let overlaps: Int32Array[];
  beforeAll(async () => {
    fixture = await loadFixture("metrics");
    values = fixture.manifest["values"] as typeof values;
    const perImage = (key: string) =>
      [0, 1, 2].map((b) =>
        Int32Array.from(golden(fixture, key).values.slice(b * 1024, (b + 1) * 1024)),
      );
    const [gt, pred] = [perImage("gt_masks"), perImage("pred_masks")];
    images = gt.map((mask, b) => ({ gt: mask, pred: pred[b] ?? [] }));
    overlaps = perImage("overlap");
  });

  it.each(Object.entries(scores))("%s per image, as a mean, with overlaps", (name, score) => {
    const perImage = images.map(({ gt, pred }) => score(gt, pred));
    const expected = values[`${name}_per_image`] as number[];
    perImage.forEach((value, b) => expect(value).toBeCloseTo(expected[b] ?? NaN, 5));
    expect(nanMean(perImage)).toBeCloseTo(values[name] as number, 5);
    const cleaned = images.map(({ gt, pred }, b) => excludeOverlap(gt, pred, overlaps[b] ?? []));
    const withOverlap = nanMean(cleaned.map(({ gt, pred }) => score(gt, pred)));
    expect(withOverlap).toBeCloseTo(values[`${name}_overlap`] as number, 5);
    expect(withOverlap).not.toBeCloseTo(values[name] as number, 5);
  });

  it("a clip's frames count as one mask", () => {
    const [gt, pred] = [golden(fixture, "gt_masks").values, golden(fixture, "pred_masks").values];
    for (const name of ["fARI", "miou", "mbo"])
      expect(scores[name]?.(gt, pred)).toBeCloseTo(values[`video_${name}`] as number, 5);
  });

  it("nothing to tell apart scores 1 in ARI and NaN in foreground IoU", () => {
    const [empty, split] = [new Int32Array(64), Int32Array.from({ length: 64 }, (_, i) => i % 3)];
    const fg = { ignoreBackground: true };
    expect(adjustedRandIndex(empty, split, fg)).toBe(values["fARI_gt_all_background"]);
    expect(adjustedRandIndex(empty, empty)).toBe(values["ARI_both_single_cluster"]);
    expect(meanIoU(empty, split, fg)).toBeNaN();
    expect(meanBestOverlap(empty, split)).toBeNaN();
    expect(nanMean([NaN, 0.5, 0.25])).toBe(0.375);
    expect(nanMean([NaN])).toBeNaN();
  });

  it("squared error, PSNR and SSIM", () => {
    const pictures = (key: string) => [0, 1, 2].map((b) => toPicture(fixture, key, b));
    const [gt, pred] = [pictures("img_gt"), pictures("img_pred")];
    const mean = (metric: (x: Picture, y: Picture) => number) =>
      nanMean(pred.map((picture, b) => metric(picture, gt[b] ?? picture)));
    expect(mean(squaredError)).toBeCloseTo(values["mse"] as number, 5);
    expect(mean(psnr)).toBeCloseTo(values["psnr"] as number, 5);
    expect(mean(ssim)).toBeCloseTo(values["ssim"] as number, 5);
  });
});

/** Image b of a golden [B, 3, 32, 32] tensor in -1..1 as the official code hands it to the metrics. */
function toPicture(fixture: Fixture, key: string, b: number): Picture {
  const { values } = golden(fixture, key);
  const pixels = 32 * 32;
  return {
    width: 32,
    height: 32,
    channels: 3,
    values: Float64Array.from({ length: 3 * pixels }, (_, i) => {
      const value = values[b * 3 * pixels + (i % 3) * pixels + Math.floor(i / 3)] ?? NaN;
      return Math.min(Math.max(value * 0.5 + 0.5, 0), 1);
    }),
  };
}

const randomIds = (rng: Rng, length: number, count: number): number[] =>
  Array.from({ length }, () => Math.floor(rng() * count));

describe("by definition", () => {
  it("renaming segments changes nothing and the same masks score 1", () => {
    const rng = mulberry32(3);
    const gt = randomIds(rng, 500, 5);
    const pred = gt.map((id) => (rng() < 0.3 ? Math.floor(rng() * 6) : id));
    const renamed = pred.map((id) => [4, 2, 5, 0, 1, 3][id] ?? NaN);
    for (const score of Object.values(scores)) {
      expect(score(gt, renamed)).toBeCloseTo(score(gt, pred), 12);
      expect(
        score(
          gt,
          gt.map((id) => (id + 2) % 5),
        ),
      ).toBeCloseTo(1, 8);
      expect(score(gt, pred)).toBeLessThan(1);
    }
  });

  it("chance scores about 0 in ARI", () => {
    const rng = mulberry32(4);
    const runs = Array.from({ length: 20 }, () =>
      adjustedRandIndex(randomIds(rng, 2000, 6), randomIds(rng, 2000, 7)),
    );
    expect(Math.abs(nanMean(runs))).toBeLessThan(0.002);
  });

  it("mIoU uses a segment once, mBO as often as it is best", () => {
    const gt = [0, 0, 1, 1, 2, 2];
    const pred = [0, 0, 1, 1, 1, 1];
    expect(meanIoU(gt, pred)).toBeCloseTo((1 + 0.5 + 0) / 3, 6);
    expect(meanBestOverlap(gt, pred)).toBeCloseTo(0.5, 6);
  });

  it("an id that does not occur counts as an object that was missed", () => {
    expect(meanIoU([0, 0, 2, 2], [0, 0, 1, 1])).toBeCloseTo(2 / 3, 6);
  });

  it("refuses masks of different sizes and ids that are none", () => {
    expect(() => adjustedRandIndex([0, 1], [0])).toThrow("got 2 and 1 pixels");
    expect(() => meanIoU([0, -1], [0, 0])).toThrow("got -1 at pixel 1");
    expect(() => excludeOverlap([0], [0, 1], [1])).toThrow("got 1, 2 and 1 pixels");
  });

  it("a picture is like itself, and unlike what lost its structure", () => {
    const rng = mulberry32(9);
    const size = { width: 16, height: 12, channels: 1 };
    const picture: Picture = { ...size, values: Array.from({ length: 192 }, () => rng()) };
    const flat: Picture = { ...size, values: Array.from({ length: 192 }, () => 0.5) };
    expect(ssim(picture, picture)).toBeCloseTo(1, 12);
    expect(psnr(picture, picture)).toBe(Infinity);
    expect(ssim(picture, flat)).toBeLessThan(0.1);
    expect(() => ssim(picture, { ...flat, width: 12, height: 16 })).toThrow("one size");
    const tiny: Picture = { width: 10, height: 20, channels: 1, values: new Float32Array(200) };
    expect(() => ssim(tiny, tiny)).toThrow("at least 11 x 11 pixels, got 10 x 20");
  });
});

/** Largest total over all assignments, by trying them. */
function bestTotal(weights: readonly number[][], row = 0, used: readonly number[] = []): number {
  if (row === weights.length) return 0;
  const columns = (weights[row] ?? []).map((weight, k) =>
    used.includes(k) ? -Infinity : weight + bestTotal(weights, row + 1, [...used, k]),
  );
  const isOptional = weights.length > (weights[0]?.length ?? 0);
  return Math.max(...columns, isOptional ? bestTotal(weights, row + 1, used) : -Infinity);
}

describe("matchRows", () => {
  it("finds the best of all assignments", () => {
    const rng = mulberry32(7);
    for (let trial = 0; trial < 200; trial++) {
      const [rows, columns] = [1 + Math.floor(rng() * 5), 1 + Math.floor(rng() * 5)];
      const weights = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, () => Math.round(rng() * 8)),
      );
      const match = matchRows(weights);
      const taken = match.filter((k) => k >= 0);
      expect(new Set(taken).size).toBe(Math.min(rows, columns));
      expect(taken.length).toBe(Math.min(rows, columns));
      const total = match.reduce((sum, k, c) => sum + (k < 0 ? 0 : (weights[c]?.[k] ?? NaN)), 0);
      expect(total).toBe(bestTotal(weights));
    }
  });

  it("takes no columns, and refuses weights that are not finite", () => {
    expect(matchRows([])).toEqual([]);
    expect(matchRows([[], []])).toEqual([-1, -1]);
    expect(() => matchRows([[NaN]])).toThrow("finite weights");
  });
});
