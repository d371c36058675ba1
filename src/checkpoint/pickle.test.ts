import { describe, expect, it } from "vitest";

import { CheckpointError } from "../errors";

import { PickleFunction, unpickle, type PickleOptions } from "./pickle";

/** Bytes and Latin-1 text, one after the other. */
const bytes = (...parts: (number | string | number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from([part].flat()),
    ),
  );
const proto = [0x80, 2];
const STOP = 0x2e;
const short = (text: string) => [0x8c, text.length, ...bytes(text)]; // SHORT_BINUNICODE

const options: PickleOptions = {
  globals: new Map<string, unknown>([
    ["safe.pair", new PickleFunction("safe.pair", (args) => ["pair", ...args])],
    ["safe.constant", "constant"],
  ]),
  persistentLoad: (id) => ["storage", id],
};
const load = (...parts: (number | string | number[])[]): unknown =>
  unpickle(bytes(...parts), options).value;
const refusal = (...parts: (number | string | number[])[]): string => {
  const file = bytes(...parts);
  const started = performance.now();
  try {
    unpickle(file, options);
  } catch (error) {
    expect(error).toBeInstanceOf(CheckpointError);
    expect(performance.now() - started).toBeLessThan(10_000);
    return String(error);
  }
  throw new Error("nothing was refused");
};

