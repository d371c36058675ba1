import { expect, test } from "vitest";

import type { EvaluationTable } from "../../engine/protocol/training";
import { modelChoice } from "../../store/fakeAnswers";
import { setOf } from "../../store/fakeKept";
import type { Ablation } from "../../store/measureState";
import { smallPlots, spokenPlot } from "./ablationPlots";
import { galleryItems, galleryMetrics, orderWords } from "./gallery";
import { modelKey, modelOptions, pictureOptions, picturesKey } from "./measureOptions";

const row = (name: string, metrics: Record<string, number>) => ({ name, metrics });
const input = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
const picture = (name: string) => ({ name, input, segmentation: null, drawn: null });
const model: EvaluationTable["models"][number] = {
  model: { kind: "bundled", id: "a" },
  ...{ title: "A", numSlots: 3, metrics: {} },
  rows: [
    row("good", { deadSlots: 2, fgAri: 0.9, msePerValue: 0.1 }),
    row("bad", { deadSlots: 0, fgAri: 0.2, msePerValue: 0.4 }),
    row("unknown", { deadSlots: 1, msePerValue: 0.2 }),
  ],
  pictures: [picture("good"), picture("bad")],
};
const namesBy = (metric: string) => galleryItems(model, metric).map(({ name }) => name);

test("the worst picture stands first, whichever way the metric goes", () => {
  expect(namesBy("fgAri")).toEqual(["bad", "good", "unknown"]);
  expect(namesBy("msePerValue")).toEqual(["bad", "unknown", "good"]);
  expect(namesBy("deadSlots")).toEqual(["good", "unknown", "bad"]);
  expect(orderWords("fgAri")).toBe("worst (lowest) first");
  expect(orderWords("deadSlots")).toBe("largest first");
});

test("each number stands with its own picture, where that was kept", () => {
  const kept = galleryItems(model, "fgAri").map((item) => item.picture?.name ?? null);
  expect(kept).toEqual(["bad", "good", null]);
  expect(galleryMetrics(model)).toEqual(["fgAri", "msePerValue", "deadSlots"]);
});

test("models come as they are in use, shipped, and trained here", () => {
  const shipped = modelChoice("s", { title: "Shipped" });
  const own = { id: "r", title: "Mine", bytes: 1, description: "" };
  const options = modelOptions("Shipped", [shipped], [own]);
  expect(options.map(({ title }) => title)).toEqual(["In use: Shipped", "Shipped", "Mine"]);
  for (const { key, value } of options) expect(modelKey(value)).toBe(key);
});

test("a set is offered with its held-out pictures, if there are any, and whole", () => {
  const options = pictureOptions([setOf("s1", 3), { ...setOf("s2", 0), pictures: [] }], 7);
  const ofSets = options.filter(({ value }) => value.kind === "set");
  expect(ofSets.map(({ title }) => title)).toEqual([
    "Set s1: held out (1 picture)",
    "Set s1: everything (4 pictures)",
  ]);
  expect(options[0]?.value).toEqual({ kind: "scenes", scenes: "clevr", seed: 7 });
  for (const { key, value } of options) expect(picturesKey(value)).toBe(key);
});

const estimate = (mean: number, standardError = 0.1) => ({ mean, standardError });
const ablation = (points: Ablation["points"]): Ablation => ({
  ...{ status: "done", message: "", title: "A", total: 3, protocol: "" },
  points,
});

test("an ablation of samplers has a line for each, one of slots has one", () => {
  const times = { segmentMs: 3, drawMs: 20 };
  const point = (value: number, sampler: "ddim" | "ddpm", psnr: number) => ({
    ...{ value, sampler, times },
    metrics: { psnr: estimate(psnr), fgAri: estimate(0.5) },
  });
  const measured = ablation([point(2, "ddim", 10), point(2, "ddpm", 8), point(5, "ddim", 12)]);
  const plots = smallPlots("steps", measured);
  expect(plots.map(({ title }) => title)).toEqual(["PSNR, dB", "Time to draw, ms a picture"]);
  expect(plots[0]?.series).toEqual([
    { title: "DDIM", dots: [10, 12].map((y, i) => ({ x: [2, 5][i], y, error: 0.1 })) },
    { title: "DDPM", dots: [{ x: 2, y: 8, error: 0.1 }] },
  ]);
  expect(plots[0] && spokenPlot(plots[0])).toBe(
    "PSNR, dB, DDIM. 2: 10.0, 5: 12.0. PSNR, dB, DDPM. 2: 8.000",
  );
});

test("a measure that no picture has draws no plot; an unknown error draws no bar", () => {
  const times = { segmentMs: 3, drawMs: null };
  const metrics = { psnr: estimate(20, NaN) };
  const [psnr, time, ...rest] = smallPlots(
    "slots",
    ablation([{ value: 4, sampler: null, metrics, times }]),
  );
  expect(psnr).toEqual({
    title: "PSNR, dB",
    series: [{ title: "", dots: [{ x: 4, y: 20, error: 0 }] }],
  });
  expect(time?.title).toBe("Time to slots, ms a picture");
  expect(rest).toEqual([]);
});
