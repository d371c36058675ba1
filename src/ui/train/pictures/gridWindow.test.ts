import { expect, test } from "vitest";

import { gridWindow, scrollToTile } from "./gridWindow";

test("of 5,000 tiles those near the view are drawn, in whole rows", () => {
  const view = { scrollTop: 10_000, height: 400, width: 1000 };
  const grid = gridWindow(5000, view, 80);
  expect(grid.columns).toBe(12);
  expect(grid.first % 12).toBe(0);
  expect(grid.offset).toBeLessThanOrEqual(view.scrollTop);
  expect(grid.offset + ((grid.end - grid.first) / 12) * grid.pitch).toBeGreaterThanOrEqual(10_400);
  expect(grid.end - grid.first).toBeLessThanOrEqual(12 * 12);
});

test("a short grid is drawn whole, and an empty one not at all", () => {
  const view = { scrollTop: 0, height: 400, width: 500 };
  expect(gridWindow(7, view, 80)).toMatchObject({ first: 0, end: 7 });
  expect(gridWindow(0, view, 80)).toMatchObject({ first: 0, end: 0, totalHeight: 0 });
});

test("before it has been laid out a grid has one column", () => {
  expect(gridWindow(100, { scrollTop: 0, height: 0, width: 0 }, 80).columns).toBe(1);
});

test("a place beyond the end, after pictures were removed, draws nothing but keeps its height", () => {
  const grid = gridWindow(24, { scrollTop: 9000, height: 400, width: 240 }, 80);
  expect(grid.first).toBeLessThanOrEqual(24);
  expect(grid.totalHeight).toBe(640);
});

test("scrolling goes no farther than the tile needs", () => {
  const view = { scrollTop: 160, height: 240, width: 240 };
  const grid = gridWindow(100, view, 80);
  expect(scrollToTile(7, view, grid)).toBe(160); // row 2 is seen
  expect(scrollToTile(0, view, grid)).toBe(0); // above
  expect(scrollToTile(15, view, grid)).toBe(240); // row 5, below: its end at the view's end
});
