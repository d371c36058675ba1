/** The gates for weight files: safetensors, pickles, PyTorch's zips. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { CheckpointEntries } from "../../src/checkpoint/entries";
import { openCheckpoint } from "../../src/checkpoint/load";
import { writePth } from "../../src/checkpoint/pthWriter";
import { zipStored } from "../../src/checkpoint/pthWriterZip";
import { writeSafetensors } from "../../src/checkpoint/safetensors";
import { unpickleTorch } from "../../src/checkpoint/torchPickle";
import { openZip } from "../../src/checkpoint/zipEntries";
import { openSnapshot } from "../../src/engine/training/snapshotFile";
import { bytesOf, copyOf, damaged, join, type Bytes } from "./bytes";
import { expectBoth, fuzz, fuzzTimeoutMs, tryInput, type Gate } from "./gate";
import { damagedJson } from "./jsons";

const sizeOf = (bytes: Bytes): number => bytes.length;

/** Values are read where they cannot be many. */
async function readEntries(entries: CheckpointEntries): Promise<void> {
  for (const { shape, read } of entries.values())
    if (shape.reduce((volume, length) => volume * length, 1) <= 2 ** 16) await read();
}

const weights: Gate<Bytes> = {
  name: "weights",
  read: async (bytes) => readEntries((await openCheckpoint(new Blob([bytes]), "file")).entries),
  bytesOf: sizeOf,
};

const tensors = [
  { key: "a.weight", shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6), dtype: "F32" },
  { key: "a.bias", shape: [2], values: Float32Array.of(1, 2), dtype: "F16" },
  { key: "empty", shape: [0, 4], values: new Float32Array(0), dtype: "BF16" },
] as const;
const snapshotHeader = {
  ...{ version: 1, stage: "vqvae", step: 1, scaleFactor: 1, seed: 1, images: 4 },
};

const withLength = (header: Uint8Array, data: Uint8Array, length = header.length): Bytes => {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  return join([head, header, data]);
};

describe("safetensors", () => {
  const file = writeSafetensors(tensors, { config: "{}", header: JSON.stringify(snapshotHeader) });
  const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));

  it("with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    const tokens = ["__proto__", "__metadata__", '"data_offsets":[0,', "F64", "-1", "1e99"];
    expectBoth(await fuzz(weights, damaged([file], tokens.map(bytesOf)), 3000));
  });

  it("with anything in its header changed", { timeout: fuzzTimeoutMs }, async () => {
    const data = file.slice(start);
    const files = damagedJson([header]).map((text) => withLength(bytesOf(text), data));
    expectBoth(await fuzz(weights, files, 3000));
  });

  it("of a training run", { timeout: fuzzTimeoutMs }, async () => {
    const read = async (bytes: Bytes) => (await openSnapshot(new Blob([bytes]), "x")).readArrays();
    const gate: Gate<Bytes> = { name: "snapshot", read, bytesOf: sizeOf };
    const headers = damagedJson([snapshotHeader]).map((text) =>
      writeSafetensors(tensors, { header: text }),
    );
    expectBoth(await fuzz(gate, headers, 1000));
  });

  it("that are bombs", async () => {
    const tensor = (shape: string, end: number) =>
      bytesOf(`{"a":{"dtype":"F32","shape":${shape},"data_offsets":[0,${end}]}}`);
    for (const bomb of [
      withLength(bytesOf("{"), new Uint8Array(0), 2 ** 53),
      join([new Uint8Array(7).fill(0xff), bytesOf("\x10{")]),
      withLength(bytesOf("{}"), new Uint8Array(0), 2 ** 40),
      withLength(tensor("[268435456]", 2 ** 30), new Uint8Array(0)),
      withLength(tensor(`[${"1,".repeat(5e4)}1]`, 4), new Uint8Array(4)),
      withLength(tensor(`[${"65536,".repeat(15)}65536]`, 0), new Uint8Array(0)),
      withLength(bytesOf(`{"a":${"[".repeat(3e4)}${"]".repeat(3e4)}}`), new Uint8Array(0)),
      withLength(
        bytesOf(`{"a":{${Array.from({ length: 9000 }, (_, i) => `"${i}":0`).join()}}}`),
        new Uint8Array(0),
      ),
      withLength(bytesOf(`{"__metadata__":[${"0,".repeat(5e4)}0]}`), new Uint8Array(0)),
    ])
      await tryInput(weights, bomb);
  });
});

