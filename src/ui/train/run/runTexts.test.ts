import { expect, test } from "vitest";

import { leftText } from "./runTexts";

test("time left is told roughly, and rounded up", () => {
  expect(leftText(null)).toBe("time left not known yet");
  expect(leftText(Infinity)).toBe("time left not known yet");
  expect(leftText(4)).toBe("a few seconds left");
  expect(leftText(33)).toBe("about 40 s left");
  expect(leftText(58)).toBe("about 1 min left");
  expect(leftText(61)).toBe("about 2 min left");
  expect(leftText(200)).toBe("about 4 min left");
  expect(leftText(4000)).toBe("about 1 h 7 min left");
});
