/** Who may import whom: the house rules of the architecture, enforced. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { expect, test } from "vitest";

/** Rooms of src/ (a folder or a file) to what they may import of src/; errors.ts is open to all. */
const allowed: Record<string, string[]> = {
  math: [],
  metrics: ["math"],
  gpu: ["math"],
  nn: ["gpu", "math"],
  diffusion: ["math"],
  slotdiffusion: ["nn", "diffusion", "math"],
  storage: [],
  checkpoint: ["nn/params", "slotdiffusion/config", "math"],
  data: ["storage", "math"],
  slotspace: ["math"],
  workers: ["slotspace", "math"],
  export: ["math"],
  evaluation: ["slotdiffusion", "diffusion", "metrics", "data", "math"],
  train: ["slotdiffusion", "diffusion", "nn/params", "data", "math"],
  "engine/protocol": [],
  "engine/queue": [],
  "engine/client": ["engine/protocol"],
  engine: [
    "engine",
    "gpu",
    "nn",
    "diffusion",
    "slotdiffusion",
    "checkpoint",
    "data",
    "metrics",
    "train",
    "storage",
    "evaluation",
    "slotspace",
    "math",
  ],
  store: ["engine/client", "engine/protocol", "export", "slotspace", "workers", "math"],
  ui: ["store", "engine/protocol", "evaluation/metricNotes", "slotspace", "math"],
  services: ["store", "engine/client", "engine/protocol", "engine/worker", "data/datasets"],
  sw: [],
  "main.tsx": ["ui", "store", "services"],
};

const backendPackage = /^@tensorflow\/tfjs-backend-/;
const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  .map((file) => join("src", file));

const importsOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );

const inSrc = (path: string): string =>
  normalize(path)
    .split(sep)
    .join("/")
    .replace(/^src\//, "");
const isIn = (path: string, room: string): boolean =>
  path === room || path.startsWith(`${room}/`) || path.startsWith(`${room}.`);

/** The most exact rule that covers a file. */
const roomOf = (path: string): string | undefined =>
  Object.keys(allowed)
    .filter((room) => isIn(path, room))
    .sort((a, b) => b.length - a.length)[0];

test("every source file stands in a room of the house", () => {
  const homeless = sources.map(inSrc).filter((path) => path !== "errors.ts" && !roomOf(path));
  expect(homeless).toEqual([]);
});

test("nobody imports what the house rules forbid", () => {
  const broken = sources.flatMap((file) => {
    const from = inSrc(file);
    const room = roomOf(from);
    if (!room) return [];
    return importsOf(file)
      .filter((target) => target.startsWith("."))
      .map((target) => join(dirname(file), target))
      .filter((target) => target.startsWith(`src${sep}`)) // models/index.json is data
      .map(inSrc)
      .filter((to) => !isIn(to, "errors") && !isIn(to, room))
      .filter((to) => !(allowed[room] ?? []).some((open) => isIn(to, open)))
      .map((to) => `${from} imports ${to}`);
  });
  expect(broken).toEqual([]);
});

test("backend packages are imported in gpu/ alone, and tfjs never in the page", () => {
  const broken = sources.flatMap((file) => {
    const from = inSrc(file);
    const isPage =
      isIn(from, "ui") || isIn(from, "store") || from === "main.tsx" || from === "engine/client.ts";
    return importsOf(file)
      .filter(
        (target) =>
          (backendPackage.test(target) && !isIn(from, "gpu")) ||
          (isPage && target.startsWith("@tensorflow/")),
      )
      .map((target) => `${from} imports ${target}`);
  });
  expect(broken).toEqual([]);
});

test("the rules see what they judge", () => {
  expect(sources.length).toBeGreaterThan(30);
  expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
});
