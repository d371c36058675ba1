/** Picture sets in kept files: what goes in comes out, and is there once. */
import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { InputError } from "../../errors";
import { createMemoryStore } from "../../storage/fileStore";
import { openFiles } from "../../storage/openFiles";
import { createTestOrigin } from "../../storage/testOrigin";
import type { NewPicture } from "./addPictures";
import { removePictures, splitSet } from "./changeSet";
import { openSet } from "./openSet";
import { pictureId } from "./pictureId";
import { readPictures } from "./readPictures";
import { createSet, deleteSet, describeStored, listSets } from "./setFiles";
import { addAll, newSet, rgbOf, sprite, sprites, testSide } from "./testSets";

/** One level brighter: another picture that looks the same. */
const brighter = ({ name, pixels, ids }: NewPicture): NewPicture => ({
  name: `${name}, brighter`,
  pixels: { ...pixels, data: pixels.data.map((value, i) => (i % 4 === 3 ? value : value + 2)) },
  ids,
});

describe("a set", () => {
  it("gives back its pictures and masks, in their order and under their names", async () => {
    const files = await openFiles(createTestOrigin());
    const setId = await newSet(files, "  My pictures ");
    const pictures = sprites(130).map((picture, i) =>
      i % 3 ? picture : { ...picture, ids: null },
    );
    const { set, added, duplicates } = await addAll(files, setId, pictures);
    expect([added, duplicates]).toEqual([130, 0]);
    expect(set.name).toBe("My pictures");
    expect(set.pictures.map(({ name }) => name)).toEqual(pictures.map(({ name }) => name));
    expect(set.pictures.map(({ hasMask }) => hasMask)).toEqual(pictures.map(({ ids }) => !!ids));
    expect(await listSets(files)).toEqual([set]);
    expect(set.bytes).toBeGreaterThan(130 * testSide ** 2 * 3);
    expect(await files.list(`sets/${setId}`)).toHaveLength(1 + 3); // 64 pictures a chunk

    const ids = set.pictures.map(({ id }) => id).reverse();
    const pixels = await readPictures(files, setId, ids);
    expect(pixels).toEqual(pictures.map((picture) => picture.pixels).reverse());
    const { training, heldOut } = await openSet(files, setId);
    for (const source of [training, heldOut])
      for (const [i, { name }] of source.pictures.entries()) {
        const picture = pictures.find((one) => one.name === name);
        expect([...source.read(i)]).toEqual(picture && rgbOf(picture));
        expect(source.ids(i)).toEqual(picture?.ids);
      }
  });

  it("names a picture by the hash of its RGB", async () => {
    const files = createMemoryStore();
    const { set } = await addAll(files, await newSet(files), [sprite(0)]);
    const rgb = Uint8Array.from(rgbOf(sprite(0)));
    expect(set.pictures[0]?.id).toBe(createHash("sha256").update(rgb).digest("hex").slice(0, 16));
    const plain = await Promise.all(
      sprites(300).map((p) => pictureId(Uint8Array.from(rgbOf(p)), null)),
    );
    expect(new Set(plain).size).toBe(300); // where there is no SHA-256
    expect(plain.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
  });

  it("keeps few files for many small additions", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    for (let i = 0; i < 70; i++) await addAll(files, setId, [sprite(i)]);
    expect(await files.list(`sets/${setId}`)).toHaveLength(1 + 2);
    const { pictures } = await describeStored(files, setId);
    const pixels = await readPictures(files, setId, pictures.map(({ id }) => id)); // prettier-ignore
    expect(pixels).toEqual(sprites(70).map((picture) => picture.pixels));
  });

  it("takes a picture once, whatever it is called", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    await addAll(files, setId, sprites(30));
    const again = [...sprites(40), { ...sprite(39), name: "copy" }];
    const { set, added, duplicates } = await addAll(files, setId, again);
    expect([added, duplicates, set.pictures.length]).toEqual([10, 31, 40]);
    expect(await addAll(files, setId, sprites(40))).toMatchObject({
      added: 0,
      duplicates: 40,
      set,
    });
  });

  it("holds no more than it may", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    expect(await addAll(files, setId, sprites(30), 40)).toMatchObject({ added: 30, beyond: 0 });
    const more = await addAll(files, setId, sprites(30, 20), 40);
    expect(more).toMatchObject({ added: 10, duplicates: 10, beyond: 10 });
    expect(more.set.pictures).toHaveLength(40);
  });

  it("that is changed from many sides at once has all the changes", async () => {
    const files = await openFiles(createTestOrigin("access"));
    const setId = await newSet(files);
    const { set } = await addAll(files, setId, sprites(10));
    const leaving = set.pictures.slice(0, 2).map(({ id }) => id);
    await Promise.all([
      ...[10, 20, 15].map((first) => addAll(files, setId, sprites(10, first))),
      removePictures(files, setId, leaving),
      splitSet(files, setId, { seed: 9, heldOut: 0.3 }),
    ]);
    const after = await describeStored(files, setId);
    expect(after.pictures).toHaveLength(28);
    expect(after.split).toEqual({ seed: 9, heldOut: 0.3 });
    await openSet(files, setId);
  });

  it("is one of several, the oldest first, until it is deleted", async () => {
    const files = createMemoryStore();
    const ids = await Promise.all(["a", "b", ""].map((name) => newSet(files, name)));
    expect(new Set(ids).size).toBe(3); // though made in the same millisecond
    const later = { name: "later", resolution: [8, 8] as [number, number], now: 1_800_000_000_000 };
    await createSet(files, later);
    const sets = await listSets(files);
    expect(sets.map(({ name }) => name)).toEqual(["a", "b", "Pictures", "later"]);
    await deleteSet(files, ids[1] ?? "");
    await deleteSet(files, ids[1] ?? "");
    expect((await listSets(files)).map(({ name }) => name)).toEqual(["a", "Pictures", "later"]);
    expect(await files.list("sets")).toHaveLength(3);
  });

  it.each(["none", "../runs", "", "A B"])("that is not there says so: %j", async (setId) => {
    const files = createMemoryStore();
    await expect(openSet(files, setId)).rejects.toThrow(InputError);
    await expect(addAll(files, setId, [sprite(0)])).rejects.toThrow("Choose one from the list");
    await expect(readPictures(files, setId, [])).rejects.toThrow("Choose one from the list");
  });
});

