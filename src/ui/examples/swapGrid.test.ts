/** Arrow keys lead through the grid as it looks, and every cell says what it shows. */
import { expect, test } from "vitest";

import { exampleIds, type ExampleFacts, type Swap } from "../../store/exampleSchema";
import { swapBeside, swapKey, swapRows, swapText } from "./swapGrid";

const [first = "", second = "", third = ""] = exampleIds;
const facts: ExampleFacts = {
  version: 1,
  sample: first,
  model: { id: "m", title: "M", sha256: "0".repeat(64) },
  slotSeed: 0,
  settings: { seed: 0, sampler: "ddim", steps: 2, eta: 0 },
  numSlots: 7,
  rounds: 3,
  attnSize: [2, 2],
  latentSize: [2, 2],
  pictureSize: [2, 2],
  sourceSide: 2,
  objects: [0, 4],
  partners: [
    { sample: second, objects: [1, 2, 6] },
    { sample: third, objects: [5] },
  ],
  frames: [{ step: 1, t: 999 }],
};

test("a row leaves a slot out or takes one of the partner's", () => {
  expect(swapRows(facts, 0).map((row) => row.map(swapKey))).toEqual([
    ["without-0", "0-0-0", "0-0-1", "0-0-2"],
    ["without-1", "1-0-0", "1-0-1", "1-0-2"],
  ]);
  expect(swapRows(facts, 1)[1]?.map(swapKey)).toEqual(["without-1", "1-1-0"]);
});

test("a cell says which slot stands in which place, counted from 1", () => {
  expect(swapText(facts, { kind: "own" })).toBe("Drawn from its own 7 slots");
  expect(swapText(facts, { kind: "without", object: 1 })).toBe("Slot 5 left out");
  expect(swapText(facts, { kind: "replaced", object: 0, partner: 0, by: 2 })).toBe(
    "Slot 1 replaced by slot 7 of example 2",
  );
});

test.each([
  ["own", "ArrowDown", "without-0"],
  ["own", "ArrowRight", "without-0"],
  ["own", "ArrowUp", "own"],
  ["without-0", "ArrowUp", "own"],
  ["without-0", "ArrowLeft", "without-0"],
  ["without-0", "ArrowRight", "0-0-0"],
  ["0-0-2", "ArrowRight", "0-0-2"],
  ["0-0-2", "ArrowDown", "1-0-2"],
  ["1-0-1", "ArrowDown", "1-0-1"],
  ["1-0-1", "ArrowUp", "0-0-1"],
])("from %s, %s leads to %s", (from, key, to) => {
  const rows = swapRows(facts, 0);
  const swap =
    rows.flat().find((cell) => swapKey(cell) === from) ?? ({ kind: "own" } satisfies Swap);
  const next = swapBeside(rows, swap, key);
  expect(next && swapKey(next)).toBe(to);
});

test("another key leads nowhere", () => {
  expect(swapBeside(swapRows(facts, 0), { kind: "own" }, "Enter")).toBeNull();
});
