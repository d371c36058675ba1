/** Archives built here, byte by byte: those of other tools, and those made to do harm. */
import { BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import { describe, expect, it } from "vitest";

import { CheckpointError } from "../errors";

import { openPth } from "./pth";

/** A pickle of `text` and bytes, protocol 2, STOP added. */
const pickle = (...parts: (number | string | number[])[]): Uint8Array =>
  Uint8Array.from([
    ...[0x80, 2],
    ...parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : part,
    ),
    0x2e,
  ]);
const text = (value: string) => [0x8c, value.length, ...[...value].map((c) => c.charCodeAt(0))];
const int = (value: number) => [
  0x4a,
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  (value >> 24) & 255,
];
const tuple = (...items: (number | number[])[]) => [0x28, ...items.flat(), 0x74];

/** A float32 tensor on storage "0" of `length` values. */
const tensor = (length: number, offset: number, shape: number[], strides: number[]) => [
  ...[..."ctorch._utils\n_rebuild_tensor_v2\n"].map((c) => c.charCodeAt(0)),
  ...tuple(
    [
      ...tuple(
        text("storage"),
        [..."ctorch\nFloatStorage\n"].map((c) => c.charCodeAt(0)),
        text("0"),
        text("cpu"),
        int(length),
      ),
      0x51,
    ],
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    0x89,
    0x4e,
  ),
  0x52,
];
const stateOf = (value: number[]) => pickle("}", text("w"), value, "s");

type ZipFiles = Record<string, Uint8Array | string>;
async function zipOf(files: ZipFiles, level = 0): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false, level });
  for (const [name, content] of Object.entries(files))
    await writer.add(
      name,
      typeof content === "string" ? new TextReader(content) : new Uint8ArrayReader(content),
    );
  return writer.close();
}
const six = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
const archive = (data: Uint8Array, storage: Uint8Array = six, level = 0): Promise<Blob> =>
  zipOf({ "a/data.pkl": data, "a/byteorder": "little", "a/data/0": storage }, level);

const refusalOf = async (file: Blob): Promise<string> => {
  const error: unknown = await openPth(file).then(
    () => "nothing was refused",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CheckpointError);
  return String(error);
};

describe("archives of other makes", () => {
  it("reads deflated archives as stored ones", async () => {
    const values = new Uint8Array(new Float32Array(5000).fill(2).buffer);
    const file = await archive(stateOf(tensor(5000, 0, [50, 100], [100, 1])), values, 6);
    expect(file.size).toBeLessThan(2000);
    const { entries } = await openPth(file);
    expect(await entries.get("w")?.read()).toEqual(new Float32Array(5000).fill(2));
  });

  it("drops module. before keys, and refuses two keys that become one", async () => {
    const w = tensor(6, 0, [6], [1]);
    const { entries } = await openPth(await archive(pickle("}", text("module.a.w"), w, "s")));
    expect([...entries.keys()]).toEqual(["a.w"]);
    const both = pickle("}", text("module.w"), w, "s", text("w"), w, "s");
    expect(await refusalOf(await archive(both))).toMatch(/w once/);
  });

  it("reads views that step over values and views of one value many times", async () => {
    const read = async (value: number[]) =>
      (await openPth(await archive(stateOf(value)))).entries.get("w")?.read();
    expect(await read(tensor(6, 1, [2, 2], [3, 1]))).toEqual(Float32Array.of(1, 2, 4, 5));
    expect(await read(tensor(6, 5, [2, 2], [0, 0]))).toEqual(Float32Array.of(5, 5, 5, 5));
    expect(await read(tensor(6, 0, [1, 6], [77, 1]))).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5));
  });

  it("reads bytes, sizes, devices and dtypes as plain values", async () => {
    const extras = pickle(
      ...["}", text("w"), tensor(6, 0, [6], [1]), "s"],
      ...[
        text("bytes"),
        "c_codecs\nencode\n",
        "X\x02\x00\x00\x00\xc3\xbf",
        text("latin1"),
        [0x86],
        "Rs",
      ],
      ...[text("size"), "ctorch\nSize\n", tuple(int(2), int(3)), [0x85], "Rs"],
      ...[text("device"), "ctorch\ndevice\n", text("cuda"), int(1), [0x86], "Rs"],
      ...[text("dtype"), "ctorch\nfloat16\n", "s"],
    );
    const { other } = await openPth(await archive(extras));
    expect([...other]).toEqual([
      ["bytes", Uint8Array.of(255)],
      ["size", [2, 3]],
      ["device", "cuda:1"],
      ["dtype", "torch.float16"],
    ]);
  });
});

