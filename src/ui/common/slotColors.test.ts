import { expect, test } from "vitest";

import { luminance, numSlotColors, slotColor, slotInk, slotRgb, type Rgb } from "./slotColors";

/** CIE L*a*b* (D65), where a distance of 10 is plainly seen. */
function lab([red, green, blue]: Rgb): [number, number, number] {
  const [r, g, b] = [red, green, blue].map((value) => {
    const unit = value / 255;
    return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (a: Rgb, b: Rgb): number => {
  const [first, second] = [lab(a), lab(b)];
  return Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
};

test("has a colour of its own for at least 16 slots, then begins again", () => {
  const names = Array.from({ length: numSlotColors }, (_, index) => slotColor(index));
  expect(new Set(names).size).toBe(numSlotColors);
  expect(numSlotColors).toBeGreaterThanOrEqual(16);
  expect(slotRgb(numSlotColors)).toEqual(slotRgb(0));
});

test("keeps every two colours apart", () => {
  for (let i = 0; i < numSlotColors; i++) {
    for (let j = 0; j < i; j++) {
      expect(distance(slotRgb(i), slotRgb(j)), `${j} and ${i}`).toBeGreaterThan(18);
    }
  }
});

test("writes numbers that can be read on every colour", () => {
  for (let i = 0; i < numSlotColors; i++) {
    const background = luminance(slotRgb(i));
    const ink = slotInk(i) === "#fff" ? 1 : 0;
    const contrast = (Math.max(background, ink) + 0.05) / (Math.min(background, ink) + 0.05);
    expect(contrast, `slot ${i}`).toBeGreaterThanOrEqual(4.5);
  }
});
