import { expect, test } from "vitest";

import { slotRgb } from "./slotColors";
import { countIds, truthRgb, upsampleIds } from "./truthLabels";

/** Background on the left, object 2 on the right [2, 4]. */
const ids = Uint8Array.of(0, 0, 2, 2, 0, 0, 2, 2);

test("ids keep their places at a larger size, and no other id appears", () => {
  const large = upsampleIds(ids, [2, 4], [4, 8]);
  expect([...large.subarray(0, 8)]).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
  expect(new Set(large)).toEqual(new Set([0, 2]));
  expect(upsampleIds(ids, [2, 4], [2, 4])).toEqual(ids);
});

test("ids are counted with the background", () => {
  expect([countIds(ids), countIds(new Uint8Array(4))]).toEqual([3, 1]);
});

test("an object has the colour of its slot, and one without a slot that of none", () => {
  const matches = [4, -1, 0];
  expect(truthRgb(matches, 0)).toEqual(slotRgb(4));
  expect(truthRgb(matches, 2)).toEqual(slotRgb(0));
  const slots = Array.from({ length: 20 }, (_, slot) => slotRgb(slot));
  expect(slots).not.toContainEqual(truthRgb(matches, 1));
  expect(truthRgb(null, 0)).toEqual(truthRgb(matches, 1));
});
