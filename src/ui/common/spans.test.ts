import { expect, test } from "vitest";

import { formatRate, formatSeconds } from "./spans";

test("spans are told in the units that people use for them", () => {
  expect(formatSeconds(0)).toBe("0 s");
  expect(formatSeconds(2.54)).toBe("2.5 s");
  expect(formatSeconds(59.4)).toBe("59 s");
  expect(formatSeconds(59.6)).toBe("1 min");
  expect(formatSeconds(95)).toBe("1 min 35 s");
  expect(formatSeconds(700)).toBe("12 min");
  expect(formatSeconds(3599)).toBe("1 h");
  expect(formatSeconds(5000)).toBe("1 h 23 min");
});

test("slow steps are told in seconds a step", () => {
  expect(formatRate(3.24)).toBe("3.2 steps/s");
  expect(formatRate(0.4)).toBe("2.5 s a step");
  expect(formatRate(0)).toBe("–");
});
