/** What ends early or comes back damaged: a set loses at most the pictures that were on their way, and the others are usable. */
import { beforeEach, describe, expect, it } from "vitest";

import { InputError, OutOfMemoryError } from "../../errors";
import { createMemoryStore, type FileStore } from "../../storage/fileStore";
import { openFiles } from "../../storage/openFiles";
import { createTestOrigin } from "../../storage/testOrigin";
import { removePictures } from "./changeSet";
import { openSet } from "./openSet";
import { readPictures } from "./readPictures";
import { deleteSet, describeStored, listSets } from "./setFiles";
import { addAll, newSet, sprite, sprites } from "./testSets";

/** The same files as a page that ends at a write leaves them: nothing is written or removed from there on. */
function endingAt(files: FileStore, isLast: (path: string) => boolean): FileStore {
  let hasEnded = false;
  const end = async (): Promise<never> => {
    hasEnded = true;
    return Promise.reject(new Error("the page ended"));
  };
  return {
    ...files,
    write: (path, content) => (hasEnded || isLast(path) ? end() : files.write(path, content)),
    remove: (path) => (hasEnded ? end() : files.remove(path)),
  };
}

describe("a page that ends", () => {
  it("between a chunk and set.json loses that chunk alone, and the next change takes it away", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    const { set } = await addAll(files, setId, sprites(70));
    const ending = endingAt(files, (path) => path.endsWith("set.json"));
    await expect(addAll(ending, setId, sprites(64, 70))).rejects.toThrow("the page ended");
    expect(await files.list(`sets/${setId}`)).toHaveLength(1 + 2 + 2);
    expect(await listSets(files)).toEqual([set]);
    expect((await openSet(files, setId)).info).toEqual(set);
    const { added } = await addAll(files, setId, sprites(64, 70));
    expect(added).toBe(64);
    expect(await files.list(`sets/${setId}`)).toHaveLength(1 + 3);
    expect((await openSet(files, setId)).info.pictures).toHaveLength(134);
  });

  it("while it deletes a set leaves no set", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    await addAll(files, setId, sprites(3));
    await files.remove(`sets/${setId}/set.json`);
    expect(await listSets(files)).toEqual([]);
    expect(await files.list("sets")).toEqual([]);
  });
});

describe("a full disk", () => {
  it.each(["writable", "access"] as const)(
    "at any write of a change leaves a whole set (%s)",
    async (support) => {
      const origin = createTestOrigin(support);
      const files = await openFiles(origin);
      const setId = await newSet(files);
      await addAll(files, setId, sprites(62));
      for (let writes = 0; ; writes++) {
        const before = await describeStored(files, setId);
        const names = [...origin.files().keys()];
        origin.writesLeft = writes;
        const change = addAll(files, setId, sprites(4, 62));
        const failure = await change.then(
          () => null,
          (error: unknown) => error,
        );
        origin.writesLeft = Infinity;
        if (!failure) break;
        expect(failure).toBeInstanceOf(OutOfMemoryError);
        expect([...origin.files().keys()]).toEqual(names); // its room is given back
        expect((await openSet(files, setId)).info).toEqual(before);
      }
      expect((await openSet(files, setId)).info.pictures).toHaveLength(66);
    },
  );
});

describe("a damaged set", () => {
  let files: FileStore;
  let [good, bad] = ["", ""];
  beforeEach(async () => {
    files = createMemoryStore();
    [good, bad] = [await newSet(files, "good"), await newSet(files, "bad")];
    for (const setId of [good, bad]) await addAll(files, setId, sprites(70));
  });
  const jsonPath = (): string => `sets/${bad}/set.json`;

  it.each([
    ["text", () => "{"],
    ["another file", () => '{"format":2}'],
    ["a picture outside its chunk", (text: string) => text.replace('"at":0', '"at":99999999')],
    ["a picture of no chunk", (text: string) => text.replace('"chunk":1', '"chunk":7')],
    ["a picture twice", (text: string) => text.replaceAll(/"id":"[0-9a-f]{16}"/g, '"id":"0123456789abcdef"')], // prettier-ignore
  ])("by %s says so, can be deleted, and leaves others usable", async (_, damage) => {
    const text = (await (await files.read(jsonPath()))?.text()) ?? "";
    await files.write(jsonPath(), [damage(text)]);
    const sets = await listSets(files);
    expect(sets.map(({ name }) => name)).toEqual(["good", `Damaged set ${bad}: delete it`]);
    expect(sets[1]?.bytes).toBeGreaterThan(1000);
    for (const use of [openSet(files, bad), addAll(files, bad, [sprite(0)])]) {
      await expect(use).rejects.toThrow(InputError);
      await expect(use).rejects.toThrow("expected a whole set.json, got a damaged one");
    }
    expect((await openSet(files, good)).info.pictures).toHaveLength(70);
    await deleteSet(files, bad);
    expect(await listSets(files)).toHaveLength(1);
  });

  it.each([
    ["missing", () => files.remove(`sets/${bad}/chunk-2.bin`)],
    ["cut short", () => files.write(`sets/${bad}/chunk-2.bin`, ["x"])],
  ])(
    "with a chunk %s says which pictures are lost; the rest is usable without them",
    async (_, damage) => {
      await damage();
      await expect(openSet(files, bad)).rejects.toThrow(
        /picture set bad: expected a file of \d+ bytes with 6 pictures \(scene 64\.png, .*\), got .*\. Remove these/,
      );
      const { pictures } = await describeStored(files, bad);
      const ids = pictures.map(({ id }) => id);
      await expect(readPictures(files, bad, ids.slice(-1))).rejects.toThrow("Remove these");
      expect(await readPictures(files, bad, ids.slice(0, 64))).toHaveLength(64);
      expect((await addAll(files, bad, sprites(5, 70))).added).toBe(5);
      await removePictures(files, bad, ids.slice(64));
      expect((await openSet(files, bad)).info.pictures).toHaveLength(69);
      expect((await openSet(files, good)).info.pictures).toHaveLength(70);
    },
  );
});
