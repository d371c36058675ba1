/** Data sets on disk, as the command line opens them. */
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { openDataPath } from "../../../scripts/dataFiles";
import { summarizeSkipped } from "./dataset";
import { bytesOf, greyMask, picture, truths, zipOf, type Bytes } from "./testFiles";

describe("openDataPath", () => {
  const root = mkdtempSync(join(tmpdir(), "dataset-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const write = (path: string, bytes: Bytes): string => {
    const at = join(root, path);
    mkdirSync(join(at, ".."), { recursive: true });
    writeFileSync(at, bytes);
    return at;
  };

  it("opens folders, archives and COCO's json by their path", async () => {
    write("set/images/1.png", picture(2, 1));
    write("set/masks/1.png", greyMask(2, [0, 9]));
    write("set/.cache/1.png", picture(2, 1));
    symlinkSync(join(root, "set"), join(root, "set", "round"));
    const folder = await openDataPath(join(root, "set"));
    expect(await truths(folder)).toEqual([["images/1.png", [0, 1]]]);
    expect(summarizeSkipped(folder.skipped)).toContain(
      "a hidden file of the system (.cache/1.png)",
    );
    const zip = await zipOf({ "images/1.png": picture(2, 1), "masks/1.png": greyMask(2, [0, 9]) });
    expect(await truths(await openDataPath(write("x.zip", zip)))).toEqual([
      ["images/1.png", [0, 1]],
    ]);
    const json = {
      images: [{ id: 1, file_name: "1.png", width: 2, height: 1 }],
      annotations: [{ image_id: 1, segmentation: { size: [1, 2], counts: [1, 1] } }],
    };
    const at = write("coco/annotations/my.json", bytesOf(JSON.stringify(json)));
    write("coco/train/1.png", picture(2, 1));
    const coco = await openDataPath(at);
    expect(coco.format).toBe("coco");
    expect(await truths(coco)).toEqual([["train/1.png", [0, 1]]]);
  });

  it("says where there is nothing", async () => {
    await expect(openDataPath(join(root, "absent"))).rejects.toThrow("which is not there");
    mkdirSync(join(root, "bare"));
    await expect(openDataPath(join(root, "bare"))).rejects.toThrow("got no files");
  });
});
