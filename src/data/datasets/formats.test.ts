/** Each layout that users have, as a folder and as archives: names found, masks exact, the rest accounted for. */
import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { nodeDecoders } from "../../../scripts/dataFiles";
import { openDataset, summarizeSkipped } from "./dataset";
import * as make from "./testFiles";
import type { Named } from "./testFiles";

const open = (named: Named) => openDataset(make.filesOf(named), nodeDecoders);
const { picture, greyMask, indexedMask, colorMask, readAll, truths } = make;
const jpeg = async (width: number, height: number): Promise<make.Bytes> =>
  new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: "#808000" } })
      .jpeg()
      .toBuffer(),
  );
const ids = [0, 1, 1, 2];

describe("a folder of pictures", () => {
  it("needs no masks", async () => {
    const dataset = await open({ "b/10.png": picture(3, 2, 7), "b/2.png": picture(4, 4) });
    expect([dataset.format, dataset.count]).toEqual(["folder", 2]);
    const [first, second] = await readAll(dataset);
    expect([first?.name, second?.name]).toEqual(["b/2.png", "b/10.png"]);
    expect(second?.ids).toBeNull();
    expect(second?.pixels.width).toBe(3);
    expect([...(second?.pixels.data ?? [])]).toEqual(Array(6).fill([7, 7, 7, 255]).flat());
    expect(dataset.skipped).toEqual([]);
  });

  it.each([
    ["X/images/a.png", "X/masks/a.png"],
    ["images/val/a.jpg", "masks/val/a.png"],
    ["a.png", "masks/a.png"],
    ["a.jpeg", "a_mask.png"],
    ["deep/er/a.png", "deep/er/a-mask.png"],
    ["X/a.png", "X/mask/a_mask.png"],
    ["rgb/a.png", "Segmentations/a.png"],
  ])("finds the mask of %s in %s", async (image, mask) => {
    const named = { [image]: picture(2, 2), [mask]: greyMask(2, ids) };
    for (const files of [named, { [mask]: greyMask(2, ids), [image]: picture(2, 2) }])
      expect(await truths(await open(files))).toEqual([[image, ids]]);
  });

  it("reads masks of all three kinds exactly", async () => {
    const red = 0xff0000;
    const named = {
      "images/color.png": picture(2, 2),
      "images/grey.png": picture(2, 2),
      "images/indexed.png": picture(2, 2),
      "masks/color.png": colorMask(2, [0, 0x000001, 0x000001, red]),
      "masks/grey.png": greyMask(2, [0, 80, 80, 200]),
      "masks/indexed.png": indexedMask(
        2,
        [0, 17, 17, 200],
        Array(256).fill([5, 5, 5]) as number[][],
      ),
    };
    for (const [, found] of await truths(await open(named))) expect(found).toEqual(ids);
  });

  it("keeps a picture whose name only looks like a mask's", async () => {
    const dataset = await open({ "black_mask.png": picture(2, 2), "cat.png": picture(2, 2) });
    expect((await truths(dataset)).map(([name]) => name)).toEqual(["black_mask.png", "cat.png"]);
  });

  it("pairs images.zip with masks.zip", async () => {
    const dataset = await open({
      "images.zip": await make.zipOf({ "a.png": picture(2, 2) }),
      "masks.zip": await make.zipOf({ "a.png": greyMask(2, ids) }),
    });
    expect(await truths(dataset)).toEqual([["images/a.png", ids]]);
  });

  it("is the same in a zip, a tar and a tar.gz", async () => {
    const named: Named = { "readme.txt": make.bytesOf("hello") };
    for (let i = 0; i < 12; i++) {
      named[`set/images/${i}.png`] = picture(2, 2, i);
      named[`set/masks/${i}.png`] = greyMask(
        2,
        ids.map((id) => id * (i + 1)),
      );
    }
    const expected = await truths(await open(named));
    expect(expected).toHaveLength(12);
    const tar = make.tarOf(named);
    const archives: Named = {
      "x.zip": await make.zipOf(named),
      "stored.zip": await make.zipOf(named, { level: 0 }),
      "x.tar": tar,
      "x.tar.gz": await make.gzip(tar),
    };
    for (const [name, bytes] of Object.entries(archives)) {
      const dataset = await open({ [name]: bytes });
      expect(await truths(dataset)).toEqual(expected);
      expect(await truths(dataset)).toEqual(expected); // a second pass
      expect(summarizeSkipped(dataset.skipped)).toBe("1 file: not a picture (readme.txt)");
    }
  });
});

