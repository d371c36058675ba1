import { describe, expect, it } from "vitest";

import { fixtureBytes } from "../../tests/fixture";
import { InputError } from "../errors";

import type { PickleValue } from "./pickleWriter";
import { openPth } from "./pth";
import { writePth, type PthTensor } from "./pthWriter";
import { zipStored, type StoredFile } from "./pthWriterZip";

const bitsOf = (values: ArrayBufferView): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);
const bufferOf = async (blob: Blob): Promise<Buffer> => Buffer.from(await blob.arrayBuffer());

type File = { name: string; header: number; start: number; content: Buffer };

/** The files of a zip by its directory; shares nothing with zipEntries.ts. */
function listZip(zip: Buffer): File[] {
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  const files: File[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < zip.readUInt16LE(end + 10); i++) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const header = zip.readUInt32LE(at + 42);
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const content = zip.subarray(start, start + zip.readUInt32LE(at + 24));
    files.push({ name, header, start, content });
    at += 46 + nameLength;
  }
  return files;
}

function contentOf(files: File[], suffix: string): Buffer {
  const found = files.filter(({ name }) => name.endsWith(suffix));
  expect(found.length, suffix).toBe(1);
  return found[0]?.content ?? Buffer.alloc(0);
}

type Step = { name: string; arg: number | string };

/** Opcodes that torch's weights_only reader knows: name, and bytes of its argument (L: a length first, N: two lines). */
const opcodes: Record<number, [name: string, arg: number | "L" | "N"]> = {
  0x80: ["PROTO", 1],
  0x7d: ["EMPTY_DICT", 0],
  0x71: ["BINPUT", 1],
  0x72: ["LONG_BINPUT", 4],
  0x68: ["BINGET", 1],
  0x6a: ["LONG_BINGET", 4],
  0x58: ["BINUNICODE", "L"],
  0x63: ["GLOBAL", "N"],
  0x28: ["MARK", 0],
  0x29: ["EMPTY_TUPLE", 0],
  0x74: ["TUPLE", 0],
  0x85: ["TUPLE1", 0],
  0x86: ["TUPLE2", 0],
  0x87: ["TUPLE3", 0],
  0x4b: ["BININT1", 1],
  0x4d: ["BININT2", 2],
  0x4a: ["BININT", 4],
  0x89: ["NEWFALSE", 0],
  0x51: ["BINPERSID", 0],
  0x52: ["REDUCE", 0],
  0x73: ["SETITEM", 0],
  0x75: ["SETITEMS", 0],
  0x2e: ["STOP", 0],
};

/** Every opcode of a pickle up to its last byte; shares nothing with pickle.ts. */
function walk(bytes: Buffer): Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [name, kind] = opcodes[bytes.readUInt8(at++)] ?? ["unknown", 0];
    let begin = at;
    if (kind === "N") at = bytes.indexOf("\n", bytes.indexOf("\n", at) + 1) + 1;
    else if (kind === "L") [begin, at] = [at + 4, at + 4 + bytes.readUInt32LE(at)];
    else at += kind;
    const arg = bytes.subarray(begin, at);
    const isText = kind === "N" || kind === "L";
    steps.push({ name, arg: isText ? arg.toString() : kind ? arg.readUIntLE(0, kind) : "" });
  }
  return steps;
}

const namesOf = (steps: Step[], name: string): Step["arg"][] =>
  steps.filter((step) => step.name === name).map(({ arg }) => arg);

const ramp = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i) * 10 ** ((i % 9) - 4));
const integers = BigInt64Array.of(3n, -1n, 2n ** 24n, -(2n ** 40n));
const nan = new Float32Array(Uint32Array.of(0x7fc00123, 0x80000000, 1).buffer); // NaN, -0, a subnormal
const tensors: PthTensor[] = [
  { key: "z.weight", shape: [3, 2, 2, 5], values: ramp(60), dtype: "F32" },
  { key: "a.bias", shape: [3], values: nan, dtype: "F32" },
  { key: "10", shape: [7, 43], values: ramp(301), dtype: "F16" },
  { key: "bf", shape: [2, 3, 1], values: ramp(6), dtype: "BF16" },
  { key: "scalar", shape: [], values: Float32Array.of(0.1), dtype: "F32" },
  { key: "empty", shape: [2, 0, 3], values: new Float32Array(0), dtype: "F32" },
  { key: "steps.größe", shape: [4], values: integers, dtype: "I64" },
  { key: "large", shape: [70000], values: ramp(70001).subarray(1), dtype: "F32" },
];