describe("hostile archives", () => {
  it("names code and does not run it", async () => {
    const code = pickle("cos\nsystem\n", text("touch pwned"), [0x85], "R");
    expect(await refusalOf(await archive(code))).toMatch(
      /the name os.system\. Code in a checkpoint is never run/,
    );
  });

  it.each([
    ["a tensor beyond its storage", tensor(6, 3, [4], [1]), /within the 6 values/],
    ["strides beyond the storage", tensor(6, 0, [2, 2], [5, 1]), /within the 6 values/],
    ["a negative offset", tensor(6, -1, [1], [1]), /an offset/],
    ["a negative length", tensor(6, 0, [-1], [1]), /non-negative integers/],
    ["negative strides", tensor(6, 5, [6], [-1]), /non-negative integers/],
    ["fewer strides than axes", tensor(6, 0, [2, 3], [1]), /as many strides/],
    [
      "a shape of 2^60 from one value",
      tensor(6, 0, [2 ** 30, 2 ** 30], [0, 0]),
      /at most 2\^28 values/,
    ],
    ["a storage longer than its file", tensor(7, 0, [7], [1]), /28 bytes in data\/0, got 24/],
    ["a storage of negative length", tensor(-6, 0, [0], [1]), /a storage id/],
  ] as [string, number[], RegExp][])("refuses %s", async (_, value, message) => {
    expect(await refusalOf(await archive(stateOf(value)))).toMatch(message);
  });

  it("refuses a tensor whose shape changes after it was checked", async () => {
    // The shape is a list kept in the memo; 1,000,000 is appended to it once the tensor is built.
    const w = tensor(6, 0, [6], [1]);
    const at = w.findIndex((_, i) => w.slice(i, i + 7).join() === [0x28, ...int(6), 0x74].join());
    const listShape = [0x5d, 0x71, 0, ...int(6), 0x61];
    const value = [...w.slice(0, at), ...listShape, ...w.slice(at + 7)];
    const file = await archive(
      pickle("}", text("w"), value, "s", text("s"), [0x68, 0], int(1e6), "a", "s"),
    );
    const { entries, other } = await openPth(file);
    expect(other.get("s")).toEqual([6, 1e6]);
    expect(entries.get("w")?.shape).toEqual([6]);
    expect(await entries.get("w")?.read()).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5));
  });

  it("refuses zips without one data.pkl, without storages, or of big-endian machines", async () => {
    const w = stateOf(tensor(6, 0, [6], [1]));
    expect(await refusalOf(await zipOf({ "readme.txt": "hello" }))).toMatch(
      /one data\.pkl, got 0 in 1/,
    );
    expect(await refusalOf(await zipOf({ "a/data.pkl": w, "b/data.pkl": w }))).toMatch(/got 2/);
    expect(await refusalOf(await zipOf({ "a/data.pkl": w }))).toMatch(/no such file/);
    const big = { "a/data.pkl": w, "a/byteorder": "big", "a/data/0": six };
    expect(await refusalOf(await zipOf(big))).toMatch(/little-endian tensors, got big/);
    expect(await refusalOf(await archive(pickle("N")))).toMatch(/a state_dict/);
    expect(await refusalOf(await archive(pickle("}")))).toMatch(/a state_dict of tensors/);
    expect(await refusalOf(await archive(pickle(tensor(6, 0, [6], [1]))))).toMatch(/one tensor/);
    expect(await refusalOf(new Blob(["hello there"]))).toMatch(/other bytes/);
  });

  it("finds a flipped bit in a tensor by the zip's checksum, stored and deflated", async () => {
    const values = new Uint8Array(new Float32Array(1000).fill(1.25).buffer);
    for (const level of [0, 6]) {
      const file = await archive(stateOf(tensor(1000, 0, [1000], [1])), values, level);
      const bytes = new Uint8Array(await file.arrayBuffer());
      const name = Buffer.from(bytes).indexOf("a/data/0");
      const flipped = name + "a/data/0".length + 20; // inside the content
      bytes[flipped] = (bytes[flipped] ?? 0) ^ 4;
      const { entries } = await openPth(new Blob([bytes]));
      await expect(entries.get("w")?.read(), `level ${level}`).rejects.toThrow(CheckpointError);
    }
  });

  it("stops inflating at the declared size: 4 MB that claim to be 24 bytes", async () => {
    const state = stateOf(tensor(6, 0, [6], [1]));
    const file = await archive(state, new Uint8Array(4_000_000), 9);
    const bytes = Buffer.from(await file.arrayBuffer());
    const declared = Buffer.from(int(4_000_000).slice(1)); // the four bytes after the opcode
    for (let at = bytes.indexOf(declared); at >= 0; at = bytes.indexOf(declared, at))
      bytes.writeUInt32LE(24, at);
    const { entries } = await openPth(new Blob([new Uint8Array(bytes)]));
    await expect(entries.get("w")?.read()).rejects.toThrow(/a\/data\/0 to inflate, got .*size/);
  });
});
