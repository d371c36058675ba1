/** Files that are damaged, or made to do harm: each is skipped with its reason, and nothing grows without bound. */
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";

import { nodeDecoders } from "../../../scripts/dataFiles";
import { InputError } from "../../errors";
import { joinBytes } from "../../math/join";
import { openDataset, summarizeSkipped, type Dataset } from "./dataset";
import type { Limits } from "./limits";
import * as make from "./testFiles";
import type { Named } from "./testFiles";

const open = (named: Named, limits: Partial<Limits> = {}): Promise<Dataset> =>
  openDataset(make.filesOf(named), nodeDecoders, { limits });
const { picture, greyMask, readAll, truths, zipOf } = make;

/** A directory of n empty entries, and nothing else. */
function zipOfEmpty(n: number): Blob {
  const [parts, text]: [Uint8Array<ArrayBuffer>[], TextEncoder] = [[], new TextEncoder()];
  let size = 0;
  for (let i = 0; i < n; i++) {
    const name = text.encode(`${i}.png`);
    const record = new Uint8Array(46 + name.length);
    const view = new DataView(record.buffer);
    view.setUint32(0, 0x02014b50, true);
    view.setUint16(28, name.length, true);
    record.set(name, 46);
    parts.push(record);
    size += record.length;
  }
  const end64 = new DataView(new ArrayBuffer(56 + 20 + 22));
  end64.setUint32(0, 0x06064b50, true);
  end64.setBigUint64(4, 44n, true);
  for (const at of [24, 32]) end64.setBigUint64(at, BigInt(n), true);
  end64.setBigUint64(40, BigInt(size), true);
  end64.setUint32(56, 0x07064b50, true);
  end64.setBigUint64(64, BigInt(size), true);
  end64.setUint32(72, 1, true);
  end64.setUint32(76, 0x06054b50, true);
  for (const at of [84, 86]) end64.setUint16(at, 0xffff, true);
  for (const at of [88, 92]) end64.setUint32(at, 0xffffffff, true);
  return new Blob([joinBytes(parts), end64.buffer]);
}

describe("names", () => {
  it("that lead out of the folder or are hidden are skipped", async () => {
    const named: Named = {
      "../out.png": picture(1, 1),
      "/etc/root.png": picture(1, 1),
      "a/../../b.png": picture(1, 1),
      "__MACOSX/._a.png": picture(1, 1),
      ".hidden.png": picture(1, 1),
      "good.png": picture(1, 1),
      "inner.zip": await zipOf({ "x.png": picture(1, 1) }),
    };
    const tar = make.tarOf(named);
    for (const [name, bytes] of [
      ["x.zip", await zipOf(named)],
      ["x.tar", tar],
      ["x.tgz", await make.gzip(tar)],
    ] as const) {
      const dataset = await open({ [name]: bytes });
      expect((await truths(dataset)).map(([path]) => path)).toEqual(["good.png"]);
      const report = summarizeSkipped(dataset.skipped);
      expect(report).toContain("3 files: the name leads out of the folder (such as ../out.png)");
      expect(report).toContain("2 files: a hidden file of the system");
      expect(report).toContain("1 file: an archive inside an archive (inner.zip)");
    }
  });

  it("that come twice are read once", async () => {
    const named = {
      "a.png": picture(1, 1, 5),
      "./a.png": picture(1, 1, 6),
      "a.jpg": picture(1, 1),
    };
    const dataset = await open({ "x.tar": make.tarOf(named) });
    const examples = await readAll(dataset);
    expect(examples.map(({ pixels }) => pixels.data[0])).toEqual([5]);
    expect(summarizeSkipped(dataset.skipped)).toContain("two files of one name (a.png)");
    expect(summarizeSkipped(dataset.skipped)).toContain("two pictures of one name (a.jpg)");
  });
});

