import { describe, expect, it } from "vitest";

import { fixtureBytes, loadFixture } from "../../tests/fixture";
import { CheckpointError } from "../errors";
import { mulberry32 } from "../math/random";

import { isSafetensors, openSafetensors, writeSafetensors } from "./safetensors";

const encoder = new TextEncoder();
const bitsOf = (values: Float32Array | Int32Array): Buffer => Buffer.from(values.buffer);

/** A file of the given header text and data. */
function fileOf(
  header: string | object,
  data = new Uint8Array(),
  length?: bigint,
): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

async function refusal(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const fromBytes: unknown = await openSafetensors(file).catch((error: unknown) => error);
  const fromBlob: unknown = await openSafetensors(new Blob([file])).catch(
    (error: unknown) => error,
  );
  expect(fromBytes).toBeInstanceOf(CheckpointError);
  expect(String(fromBlob)).toBe(String(fromBytes));
  return String(fromBytes);
}

describe("reading", () => {
  it("gives every tensor of the official weights, from bytes and from a Blob", async () => {
    const bytes = await fixtureBytes("weights.safetensors");
    const golden = await loadFixture("weights");
    for (const source of [bytes, new Blob([bytes])]) {
      const { entries, metadata } = await openSafetensors(source);
      expect([...entries.keys()]).toEqual([...golden.tensors.keys()]);
      expect(metadata.get("format")).toBe("pt");
      for (const [key, entry] of entries) {
        expect(entry.shape).toEqual(golden.tensors.get(key)?.shape);
        const expected = golden.tensors.get(key)?.values ?? new Float32Array();
        expect(bitsOf(await entry.read()).equals(bitsOf(expected)), key).toBe(true);
      }
    }
  });

  it("reads a Blob in slices: opening touches the header alone", async () => {
    const reads: number[] = [];
    const bytes = await fixtureBytes("weights.safetensors");
    const blob = new Blob([bytes]);
    const slice = blob.slice.bind(blob);
    blob.slice = (begin = 0, end = blob.size) => (reads.push(end - begin), slice(begin, end));
    const { entries } = await openSafetensors(blob);
    expect(reads.reduce((a, b) => a + b)).toBeLessThan(100_000);
    await entries.get("init_latents")?.read();
    expect(reads.at(-1)).toBe(4 * 48 * 4);
  });

  it("hands out copies: what a caller does to values stays with the caller", async () => {
    const file = writeSafetensors([
      { key: "a", shape: [2], values: Float32Array.of(1, 2), dtype: "F32" },
    ]);
    const entry = (await openSafetensors(file)).entries.get("a");
    (await entry?.read())?.fill(9);
    expect(await entry?.read()).toEqual(Float32Array.of(1, 2));
  });

  it("tells a safetensors head from others", async () => {
    const bytes = await fixtureBytes("weights.safetensors");
    expect(isSafetensors(bytes.subarray(0, 64), bytes.length)).toBe(true);
    expect(isSafetensors(bytes.subarray(0, 64), 100)).toBe(false);
    expect(isSafetensors(encoder.encode("PK\x03\x04 {{{{{{{{"), 1e6)).toBe(false);
  });
});

describe("writing", () => {
  it("writes the official weights byte for byte as the reference writer did", async () => {
    const bytes = await fixtureBytes("weights.safetensors");
    const { entries } = await openSafetensors(bytes);
    const tensors = await Promise.all(
      [...entries].reverse().map(async ([key, entry]) => ({
        key,
        shape: entry.shape,
        values: await entry.read(),
        dtype: "F32" as const,
      })),
    );
    expect(Buffer.from(writeSafetensors(tensors, { format: "pt" })).equals(bytes)).toBe(true);
  });

  it("aligns mixed dtypes and round-trips them", async () => {
    const values = Float32Array.of(1, -0.5, 3);
    const file = writeSafetensors([
      { key: "half", shape: [3], values, dtype: "F16" },
      { key: "7", shape: [1, 3], values, dtype: "F32" },
      { key: "brain", shape: [3], values, dtype: "BF16" },
      { key: "scalar", shape: [], values: Float32Array.of(4), dtype: "F32" },
      { key: "none", shape: [0, 3], values: new Float32Array(), dtype: "F32" },
    ]);
    expect(new DataView(file.buffer).getUint32(0, true) % 8).toBe(0);
    const { entries } = await openSafetensors(file);
    expect([...entries.keys()].sort()).toEqual(["7", "brain", "half", "none", "scalar"]);
    for (const key of ["half", "7", "brain"])
      expect(await entries.get(key)?.read()).toEqual(values);
    expect(await entries.get("scalar")?.read()).toEqual(Float32Array.of(4));
    expect(await entries.get("none")?.read()).toEqual(new Float32Array());
  });

  it("refuses a shape that is not that of the values, and a key twice", () => {
    const one = { key: "a", shape: [1], values: Float32Array.of(1), dtype: "F32" as const };
    expect(() => writeSafetensors([{ ...one, shape: [2] }])).toThrow(/a is \[2\] with 1 values/);
    expect(() => writeSafetensors([one, one])).toThrow(/comes twice/);
  });
});

