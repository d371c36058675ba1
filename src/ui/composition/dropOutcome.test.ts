import { expect, test } from "vitest";

import { dropOutcome, isDragData, isDropData } from "./dropOutcome";

const slot = { sceneId: "s2", index: 2 };
const from = { sceneId: "s2", position: 1 };

test("replaces the slot of the chip it lands on", () => {
  const outcome = dropOutcome({ slot, from }, { kind: "chip", sceneId: "s1", position: 4 });
  expect(outcome).toEqual({ kind: "replace", place: { sceneId: "s1", position: 4 }, slot });
});

test("moves within its own tray", () => {
  const outcome = dropOutcome({ slot, from }, { kind: "chip", sceneId: "s2", position: 4 });
  expect(outcome).toEqual({ kind: "move", place: from, to: 4 });
  const lifted = dropOutcome({ slot, from: null }, { kind: "chip", sceneId: "s2", position: 4 });
  expect(lifted.kind).toBe("replace");
});

test("adds at the end of a tray, also straight from a picture", () => {
  const outcome = dropOutcome({ slot, from: null }, { kind: "add", sceneId: "s1" });
  expect(outcome).toEqual({ kind: "add", sceneId: "s1", slot });
});

test("removes from its place when it lands in the bin", () => {
  expect(dropOutcome({ slot, from }, { kind: "bin" })).toEqual({ kind: "remove", place: from });
  expect(dropOutcome({ slot, from: null }, { kind: "bin" })).toEqual({ kind: "nothing" });
});

test("does nothing on its own place or beside every target", () => {
  const home = { kind: "chip", ...from } as const;
  expect(dropOutcome({ slot, from }, home)).toEqual({ kind: "nothing" });
  expect(dropOutcome({ slot, from }, null)).toEqual({ kind: "nothing" });
});

test("tells its own data from anything else", () => {
  expect(isDragData({ slot, from })).toBe(true);
  expect(isDropData({ kind: "bin" })).toBe(true);
  expect([undefined, null, 3, {}].some((data) => isDragData(data) || isDropData(data))).toBe(false);
});
