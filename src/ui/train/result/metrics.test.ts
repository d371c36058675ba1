import { expect, test } from "vitest";

import type { EvaluationTable } from "../../../engine/protocol/training";
import { betterOf, metricNames, metricText } from "./metrics";

const estimate = (mean: number, standardError: number) => ({ mean, standardError });

test("one is better only beyond both errors", () => {
  expect(betterOf("fgAri", [estimate(0.7, 0.02), estimate(0.6, 0.02)])).toBe(0);
  expect(betterOf("fgAri", [estimate(0.7, 0.06), estimate(0.6, 0.05)])).toBeNull();
  expect(betterOf("mse", [estimate(30, 1), estimate(20, 1)])).toBe(1);
  expect(betterOf("deadSlots", [estimate(3, 0), estimate(1, 0)])).toBeNull();
});

test("among three it must be better than each", () => {
  const three = [estimate(0.7, 0.01), estimate(0.69, 0.01), estimate(0.2, 0.01)];
  expect(betterOf("fgAri", three)).toBeNull();
  expect(betterOf("fgAri", [estimate(0.9, 0.01), ...three.slice(1)])).toBe(0);
});

test("a model alone, or one without the number, has no winner", () => {
  expect(betterOf("fgAri", [estimate(0.7, 0)])).toBeNull();
  expect(betterOf("fgAri", [estimate(0.7, 0), undefined])).toBeNull();
  expect(metricText("fgAri", undefined)).toBe("–");
  expect(metricText("fgAri", estimate(NaN, 0))).toBe("–");
  expect(metricText("fgAri", estimate(0.7123, 0.0042))).toBe("0.712 ± 0.004");
});

test("known metrics come first, in one order; others keep their names", () => {
  const table: EvaluationTable = {
    protocol: "",
    numPictures: 1,
    numWithTruth: 1,
    models: [
      {
        model: { kind: "run", id: "1" },
        title: "a",
        metrics: { odd: estimate(1, 0), psnr: estimate(1, 0), fgAri: estimate(1, 0) },
        numSlots: 1,
        pictures: [],
      },
    ],
  };
  expect(metricNames(table)).toEqual(["fgAri", "psnr", "odd"]);
});
