/** Picture sets as the page asks for them: files, frames and scenes in; messages where something is left out; nothing lost. */
import { describe, expect, it } from "vitest";

import {
  bytesOf,
  greyMask,
  picture,
  zipOf,
  type Bytes,
  type Named,
} from "../../data/datasets/testFiles";
import { openSet } from "../../data/pictureSets/openSet";
import { addAll, rgbOf, sprites } from "../../data/pictureSets/testSets";
import { fitSquare, resizeArea, type Pixels } from "../../data/preprocess";
import { InputError } from "../../errors";
import { openFiles } from "../../storage/openFiles";
import { createTestOrigin } from "../../storage/testOrigin";
import type { SceneRef } from "../protocol";
import { createSceneStudio } from "../sceneStudio";
import { filesOf, job, manyFiles, newSet, pngOf, scenes, session, side } from "./testSession";

describe("files", () => {
  it("are prepared as a dropped picture is for the model, masks with them", async () => {
    const { handlers, files } = session();
    const setId = await newSet(handlers);
    const wide: Pixels = { width: 40, height: 32, data: new Uint8ClampedArray(40 * 32 * 4) };
    wide.data.forEach((_, i) => (wide.data[i] = i % 4 === 3 ? 255 : (i * 7) % 251));
    const levels = Array.from({ length: 40 * 32 }, (_, i) => (i % 40 < 20 ? 0 : 90));
    const named = { "images/a.png": pngOf(wide), "masks/a.png": greyMask(40, levels) };
    const zip = await zipOf(named);
    const { signal, report, reports } = job();
    const added = await handlers.addFiles(
      { setId, files: filesOf({ "x.zip": zip }), fit: "letterbox" },
      { signal, report },
    );
    expect(added).toMatchObject({ added: 1, duplicates: 0, skipped: "" });
    expect(added.set.pictures[0]).toMatchObject({ name: "images/a.png", hasMask: true });
    expect(reports).toEqual([{ done: 1, total: 1 }]);
    const { training } = await openSet(files, setId);
    const expected = resizeArea(fitSquare(wide, "letterbox"), side, side);
    expect([...training.read(0)]).toEqual([...expected.data].filter((_, i) => i % 4 !== 3));
    const ids = [...(training.ids(0) ?? [])];
    expect(ids.slice(8 * side, 9 * side)).toEqual(
      Array.from({ length: side }, (_, x) => (x < 8 ? 0 : 1)),
    );
    expect(new Set(ids.slice(0, side))).toEqual(new Set([0])); // the letterbox's bar
    const [pixels] = await handlers.readPictures(
      { setId, ids: [added.set.pictures[0]?.id ?? ""] },
      job(),
    );
    expect(pixels).toEqual(expected);
  });

  it("64 in a zip become 64 pictures, split into training and held-out", async () => {
    const { handlers, files } = session();
    const setId = await newSet(handlers);
    const zip = { "sprites.zip": await zipOf(manyFiles(64)) };
    const { set, added } = await handlers.addFiles(
      { setId, files: filesOf(zip), fit: "crop" },
      job(),
    );
    expect([added, set.pictures.length]).toEqual([64, 64]);
    const again = await handlers.addFiles({ setId, files: filesOf(zip), fit: "crop" }, job());
    expect(again).toMatchObject({ added: 0, duplicates: 64, skipped: "" });
    const { training, heldOut } = await openSet(files, setId);
    expect(training.count + heldOut.count).toBe(64);
    expect(heldOut.count).toBeGreaterThan(4);
    expect(heldOut.count).toBeLessThan(26);
  });
});

describe("files that cannot be used", () => {
  const text = bytesOf("this is no picture");
  const vast = picture(2, 2);
  vast.set([0, 0, 0x2e, 0xe0, 0, 0, 0x2e, 0xe0], 16); // claims 12,000 x 12,000
  const truncated = async (): Promise<Bytes> => {
    const zip = await zipOf(manyFiles(10));
    return zip.slice(0, zip.length - 300);
  };

  const unusable: [what: string, make: () => Named | Promise<Named>, message: RegExp][] = [
    [
      "a text file named .png",
      () => ({ "a.png": text }),
      /a\.png.*cannot be decoded as a picture/s,
    ],
    [
      "a picture of 144 megapixels",
      () => ({ "a.png": vast }),
      /100 megapixels and more \(a\.png\)/,
    ],
    ["a truncated zip", async () => ({ "a.zip": await truncated() }), /a damaged zip \(a\.zip\)/],
    ["an empty file", () => ({ "a.png": new Uint8Array(0) }), /an empty file/],
    ["nothing", () => ({}), /got no files/],
  ];
  it.each(unusable)("%s: a message, and the set is as it was", async (_, make, message) => {
    const { handlers, files } = session();
    const setId = await newSet(handlers);
    const before = await addAll(files, setId, sprites(5));
    const adding = handlers.addFiles({ setId, files: filesOf(await make()), fit: "crop" }, job());
    await expect(adding).rejects.toThrow(InputError);
    await expect(adding).rejects.toThrow(message);
    expect(await handlers.listSets({}, job())).toEqual([before.set]);
    const some = { ...manyFiles(3, 5), ...(await make()) };
    const beside = await handlers.addFiles({ setId, files: filesOf(some), fit: "crop" }, job());
    expect(beside.added).toBe(3);
    if (Object.keys(some).length > 3)
      expect(beside.skipped).toMatch(/^1 file: .* \(a\.(png|zip)\)$/);
  });
});