describe("removal", () => {
  it("takes pictures out, gives back their room and leaves the others as they are", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    const { set } = await addAll(files, setId, sprites(130));
    const leaving = set.pictures.filter((_, i) => i < 64 || i % 10 === 0).map(({ id }) => id);
    const left = await removePictures(files, setId, [...leaving, "0000000000000000"]);
    const expected = set.pictures.filter(({ id }) => !leaving.includes(id));
    expect(left.pictures.map(({ id, name }) => [id, name])).toEqual(
      expected.map(({ id, name }) => [id, name]),
    );
    expect(await files.list(`sets/${setId}`)).toHaveLength(1 + 2);
    expect(left.bytes / left.pictures.length).toBeCloseTo(set.bytes / set.pictures.length, -2);
    const pixels = await readPictures(files, setId, expected.map(({ id }) => id)); // prettier-ignore
    expect(pixels).toEqual(
      sprites(130).filter(({ name }) => expected.some((one) => one.name === name)).map((p) => p.pixels), // prettier-ignore
    );
    await expect(readPictures(files, setId, leaving.slice(0, 1))).rejects.toThrow("not there");
  });

  it("works on a full disk", async () => {
    const origin = createTestOrigin();
    const files = await openFiles(origin);
    const setId = await newSet(files);
    const { set } = await addAll(files, setId, sprites(100));
    origin.writesLeft = 1; // the names fit, chunks without the removed pictures do not
    const leaving = set.pictures.slice(10, 20).map(({ id }) => id);
    const left = await removePictures(files, setId, leaving);
    expect(left.pictures).toHaveLength(90);
    origin.writesLeft = Infinity;
    expect((await openSet(files, setId)).info).toEqual(left);
  });

  it("to the last picture leaves an empty set", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    const { set } = await addAll(files, setId, sprites(5));
    const left = await removePictures(files, setId, set.pictures.map(({ id }) => id)); // prettier-ignore
    expect(left.pictures).toEqual([]);
    expect(await files.list(`sets/${setId}`)).toEqual(["set.json"]);
    expect((await addAll(files, setId, sprites(5))).added).toBe(5);
  });
});

