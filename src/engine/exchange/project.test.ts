/** Projects: there and back, and zips that are not whole or not ours. */
import { BlobReader, BlobWriter, ZipWriter } from "@zip.js/zip.js";
import { beforeEach, describe, expect, it } from "vitest";

import { writeSafetensors } from "../../checkpoint/safetensors";
import { addAll, newSet, sprites } from "../../data/pictureSets/testSets";
import { listSets } from "../../data/pictureSets/setFiles";
import { InputError } from "../../errors";
import { specEntries } from "../../nn/params";
import { modelSpec } from "../../slotdiffusion/model";
import { createMemoryStore, type FileStore } from "../../storage/fileStore";
import { testConfig } from "../../train/testRun";
import type { RunPlan } from "../protocol/training";
import { runFile } from "../training/runFiles";
import { createRun, readPictures, readRun } from "../training/runStore";
import { exportProject, importProject } from "./project";

const now = Date.UTC(2026, 10, 22);
const { signal } = new AbortController();
let home: FileStore;
let setId: string;

const weightsOf = (config: typeof testConfig): Uint8Array<ArrayBuffer> =>
  writeSafetensors(
    specEntries(modelSpec(config)).map(([key, leaf]) => ({
      key,
      shape: leaf.officialShape,
      values: new Float32Array(leaf.size).fill(0.5),
      dtype: "F16" as const,
    })),
    { config: JSON.stringify(config) },
  );

const planOn = (id: string): RunPlan => ({
  ...{ name: "My run", parent: { kind: "bundled", id: "sprites" }, isFromScratch: false },
  ...{ data: { kind: "set", setId: id }, learn: "all", numSlots: null },
  ...{ steps: { vqvae: 0, binding: 0, slots: 30 }, lr: 1e-4, unetFactor: 2, batch: 4 },
  ...{ seed: 1, lookEvery: 10 },
});

beforeEach(async () => {
  home = createMemoryStore();
  setId = await newSet(home);
  await addAll(home, setId, sprites(4));
  const [set] = await listSets(home);
  const pictures = (set?.pictures ?? []).map(({ id, name }) => ({ id, name }));
  await createRun(home, "run1", {
    run: {
      ...{ plan: planOn(setId), status: "new", message: "", name: "My run", parentName: "Sprites" },
      ...{ createdAt: now, seconds: 0, stage: "slots", step: 0, hash: null, weightBytes: 0 },
    },
    config: testConfig,
    pictures: {
      version: 1,
      data: { kind: "set", setId },
      setName: "Test",
      training: pictures.slice(1),
      heldOut: pictures.slice(0, 1),
    },
  });
});

const withWeights = (): Promise<void> =>
  home.write(runFile("run1", "weights.safetensors"), [weightsOf(testConfig)]);

async function zipOf(): Promise<Blob> {
  const [zip] = await exportProject("run1", home, now);
  return zip?.file ?? new Blob();
}

/** Every file of a store, by its bytes. */
async function contents(files: FileStore, folder = ""): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const name of await files.list(folder)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    const blob = await files.read(path);
    if (blob) all[path] = Buffer.from(await blob.arrayBuffer()).toString("base64");
    else Object.assign(all, await contents(files, path));
  }
  return all;
}

/** A zip with the same files but for those given; null leaves one out. */
async function repack(zip: Blob, changes: Record<string, Blob | null>): Promise<Blob> {
  const { ZipReader } = await import("@zip.js/zip.js");
  const writer = new ZipWriter(new BlobWriter(), { level: 0, useWebWorkers: false });
  const all = new Map<string, Blob>();
  for (const entry of await new ZipReader(new BlobReader(zip)).getEntries())
    if (!entry.directory) all.set(entry.filename, await entry.getData(new BlobWriter()));
  for (const [name, blob] of Object.entries(changes)) {
    all.delete(name);
    if (blob) all.set(name, blob);
  }
  for (const [name, blob] of all) await writer.add(name, new BlobReader(blob));
  return writer.close();
}