describe("archives", () => {
  const scenes: Named = {}; // each picture beside its mask
  for (let i = 0; i < 20; i++) {
    scenes[`images/${i}.png`] = picture(8, 8, i);
    scenes[`masks/${i}.png`] = greyMask(
      8,
      Array.from({ length: 64 }, (_, k) => k % (i + 2)),
    );
  }
  const apart: Named = Object.fromEntries(Object.entries(scenes).sort()); // all pictures, then all masks

  it("cut short give what came before, and say so", async () => {
    const packed = await make.gzip(make.tarOf(scenes));
    const dataset = await open({ "x.tar.gz": packed.slice(0, packed.length * 0.7) });
    const found = await truths(dataset);
    expect(found.length).toBeGreaterThan(3);
    expect(found.length).toBeLessThan(20);
    expect(dataset.skipped).toContainEqual({
      path: "x.tar.gz",
      reason: "the archive is damaged or ends early",
    });
    const tar = make.tarOf(apart);
    const cut = await open({ "x.tar": tar.slice(0, tar.length / 2) });
    expect(summarizeSkipped(cut.skipped)).toContain("the archive is damaged or ends early (x.tar)");
    expect((await readAll(cut)).length).toBeGreaterThan(3);
    const zip = await zipOf(scenes);
    await expect(open({ "x.zip": zip.slice(0, zip.length - 200) })).rejects.toThrow(
      "a damaged zip",
    );
  });

  it("with a damaged entry lose that one", async () => {
    const zip = await zipOf({ "a.png": picture(64, 64), "b.png": picture(64, 64) });
    const damaged = zip.slice();
    damaged.fill(0xff, 40, 80); // inside a.png
    const dataset = await open({ "x.zip": damaged });
    expect((await truths(dataset)).map(([name]) => name)).toEqual(["b.png"]);
    expect(dataset.skipped).toEqual([{ path: "a.png", reason: "damaged in the zip" }]);
  });

  it("with a bomb never unpack it", async () => {
    const bomb = await zipOf({ "a.png": new Uint8Array(2 ** 22), "b.png": picture(1, 1) });
    const named = await open({ "x.zip": bomb }, { maxFileBytes: 2 ** 20 });
    expect((await truths(named)).map(([name]) => name)).toEqual(["b.png"]);
    expect(named.skipped).toEqual([{ path: "a.png", reason: "larger than 1 MB" }]);
    const lying = bomb.slice();
    const view = new DataView(lying.buffer);
    const at = lying.findIndex(
      (_, i) => i < lying.length - 4 && view.getUint32(i, true) === 0x02014b50,
    );
    view.setUint32(at + 24, 1000, true); // the directory says 1,000 bytes, 4 MB follow
    const dataset = await open({ "x.zip": lying });
    expect((await truths(dataset)).map(([name]) => name)).toEqual(["b.png"]);
    expect(dataset.skipped).toEqual([{ path: "a.png", reason: "damaged in the zip" }]);
    const tar = make.tarOf({ "a.png": new Uint8Array(2 ** 22), "b.png": picture(1, 1) });
    for (const [name, bytes] of Object.entries({ "x.tar": tar, "x.tgz": await make.gzip(tar) })) {
      const opened = await open({ [name]: bytes }, { maxFileBytes: 2 ** 20 });
      expect(await truths(opened)).toHaveLength(1);
      expect(opened.skipped).toEqual([{ path: "a.png", reason: "larger than 1 MB" }]);
    }
  });

  it("of 100,000 entries stay within the limit", async () => {
    const blob = zipOfEmpty(100_000);
    const file = { path: "x.zip", size: blob.size, open: () => Promise.resolve(blob) };
    const limits = { maxFiles: 1000, maxSkippedPerReason: 10 };
    const dataset = await openDataset([file], nodeDecoders, { limits });
    expect(dataset.count).toBe(1000);
    expect(summarizeSkipped(dataset.skipped)).toContain("beyond the first 1000 files");
    await expect(readAll(dataset)).rejects.toThrow("1000 files: an empty file");
    expect(dataset.skipped.length).toBe(11);
    const packed = await make.gzip(make.tarOf(apart));
    const stream = await open({ "x.tgz": packed }, { maxFiles: 8 });
    expect(await readAll(stream)).toHaveLength(8);
    expect(summarizeSkipped(stream.skipped)).toContain("beyond the first 8 files");
  });

  it("hold back no more than is agreed while masks are awaited", async () => {
    const packed = await make.gzip(make.tarOf(apart));
    const patient = await open({ "x.tgz": packed });
    expect((await truths(patient)).every(([, ids]) => ids !== null)).toBe(true);
    const hasty = await open({ "x.tgz": packed }, { maxWaitingBytes: 1000 });
    const found = await truths(hasty);
    expect(found).toHaveLength(20);
    expect(found.every(([, ids]) => ids === null)).toBe(true);
    expect(summarizeSkipped(hasty.skipped)).toContain("20 files: a mask too far from its picture");
  });

  it("that are none are refused", async () => {
    for (const name of ["x.zip", "x.tar", "x.tar.gz"])
      await expect(open({ [name]: make.bytesOf("hello") })).rejects.toThrow("neither zip nor tar");
    const gz = await make.gzip(make.bytesOf("hello"));
    await expect(readAll(await open({ "x.tgz": gz }))).rejects.toThrow("ends early");
  });
});