describe("other sources", () => {
  it("frames of the page are prepared alike, and those without pixels refused", async () => {
    const { handlers, files } = session();
    const setId = await newSet(handlers);
    const [{ pixels } = { pixels: null }] = sprites(1, 3, 48);
    if (!pixels) throw new Error("expected a scene");
    const pictures = [{ name: "frame 1", pixels }];
    const { added } = await handlers.addPixels({ setId, pictures, fit: "crop" }, job());
    expect(added).toBe(1);
    const { training } = await openSet(files, setId);
    const shrunk = { name: "", pixels: resizeArea(pixels, side, side), ids: null };
    expect([...training.read(0)]).toEqual(rgbOf(shrunk));
    const broken = [{ name: "frame 2", pixels: { ...pixels, width: 47 } }];
    await expect(handlers.addPixels({ setId, pictures: broken, fit: "crop" }, job())).rejects.toThrow("expected pixels of frame 2"); // prettier-ignore
  });

  it("scenes are the studio's, with their masks and names", async () => {
    const { handlers, files } = session();
    const setId = await newSet(handlers);
    const { signal, report, reports } = job();
    const { set } = await handlers.addScenes(
      { setId, first: scenes(10), count: 20 },
      { signal, report },
    );
    expect(set.pictures).toHaveLength(20);
    expect(set.pictures[0]).toMatchObject({ name: "sprites 4-10", hasMask: true });
    expect(reports.at(-1)).toEqual({ done: 20, total: 20 });
    const { training } = await openSet(files, setId);
    const index = Number(training.pictures[2]?.name.split("-")[1]);
    const scene = await createSceneStudio().render(scenes(index), () => [side, side]);
    expect([...training.read(2)]).toEqual(rgbOf({ ...scene, name: "" }));
    expect(training.ids(2)).toEqual(scene.ids);
    await expect(handlers.addScenes({ setId, first: scenes(0), count: 0.5 }, job())).rejects.toThrow("1 scene or more"); // prettier-ignore
  });

  it("scenes that need WebGL say so where there is none", async () => {
    const { handlers } = session();
    const setId = await newSet(handlers);
    const first: SceneRef = { kind: "clevr", seed: 1, index: 0 };
    await expect(handlers.addScenes({ setId, first, count: 2 }, job())).rejects.toThrow("WebGL 2");
  });
});

describe("the model", () => {
  it("must take pictures of the set's size", async () => {
    const { handlers, state } = session();
    const setId = await newSet(handlers, "small ones");
    if (state.model) {
      const config = {
        ...state.model.config,
        name: "large",
        resolution: [32, 32] as [number, number],
      };
      state.model = { ...state.model, config };
    }
    const args = { setId, files: filesOf(manyFiles(1)), fit: "crop" as const };
    await expect(handlers.addFiles(args, job())).rejects.toThrow(
      /picture set small ones: expected a model of 16 x 16 pixels .* got large of 32 x 32\. Load a model/,
    );
    state.model = null;
    await expect(handlers.addFiles(args, job())).rejects.toThrow("expected a loaded model");
    await expect(handlers.createSet({ name: "" }, job())).rejects.toThrow(
      "expected a loaded model",
    );
    expect(await handlers.listSets({}, job())).toHaveLength(1); // looking needs none
  });
});

describe("changes", () => {
  it("from several requests at once all happen", async () => {
    const { handlers } = session(await openFiles(createTestOrigin()));
    const setId = await newSet(handlers);
    const add = (first: number) =>
      handlers.addFiles({ setId, files: filesOf(manyFiles(70, first)), fit: "crop" }, job());
    await Promise.all([add(0), add(70), handlers.splitSet({ setId, split: { seed: 5, heldOut: 0.1 } }, job())]); // prettier-ignore
    const [set] = await handlers.listSets({}, job());
    expect(set?.pictures).toHaveLength(140);
    expect(set?.split).toEqual({ seed: 5, heldOut: 0.1 });
    const ids = set?.pictures.slice(0, 100).map(({ id }) => id) ?? [];
    expect((await handlers.removePictures({ setId, ids }, job())).pictures).toHaveLength(40);
    await handlers.deleteSet({ setId }, job());
    expect(await handlers.listSets({}, job())).toEqual([]);
  });

  it("show in the room that is used", async () => {
    const { handlers, files } = session(await openFiles(createTestOrigin()));
    const setId = await newSet(handlers);
    const { set } = await addAll(files, setId, sprites(30));
    const room = await handlers.storageRoom({}, job());
    expect(room.isLasting).toBe(true);
    expect(room.usedBytes).toBeGreaterThanOrEqual(set.bytes);
  });
});
