/** The gates for pictures: headers before decoding, and masks as PNG. */
import { deflateSync } from "node:zlib";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { decodeImage } from "../../src/data/decodeImage";
import { Unreadable } from "../../src/data/datasets/dataFile";
import { openDataset, type Decoders } from "../../src/data/datasets/dataset";
import { defaultLimits } from "../../src/data/datasets/limits";
import { compactIds } from "../../src/data/datasets/maskIds";
import { readPngSamples } from "../../src/data/datasets/pngSamples";
import {
  colorMask,
  filesOf,
  greyMask,
  indexedMask,
  picture,
  readAll,
} from "../../src/data/datasets/testFiles";
import { fitIds } from "../../src/data/idMask";
import type { Pixels } from "../../src/data/preprocess";
import { InputError } from "../../src/errors";
import { bytesOf, copyOf, damaged, join, type Bytes } from "./bytes";
import { expectBoth, fuzz, fuzzTimeoutMs, tryInput, type Gate } from "./gate";

const sizeOf = (bytes: Bytes): number => bytes.length;
const text = (bytes: Uint8Array, begin: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(begin, end));

describe("pictures", () => {
  const jpeg = Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xe1, 0, 6, 1, 2, 3, 4, 0xff, 0xc4, 0, 3, 9],
    ...[0xff, 0xff, 0xc2, 0, 17, 8, 0x12, 0x34, 0x0a, 0xbc, 3, 1, 1, 1],
  );
  const webp = (kind: string, rest: number[]): Bytes =>
    join([
      bytesOf("RIFF"),
      new Uint8Array(4),
      bytesOf(`WEBP${kind}`),
      new Uint8Array(4),
      Uint8Array.from(rest),
    ]);
  const seeds: Bytes[] = [
    ...[picture(7, 5), copyOf(readFileSync("public/samples/00.png")), jpeg],
    ...[webp("VP8X", [0, 0, 0, 0, 255, 15, 0, 103, 69, 1]), webp("VP8L", [47, 99, 192, 49, 0])],
    ...[
      join([bytesOf("GIF89a"), Uint8Array.of(44, 1, 200, 0)]),
      webp("VP8 ", [0, 0, 0, 157, 1, 42, 32, 67, 0, 1]),
    ],
    join([bytesOf("BM"), new Uint8Array(16), Uint8Array.of(3, 1, 0, 0, 254, 255, 255, 255)]),
  ];
  let decoded: number;
  beforeEach(() => {
    decoded = 0;
    vi.stubGlobal("createImageBitmap", () => {
      decoded++;
      return Promise.reject(new DOMException("no picture", "InvalidStateError"));
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const gate = {
    name: "picture",
    read: (bytes: Bytes): Promise<unknown> =>
      decodeImage(new Blob([bytes]), { fit: "crop", resolution: [64, 64], resize: "area" }),
    bytesOf: sizeOf,
  };

  it("with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    const { inputs, refused } = await fuzz(gate, damaged(seeds), 3000);
    expect(refused).toBe(inputs); // there is no decoder here
    expect(decoded).toBeGreaterThan(0);
    expect(decoded).toBeLessThan(inputs);
  });

  /** Where PNG, GIF and BMP say their size, read apart from the gate. */
  function claimedPixels(bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (text(bytes, 1, 4) === "PNG") return view.getUint32(16) * view.getUint32(20);
    if (text(bytes, 0, 3) === "GIF") return view.getUint16(6, true) * view.getUint16(8, true);
    return Math.abs(view.getInt32(18, true) * view.getInt32(22, true));
  }

  it("that claim too many pixels are not decoded", { timeout: fuzzTimeoutMs }, async () => {
    const sides = fc.oneof(
      fc.nat(2 ** 31 - 1),
      fc.constantFrom(0, 1, 9999, 10_000, 65_535, 100_000),
    );
    const claims = fc.tuple(fc.constantFrom(0, 5, 7), sides, sides).map(([k, width, height]) => {
      const bytes = seeds[k]?.slice() ?? new Uint8Array(0);
      const view = new DataView(bytes.buffer);
      if (k === 0) {
        view.setUint32(16, width);
        view.setUint32(20, height);
      } else if (k === 5) {
        view.setUint16(6, width, true);
        view.setUint16(8, height, true);
      } else {
        view.setInt32(18, width, true);
        view.setInt32(22, -height, true);
      }
      return bytes;
    });
    const read = async (bytes: Bytes): Promise<unknown> => {
      const before = decoded;
      const pixels = claimedPixels(bytes);
      const answer: unknown = await gate.read(bytes).catch((error: unknown) => error);
      const isTried = decoded > before;
      if (isTried !== (pixels > 0 && pixels < 100e6))
        throw new RangeError(
          `a picture of ${pixels} pixels ${isTried ? "was" : "was not"} decoded`,
        );
      throw answer;
    };
    await fuzz({ ...gate, read }, claims, 2000);
  });

  it.each<[string, Bytes]>([
    ["nothing but fill bytes", new Uint8Array(2 ** 18).fill(0xff)],
    [
      "segments of no length",
      join([Uint8Array.of(0xff, 0xd8), ...Array<Bytes>(60_000).fill(Uint8Array.of(0xff, 0xe0))]),
    ],
    [
      "100000 x 100000 pixels",
      seeds[0]
        ?.with(17, 1)
        .with(18, 0x86)
        .with(19, 0xa0)
        .with(21, 1)
        .with(22, 0x86)
        .with(23, 0xa0) ?? jpeg,
    ],
  ])("of %s", async (_, bytes) => {
    await tryInput(gate, bytes);
    expect((await tryInput(gate, bytes)).isRefused).toBe(true);
  });
});

const pixelsOf = (width: number, height: number): Pixels => ({
  ...{ width, height, data: new Uint8ClampedArray(4 * width * height) },
});

/** A PNG with whatever header and content, checksums right. */
function pngOf(header: number[], content: Uint8Array, chunks = 1): Bytes {
  const head = new DataView(new ArrayBuffer(13));
  const [width = 1, height = 1, depth = 8, colorType = 0, interlace = 0] = header;
  head.setUint32(0, width);
  head.setUint32(4, height);
  [depth, colorType, 0, 0, interlace].forEach((value, i) => head.setUint8(8 + i, value));
  const chunk = (name: string, data: Uint8Array): Uint8Array[] => {
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, data.length);
    return [new Uint8Array(length.buffer), bytesOf(name), data, new Uint8Array(4)];
  };
  const size = Math.ceil(content.length / chunks);
  const parts = Array.from({ length: chunks }, (_, i) =>
    chunk("IDAT", content.subarray(i * size, (i + 1) * size)),
  );
  return join([
    ...[Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ...chunk("IHDR", new Uint8Array(head.buffer)),
    ...parts.flat(),
    ...chunk("IEND", new Uint8Array(0)),
  ]);
}

describe("masks", () => {
  const gate: Gate<Bytes> = {
    name: "mask",
    read: async (bytes) => compactIds(await readPngSamples(bytes, defaultLimits.maxMaskPixels)),
    bytesOf: sizeOf,
    refusals: [Unreadable],
  };
  const ids = [0, 1, 2, 3, 3, 2, 1, 0, 0, 9, 9, 0];

  it("with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    const seeds = [
      indexedMask(4, ids),
      greyMask(4, ids),
      colorMask(4, ids),
      pngOf([2, 2], deflateSync(new Uint8Array(6))),
    ];
    expectBoth(await fuzz(gate, damaged(seeds, ["IDAT", "IEND", "IHDR"].map(bytesOf)), 3000));
  });

  it("with any header and content", { timeout: fuzzTimeoutMs }, async () => {
    const side = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 100, 4096, 2 ** 31));
    const kind = fc.constantFrom<[colorType: number, channels: number]>(
      ...([
        [0, 1],
        [2, 3],
        [3, 1],
        [4, 2],
        [6, 4],
        [1, 1],
      ] satisfies [number, number][]),
    );
    const depths = fc.constantFrom(1, 2, 4, 8, 16, 3, 255);
    const inputs = fc
      .tuple(side, side, depths, kind, fc.nat(1), fc.integer({ min: -1, max: 1 }), fc.nat(5))
      .map(([width, height, depth, [colorType, channels], interlace, off, filter]) => {
        const length = height * (1 + Math.ceil((width * depth * channels) / 8)) + off;
        const raw = new Uint8Array(Math.max(0, Math.min(4096, length))).fill(filter);
        return pngOf([width, height, depth, colorType, interlace], deflateSync(raw, { level: 1 }));
      });
    expectBoth(await fuzz(gate, inputs, 2000));
  });

  const bomb = deflateSync(new Uint8Array(2 ** 25));
  it.each<[string, Bytes]>([
    ["100000 x 100000 pixels", pngOf([100_000, 100_000], bomb)],
    ["4096 x 4096 pixels of nothing", pngOf([4096, 4096], deflateSync(new Uint8Array(9)))],
    ["one pixel in 32 MiB", pngOf([1, 1], bomb)],
    ["chunks without end", pngOf([1, 1], new Uint8Array(8000), 8000)],
    ["chunks of nothing", pngOf([1, 1], new Uint8Array(0), 10_000)],
  ])("of %s", async (_, bytes) => {
    await tryInput(gate, bytes);
  });

  it("of the shape of another picture are not unpacked", async () => {
    const mask = pngOf([4096, 4096], deflateSync(new Uint8Array(4097 * 4096)));
    const named = { "images/a.png": picture(3, 1), "masks/a.png": mask };
    const read = async () => {
      const decode: Decoders = { image: () => Promise.resolve(pixelsOf(3, 1)) };
      const data = await openDataset(filesOf(named), decode);
      const [example] = await readAll(data);
      if (!example?.ids) throw new InputError("no mask");
    };
    const { isRefused } = await tryInput({ name: "mask", read, bytesOf: () => mask.length }, null);
    expect(isRefused).toBe(true);
  });

  it("of any shape are squared", { timeout: fuzzTimeoutMs }, async () => {
    const shapes = fc.tuple(
      fc.integer({ min: 1, max: 2 ** 24 }),
      fc.nat(9),
      fc.boolean(),
      fc.boolean(),
    );
    const read = ([long, short, isWide, isCrop]: [number, number, boolean, boolean]): void => {
      const [width, height] = isWide ? [long, short] : [short, long];
      const mask = { width, height, ids: few };
      fitIds(mask, isCrop ? "crop" : "letterbox", [8, 8]);
    };
    const few = new Uint8Array(16);
    const squares: Gate<[number, number, boolean, boolean]> = {
      name: "fitIds",
      read,
      bytesOf: () => 0,
    };
    const { mostRequested } = await fuzz(squares, shapes, 500);
    expect(mostRequested).toBeLessThan(2 ** 20);
  });
});
