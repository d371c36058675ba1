import { describe, expect, it } from "vitest";

import { joinBytes } from "../../math/join";
import { gunzip, isTarHeader, readTar } from "./tar";
import { bytesOf, collect, gzip, pad, tarHeader, tarOf, type Bytes } from "./testFiles";

const decode = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

/** Reads from a stream of pieces of any length. */
async function list(tar: Bytes, pieceLength = 1000, wants = () => true) {
  const pieces = Array.from({ length: Math.ceil(tar.length / pieceLength) }, (_, i) =>
    tar.slice(i * pieceLength, (i + 1) * pieceLength),
  );
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
  const found: (string | number | null)[][] = [];
  for await (const { path, size, offset, bytes } of readTar(stream, wants))
    found.push([path, size, offset, decode(bytes)]);
  return found;
}

const two = tarOf({ "a/one.txt": bytesOf("first"), "two.txt": bytesOf("x".repeat(600)) });

describe("readTar", () => {
  it("gives each file with its place, however the bytes arrive", async () => {
    const expected = [
      ["a/one.txt", 5, 512, "first"],
      ["two.txt", 600, 1536, "x".repeat(600)],
    ];
    for (const length of [1, 7, 511, 512, 513, 9999])
      expect(await list(two, length)).toEqual(expected);
    expect(await list(two, 100, () => false)).toEqual(
      expected.map(([path, size, offset]) => [path, size, offset, null]),
    );
  });

  it("reads long names of pax, GNU and ustar", async () => {
    const long = `${"folder/".repeat(30)}picture.png`;
    const value = ` path=${long}\n`;
    const pax = bytesOf(`${value.length + 3}${value}`);
    const paxEntry = [tarHeader("PaxHeader", pax.length, "x"), pad(pax), tarHeader("cut", 0)];
    expect(await list(joinBytes([...paxEntry, new Uint8Array(1024)]))).toEqual([
      [long, 0, 1536, ""],
    ]);
    const name = bytesOf(`${long}\0`);
    const gnu = [tarHeader("././@LongLink", name.length, "L"), pad(name), tarHeader("cut", 0)];
    expect((await list(joinBytes([...gnu, new Uint8Array(1024)])))[0]?.[0]).toBe(long);
    const split = joinBytes([tarHeader("b.png", 0, "0", "deep/er"), new Uint8Array(1024)]);
    expect((await list(split))[0]?.[0]).toBe("deep/er/b.png");
  });

  it("passes over folders and links, also where they state a size", async () => {
    const other = [tarHeader("dir/", 0, "5"), tarHeader("link", 999, "2")];
    expect(await list(joinBytes([...other, two]))).toHaveLength(2);
  });

  it("says so where the archive ends early or is none", async () => {
    for (const length of [100, 700, 1700])
      await expect(list(two.slice(0, length))).rejects.toThrow("ends early");
    const damaged = two.slice();
    damaged[3] = 88;
    await expect(list(damaged)).rejects.toThrow("a damaged tar");
    expect(isTarHeader(two)).toBe(true);
    expect(isTarHeader(damaged)).toBe(false);
    const packed = await gzip(two);
    await expect(
      collect(readTar(gunzip(new Blob([packed.slice(0, 60)])), () => true)),
    ).rejects.toThrow("ends early");
  });

  it("refuses a name of megabytes", async () => {
    const head = tarHeader("././@LongLink", 2 ** 24, "L");
    await expect(list(joinBytes([head, new Uint8Array(2 ** 16)]))).rejects.toThrow("a damaged tar");
  });
});
