import { describe, expect, it } from "vitest";

import { pickle, type PickleValue } from "./pickleWriter";

const hex = (value: PickleValue): string => Buffer.from(pickle(value)).toString("hex");
/** Between PROTO 2 and STOP. */
const body = (value: PickleValue): string => hex(value).replace(/^8002/, "").replace(/2e$/, "");

// Every expected value: pickle.dumps(value, 2).hex() of CPython 3.11.
describe("pickle", () => {
  it.each([
    [0, "4b00"],
    [255, "4bff"],
    [256, "4d0001"],
    [65535, "4dffff"],
    [65536, "4a00000100"],
    [2 ** 31 - 1, "4affffff7f"],
    [2 ** 31, "8a050000008000"],
    [2 ** 39 - 1, "8a05ffffffff7f"],
    [2 ** 39, "8a06000000008000"],
    [2 ** 53 - 1, "8a07ffffffffffff1f"],
    [-1, "4affffffff"],
    [-(2 ** 31), "4a00000080"],
    [-(2 ** 31) - 1, "8a05ffffff7fff"],
    [-(2 ** 39), "8a050000000080"],
    [-(2 ** 53) + 1, "8a07010000000000e0"],
  ])("writes the integer %d as CPython does", (value, expected) => {
    expect(body(value)).toBe(expected);
  });

  it.each<[string, PickleValue, string]>([
    ["booleans in a tuple", [true, false], "888986" + "7100"],
    ["None", null, "4e"],
    ["a float", { kind: "float", value: 0.9 }, "473feccccccccccccd"],
    ["a whole float in a tuple", [{ kind: "float", value: 0 }], "470000000000000000857100"],
    ["an empty tuple", [], "29"],
    ["a tuple of four", [1, 2, 3, 4], "284b014b024b034b0474" + "7100"],
    ["text beyond ASCII", "é", "5802000000c3a9" + "7100"],
    ["an empty dict", new Map(), "7d7100"],
    ["a dict of one", new Map([["a", 1]]), "7d7100" + "5801000000617101" + "4b01" + "73"],
    [
      "a dict in a dict, whose key comes again",
      new Map<string, PickleValue>([
        ["a", 1],
        ["b", new Map([["a", 2]])],
      ]),
      "7d7100" +
        "28" +
        "5801000000617101" +
        "4b01" +
        "5801000000627102" +
        "7d7103" +
        "6801" +
        "4b02" +
        "73" +
        "75",
    ],
  ])("writes %s as CPython does", (_, value, expected) => {
    expect(body(value)).toBe(expected);
  });

  it("numbers memos beyond 255 in four bytes, for what comes again too", () => {
    const names = Array.from({ length: 257 }, (_, i) => `${i}`);
    const written = body([...names, "255", "256"]);
    expect(written).toContain("5803000000323535" + "71ff" + "5803000000323536" + "7200010000");
    expect(written.endsWith("68ff" + "6a00010000" + "74" + "7201010000")).toBe(true);
  });

  it("refuses what it cannot write exactly", () => {
    for (const value of [0.5, NaN, Infinity, 2 ** 53])
      expect(() => pickle(value)).toThrow(/an integer of at most 53 bits, got/);
    expect(() => pickle("\ud800")).toThrow(/half a surrogate pair/);
  });
});