describe("CLEVRTex", () => {
  const scene = (i: number, shade: number): Named => {
    const stem = `clevrtex_full/${Math.floor(i / 2)}/CLEVRTEX_full_${String(i).padStart(6, "0")}`;
    return {
      [`${stem}_albedo.png`]: picture(4, 3, 1),
      [`${stem}.json`]: make.bytesOf("{}"),
      [`${stem}_flat.png`]: indexedMask(4, [0, 0, 3, 3, 0, 1, 1, 3, 0, 2, 2, 2]),
      [`${stem}.png`]: picture(4, 3, shade),
    };
  };
  const named: Named = { ...scene(0, 10), ...scene(1, 20), ...scene(2, 30) };
  const truth = [0, 0, 3, 3, 0, 1, 1, 3, 0, 2, 2, 2];

  it("is read from its tar.gz in one pass, and from its folder", async () => {
    const stream = await open({ "full.tar.gz": await make.gzip(make.tarOf(named)) });
    expect([stream.format, stream.title, stream.count]).toEqual(["clevrtex", "CLEVRTex", null]);
    const folder = await open(named);
    expect([folder.format, folder.count]).toEqual(["clevrtex", 3]);
    for (const dataset of [stream, folder]) {
      const examples = await readAll(dataset);
      expect(examples.map(({ pixels }) => pixels.data[0])).toEqual([10, 20, 30]);
      for (const example of examples) expect([...(example.ids?.ids ?? [])]).toEqual(truth);
      expect(dataset.skipped).toEqual([]);
    }
  });

  it("is read from several tar.gz one after the other", async () => {
    const dataset = await open({
      "part1.tar.gz": await make.gzip(make.tarOf(scene(0, 10))),
      "part2.tar.gz": await make.gzip(make.tarOf(scene(1, 20))),
    });
    expect((await readAll(dataset)).map(({ pixels }) => pixels.data[0])).toEqual([10, 20]);
  });
});

describe("CLEVR with masks", () => {
  const name = "CLEVR_val_000003";

  it("has one mask for each picture", async () => {
    const dataset = await open({
      [`images/val/${name}.png`]: picture(2, 2),
      [`masks/val/${name}.png`]: greyMask(2, [0, 64, 64, 255]),
      "scenes/CLEVR_val_scenes.json": make.bytesOf("{}"),
    });
    expect(dataset.format).toBe("clevr");
    expect(await truths(dataset)).toEqual([[`images/val/${name}.png`, ids]]);
  });

  it("or one for each object, the first of the background", async () => {
    const dataset = await open({
      [`masks/val/${name}_10.png`]: greyMask(2, [0, 0, 0, 0]),
      [`masks/val/${name}_2.png`]: greyMask(2, [0, 0, 0, 255]),
      [`masks/val/${name}_1.png`]: greyMask(2, [0, 255, 255, 0]),
      [`masks/val/${name}_0.png`]: greyMask(2, [255, 0, 0, 0]),
      [`images/val/${name}.png`]: picture(2, 2),
    });
    expect(await truths(dataset)).toEqual([[`images/val/${name}.png`, ids]]);
    expect(dataset.skipped).toEqual([]);
  });
});

describe("Pascal VOC", () => {
  const root = "VOCdevkit/VOC2012";
  const files = async (): Promise<Named> => ({
    [`${root}/Annotations/a.xml`]: make.bytesOf("<a/>"),
    [`${root}/ImageSets/Segmentation/val.txt`]: make.bytesOf("a\n"),
    [`${root}/JPEGImages/a.jpg`]: await jpeg(4, 1),
    [`${root}/JPEGImages/b.jpg`]: await jpeg(4, 1),
    [`${root}/SegmentationClass/a.png`]: indexedMask(4, [0, 255, 15, 15]),
    [`${root}/SegmentationObject/a.png`]: indexedMask(4, [0, 255, 2, 1]),
  });

  it("gives instances, classes and borders of the segmentation set", async () => {
    for (const named of [await files(), { "voc.tar": make.tarOf(await files()) }]) {
      const dataset = await open(named);
      expect([dataset.format, dataset.count]).toEqual(["voc", 1]);
      const [example] = await readAll(dataset);
      expect([...(example?.ids?.ids ?? [])]).toEqual([0, 0, 2, 1]);
      expect([...(example?.classes?.ids ?? [])]).toEqual([0, 0, 1, 1]);
      expect([...(example?.overlap?.ids ?? [])]).toEqual([0, 1, 0, 0]);
      expect(summarizeSkipped(dataset.skipped)).toBe(
        `1 file: outside VOC's segmentation set (no mask) (${root}/JPEGImages/b.jpg)`,
      );
    }
  });

  it("takes masks of classes where there are no others, and says so", async () => {
    const { [`${root}/SegmentationObject/a.png`]: _, ...named } = await files();
    const dataset = await open(named);
    expect(dataset.title).toContain("masks of classes");
    expect((await truths(dataset))[0]?.[1]).toEqual([0, 0, 1, 1]);
  });

  it("cannot be read from a tar.gz, whose masks come last", async () => {
    const packed = await make.gzip(make.tarOf(await files()));
    await expect(open({ "voc.tar.gz": packed })).rejects.toThrow("Unpack it");
  });
});