const fixture = (name: string): Bytes => copyOf(readFileSync(`tests/fixtures/${name}`));
const torture = fixture("pth_torture.pth");
const legacy = fixture("pth_torture_legacy.pth");
const ours = writePth(tensors, new Map([["config", "{}"]]));

/** The files of a zip by name. */
async function filesOf(zip: Blob): Promise<Record<string, Bytes>> {
  const files = [...(await openZip(zip))].map(async ([name, { read }]) => [name, await read()]);
  return Object.fromEntries(await Promise.all(files)) as Record<string, Bytes>;
}

/** The files of ours, and the name of its pickle. */
const ourFiles = await filesOf(ours);
const [pickleName = ""] = Object.keys(ourFiles).filter((name) => name.endsWith("data.pkl"));
const pickles = Object.entries({ ...(await filesOf(new Blob([torture]))), ...ourFiles })
  .filter(([name]) => name.endsWith("data.pkl"))
  .map(([, bytes]) => bytes);

/** What a pickle is made of: opcodes with arguments, allowed and other names. */
const opcodes = [
  ..."(.012N)]}tuesabRQlodi".split("").map(bytesOf),
  ...[0x80, 0x85, 0x86, 0x87, 0x88, 0x81, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94].map((code) =>
    Uint8Array.of(code),
  ),
  ...[
    "K\x01",
    "h\x00",
    "h\x01",
    "q\x00",
    "q\x01",
    "M\xff\xff",
    "J\xff\xff\xff\xff",
    "X\x03\x00\x00\x00abc",
    "\x8c\x07storage",
    "\x8c\x06latin1",
    "\x8c\x011",
    "\x8c\x04\xf0\x9f\x92\xa3",
    "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
    "\x8b\xff\xff\xff\x7f",
    "\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
    "\x96\x00\x00\x00\x00\x01\x00\x00\x00",
    "G\x7f\xf8\x00\x00\x00\x00\x00\x00",
    "cos\nsystem\n",
    "c__builtin__\neval\n",
    "cposix\nsystem\n",
    "ctorch\nload\n",
    "ccollections\nOrderedDict\n",
    "ccollections\nOrderedDict\n)R",
    "ctorch\nSize\n",
    "ctorch\ndevice\n",
    "ctorch\nFloatStorage\n",
    "ctorch\nfloat32\n",
    "c_codecs\nencode\n",
    "ctorch._utils\n_rebuild_tensor_v2\n",
    "ctorch._utils\n_rebuild_parameter\n",
    "c__proto__\nconstructor\n",
    "\x8c\x09__proto__",
    "\x8c\x0bconstructor\x8c\x09prototype\x93",
  ].map((text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))),
];

const noBytes = () => Promise.resolve(new Uint8Array(0));
const pickle: Gate<Bytes> = {
  name: "pickle",
  read: (bytes) => unpickleTorch(bytes, noBytes),
  bytesOf: sizeOf,
};

/** Ours with another pickle, and checksums that are right. */
async function withPickle(bytes: Bytes): Promise<Bytes> {
  const files = Object.entries({ ...ourFiles, [pickleName]: bytes });
  const zip = zipStored(
    files.map(([name, content]) => ({ name, size: content.length, read: () => content })),
  );
  return new Uint8Array(await zip.arrayBuffer());
}

