/** Kept files: the same in memory, with createWritable and with older Safari's handles; nothing is lost on a full disk. */
import { describe, expect, it, vi } from "vitest";

import { OutOfMemoryError } from "../errors";
import type { FileStore } from "./fileStore";
import { createMemoryStore } from "./fileStore";
import { openFiles } from "./openFiles";
import { storageRoom } from "./storageRoom";
import { createTestOrigin } from "./testOrigin";

const textAt = async (files: FileStore, path: string): Promise<string | null> =>
  (await (await files.read(path))?.text()) ?? null;
const inOrigin = "slotdiffusion-playground";

describe.each([
  ["memory", () => Promise.resolve(createMemoryStore())],
  ["createWritable", () => openFiles(createTestOrigin("writable"))],
  ["handles that write in place", () => openFiles(createTestOrigin("access"))],
])("files in %s", (kind, open) => {
  it("are read as they were written, and replaced whole", async () => {
    const files = await open();
    expect(files.isLasting).toBe(kind !== "memory");
    expect(await files.read("runs/1/run.json")).toBeNull();
    await files.write("runs/1/run.json", ["a longer text", new Uint8Array([33])]);
    expect(await textAt(files, "runs/1/run.json")).toBe("a longer text!");
    await files.write("runs/1/run.json", [new Blob(["short"])]);
    expect(await textAt(files, "runs/1/run.json")).toBe("short");
    expect(await files.read("runs/1")).toBeNull();
  });

  it("are listed by folder, and removed one by one or with their folder", async () => {
    const files = await open();
    for (const path of ["runs/2/b.json", "runs/2/a.json", "runs/10/a.json", "runs.json"])
      await files.write(path, ["x"]);
    expect(await files.list("")).toEqual(["runs", "runs.json"]);
    expect(await files.list("runs")).toEqual(["10", "2"]);
    expect(await files.list("runs/2")).toEqual(["a.json", "b.json"]);
    expect(await files.list("sets")).toEqual([]);
    expect(await files.list("runs.json")).toEqual([]);
    await files.remove("runs/2/a.json");
    await files.remove("runs/2/a.json");
    expect(await files.list("runs/2")).toEqual(["b.json"]);
    await files.remove("runs");
    expect(await files.list("")).toEqual(["runs.json"]);
  });

  it.each(["../x", "a/../b", "a//b", "/a", "a/", ".", "a\\b", "a\nb", "a~", "x".repeat(201)])(
    "never leave their folder: %j",
    async (path) => {
      const files = await open();
      await expect(files.write(path, ["x"])).rejects.toThrow("storage: expected a path");
      await expect(files.read(path)).rejects.toThrow("storage: expected a path");
      await expect(files.remove(path)).rejects.toThrow("storage: expected a path");
      await expect(files.list(path)).rejects.toThrow("storage: expected a path");
    },
  );

  it("have a name and content", async () => {
    const files = await open();
    await expect(files.remove("")).rejects.toThrow("the path of a file");
    await expect(files.write("a", [""])).rejects.toThrow("no bytes");
  });

  it("written at the same time to one path are one of them", async () => {
    const files = await open();
    await Promise.all(["a", "bb", "ccc"].map((text) => files.write("x", [text])));
    expect(await textAt(files, "x")).toBe("ccc");
  });
});

describe.each(["writable", "access"] as const)("a full disk (%s)", (support) => {
  it("leaves what was there, and says how much was wanted and is left", async () => {
    const origin = createTestOrigin(support);
    const files = await openFiles(origin);
    await files.write("sets/1/set.json", ["old"]);
    origin.quota = 2_000_000;
    const large = new Uint8Array(3_000_000);
    const writing = files.write("sets/1/set.json", [large]);
    await expect(writing).rejects.toThrow(OutOfMemoryError);
    await expect(writing).rejects.toThrow(
      /expected room for 3\.0 MB more, .* has 2\.0 MB left .* still there\. Delete a picture set/,
    );
    origin.estimate = () => Promise.resolve({ usage: 0, quota: 1e10 }); // Chromium's round figure
    await expect(files.write("sets/1/set.json", [large])).rejects.toThrow("the browser refused it");
    await expect(files.write("sets/1/chunk-1.bin", [large])).rejects.toThrow(OutOfMemoryError);
    expect([...origin.files()].map(([path, { size }]) => [path, size])).toEqual([
      [`${inOrigin}/sets/1/set.json`, 3],
    ]);
    await files.write("sets/1/chunk-1.bin", ["fits"]);
    expect(await files.list("sets/1")).toEqual(["chunk-1.bin", "set.json"]);
  });

  it("in the middle of a file leaves the old one", async () => {
    const origin = createTestOrigin(support);
    const files = await openFiles(origin);
    await files.write("a", ["old"]);
    origin.writesLeft = 1; // of the two parts
    await expect(files.write("a", ["new", "er"])).rejects.toThrow("storage: expected room");
    expect(await textAt(files, "a")).toBe("old");
    origin.writesLeft = Infinity;
    await files.write("a", ["new", "er"]);
    expect(await textAt(files, "a")).toBe("newer");
  });
});

