import { expect, test } from "vitest";

import { groupMetrics, metricText } from "./metricTexts";

const metric = (name: string, n: number, value = 0.21, error: number | null = 0.006) => ({
  ...{ name, n, value, error },
  protocol: "fresh scenes",
});

test("a value has the decimals of its error", () => {
  expect(metricText(metric("mBO", 9))).toBe("0.210 ± 0.006");
  expect(metricText(metric("PSNR", 9, 18.6, 0.19))).toBe("18.60 ± 0.19");
  expect(metricText(metric("PSNR", 9, 30, 1))).toBe("30 ± 1");
  expect(metricText(metric("PSNR", 9, 29.97, null))).toBe("29.97");
});

test("what was measured together stands together", () => {
  const groups = groupMetrics([metric("a", 9), metric("b", 12), metric("c", 9)]);
  expect(groups.map(({ n, metrics }) => [n, metrics.map(({ name }) => name)])).toEqual([
    [9, ["a", "c"]],
    [12, ["b"]],
  ]);
});
