/** Names of caches: one for each build, and never a cache of another kind. */
import { expect, test } from "vitest";

import { outdatedShells, shellName, textHash } from "./shellNames";

const files = [
  { url: "index.html", revision: "1" },
  { url: "assets/index-abc.js", revision: null },
];

test("the hash is FNV-1a", () => {
  expect([textHash(""), textHash("a"), textHash("foobar")]).toEqual([
    "811c9dc5",
    "e40c292c",
    "bf9cf968",
  ]);
});

test("a changed file makes another name, the same files the same", () => {
  const changed = files.map((file) => ({ ...file, revision: file.revision && "2" }));
  expect(shellName(files)).toMatch(/^slotdiffusion-shell-[0-9a-f]{8}$/);
  expect(shellName([...files])).toBe(shellName(files));
  expect(shellName(changed)).not.toBe(shellName(files));
});

test("only shells of other builds are outdated", () => {
  const current = shellName(files);
  const names = ["slotdiffusion-weights-v1", current, "slotdiffusion-shell-00000000", "other"];
  expect(outdatedShells(names, current)).toEqual(["slotdiffusion-shell-00000000"]);
});