describe("a project", () => {
  it("comes back as another run, with the same weights and its pictures", async () => {
    await withWeights();
    const [file] = await exportProject("run1", home, now);
    expect(file?.name).toBe("my-run.project.zip");
    const run = await importProject(file?.file ?? new Blob(), home, now, signal);
    expect(run.id).not.toBe("run1");
    const { id: _, ...rest } = run;
    const { id: __, ...original } = await readRun(home, "run1");
    expect(rest).toEqual(original);
    const stored = await contents(home, "runs");
    expect(stored[`runs/${run.id}/weights.safetensors`]).toBe(
      stored["runs/run1/weights.safetensors"],
    );
    expect(await exportProject(run.id, home, now)).toHaveLength(1);
  });

  it("is the same zip each time", async () => {
    const [once, again] = [
      await (await zipOf()).arrayBuffer(),
      await (await zipOf()).arrayBuffer(),
    ];
    expect(Buffer.from(once).equals(Buffer.from(again))).toBe(true);
  });

  it("finds its pictures in another browser by their content", async () => {
    const away = createMemoryStore();
    await addAll(away, await newSet(away, "Others"), sprites(3, 90));
    const there = await newSet(away, "Mine, and more");
    await addAll(away, there, sprites(6));
    const run = await importProject(await zipOf(), away, now, signal);
    expect(run.plan.data).toEqual({ kind: "set", setId: there });
    expect((await readPictures(away, run.id)).data).toEqual({ kind: "set", setId: there });
  });

  it("keeps the set's name where its pictures are not there", async () => {
    const run = await importProject(await zipOf(), createMemoryStore(), now, signal);
    expect(run.plan.data).toEqual({ kind: "set", setId });
  });
});

describe("a zip that is no whole project", () => {
  const text = (content: string): Blob => new Blob([content]);
  const cases: [string, (zip: Blob) => Promise<Blob> | Blob, RegExp][] = [
    ["is cut short", (zip) => zip.slice(0, zip.size - 200), /expected a whole zip/],
    ["is no zip", () => text("hello"), /expected a whole zip/],
    ["is another zip", (zip) => repack(zip, { "project.json": null }), /got another zip/],
    ["has no JSON", (zip) => repack(zip, { "project.json": text("{") }), /JSON in project\.json/],
    [
      "is of another version",
      (zip) =>
        repack(zip, { "project.json": text('{"format":"slotdiffusion-project","version":2}') }),
      /expected slotdiffusion-project 1 in project\.json, got version/,
    ],
    [
      "names a file outside",
      (zip) =>
        repack(zip, {
          "project.json": text(
            JSON.stringify({
              ...{ format: "slotdiffusion-project", version: 1, name: "" },
              files: [{ name: "../run.json", bytes: 1, sha256: "0".repeat(64) }],
            }),
          ),
        }),
      /no file of a run/,
    ],
    ["has a stranger", (zip) => repack(zip, { "evil.js": text("x") }), /got evil\.js/],
    ["lacks a file", (zip) => repack(zip, { "data.json": null }), /got data\.json/],
    [
      "has a changed file",
      async (zip) => {
        const bytes = new Uint8Array(await zip.arrayBuffer());
        const at = Buffer.from(bytes).indexOf("My run", Buffer.from(bytes).indexOf('"plan"'));
        bytes[at] = 0x4e;
        return new Blob([bytes]);
      },
      /checksum/,
    ],
    [
      "has a file of another size",
      (zip) => repack(zip, { "config.json": text("{}") }),
      /bytes in config\.json, got 2/,
    ],
  ];

  it.each(cases)("%s: says so and changes nothing", async (_, edit, message) => {
    await withWeights();
    const zip = await edit(await zipOf());
    const before = await contents(home);
    const error: unknown = await importProject(zip, home, now, signal).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toMatch(message);
    expect(await contents(home)).toEqual(before);
  });

  it("has weights of another config", async () => {
    const other = { ...testConfig, slot_dict: { ...testConfig.slot_dict, slot_mlp_size: 8 } };
    await home.write(runFile("run1", "weights.safetensors"), [weightsOf(other)]);
    const zip = await zipOf();
    const before = await contents(home);
    const imported = importProject(zip, home, now, signal);
    await expect(imported).rejects.toThrow(/weights of its config.*Of another shape/s);
    expect(await contents(home)).toEqual(before);
  });

  it("ends in a full disk: what was there stays", async () => {
    await withWeights();
    const zip = await zipOf();
    const before = await contents(home);
    let writes = 0;
    const full: FileStore = {
      ...home,
      write: (path, content) =>
        ++writes > 2 ? Promise.reject(new InputError("full")) : home.write(path, content),
    };
    await expect(importProject(zip, full, now, signal)).rejects.toThrow("full");
    expect(await contents(home)).toEqual(before);
  });

  it("is cancelled before anything is kept", async () => {
    const controller = new AbortController();
    controller.abort();
    const before = await contents(home);
    await expect(importProject(await zipOf(), home, now, controller.signal)).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(await contents(home)).toEqual(before);
  });
});
