import fc from "fast-check";
import { expect, test } from "vitest";

import { InputError } from "../errors";
import {
  addSlots,
  emptyLibrary,
  liveRows,
  maxLibrarySlots,
  removeScenes,
  roomIn,
  rowAt,
  type SlotRow,
} from "./library";
import { numRows } from "./slotMatrix";
import { testRow } from "./testSlots";

const scene = (sceneId: string, values: readonly number[]): SlotRow[] =>
  values.map((value, index) => testRow([value, -value], { sceneId, index, share: 1 / 4 }));

test("what goes in comes out, in its order", () => {
  const rows = [...scene("A", [1, 2]), ...scene("B", [3])];
  const library = addSlots(emptyLibrary(2), rows);
  expect(library.slots).toEqual(Float32Array.of(1, -1, 2, -2, 3, -3));
  expect([0, 1, 2].map((row) => rowAt(library, row))).toEqual(rows);
  expect(() => rowAt(library, 3)).toThrow("expected a row below 3, got 3");
});

test("a library is not changed by adding and removing, and copies what it is given", () => {
  const before = addSlots(emptyLibrary(2), scene("A", [1, 2]));
  const more = scene("B", [3]);
  const after = addSlots(before, more);
  more[0]?.slot.fill(9);
  expect(numRows(before)).toBe(2);
  expect(rowAt(after, 2).slot).toEqual(Float32Array.of(3, -3));
  expect(removeScenes(after, new Set(["A"])).slots).toEqual(Float32Array.of(3, -3));
  expect(numRows(after)).toBe(3);
});

test("a scene that comes again replaces its old slots", () => {
  const library = addSlots(emptyLibrary(2), [...scene("A", [1, 2]), ...scene("B", [3])]);
  const again = addSlots(library, scene("A", [7]));
  expect(again.origins.map(({ sceneId, index }) => [sceneId, index])).toEqual([
    ["B", 0],
    ["A", 0],
  ]);
  expect(again.slots).toEqual(Float32Array.of(3, -3, 7, -7));
});

test("removing leaves exactly the slots of the other scenes", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(20), { maxLength: 8 }),
      fc.uniqueArray(fc.nat(20), { maxLength: 8 }),
      (there, gone) => {
        const rows = there.flatMap((id) => scene(`s${id}`, [id, id + 0.5]));
        const ids = new Set(gone.map((id) => `s${id}`));
        const left = removeScenes(addSlots(emptyLibrary(2), rows), ids);
        const kept = rows.filter(({ sceneId }) => !ids.has(sceneId));
        expect(left.origins.map((_, row) => rowAt(left, row))).toEqual(kept);
        expect(numRows(left)).toBe(kept.length);
      },
    ),
  );
});

test("the library holds 5,000 slots and takes none of a scene that does not fit", () => {
  const full = addSlots(
    emptyLibrary(2),
    scene(
      "big",
      Array.from({ length: maxLibrarySlots - 1 }, (_, i) => i),
    ),
  );
  expect(roomIn(full)).toBe(1);
  expect(roomIn(addSlots(full, scene("B", [1])))).toBe(0);
  expect(() => addSlots(full, scene("B", [1, 2]))).toThrow(InputError);
  expect(() => addSlots(full, scene("B", [1, 2]))).toThrow("at most 5000 slots, got 5001");
  expect(numRows(addSlots(full, scene("big", [1, 2])))).toBe(2); // what it replaces makes room
});

test("slots of another size, of no number and twice the same are refused", () => {
  const empty = emptyLibrary(2);
  expect(() => addSlots(empty, [testRow([1, 2, 3])])).toThrow(InputError);
  expect(() => addSlots(empty, [testRow([1, NaN])])).toThrow("expected finite numbers");
  expect(() => addSlots(empty, [testRow([1, 2]), testRow([3, 4])])).toThrow("each slot once");
});

test("dead slots are not among the live rows", () => {
  const rows = scene("A", [1, 2, 3]).map((row, i) => ({ ...row, isDead: i === 1 }));
  expect(liveRows(addSlots(emptyLibrary(2), rows))).toEqual([0, 2]);
});
