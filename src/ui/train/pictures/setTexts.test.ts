import { expect, test } from "vitest";

import type { PictureSet, SetPicture } from "../../../engine/protocol/sets";
import { addedText, bytesOfPictures, roomText, setSummary, twinIds } from "./setTexts";

const picture = (index: number, rest: Partial<SetPicture> = {}): SetPicture => ({
  id: `p${index}`,
  name: `${index}.png`,
  isHeldOut: index % 5 === 0,
  hasMask: false,
  twinOf: null,
  ...rest,
});

const setOf = (pictures: SetPicture[]): PictureSet => ({
  id: "s",
  name: "Mine",
  resolution: [64, 64],
  pictures,
  split: { seed: 0, heldOut: 0.2 },
  bytes: 0,
});

test("a set says what is missing before training is refused", () => {
  expect(setSummary(null)).toBe("No set yet");
  expect(setSummary(setOf([]))).toBe("Empty");
  expect(setSummary(setOf(Array.from({ length: 10 }, (_, i) => picture(i))))).toBe(
    "8 to learn from, 2 held out; 10 more needed",
  );
  expect(setSummary(setOf(Array.from({ length: 25 }, (_, i) => picture(i))))).toBe(
    "20 to learn from, 5 held out",
  );
});

test("look-alikes are those with an earlier twin", () => {
  expect(twinIds(setOf([picture(1), picture(2, { twinOf: "p1" })]))).toEqual(["p2"]);
});

test("room is told plainly, lasting or not", () => {
  const room = { isLasting: true, usedBytes: 1e9, quotaBytes: 3e9 };
  expect(roomText(room)).toContain("Room left: 2.00 GB");
  expect(roomText({ ...room, isLasting: false })).toContain("lost on reload");
  expect(roomText({ ...room, quotaBytes: null })).toContain("does not say");
  expect(bytesOfPictures(5000, [64, 64])).toBe(81_920_000);
});

test("duplicates are named only where there are some", () => {
  const added = { set: setOf([]), added: 1, duplicates: 0, skipped: "" };
  expect(addedText(added)).toBe("1 picture added.");
  expect(addedText({ ...added, added: 3, duplicates: 2 })).toContain("2 duplicates left out");
});