describe("a page that ended while it wrote", () => {
  it("leaves no file where none was before", async () => {
    const origin = createTestOrigin();
    const files = await openFiles(origin);
    const folder = await (await origin.getDirectory()).getDirectoryHandle(inOrigin);
    await folder.getFileHandle("begun.json", { create: true }); // as createWritable's first step does
    expect(await files.read("begun.json")).toBeNull();
  });

  it("leaves the old file, and its temporary one is not listed", async () => {
    const origin = createTestOrigin("access");
    const files = await openFiles(origin);
    await files.write("a.json", ["old"]);
    const folder = await (await origin.getDirectory()).getDirectoryHandle(inOrigin);
    const temporary = await folder.getFileHandle("a.json~", { create: true });
    (await temporary.createSyncAccessHandle?.())?.write(new Uint8Array(9), { at: 0 });
    expect(await files.list("")).toEqual(["a.json"]);
    expect(await textAt(files, "a.json")).toBe("old");
    await files.write("a.json", ["new"]);
    expect([...origin.files().keys()]).toEqual([`${inOrigin}/a.json`]);
  });
});

describe("a small file that changes while it is read", () => {
  it("is read again", async () => {
    const origin = createTestOrigin();
    const files = await openFiles(origin);
    await files.write("a.json", ["content"]);
    const failures = 2;
    const reading = vi.spyOn(Blob.prototype, "arrayBuffer");
    for (let i = 0; i < failures; i++)
      reading.mockRejectedValueOnce(new DOMException("changed", "NotReadableError"));
    const blob = await files.read("a.json").finally(() => {
      expect(reading).toHaveBeenCalledTimes(failures + 1);
      reading.mockRestore();
    });
    expect(await blob?.text()).toBe("content");
  });
});

describe("where nothing is kept", () => {
  it.each([
    ["no file system", null],
    ["no way to replace a file", createTestOrigin("none")],
    [
      "a private window that refuses",
      {
        ...createTestOrigin(),
        getDirectory: () => Promise.reject(new DOMException("no", "SecurityError")),
      },
    ],
  ])("%s: files last as long as the page", async (_, storage) => {
    const files = await openFiles(storage);
    expect(files.isLasting).toBe(false);
    await files.write("a/b", ["12345"]);
    await files.write("a/c/d", ["67"]);
    const room = await storageRoom(files, storage);
    expect(room).toEqual({ isLasting: false, usedBytes: 7, quotaBytes: null });
  });
});

describe("the room", () => {
  it("is the browser's own estimate", async () => {
    const origin = createTestOrigin();
    const files = await openFiles(origin);
    await files.write("a", ["12345"]);
    origin.quota = 100;
    const expected = { isLasting: true, usedBytes: 5, quotaBytes: 100 };
    expect(await storageRoom(files, origin)).toEqual(expected);
    const silent = { ...origin, estimate: () => Promise.resolve({}) };
    expect(await storageRoom(files, silent)).toEqual({ ...expected, quotaBytes: null });
  });

  it("is asked to last once, at the first write", async () => {
    const origin = createTestOrigin();
    const files = await openFiles(origin);
    expect(origin.persistCalls).toBe(0);
    await files.write("a", ["x"]);
    await files.write("b", ["x"]);
    expect(origin.persistCalls).toBe(1);
    const worker = { getDirectory: () => origin.getDirectory(), estimate: () => origin.estimate() };
    await (await openFiles(worker)).write("c", ["x"]); // a worker may not ask
    expect(origin.persistCalls).toBe(1);
  });
});
