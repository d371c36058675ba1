/** The gates for archives: zips of weights and projects, zips and tars of pictures. */
import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { sha256Hex } from "../../src/checkpoint/cache";
import { crc32 } from "../../src/checkpoint/crc32";
import { zipStored } from "../../src/checkpoint/pthWriterZip";
import { openZip } from "../../src/checkpoint/zipEntries";
import { Unreadable } from "../../src/data/datasets/dataFile";
import { openDataset, type Decoders } from "../../src/data/datasets/dataset";
import { readTar } from "../../src/data/datasets/tar";
import { pad, picture, readAll, tarHeader, tarOf, zipOf } from "../../src/data/datasets/testFiles";
import { readZip } from "../../src/data/datasets/zipFiles";
import { readProject } from "../../src/engine/exchange/projectFile";
import { bytesOf, damaged, join, type Bytes } from "./bytes";
import { expectBoth, fuzz, fuzzTimeoutMs, tryInput, type Gate } from "./gate";
import { damagedJson } from "./jsons";

const sizeOf = (bytes: Bytes): number => bytes.length;
const { signal } = new AbortController();

/** Reads what an entry of 16 MiB at most holds. */
const modest = 16 * 2 ** 20;

const weightsZip: Gate<Bytes> = {
  name: "zip of weights",
  read: async (bytes) => {
    for (const { read } of (await openZip(new Blob([bytes]))).values()) await read();
  },
  bytesOf: sizeOf,
};

const picturesZip: Gate<Bytes> = {
  name: "zip of pictures",
  read: async (bytes) => {
    for await (const item of readZip(new Blob([bytes])))
      if ("file" in item && item.file.size <= modest) await item.file.open();
  },
  bytesOf: sizeOf,
  refusals: [Unreadable],
};

/** A picture of one pixel for whatever is no picture. */
const decoders: Decoders = {
  image: () => Promise.resolve({ width: 1, height: 1, data: new Uint8ClampedArray(4) }),
};

/** A data set of one archive. */
const dataset = (path: string): Gate<Bytes> => ({
  name: path,
  read: async (bytes) => {
    const open = () => Promise.resolve(new Blob([bytes]));
    await readAll(await openDataset([{ path, size: bytes.length, open }], decoders));
  },
  bytesOf: sizeOf,
});

const named = {
  "images/a.png": picture(2, 2),
  "masks/a.png": picture(2, 2),
  "b/c.txt": bytesOf("x".repeat(500)),
};
const zips: Bytes[] = [await zipOf(named), await zipOf(named, { level: 0 })];
const zipTokens = ["PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "PK\x06\x06", "../", "\0", "a.zip"];

/** A zip by hand: what its headers say is what is given, whether true or not. */
function zipByHand(
  entries: { name: string; content: Uint8Array; size: number; method?: number; at?: number }[],
): Bytes {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content, size, method = 8, at } of entries) {
    const nameBytes = bytesOf(name);
    const head = new DataView(new ArrayBuffer(46));
    head.setUint32(0, 0x02014b50, true);
    head.setUint16(10, method, true);
    head.setUint32(16, crc32(content), true);
    head.setUint32(20, content.length, true);
    head.setUint32(24, size, true);
    head.setUint16(28, nameBytes.length, true);
    head.setUint32(42, at ?? offset, true);
    directory.push(new Uint8Array(head.buffer), nameBytes);
    if (at !== undefined) continue;
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, 0x04034b50, true);
    local.setUint16(8, method, true);
    local.setUint16(26, nameBytes.length, true);
    locals.push(new Uint8Array(local.buffer), nameBytes, content);
    offset += 30 + nameBytes.length + content.length;
  }
  const list = join(directory);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, list.length, true);
  end.setUint32(16, offset, true);
  return join([...locals, list, new Uint8Array(end.buffer)]);
}

const zeros = (megabytes: number): Bytes => new Uint8Array(megabytes * 2 ** 20);
const deflatedZeros = (megabytes: number): Uint8Array => deflateRawSync(zeros(megabytes));

const nestedZip = await zipOf({ "a.zip": await zipOf({ "b.zip": await zipOf({ c: zeros(1) }) }) });

describe("zips", () => {
  const inputs = damaged(zips, zipTokens.map(bytesOf));

  it("of weights, with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(weightsZip, inputs, 1500));
  });

  it("of pictures, with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(picturesZip, inputs, 1500));
  });

  it("as data sets, with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(dataset("x.zip"), inputs, 1000));
  });

  const small = deflateRawSync(new Uint8Array(100));
  const bombs: [string, Bytes][] = [
    ["32 MiB out of 32 KiB", zipByHand([{ name: "a", content: deflatedZeros(32), size: 2 ** 25 }])],
    ["more than they say", zipByHand([{ name: "a", content: deflatedZeros(32), size: 1000 }])],
    ["less than they say", zipByHand([{ name: "a", content: small, size: 2 ** 30 }])],
    [
      "nothing like the 4 GiB they say",
      zipByHand([{ name: "a", content: small, size: 2 ** 32 - 2 }]),
    ],
    [
      "stored, and less than they say",
      zipByHand([{ name: "a", content: small, size: 2 ** 31, method: 0 }]),
    ],
    [
      "the same bytes under many names",
      zipByHand([
        { name: "a", content: deflatedZeros(8), size: 2 ** 23 },
        ...Array.from({ length: 500 }, (_, i) => ({
          ...{ name: `b${i}`, content: deflatedZeros(0.01), size: 2 ** 23, at: 0 },
        })),
      ]),
    ],
    ["zips in zips", nestedZip],
  ];

  it.each(bombs)("that unpack to %s", async (_, bomb) => {
    for (const gate of [weightsZip, picturesZip, dataset("x.zip")]) await tryInput(gate, bomb);
  });
});