describe("plain values", () => {
  it("reads what Python 3 writes for a nested value, protocols 3 to 5", () => {
    // pickle.dumps({"a": [1, -2, 300, 70000, 2**40, 2**70, -2**70], "b": (None, True, 1.5), "ü": {"s": b"\0\xff"}}, p)
    const body4 =
      "04955c000000000000007d94288c0161945d94284b014afeffffff4d2c014a701101008a060000000000018a09000000000000000040" +
      "8a090000000000000000c0658c0162944e88473ff800000000000087948c02c3bc947d948c017394430200ff9473752e";
    const dumps: [protocol: number, hex: string][] = [
      [
        3,
        "80037d71002858010000006171015d7102284b014afeffffff4d2c014a701101008a060000000000018a090000000000000000408a09" +
          "0000000000000000c06558010000006271034e88473ff80000000000008771045802000000c3bc71057d710658010000007371074302" +
          "00ff710873752e",
      ],
      [4, `80${body4}`],
      [5, `8005${body4.slice(2)}`],
    ];
    for (const [protocol, hex] of dumps) {
      const { value } = unpickle(Buffer.from(hex, "hex"), options);
      expect(value, `protocol ${protocol}`).toEqual(
        new Map<string, unknown>([
          ["a", [1, -2, 300, 70000, 2 ** 40, 2n ** 70n, -(2n ** 70n)]],
          ["b", [null, true, 1.5]],
          ["ü", new Map([["s", Uint8Array.of(0, 255)]])],
        ]),
      );
    }
  });

  it("reads sets, long tuples, integer keys and shared values", () => {
    expect(load(proto, 0x8f, "(", [0x4b, 1, 0x4b, 2], 0x90, STOP)).toEqual(new Set([1, 2]));
    expect(load(proto, "(", [0x4b, 1, 0x4b, 2, 0x4b, 3, 0x4b, 4], "t", STOP)).toEqual([1, 2, 3, 4]);
    expect(load(proto, "}", [0x4b, 7], "N", "s", STOP)).toEqual(new Map([[7, null]]));
    const shared = load(proto, "]", "q\x00", "h\x00", 0x86, STOP) as unknown[];
    expect(shared[0]).toBe(shared[1]);
  });

  it("says where the pickle ends", () => {
    expect(unpickle(bytes("xx", proto, "N", STOP, "rest"), options, 2)).toEqual({
      value: null,
      end: 6,
    });
  });

  it("calls allowed functions and resolves storages through the caller", () => {
    expect(load(proto, "csafe\npair\n", [0x4b, 1, 0x4b, 2], 0x86, "R", STOP)).toEqual([
      "pair",
      1,
      2,
    ]);
    expect(load([0x80, 4], short("safe"), short("constant"), 0x93, STOP)).toBe("constant");
    expect(load(proto, [0x4b, 5], "Q", STOP)).toEqual(["storage", 5]);
  });

  it("cannot reach a prototype", () => {
    const value = load(
      proto,
      "}",
      short("__proto__"),
      "}",
      short("polluted"),
      0x88,
      "s",
      "s",
      STOP,
    );
    expect(value).toEqual(new Map([["__proto__", new Map([["polluted", true]])]]));
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("code is never run", () => {
  it.each([
    ["os.system", ["cos\nsystem\n", short("id"), 0x85, "R"]],
    ["builtins.eval", ["cbuiltins\neval\n", short("1"), 0x85, "R"]],
    ["posix.system", [short("posix"), short("system"), 0x93]],
    ["safe.pair.__globals__", ["csafe\npair.__globals__\n"]],
    ["torch.__proto__", [short("torch"), short("__proto__"), 0x93]],
  ] as [string, (number | string | number[])[]][])(
    "refuses the name %s and says why",
    (name, parts) => {
      const message = refusal(proto, ...parts, STOP);
      expect(message).toContain(`the name ${name}.`);
      expect(message).toContain("never run");
    },
  );

  it("refuses opcodes that make instances or come from a registry", () => {
    for (const opcode of [0x69, 0x6f, 0x82, 0x83, 0x84, 0x92, 0x97, 0x50, 0x49, 0x00, 0xff])
      expect(refusal(proto, "]", opcode, STOP)).toContain(
        `0x${opcode.toString(16).padStart(2, "0")}`,
      );
  });

  it("refuses calls of what is no function and attributes of what is no dict", () => {
    expect(refusal(proto, "csafe\nconstant\n", ")", "R", STOP)).toMatch(/a function to call/);
    expect(refusal(proto, short("f"), ")", "R", STOP)).toMatch(/a function to call/);
    expect(refusal(proto, "csafe\npair\n", "]", "R", STOP)).toMatch(/a tuple of arguments/);
    expect(refusal(proto, "]", "}", "b", STOP)).toMatch(/attributes of a dict, got a list/);
  });
});

describe("damaged and hostile pickles", () => {
  it("refuses empty stacks, marks and memos that were not written", () => {
    for (const parts of ["0", ".", "a", "s", "e", "u", "t", "R", "b", "2", "q\x00", "h\x07", "1"])
      refusal(proto, parts, STOP);
    expect(refusal(proto, "]", "(", "a", STOP)).toMatch(/a value on the stack/); // below a mark
  });

  it("refuses items for what is no container", () => {
    expect(refusal(proto, "N", "N", "a", STOP)).toMatch(/a list, got None/);
    expect(refusal(proto, ")", "N", "a", STOP)).toMatch(/a list, got a tuple/);
    expect(refusal(proto, "]", "N", "N", "s", STOP)).toMatch(/a dict, got a list/);
    expect(refusal(proto, "}", "(", "N", "u", STOP)).toMatch(/a dict/);
    expect(refusal(proto, "}", "(", "N", 0x90, STOP)).toMatch(/a set, got a Map/);
  });

  it("refuses lengths beyond the file, and absurd ones", () => {
    expect(refusal(proto, "X", [255, 255, 255, 255])).toMatch(/text of at most/);
    expect(refusal(proto, "X", [255, 0, 0, 0], "short")).toMatch(/255 more bytes, got 5/);
    expect(refusal(proto, [0x8d, 255, 255, 255, 255, 255, 255, 255, 255])).toMatch(
      /text of at most/,
    );
    expect(refusal(proto, [0x8e, 255, 255, 255, 255, 255, 255, 255, 127])).toMatch(/more bytes/);
    expect(refusal(proto, [0x8b, 255, 255, 255, 127])).toMatch(/an integer of at most/);
    expect(refusal(proto, "c", "x".repeat(5000))).toMatch(/a name that ends/);
    expect(refusal([0x80, 9], "N", STOP)).toMatch(/protocol 2 to 5/);
    expect(refusal(proto, "X", [2, 0, 0, 0], "\xff\xfe", STOP)).toMatch(/UTF-8 text/);
  });

  it("refuses a list that contains itself, through a dict too", () => {
    expect(refusal(proto, "]", "q\x00", "h\x00", "a", STOP)).toMatch(/contains itself/);
    expect(refusal(proto, "]", "q\x00", "}", "N", "h\x00", "s", "a", STOP)).toMatch(
      /contains itself/,
    );
  });

  it("refuses nesting beyond any checkpoint, without overflowing its own stack", () => {
    expect(load(proto, "]".repeat(60), "a".repeat(59), STOP)).toBeInstanceOf(Array);
    expect(refusal(proto, "]".repeat(100_000), "a".repeat(99_999), STOP)).toMatch(
      /at most 64 deep/,
    );
    expect(refusal(proto, "N", "\x85".repeat(90), STOP)).toMatch(/deep/); // TUPLE1 around TUPLE1
  });

  it("refuses sharing that multiplies: forty levels of two are 2^40 values", () => {
    const doubling = Array.from({ length: 40 }, () => [0x32, 0x86]).flat(); // DUP, TUPLE2
    expect(refusal(proto, "N", doubling, STOP)).toMatch(/more than 4000000 values/);
  });

  it("refuses endless opcodes: calls and memos by the million", () => {
    const call = "csafe\nconstant\n0";
    expect(refusal(proto, "N", "2".repeat(1_100_000), STOP)).toMatch(/at most 1000000 opcodes/);
    expect(refusal(proto, call.repeat(600_000), STOP)).toMatch(/at most 1000000 opcodes/);
  });
});