describe("damaged and hostile files", () => {
  const data = new Uint8Array(16);
  const cases: [string, Uint8Array<ArrayBuffer>, RegExp][] = [
    ["nothing", new Uint8Array(), /at least 8 bytes/],
    ["a header longer than the file", fileOf({}, data, 1000n), /header of at most/],
    ["a header of 2^60 bytes", fileOf({}, data, 2n ** 60n), /got 1152921504606846976/],
    ["text that is not JSON", fileOf("{oops}"), /a JSON header/],
    ["bytes that are not UTF-8", fileOf("{}", Uint8Array.of(0xff), 3n), /a JSON header/],
    ["an array", fileOf("[1]"), /got an array/],
    ["deep nesting", fileOf(`${"[".repeat(200_000)}`), /a JSON header/],
    ["deep nesting in a tensor", fileOf(`{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`), /for a/],
    ["an unknown dtype", fileOf({ a: tensor(0, 16, [4], "F7") }, data), /dtype/],
    ["a negative length", fileOf({ a: tensor(0, 16, [-4]) }, data), /shape/],
    ["a fractional length", fileOf({ a: tensor(0, 16, [1.5]) }, data), /shape/],
    ["a huge product", fileOf({ a: tensor(0, 16, [2 ** 40, 2 ** 40]) }, data), /at most 2\^28/],
    ["too many axes", fileOf({ a: tensor(0, 4, Array<number>(17).fill(1)) }, data), /shape/],
    ["negative offsets", fileOf({ a: tensor(-4, 12, [4]) }, data), /data_offsets/],
    ["offsets that run backwards", fileOf({ a: tensor(16, 0, [0]) }, data), /0 bytes for a/],
    ["a shape unlike its bytes", fileOf({ a: tensor(0, 16, [3]) }, data), /12 bytes for a/],
    ["overlap", fileOf({ a: tensor(0, 12), b: tensor(8, 16) }, data), /b to begin at byte 12/],
    [
      "two tensors on the same bytes",
      fileOf({ a: tensor(0, 16), b: tensor(0, 16) }, data),
      /byte 16/,
    ],
    ["a hole", fileOf({ a: tensor(0, 4), b: tensor(8, 16) }, data), /b to begin at byte 4/],
    ["offsets beyond the file", fileOf({ a: tensor(0, 32) }, data), /32 bytes of tensors, got 16/],
    [
      "bytes after the last tensor",
      fileOf({ a: tensor(0, 8) }, data),
      /8 bytes of tensors, got 16/,
    ],
    [
      "a key twice",
      fileOf(
        '{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[8],"data_offsets":[8,16]}}',
        data,
      ),
      /begin at byte 0/,
    ],
    ["metadata that is not text", fileOf({ __metadata__: { a: 1 } }), /__metadata__/],
    ["a prototype as a tensor", fileOf('{"__proto__":{"dtype":"F32"}}'), /for __proto__/],
  ];
  it.each(cases)("refuses %s", async (_, file, message) => {
    expect(await refusal(file)).toMatch(message);
  });

  it("refuses the official file cut at any place", async () => {
    const bytes = await fixtureBytes("weights.safetensors");
    const rng = mulberry32(5);
    const cuts = [
      0,
      7,
      8,
      9,
      bytes.length - 1,
      ...Array.from({ length: 20 }, () => Math.floor(rng() * bytes.length)),
    ];
    for (const cut of cuts)
      await expect(openSafetensors(bytes.slice(0, cut)), `${cut}`).rejects.toThrow(CheckpointError);
  });

  it("answers a flipped bit in the header with a CheckpointError or with tensors that fit the file", async () => {
    const bytes = await fixtureBytes("comp_gen.safetensors");
    const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    let refused = 0;
    for (let bit = 0; bit < 8 * headerEnd; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        const { entries } = await openSafetensors(flipped);
        for (const entry of entries.values()) await entry.read();
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(8 * headerEnd * 0.5);
  });
});