describe("writePth", () => {
  it("is read back: keys in order, shapes, dtypes, every bit of F32", async () => {
    const { entries, other } = await openPth(writePth(tensors));
    expect([...entries.keys()]).toEqual(tensors.map(({ key }) => key));
    expect(other.size).toBe(0);
    for (const { key, shape, dtype, values } of tensors) {
      const entry = entries.get(key);
      expect([entry?.shape, entry?.dtype], key).toEqual([shape, dtype]);
      const read = (await entry?.read()) ?? new Float32Array(1);
      if (dtype === "F32") expect(bitsOf(read).equals(bitsOf(values)), key).toBe(true);
      if (dtype === "I64") expect([...read].map(BigInt)).toEqual([...values]);
      if (dtype === "F16" || dtype === "BF16")
        for (const [i, value] of read.entries()) {
          const error = Math.abs(value - Number(values[i]));
          const ulp = dtype === "F16" ? 2 ** -11 : 2 ** -8;
          expect(error, `${key} ${i}`).toBeLessThanOrEqual(Math.abs(value) * ulp + 2 ** -25);
        }
    }
  });

  it("lays out the files of torch.save, each at a multiple of 64 bytes", async () => {
    const files = listZip(await bufferOf(writePth(tensors)));
    expect(files.map(({ name }) => name)).toEqual([
      ...["data.pkl", ".format_version", ".storage_alignment", "byteorder"].map(
        (name) => `archive/${name}`,
      ),
      ...tensors.map((_, i) => `archive/data/${i}`),
      "archive/version",
    ]);
    for (const { name, start } of files) expect(start % 64, name).toBe(0);
    expect(contentOf(files, "/byteorder").toString()).toBe("little");
    expect(contentOf(files, "/version").toString()).toBe("3\n");
    expect(contentOf(files, "data/7").equals(bitsOf(ramp(70001).subarray(1)))).toBe(true);
    expect(contentOf(files, "data/6").equals(bitsOf(integers))).toBe(true);
    expect(contentOf(files, "data/5").length).toBe(0);
  });

  it("begins as a pickle of torch.save does", async () => {
    const pickle = contentOf(listZip(await bufferOf(writePth(tensors))), "data.pkl");
    const golden =
      "\x80\x02}q\x00X\x0a\x00\x00\x00state_dictq\x01ccollections\nOrderedDict\nq\x02)Rq\x03(" +
      "X\x08\x00\x00\x00z.weightq\x04ctorch._utils\n_rebuild_tensor_v2\nq\x05((X\x07\x00\x00\x00storageq\x06" +
      "ctorch\nFloatStorage\nq\x07X\x01\x00\x00\x000q\x08X\x03\x00\x00\x00cpuq\x09K<tq\x0aQ" +
      "K\x00(K\x03K\x02K\x02K\x05tq\x0b(K\x14K\x0aK\x05K\x01tq\x0c\x89h\x02)Rq\x0dtq\x0eRq\x0f" +
      "X\x06\x00\x00\x00a.biasq\x10h\x05((h\x06h\x07X\x01\x00\x00\x001q\x11h\x09K\x03tq\x12Q";
    expect(pickle.subarray(0, golden.length).toString("latin1")).toBe(golden);
    expect(pickle.subarray(-6).toString("latin1")).toMatch(/Rr..\0\0us\.$|Rq.us\.$/s);
  });

  it("is a stream of opcodes that names no more than tensors need", async () => {
    const pickle = contentOf(listZip(await bufferOf(writePth(tensors))), "data.pkl");
    const steps = walk(pickle);
    expect(steps[0]).toEqual({ name: "PROTO", arg: 2 });
    expect(steps.findIndex(({ name }) => name === "STOP")).toBe(steps.length - 1);
    expect(namesOf(steps, "unknown")).toEqual([]);
    expect(namesOf(steps, "GLOBAL").sort()).toEqual([
      "collections\nOrderedDict\n",
      ...["BFloat16", "Float", "Half", "Long"].map((type) => `torch\n${type}Storage\n`),
      "torch._utils\n_rebuild_tensor_v2\n",
    ]);
    expect(namesOf(steps, "BINPERSID").length).toBe(tensors.length);
    const puts = steps.filter(({ name }) => name.endsWith("PUT")).map(({ arg }) => arg);
    expect(puts).toEqual(puts.map((_, i) => i)); // as CPython numbers them
    for (const got of namesOf(steps, "BINGET")) expect(puts).toContain(got);
    expect(namesOf(steps, "BININT2")).toEqual([301]);
    expect(namesOf(steps, "BININT")).toEqual([70000, 70000]);
    const empty = steps.slice(steps.findIndex(({ arg }) => arg === "empty"));
    expect(namesOf(empty, "BININT1").slice(0, 8)).toEqual([0, 0, 2, 0, 3, 3, 3, 1]); // count, offset, shape, strides
  });

  it("is the pickle of a file by torch.save, up to what else that file holds", async () => {
    const file = await fixtureBytes("readout_tiny.pth"); // its state_dict is an OrderedDict
    const golden = contentOf(listZip(Buffer.from(file)), "data.pkl");
    const { entries } = await openPth(new Blob([file]));
    const again: PthTensor[] = [];
    for (const [key, { shape, dtype, read }] of entries) {
      const values = await read();
      if (dtype === "F32") again.push({ key, shape, values, dtype });
      if (dtype === "I64")
        again.push({ key, shape, values: BigInt64Array.from([...values].map(BigInt)), dtype });
    }
    expect(again.length).toBe(entries.size);
    const files = listZip(await bufferOf(writePth(again)));
    const written = contentOf(files, "data.pkl").toString("latin1");
    const mark = 5; // a dict of several items begins with one
    const expected =
      golden.toString("latin1").slice(0, mark) + golden.toString("latin1").slice(mark + 1);
    const shared = written.slice(0, -"s.".length);
    expect(shared.length).toBeGreaterThan(400);
    expect(expected.slice(0, shared.length)).toBe(shared);
    const theirs = listZip(Buffer.from(file));
    for (const index of again.keys()) {
      const same = contentOf(files, `/data/${index}`).equals(contentOf(theirs, `/data/${index}`));
      expect(same, `data/${index}`).toBe(true);
    }
  });

  it("sets items by the thousand and the last alone, as CPython does", async () => {
    const many = Array.from({ length: 1001 }, (_, i): PthTensor => ({
      key: `k${i}`,
      shape: [1],
      values: ramp(i + 1).subarray(i),
      dtype: "F32",
    }));
    const blob = writePth(many);
    const { entries } = await openPth(blob);
    expect([...entries.keys()]).toEqual(many.map(({ key }) => key));
    expect((await entries.get("k1000")?.read())?.[0]).toBe(ramp(1001)[1000]);
    const steps = walk(contentOf(listZip(await bufferOf(blob)), "data.pkl"));
    expect(steps.slice(-3).map(({ name }) => name)).toEqual(["SETITEM", "SETITEM", "STOP"]);
    expect(namesOf(steps, "SETITEMS").length).toBe(1);
  });

  it("holds what is given beside the tensors", async () => {
    const beside = new Map<string, PickleValue>([
      ["epoch", 3],
      ["lr", { kind: "float", value: 1e-4 }],
      ["best", null],
      ["config", "{}"],
    ]);
    const { entries, other } = await openPth(writePth(tensors, beside));
    expect(entries.size).toBe(tensors.length);
    expect(Object.fromEntries(other)).toEqual({ epoch: 3, lr: 1e-4, best: null, config: "{}" });
  });

  it("gives the same bytes each time, and takes an empty list", async () => {
    const [once, again] = [await bufferOf(writePth(tensors)), await bufferOf(writePth(tensors))];
    expect(once.equals(again)).toBe(true);
    const none = walk(contentOf(listZip(await bufferOf(writePth([]))), "data.pkl"));
    expect(none.slice(-4).map(({ name }) => name)).toEqual(["REDUCE", "BINPUT", "SETITEM", "STOP"]);
  });

  it("refuses keys that come twice and shapes that are not the values'", () => {
    const tensor: PthTensor = { key: "w", shape: [2, 3], values: ramp(6), dtype: "F32" };
    expect(() => writePth([tensor, tensor])).toThrow(/w is \[2, 3\] with 6 values, or comes twice/);
    expect(() => writePth([{ ...tensor, shape: [2, 2] }])).toThrow(/\[2, 2\] with 6 values/);
    expect(() => writePth([{ ...tensor, shape: [-2, -3] }])).toThrow(/\[-2, -3\] with 6 values/);
  });
});

