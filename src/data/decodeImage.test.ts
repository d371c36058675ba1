/** The checks of the image gate. Decoding itself needs a browser and is covered by e2e. */
import { readFile } from "node:fs/promises";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";

import { InputError } from "../errors";
import { checkDimensions, checkFileSize, shrinkToFit, undecodable } from "./decodeImage";
import { readDimensions } from "./imageHeader";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((letter) => letter.charCodeAt(0)) : part,
    ),
  );

describe("file size", () => {
  it("takes up to 64 MB", () => {
    expect(() => checkFileSize(1)).not.toThrow();
    expect(() => checkFileSize(64 * 2 ** 20)).not.toThrow();
    expect(() => checkFileSize(64 * 2 ** 20 + 1)).toThrow("at most 64 MB, got 65 MB");
    expect(() => checkFileSize(0)).toThrow("got an empty file");
    expect(() => checkFileSize(0)).toThrow(InputError);
  });
});

describe("picture size", () => {
  it("takes less than 100 megapixels", () => {
    expect(() => checkDimensions({ width: 9999, height: 10000 })).not.toThrow();
    expect(() => checkDimensions({ width: 10000, height: 10000 })).toThrow(
      "fewer than 100 megapixels, got 10000 x 10000 (100 megapixels)",
    );
    expect(() => checkDimensions({ width: 65535, height: 65535 })).toThrow(InputError);
    expect(() => checkDimensions({ width: 0, height: 0 })).toThrow("got 0 x 0 pixels");
  });

  it("shrinks the longer side and keeps the aspect", () => {
    expect(shrinkToFit({ width: 8000, height: 6000 }, 4096)).toEqual({ width: 4096, height: 3072 });
    expect(shrinkToFit({ width: 640, height: 480 }, 4096)).toEqual({ width: 640, height: 480 });
    expect(shrinkToFit({ width: 1, height: 90000 }, 4096)).toEqual({ width: 1, height: 4096 });
    expect(shrinkToFit({ width: 9000, height: 9000 }, Infinity)).toEqual({
      width: 9000,
      height: 9000,
    });
  });
});

describe("undecodable files", () => {
  it("are named", () => {
    expect(undecodable("application/pdf").message).toContain("got application/pdf");
    expect(undecodable("").message).toContain("a file of unknown type");
    expect(undecodable("image/svg+xml").message).toContain("Export the drawing as PNG");
    expect(undecodable("")).toBeInstanceOf(InputError);
  });
});

describe("readDimensions", () => {
  it("reads PNG", async () => {
    const png = encode({ width: 7, height: 5, data: new Uint8Array(7 * 5 * 3), channels: 3 });
    expect(readDimensions(png)).toEqual({ width: 7, height: 5 });
    const sample = new Uint8Array(await readFile("public/samples/00.png"));
    expect(readDimensions(sample)).toEqual({ width: 128, height: 128 });
    expect(readDimensions(png.subarray(0, 20))).toBeNull();
  });

  it("reads GIF and BMP", () => {
    expect(readDimensions(bytes("GIF89a", [44, 1, 200, 0]))).toEqual({ width: 300, height: 200 });
    const bmp = bytes("BM", new Array<number>(16).fill(0), [3, 1, 0, 0], [0xfe, 0xff, 0xff, 0xff]);
    expect(readDimensions(bmp)).toEqual({ width: 259, height: 2 });
  });

  it("reads the three kinds of WebP", () => {
    const webp = (kind: string, at20: number[]) =>
      bytes("RIFF", [0, 0, 0, 0], "WEBP", kind, [0, 0, 0, 0], at20, [0, 0, 0, 0]);
    const extended = webp("VP8X", [0, 0, 0, 0, 0xff, 0x0f, 0, 0x67, 0x45, 0x01]);
    expect(readDimensions(extended)).toEqual({ width: 4096, height: 0x14568 });
    const lossless = webp("VP8L", [0x2f, 0x63, 0xc0, 0x31, 0]); // 14 bits 99, 14 bits 199
    expect(readDimensions(lossless)).toEqual({ width: 100, height: 200 });
    const lossy = webp("VP8 ", [0, 0, 0, 0x9d, 0x01, 0x2a, 0x20, 0x43, 0x00, 0x01]);
    expect(readDimensions(lossy)).toEqual({ width: 0x320, height: 0x100 });
  });

  it("reads JPEG past its metadata", () => {
    const app = [0xff, 0xe1, 0, 6, 1, 2, 3, 4];
    const huffman = [0xff, 0xc4, 0, 3, 9];
    const frame = [0xff, 0xff, 0xc2, 0, 17, 8, 0x12, 0x34, 0x0a, 0xbc];
    const jpeg = bytes([0xff, 0xd8], app, huffman, frame);
    expect(readDimensions(jpeg)).toEqual({ width: 0x0abc, height: 0x1234 });
    expect(readDimensions(jpeg.subarray(0, jpeg.length - 1))).toBeNull();
    expect(readDimensions(bytes([0xff, 0xd8], app, [0, 0]))).toBeNull();
  });

  it("leaves other formats to the decoder", () => {
    expect(readDimensions(bytes("<svg xmlns=''>"))).toBeNull();
    expect(readDimensions(new Uint8Array(0))).toBeNull();
  });
});