const content = bytesOf("{}");
const contentHash = await sha256Hex(new Blob([content]));

describe("projects", () => {
  const listed = { bytes: content.length, sha256: contentHash };
  const manifest = {
    ...{ format: "slotdiffusion-project", version: 1, name: "Mine" },
    files: [
      { name: "run.json", ...listed },
      { name: "config.json", ...listed },
    ],
  };
  const gate: Gate<string> = {
    name: "project",
    read: async (text) => {
      const files = { "project.json": bytesOf(text), "run.json": content, "config.json": content };
      const zip = zipStored(
        Object.entries(files).map(([name, bytes]) => ({
          ...{ name, size: bytes.length, read: () => bytes },
        })),
      );
      await readProject(zip, signal);
    },
    bytesOf: (text) => 2 * text.length,
  };

  it("whatever is changed in their list", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(gate, damagedJson([manifest]), 1000));
  });

  it("with a text of hundreds of megabytes", async () => {
    const read = async (bytes: Bytes) => readProject(new Blob([bytes]), signal);
    const size = 256 * 2 ** 20;
    const files = [
      { name: "run.json", bytes: size, sha256: "0".repeat(64) },
      { name: "data.json", bytes: size, sha256: "0".repeat(64) },
    ];
    const list = bytesOf(JSON.stringify({ ...manifest, files }));
    const bomb = zipByHand([
      { name: "project.json", content: list, size: list.length, method: 0 },
      { name: "run.json", content: deflatedZeros(64), size },
      { name: "data.json", content: deflatedZeros(0.1), size },
    ]);
    await tryInput({ name: "project", read, bytesOf: sizeOf }, bomb);
  });
});

describe("tars", () => {
  const tars = [
    tarOf(named),
    join([tarHeader("long", 20, "L"), pad(bytesOf("x/y.png")), tarOf(named)]),
  ];
  const tokens = [
    ...["00000000000", "77777777777", "-0000000001", "99999999999", "          9", "ustar", "../"],
    ...["30 path=a.png\n", "20 size=999999999\n", "x".repeat(100)],
  ].map(bytesOf);
  const tar: Gate<Bytes> = {
    name: "tar",
    read: async (bytes) => {
      for await (const _ of readTar(new Blob([bytes]).stream(), (__, size) => size < 2 ** 26));
    },
    bytesOf: sizeOf,
    refusals: [Unreadable],
  };
  /** Checksums that are right again, so that what was changed is looked at. */
  const summed = (bytes: Bytes): Bytes => {
    const out = bytes.slice();
    for (let at = 0; at + 512 <= out.length; at += 512) {
      const head = out.subarray(at, at + 512);
      if (new TextDecoder().decode(head.subarray(257, 262)) !== "ustar") continue;
      head.fill(32, 148, 156);
      const sum = head.reduce((total, byte) => total + byte, 0);
      head.set(bytesOf(`${sum.toString(8).padStart(6, "0")}\0`), 148);
    }
    return out;
  };
  const inputs = fc
    .tuple(damaged(tars, tokens), fc.boolean())
    .map(([bytes, isSummed]) => (isSummed ? summed(bytes) : bytes));

  it("with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(tar, inputs, 3000));
  });

  it("as data sets", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(dataset("x.tar"), inputs, 1000));
  });

  it("packed by gzip", { timeout: fuzzTimeoutMs }, async () => {
    const packed = inputs.map((bytes): Bytes => new Uint8Array(gzipSync(bytes, { level: 1 })));
    expectBoth(await fuzz(dataset("x.tgz"), packed, 1000));
  });

  it("packed by gzip, with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    const packed = tars.map((bytes): Bytes => new Uint8Array(gzipSync(bytes)));
    expectBoth(await fuzz(dataset("x.tgz"), damaged(packed), 1000));
  });

  it.each<[string, Bytes]>([
    ["a size of 60 MiB that is not there", tarHeader("a.png", 60 * 2 ** 20)],
    ["a name of 64 KiB", join([tarHeader("x", 65_536, "L"), new Uint8Array(65_536).fill(0x2f)])],
    [
      "extended names without an end",
      join([tarHeader("x", 65_536, "x"), bytesOf("1\n".repeat(32_768))]),
    ],
    [
      "extended names of nothing",
      join([tarHeader("x", 65_536, "x"), bytesOf("1 ".repeat(32_768))]),
    ],
    ["headers alone", join(Array.from({ length: 200 }, () => tarHeader("a/", 0, "5")))],
  ])("with %s", async (_, bytes) => {
    const followed = join([bytes, tarHeader("a.png", 0)]);
    await tryInput(tar, followed);
    await tryInput(tar, bytes);
    await tryInput(dataset("x.tar"), bytes);
    await tryInput(dataset("x.tgz"), new Uint8Array(gzipSync(bytes)));
  });

  it("that unpack to a thousand times their size", async () => {
    const inside = new Uint8Array(512 + 64 * 2 ** 20);
    inside.set(tarHeader("a.txt", 64 * 2 ** 20));
    const bomb = new Uint8Array(gzipSync(inside));
    // Two passes over 4 MiB and a hundred times its size: to unpack all of it takes five times as long.
    const { isRefused } = await tryInput({ ...dataset("x.tgz"), mostMs: 300 }, bomb);
    expect(isRefused).toBe(true);
  });
});