describe("zipStored", () => {
  it.each(["sa_ldm_tiny", "readout_tiny", "pth_torture", "vqvae_stage1_bare_layout"])(
    "makes %s.pth byte for byte as PyTorch did, from the files in it",
    async (name) => {
      const golden = Buffer.from(await fixtureBytes(`${name}.pth`));
      const files = listZip(golden).map(({ name, content }): StoredFile => ({
        name,
        size: content.length,
        read: () => content,
      }));
      expect(files.length).toBeGreaterThan(10);
      expect((await bufferOf(zipStored(files))).equals(golden)).toBe(true);
    },
  );

  it("refuses 4 GiB and 65535 files before it reads one", () => {
    const read = (): never => {
      throw new Error("read");
    };
    const gibibyte = (_: unknown, i: number): StoredFile => ({ name: `${i}`, size: 2 ** 30, read });
    const refused = () => zipStored(Array.from({ length: 4 }, gibibyte));
    expect(refused).toThrow(InputError);
    expect(refused).toThrow(/less than 4 GiB/);
    const files = Array.from({ length: 65535 }, (_, i) => ({ name: `${i}`, size: 0, read }));
    expect(() => zipStored(files)).toThrow(InputError);
    expect(() => zipStored(files.slice(0, 1))).toThrow("read");
  });

  it("refuses content of another size", () => {
    const file = { name: "a", size: 2, read: () => Uint8Array.of(1) };
    expect(() => zipStored([file])).toThrow("zip: expected 2 bytes of a, got 1.");
  });
});
