import { expect, test } from "vitest";

import { chooseAll, emptySelection, extend, moved, toggle } from "./selection";

const chosen = (selection: typeof emptySelection) => [...selection.chosen].sort((a, b) => a - b);

test("a second click lets a picture go", () => {
  const once = toggle(emptySelection, 4);
  expect(chosen(once)).toEqual([4]);
  expect(chosen(toggle(once, 4))).toEqual([]);
});

test("a range runs from the last picture clicked, either way, and adds to what is chosen", () => {
  const from = toggle(toggle(emptySelection, 9), 5);
  expect(chosen(extend(from, 3))).toEqual([3, 4, 5, 9]);
  expect(chosen(extend(from, 6))).toEqual([5, 6, 9]);
  expect(extend(from, 6).anchor).toBe(5);
});

test("all of them can be chosen at once", () => {
  expect(chosen(chooseAll(emptySelection, 3))).toEqual([0, 1, 2]);
});

test("keys move within the grid and stop at its ends", () => {
  const grid = { columns: 5, rows: 2, count: 12 };
  expect(moved("ArrowRight", 3, grid)).toBe(4);
  expect(moved("ArrowUp", 3, grid)).toBe(0);
  expect(moved("ArrowDown", 3, grid)).toBe(8);
  expect(moved("ArrowDown", 10, grid)).toBe(11);
  expect(moved("PageDown", 0, grid)).toBe(10);
  expect(moved("Home", 7, grid)).toBe(0);
  expect(moved("End", 7, grid)).toBe(11);
  expect(moved("x", 7, grid)).toBeNull();
});
