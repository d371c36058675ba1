/** The gates of data sets beside archives and pictures: COCO's annotations, names of files, videos. */
import fc from "fast-check";
import { describe, it } from "vitest";

import { segmentationMask, segmentationSchema } from "../../src/data/datasets/cocoMasks";
import { Unreadable } from "../../src/data/datasets/dataFile";
import { openDataset, type Decoders } from "../../src/data/datasets/dataset";
import { formatOfName, roleOf } from "../../src/data/datasets/layouts";
import { defaultLimits } from "../../src/data/datasets/limits";
import { plainPath } from "../../src/data/datasets/paths";
import { createSkipLog } from "../../src/data/datasets/skipped";
import { collect, filesOf, picture, readAll } from "../../src/data/datasets/testFiles";
import { readVideos } from "../../src/data/datasets/videos";
import type { Pixels } from "../../src/data/preprocess";
import { InputError } from "../../src/errors";
import { bytesOf, damaged } from "./bytes";
import { expectBoth, fuzz, fuzzTimeoutMs, tryInput, type Gate } from "./gate";
import { damagedJson } from "./jsons";

const pixelsOf = (width: number, height: number): Pixels => ({
  ...{ width, height, data: new Uint8ClampedArray(4 * width * height) },
});

describe("COCO", () => {
  const decode: Decoders = { image: () => Promise.resolve(pixelsOf(6, 4)) };
  const file = {
    images: [{ id: 1, file_name: "a.png", width: 6, height: 4 }],
    annotations: [
      { image_id: 1, category_id: 3, segmentation: [[0, 0, 5, 0, 5, 3, 0, 3]] },
      { image_id: 1, category_id: 4, segmentation: { size: [4, 6], counts: [3, 5, 16] } },
      { image_id: 1, segmentation: { size: [4, 6], counts: "35@" }, iscrowd: 0 },
    ],
  };
  const gate: Gate<string> = {
    name: "coco",
    read: async (json) => {
      const named = { "instances_x.json": bytesOf(json), "a.png": picture(6, 4) };
      await readAll(await openDataset(filesOf(named), decode));
    },
    bytesOf: (json) => 2 * json.length,
  };

  it("whatever is changed in its json", { timeout: fuzzTimeoutMs }, async () => {
    await fuzz(gate, damagedJson([file]), 1000);
  });

  it("with any bytes changed", { timeout: fuzzTimeoutMs }, async () => {
    const tokens = ["{", "}", "[", "]", '"', "\\", '"annotations":[', "1e999", "null"].map(bytesOf);
    const texts = damaged([bytesOf(JSON.stringify(file))], tokens);
    await fuzz(
      gate,
      texts.map((bytes) => new TextDecoder().decode(bytes)),
      2000,
    );
  });

  it("with any outlines and runs", { timeout: fuzzTimeoutMs }, async () => {
    const number = fc.oneof(
      fc.double(),
      fc.integer({ min: -9, max: 99 }),
      fc.constantFrom(1e308, -1e9),
    );
    const polygons = fc.array(fc.array(number, { maxLength: 12 }), { maxLength: 4 });
    const counts = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.array(fc.nat(2 ** 31 - 1), { maxLength: 9 }),
      fc.array(fc.nat(9)),
    );
    const runs = fc.record({ size: fc.constant([4, 6]), counts });
    const masks: Gate<unknown> = {
      name: "outlines",
      read: (value) => {
        const { data } = segmentationSchema.safeParse(value);
        if (!data) throw new Unreadable("other values");
        segmentationMask(data, 4, 6);
      },
      bytesOf: () => 1000,
      refusals: [Unreadable],
    };
    expectBoth(await fuzz<unknown>(masks, fc.oneof(polygons, runs), 3000));
  });

  const annotated = (segmentation: string): string =>
    JSON.stringify({ ...file, annotations: [] }).replace(
      /"annotations":\[\]/,
      `"annotations":[{"image_id":1,"segmentation":${segmentation}}]`,
    );
  it.each<[string, string]>([
    ["a polygon of nulls", annotated(`[[${"null,".repeat(1.3e5)}null]]`)],
    ["130,000 polygons", annotated(`[${"[],".repeat(1.3e5)}[]]`)],
    ["a polygon of 65,000 corners", annotated(`[[${"0,".repeat(1.3e5)}0]]`)],
    ["a polygon of long edges", annotated(`[[${"-50,-50,50,50,".repeat(5e3)}0,0]]`)],
    ["corners far away", annotated("[[0,0,1e308,1e308,5,5]]")],
    ["runs of nulls", annotated(`{"size":[4,6],"counts":[${"null,".repeat(1.3e5)}null]}`)],
    ["130,000 runs", annotated(`{"size":[4,6],"counts":[${"0,".repeat(1.3e5)}24]}`)],
    ["130,000 runs as text", annotated(`{"size":[4,6],"counts":"${"0".repeat(1.3e5)}"}`)],
    ["an annotation of great depth", annotated(`${"[".repeat(1e5)}${"]".repeat(1e5)}`)],
    [
      "a mask of 100000 x 100000",
      JSON.stringify(file).replaceAll(/"(width|height)":\d/g, '"$1":100000'),
    ],
    ["an object that does not end", `{"annotations":[{"image_id":1,"x":"${"x".repeat(2 ** 19)}`],
  ])("with %s", async (_, json) => {
    await tryInput(gate, json);
  });
});