describe("COCO", () => {
  const annotations = [
    { image_id: 7, category_id: 3, iscrowd: 0, segmentation: [[1, 1, 5, 1, 5, 4, 1, 4]] },
    {
      image_id: 7,
      category_id: 1,
      iscrowd: 0,
      segmentation: { size: [6, 8], counts: [12, 3, 33] },
    },
    { image_id: 7, category_id: 1, iscrowd: 1, segmentation: { size: [6, 8], counts: [0, 48] } },
    { image_id: 7, category_id: 3, segmentation: { size: [6, 8], counts: "7330000000;" } },
    { image_id: 8, category_id: 3, segmentation: { size: [9, 9], counts: [81] } },
    { category_id: 3 },
  ];
  const images = [
    { id: 8, file_name: "000000000008.jpg", width: 8, height: 6 },
    { id: 7, file_name: "000000000007.jpg", width: 8, height: 6 },
    { id: 9, file_name: "000000000009.jpg", width: 8, height: 6 },
  ];
  const json = make.bytesOf(JSON.stringify({ info: {}, images, annotations, categories: [] }));
  const files = async (): Promise<Named> => ({
    "annotations/instances_val2017.json": json,
    "annotations/captions_val2017.json": make.bytesOf("{}"),
    "val2017/000000000007.jpg": await jpeg(8, 6),
    "val2017/000000000008.jpg": await jpeg(8, 6),
  });
  const columns = (mask: ArrayLike<number> = []): string =>
    Array.from({ length: 8 }, (_, x) =>
      Array.from({ length: 6 }, (_, y) => mask[y * 8 + x]).join(""),
    ).join(" ");

  it("draws polygons and run lengths, later over earlier, crowds left out", async () => {
    const archives: Named[] = [
      await files(),
      { "coco.zip": await make.zipOf(await files()) },
      {
        "val2017.zip": await make.zipOf({
          "val2017/000000000007.jpg": await jpeg(8, 6),
          "val2017/000000000008.jpg": await jpeg(8, 6),
        }),
        "annotations_trainval2017.zip": await make.zipOf({
          "annotations/instances_val2017.json": json,
        }),
      },
    ];
    for (const named of archives) {
      const dataset = await open(named);
      expect([dataset.format, dataset.count]).toEqual(["coco", 2]);
      const [seven, eight] = await readAll(dataset);
      expect(seven?.name).toContain("000000000007.jpg");
      // The second is rows 0 to 2 of column 2; the third covers all of the first and most of the second.
      expect(columns(seven?.ids?.ids)).toBe(
        "000000 022200 122200 022200 022200 022200 000000 000000",
      );
      expect(columns(seven?.classes?.ids)).toBe(columns(seven?.ids?.ids)); // categories 1 and 3
      expect(columns(seven?.overlap?.ids)).toBe(
        "000000 011100 011100 011100 011100 000000 000000 000000",
      );
      expect([...(eight?.ids?.ids ?? [])]).toEqual(Array(48).fill(0));
      const report = summarizeSkipped(dataset.skipped);
      expect(report).toContain("1 file: an annotation of a crowd");
      expect(report).toContain("1 file: an annotation without image_id");
      expect(report).toContain("1 file: a picture named in the json is missing");
      expect(report).toContain("1 file: an annotation with a size other than its picture's");
    }
  });

  it("is a folder of pictures where its json is of no use", async () => {
    const named = { ...(await files()), "annotations/instances_val2017.json": json.slice(0, 300) };
    const dataset = await open(named);
    expect([dataset.format, dataset.count]).toEqual(["folder", 2]);
    expect(summarizeSkipped(dataset.skipped)).toContain("a damaged json, or one that ends early");
  });
});
