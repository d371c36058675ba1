import { expect, test } from "vitest";

import { filesOf, type Entry } from "./droppedFiles";

const fileEntry = (path: string): Entry => ({
  isDirectory: false,
  fullPath: path,
  file: (done) => done(new File(["x"], path.slice(path.lastIndexOf("/") + 1))),
});

/** A folder that tells two entries at a time. */
const folderEntry = (path: string, inside: Entry[]): Entry => ({
  isDirectory: true,
  fullPath: path,
  createReader: () => {
    const rest = [...inside];
    return { readEntries: (done) => done(rest.splice(0, 2)) };
  },
});

test("a dropped folder gives all its files with their paths", async () => {
  const folder = folderEntry("/set", [
    fileEntry("/set/a.png"),
    folderEntry("/set/masks", [fileEntry("/set/masks/a.png")]),
    fileEntry("/set/b.png"),
  ]);
  const files = await filesOf(folder);
  expect(files.map((file) => file.webkitRelativePath)).toEqual([
    "set/a.png",
    "set/masks/a.png",
    "set/b.png",
  ]);
  expect(files.map(({ name }) => name)).toEqual(["a.png", "a.png", "b.png"]);
});

test("a folder that cannot be read fails", async () => {
  const broken: Entry = {
    isDirectory: true,
    fullPath: "/x",
    createReader: () => ({ readEntries: (_done, fail) => fail(new Error("no access")) }),
  };
  await expect(filesOf(broken)).rejects.toThrow("no access");
});
