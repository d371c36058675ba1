import { describe, expect, it } from "vitest";

import { comparePaths, plainPath } from "./paths";
import { createSkipLog, summarizeSkipped } from "./skipped";

describe("the report of what was skipped", () => {
  it("counts by reason, the most frequent first, with an example", () => {
    const log = createSkipLog(10);
    log.add("a.txt", "not a picture");
    for (const name of ["1.png", "2.png", "3.png"]) log.add(name, "an empty file");
    expect(summarizeSkipped(log.entries)).toBe(
      "3 files: an empty file (such as 1.png)\n1 file: not a picture (a.txt)",
    );
    expect(summarizeSkipped([])).toBe("");
  });

  it("stays small and still counts", () => {
    const log = createSkipLog(5);
    for (let i = 0; i < 100_000; i++) log.add(`${i}.png`, "an empty file");
    expect(log.entries).toHaveLength(5);
    expect(summarizeSkipped(log.entries)).toBe("100000 files: an empty file (such as 0.png)");
  });

  it("begins each pass with what opening found", () => {
    const log = createSkipLog(1);
    log.add("a", "first");
    log.add("b", "first");
    log.markOpened();
    for (let pass = 0; pass < 3; pass++) {
      log.restart();
      log.add("c", "second");
      log.add("d", "first");
      expect(summarizeSkipped(log.entries)).toBe("3 files: first (such as a)\n1 file: second (c)");
    }
  });
});

describe("plainPath", () => {
  it("makes one spelling of many", () => {
    for (const name of ["a/b.png", "./a/b.png", "a\\b.png", "a//b.png", "a/./b.png"])
      expect(plainPath(name)).toEqual({ path: "a/b.png" });
  });

  it.each([
    ["../b.png", "leads out"],
    ["a/../../b.png", "leads out"],
    ["a\\..\\b.png", "leads out"],
    ["/etc/b.png", "leads out"],
    ["C:\\b.png", "leads out"],
    ["__MACOSX/._b.png", "hidden"],
    ["a/.git/b.png", "hidden"],
    ["a\nb.png", "control characters"],
    ["a\0.png", "control characters"],
    [`${"a/".repeat(600)}b.png`, "too long"],
  ])("refuses %j", (name, reason) => {
    expect(plainPath(name)).toEqual({ refused: expect.stringContaining(reason) as string });
  });

  it("orders 2 before 10", () => {
    expect(["a10", "a2", "b1"].sort(comparePaths)).toEqual(["a2", "a10", "b1"]);
  });
});