describe("pictures and masks", () => {
  it("that cannot be read are skipped one by one", async () => {
    const vast = picture(2, 2);
    vast.set([0, 1, 0, 0, 0, 1, 0, 0], 16); // claims 65536 x 65536
    const noise = Uint32Array.from({ length: 400 }, (_, i) => i * 997);
    const dataset = await open({
      "empty.png": new Uint8Array(0),
      "text.png": make.bytesOf("hello"),
      "cut.png": picture(64, 64).slice(0, 90),
      "vast.png": vast,
      "svg.png": make.bytesOf('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      "images/shape.png": picture(4, 2),
      "masks/shape.png": greyMask(2, [0, 1, 1, 0, 1, 1, 0, 1]),
      "images/noise.png": picture(20, 20),
      "masks/noise.png": make.colorMask(20, [...noise]),
      "images/lossy.png": picture(2, 2),
      "masks/lossy.jpg": make.bytesOf("\xff\xd8"),
      "masks/alone.png": greyMask(1, [1]),
      "deep.png": new Uint8Array(
        encode({ width: 2, height: 2, depth: 16, channels: 3, data: new Uint16Array(12) }),
      ),
    });
    const found = await truths(dataset);
    expect(found).toEqual([
      ["deep.png", null],
      ["images/lossy.png", null],
      ["images/noise.png", null],
      ["images/shape.png", null],
    ]);
    expect(Object.fromEntries(dataset.skipped.map(({ path, reason }) => [path, reason]))).toEqual({
      "empty.png": "an empty file",
      "text.png": "cannot be decoded as a picture",
      "cut.png": "cannot be decoded as a picture",
      "svg.png": "cannot be decoded as a picture",
      "vast.png": "a picture of no pixels, or of 100 megapixels and more",
      "masks/shape.png": "a mask of another shape than its picture",
      "masks/noise.png": "a mask with more than 255 objects: is it drawn in flat colours?",
      "masks/lossy.jpg": "a mask that is no PNG: save it as PNG",
      "masks/alone.png": "a mask without a picture of its name",
    });
  });

  it("that have vanished are skipped", async () => {
    const gone = () => Promise.reject(new Error("ENOENT"));
    const files = [
      { path: "gone.png", size: 9, open: gone },
      ...make.filesOf({ "a.png": picture(1, 1) }),
    ];
    const dataset = await openDataset(files, nodeDecoders);
    expect(await readAll(dataset)).toHaveLength(1);
    expect(dataset.skipped[0]?.reason).toContain("cannot be opened");
  });

  it("are an InputError where none is left", async () => {
    for (const named of [{}, { "a.txt": make.bytesOf("x") }, { "masks/a.png": greyMask(1, [1]) }])
      await expect(open(named)).rejects.toThrow(InputError);
    await expect(open({ "a.txt": make.bytesOf("x") })).rejects.toThrow(
      /expected pictures .* got a\.txt with nothing .*\n1 file: not a picture \(a\.txt\)\n/s,
    );
    const dataset = await open({ "a.png": make.bytesOf("x"), "b.png": make.bytesOf("y") });
    await expect(readAll(dataset)).rejects.toThrow("2 files: cannot be decoded as a picture");
  });
});

describe("a stop", () => {
  it("ends reading between two pictures, in every kind of source", async () => {
    const named: Named = {};
    for (let i = 0; i < 9; i++) named[`${i}.png`] = picture(1, 1, i);
    const tar = make.tarOf(named);
    for (const files of [
      named,
      { "x.zip": await zipOf(named) },
      { "x.tgz": await make.gzip(tar) },
    ]) {
      const dataset = await open(files);
      const stop = new AbortController();
      let count = 0;
      const reading = (async () => {
        for await (const _ of dataset.examples(stop.signal)) if (++count === 3) stop.abort();
      })();
      await expect(reading).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
      expect(count).toBe(3);
      expect(await readAll(dataset)).toHaveLength(9); // another pass is free of it
    }
  });

  it("ends the opening of a large archive", async () => {
    const file = { path: "x.zip", size: 1, open: () => Promise.resolve(zipOfEmpty(5000)) };
    const opening = openDataset([file], nodeDecoders, { signal: AbortSignal.abort() });
    await expect(opening).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});