describe("names", () => {
  it("lead nowhere else", { timeout: fuzzTimeoutMs }, async () => {
    const part = fc.oneof(
      fc.constantFrom("..", ".", "", "a", "JPEGImages", "SegmentationObject", "masks", "images"),
      fc.constantFrom(
        "CLEVRTEX_full_000001.png",
        "C:",
        "CON",
        "a_mask.png",
        "\u202e",
        "\0",
        "__proto__",
      ),
      fc.string({ maxLength: 12 }),
    );
    const names = fc
      .tuple(
        fc.array(part, { maxLength: 8 }),
        fc.constantFrom("/", "\\", "//"),
        fc.constantFrom("", "/", "\\"),
      )
      .map(([parts, between, before]) => before + parts.join(between));
    const read = (name: string): void => {
      const plain = plainPath(name);
      if ("refused" in plain) throw new Unreadable(plain.refused);
      const { path } = plain;
      const isSafe = !path.startsWith("/") && path.split("/").every((p) => !p.startsWith("."));
      if (!isSafe || /[\\\0]/.test(path))
        throw new TypeError(`a path that leads elsewhere: ${path}`);
      formatOfName(path);
      for (const format of ["folder", "clevrtex", "clevr", "voc"] as const) roleOf(format, path);
    };
    const gate: Gate<string> = {
      name: "name",
      read,
      bytesOf: (s) => s.length,
      refusals: [Unreadable],
    };
    expectBoth(await fuzz(gate, names, 5000));
  });

  it.each([
    ["a name of many parts", "a/".repeat(1e5)],
    ["a name of many dots", ".".repeat(1e6)],
    ["a name of many digits", `CLEVR_a_${"0".repeat(1e6)}.png`],
    ["a name of many underscores", `${"_".repeat(1000)}1.png`],
  ])("%s", async (_, name) => {
    const read = async () => {
      const named = { [name]: picture(1, 1) };
      await readAll(
        await openDataset(filesOf(named), { image: () => Promise.resolve(pixelsOf(1, 1)) }),
      );
    };
    await tryInput({ name: "name", read, bytesOf: () => name.length }, null);
  });
});

describe("videos", () => {
  type Frames = { count: number; end: "done" | "error" | "dom" | "text"; max: number };
  it("of any length, with any failure", { timeout: fuzzTimeoutMs }, async () => {
    const frames = fc.record({
      count: fc.nat(40),
      end: fc.constantFrom("done", "error", "dom", "text"),
      max: fc.integer({ min: 1, max: 20 }),
    });
    const failures = {
      error: new InputError("video: expected one that this browser plays."),
      dom: new DOMException("no", "NotSupportedError"),
      text: new RangeError("no"),
    };
    const read = async ({ count, end, max }: Frames): Promise<void> => {
      const decode: Decoders = {
        image: () => Promise.resolve(pixelsOf(1, 1)),
        async *videoFrames() {
          for (let k = 0; k < count; k++) yield await Promise.resolve(pixelsOf(1, 1));
          if (end !== "done") throw failures[end];
        },
      };
      const log = createSkipLog(9);
      const reading = { decode, limits: { ...defaultLimits, maxFrames: max }, log };
      const examples = await collect(readVideos(filesOf({ "a.mp4": bytesOf("x") }), reading));
      if (examples.length > max) throw new RangeError(`${examples.length} frames`);
      const isCut = examples.length === max;
      if (!isCut && log.entries.length !== (end === "done" ? 0 : 1))
        throw new RangeError("no word");
    };
    await fuzz({ name: "video", read, bytesOf: () => 0 }, frames, 500);
  });
});