describe("pickles", () => {
  it("with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(pickle, damaged(pickles, opcodes), 10_000));
  });

  it("of any opcodes", { timeout: fuzzTimeoutMs }, async () => {
    const programs = fc
      .array(fc.nat(opcodes.length - 1), { maxLength: 30 })
      .map((list) =>
        join([
          Uint8Array.of(0x80, 2),
          ...list.map((k) => opcodes[k] ?? new Uint8Array(0)),
          bytesOf("."),
        ]),
      );
    expectBoth(await fuzz(pickle, programs, 10_000));
  });

  /** A memo of a value, and things done with it again and again. */
  const program = (parts: string): Bytes =>
    Uint8Array.from(`\x80\x02${parts}.`, (letter) => letter.charCodeAt(0));
  const lists = (depth: number): string =>
    `]q\x000${Array.from({ length: depth }, (_, k) => {
      const [from, to] = [String.fromCharCode(k), String.fromCharCode(k + 1)];
      return `](${`h${from}`.repeat(10)}eq${to}0`;
    }).join("")}`;
  const nested = (depth: number): string => `${"(".repeat(depth)}${"t".repeat(depth)}`;
  const text = (length: number): string => {
    const size = Array.from({ length: 4 }, (_, k) =>
      String.fromCharCode((length >> (8 * k)) & 255),
    );
    return `X${size.join("")}${"x".repeat(length)}`;
  };

  it.each<[string, string]>([
    ["lists of lists of lists", `${lists(20)}h\x14`],
    ["a device named by them", `ctorch\ndevice\n${lists(20)}h\x14\x85R`],
    ["a global named by them", `${lists(20)}h\x14h\x14\x93`],
    ["a device of great depth", `ctorch\ndevice\n${nested(20_000)}\x85R`],
    ["a global of great depth", `${nested(20_000)}K\x01\x93`],
    ["a list within itself", "]q\x00h\x00ah\x00"],
    ["great depth", nested(50_000)],
    [
      "one size again and again",
      `(${"K\x01".repeat(20_000)}tq\x000ctorch\nSize\nq\x010${"h\x01h\x00\x85R".repeat(20_000)}`,
    ],
    [
      "one text again and again",
      `${text(60_000)}q\x000c_codecs\nencode\nq\x010\x8c\x06latin1q\x020${"h\x01h\x00h\x02\x86R".repeat(5000)}`,
    ],
    [
      "one list of pairs again and again",
      `](${"K\x01K\x02\x86".repeat(10_000)}eq\x000ccollections\nOrderedDict\nq\x010${"h\x01h\x00\x85R".repeat(5000)}`,
    ],
    ["numbers of many digits", `${`\x8a\xff${"\x7f".repeat(255)}`.repeat(400)}R`],
    ["a name that does not end", `c${"x".repeat(100_000)}`],
    ["marks upon marks", "(".repeat(100_000)],
    [
      "a tensor of a long shape",
      `ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQK\x00(${"K\x01".repeat(20_000)}t(${"K\x01".repeat(20_000)}ttR`,
    ],
  ])("that are bombs: %s", async (_, parts) => {
    expect((await tryInput(pickle, program(parts))).isRefused).toBe(true);
  });
});

describe("PyTorch's files", () => {
  it("with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    const seeds = [torture, legacy, new Uint8Array(await ours.arrayBuffer())];
    const tokens = ["PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "data.pkl", "../x"].map(bytesOf);
    expectBoth(await fuzz(weights, damaged(seeds, tokens), 2000));
  });

  it("with any pickle inside", { timeout: fuzzTimeoutMs }, async () => {
    const read = async (bytes: Bytes) => weights.read(await withPickle(bytes));
    const inputs = damaged([ourFiles[pickleName] ?? bytesOf("")], opcodes);
    expectBoth(await fuzz({ ...weights, name: "pth", read }, inputs, 1000));
  });

  it("of the old format with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(weights, damaged([legacy], opcodes), 3000));
  });
});
