import { expect, test } from "vitest";

import { luminance } from "../common/slotColors";
import { codeColor, paintCodes, paintError, paintWeights } from "./paint";

test("weights are the slot's colour, as thick as they are large", () => {
  const rgba = paintWeights(Float32Array.from([0, 0.5, 1, 2]), [9, 8, 7]);
  expect([...rgba.subarray(4, 7)]).toEqual([9, 8, 7]);
  expect([3, 7, 11, 15].map((i) => rgba[i])).toEqual([0, 110, 219, 219]);
});

test("errors go from black to white and get lighter all the way", () => {
  const error = Float32Array.from({ length: 11 }, (_, i) => i / 20);
  const { width, height, data } = paintError(error, [1, 11], 0.5);
  expect([height, width]).toEqual([1, 11]);
  expect([...data.subarray(0, 4)]).toEqual([0, 0, 0, 255]);
  expect([...data.subarray(40)]).toEqual([255, 255, 255, 255]);
  const light = Array.from(error, (_, i) =>
    luminance([data[4 * i] ?? 0, data[4 * i + 1] ?? 0, data[4 * i + 2] ?? 0]),
  );
  expect(light).toEqual([...light].sort((a, b) => a - b));
});

test("a picture without any error is black", () => {
  expect([...paintError(new Float32Array(1), [1, 1], 0).data]).toEqual([0, 0, 0, 255]);
});

test("equal codes have one colour, neighbouring codes colours far apart", () => {
  const { data } = paintCodes(Int32Array.from([5, 5, 6]), [1, 3]);
  expect([...data.subarray(0, 4)]).toEqual([...data.subarray(4, 8)]);
  const [a, b] = [codeColor(5), codeColor(6)];
  expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(60);
  expect(codeColor(1023).every((channel) => channel >= 0 && channel <= 255)).toBe(true);
});