describe("look-alikes", () => {
  it("are kept, and say which earlier picture they look like", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    await addAll(files, setId, [sprite(0), sprite(1), brighter(sprite(1))]);
    const { set } = await addAll(files, setId, [
      brighter(sprite(0)),
      brighter(brighter(sprite(0))),
    ]);
    const [first, second] = set.pictures.map(({ id }) => id);
    expect(set.pictures.map(({ twinOf }) => twinOf)).toEqual([null, null, second, first, first]);
  });

  it("lie on one side of the split, also when the first of them is removed", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    const pictures = sprites(20).flatMap((picture) => [picture, brighter(picture)]);
    const { set } = await addAll(files, setId, pictures);
    const sides = new Map(set.pictures.map(({ id, isHeldOut }) => [id, isHeldOut]));
    const twins = set.pictures.filter(({ twinOf }) => twinOf !== null);
    expect(twins.length).toBeGreaterThanOrEqual(20);
    for (const { twinOf, isHeldOut } of twins) expect(isHeldOut).toBe(sides.get(twinOf ?? ""));
    const firsts = set.pictures.filter(({ twinOf }) => twinOf === null).map(({ id }) => id);
    const left = await removePictures(files, setId, firsts.slice(0, 10));
    for (const { id, isHeldOut } of left.pictures) expect(isHeldOut).toBe(sides.get(id));
    expect(left.pictures.filter(({ twinOf }) => firsts.slice(0, 10).includes(twinOf ?? ""))).toEqual([]); // prettier-ignore
  });

  it("that have lost their first find another", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    const same = [sprite(3), brighter(sprite(3)), brighter(brighter(sprite(3)))];
    const { set } = await addAll(files, setId, same);
    const [first = "", second = ""] = set.pictures.map(({ id }) => id);
    const left = await removePictures(files, setId, [first]);
    expect(left.pictures.map(({ twinOf }) => twinOf)).toEqual([null, second]);
  });
});

describe("the split", () => {
  it("is drawn anew by another seed or share, and checked", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    const { set } = await addAll(files, setId, sprites(60));
    const namesHeldOut = async () => (await openSet(files, setId)).names.heldOut;
    const before = await namesHeldOut();
    expect(before).toEqual(set.pictures.filter((p) => p.isHeldOut).map(({ name }) => name));
    const half = await splitSet(files, setId, { seed: set.split.seed, heldOut: 0.5 });
    const after = await namesHeldOut();
    expect(before.every((name) => after.includes(name))).toBe(true);
    expect(half.pictures.filter(({ isHeldOut }) => isHeldOut)).toHaveLength(after.length);
    await splitSet(files, setId, { seed: 77, heldOut: 0.5 });
    expect(await namesHeldOut()).not.toEqual(after);
    for (const split of [
      { seed: 0.5, heldOut: 0.2 },
      { seed: 0, heldOut: 0.6 },
      { seed: 0, heldOut: NaN },
    ])
      await expect(splitSet(files, setId, split)).rejects.toThrow("0 to 0.5");
  });

  it("says nothing about pictures that do not exist", async () => {
    const files = createMemoryStore();
    const setId = await newSet(files);
    await addAll(files, setId, sprites(5));
    const { training, heldOutIds, heldOut } = await openSet(files, setId);
    expect(() => training.read(training.count)).toThrow("expected a picture of 0..");
    expect(() => heldOutIds(-1)).toThrow("expected a picture of 0..");
    expect(training.count + heldOut.count).toBe(5);
  });
});
