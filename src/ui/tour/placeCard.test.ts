import { expect, test } from "vitest";

import { placeCard } from "./placeCard";

const card = { width: 300, height: 150 };
const room = { width: 1400, height: 800 };

test("above its target, else below, else beside it", () => {
  const at = (left: number, top: number, width: number, height: number) =>
    placeCard({ left, top, width, height }, card, room);
  expect(at(500, 100, 200, 100)).toEqual({ left: 450, top: 214 });
  expect(at(500, 600, 200, 150)).toEqual({ left: 450, top: 436 });
  expect(at(100, 20, 200, 760)).toEqual({ left: 314, top: 325 });
  expect(at(1100, 20, 280, 760)).toEqual({ left: 786, top: 325 });
});

test("never over the edge of the window, wherever its target is", () => {
  for (const left of [-900, 0, 1390, 3000])
    for (const top of [-900, 0, 790, 3000]) {
      const place = placeCard({ left, top, width: 60, height: 40 }, card, room);
      expect(place.left).toBeGreaterThanOrEqual(8);
      expect(place.top).toBeGreaterThanOrEqual(8);
      expect(place.left + card.width).toBeLessThanOrEqual(room.width - 8);
      expect(place.top + card.height).toBeLessThanOrEqual(room.height - 8);
    }
});

test("at the bottom where there is no target, or no room beside it", () => {
  const bottom = { left: 550, top: 642 };
  expect(placeCard(null, card, room)).toEqual(bottom);
  expect(placeCard({ left: 0, top: 0, ...room }, card, room)).toEqual(bottom);
});
