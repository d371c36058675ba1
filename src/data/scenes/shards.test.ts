import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { openShardFolder } from "../../../scripts/scenes/shardFolder";
import { openSpriteSource } from "../../../scripts/scenes/shardSource";
import { countVisible } from "./scene";
import { joinPacked, packScenes, planShards, shardFile, shardIndexSchema } from "./shards";
import { planSprites, renderSprites } from "./sprites";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "shards-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const request = { kind: "sprites", seed: 3, n: 12, frames: 1, resolution: 32 } as const;
const ranges = [
  { start: 0, n: 8 },
  { start: 1000, n: 4 },
];
const [first, second] = ranges as [(typeof ranges)[0], (typeof ranges)[0]]; // two entries above
const source = openSpriteSource(request.seed, request.resolution);
const render = (range: typeof first) => source.render(range, () => undefined);
const readIndex = () =>
  shardIndexSchema.parse(JSON.parse(readFileSync(join(folder, "index.json"), "utf8")));

test("shards of 1,000 cover n scenes, the last one short", () => {
  expect(planShards(2500)).toEqual([
    { start: 0, n: 1000 },
    { start: 1000, n: 1000 },
    { start: 2000, n: 500 },
  ]);
});

test("shards of videos hold whole videos, 41 of 24 frames", () => {
  expect(planShards(50, 24)).toEqual([
    { start: 0, n: 41 },
    { start: 41, n: 9 },
  ]);
  expect(planShards(50, 24).map((range) => shardFile("masks", range, 24))).toEqual([
    "masks.000.u8",
    "masks.001.u8",
  ]);
});

test("an index from before there were videos has one frame a scene", () => {
  const { frames, ...rest } = request;
  expect(shardIndexSchema.parse({ ...rest, shards: [] }).frames).toBe(frames);
});

test("a shard of videos must hold every frame", () => {
  const video = { ...request, kind: "clevr-video", n: 1, frames: 24, resolution: 8 } as const;
  const open = openShardFolder(folder, video);
  const packed = {
    ...packScenes([]),
    images: new Uint8Array(24 * 192),
    masks: new Uint8Array(24 * 64),
  };
  const [range] = planShards(1, 24) as [typeof first]; // one video, one shard
  expect(() => open.write(range, { ...packed, masks: new Uint8Array(64) })).toThrow(
    "expected 4608",
  );
  open.write(range, packed);
  expect(openShardFolder(folder, video).has(range)).toBe(true);
  expect(readIndex()).toMatchObject({ kind: "clevr-video", n: 1, frames: 24 });
});

test("packed scenes hold RGB, ids and one line of objects a scene", () => {
  const scenes = [0, 1, 2].map((index) => renderSprites(planSprites(1, index), 32));
  const { images, masks, meta } = packScenes(scenes);
  expect([images.length, masks.length]).toEqual([3 * 32 * 32 * 3, 3 * 32 * 32]);
  expect(images.subarray(32 * 32 * 3, 32 * 32 * 3 + 3)).toEqual(
    new Uint8Array(scenes[1]?.pixels.data.subarray(0, 3) ?? []),
  );
  const lines = new TextDecoder().decode(meta).trimEnd().split("\n");
  lines.forEach((line, i) => {
    const { index, objects } = JSON.parse(line) as (typeof scenes)[0];
    const ids = masks.subarray(i * 32 * 32, (i + 1) * 32 * 32);
    expect(index).toBe(i);
    expect(countVisible(ids, objects.length)).toEqual(objects.map((o) => o.visiblePixels));
  });
  expect(joinPacked(scenes.map((scene) => packScenes([scene])))).toEqual({ images, masks, meta });
});

test("finished shards are kept and only they", async () => {
  openShardFolder(folder, request).write(first, await render(first));
  // A process killed while writing the second shard leaves files that no index lists.
  writeFileSync(join(folder, "images.001.u8"), new Uint8Array(10));
  writeFileSync(join(folder, "masks.001.u8.tmp"), new Uint8Array(10));

  const reopened = openShardFolder(folder, request);
  expect(ranges.map((range) => reopened.has(range))).toEqual([true, false]);
  reopened.write(second, await render(second));
  const { shards, ...rest } = readIndex();
  expect(rest).toEqual(request);
  expect(shards.map(({ start, n }) => ({ start, n }))).toEqual(ranges);
  expect(readdirSync(folder)).toContain("meta.001.jsonl");
  expect(readFileSync(join(folder, "images.001.u8"))).toHaveLength(4 * 32 * 32 * 3);
});

test("a damaged shard counts as missing", async () => {
  openShardFolder(folder, request).write(first, await render(first));
  const path = join(folder, "masks.000.u8");
  const bytes = readFileSync(path);
  writeFileSync(
    path,
    bytes.map((byte, i) => (i === 500 ? byte ^ 1 : byte)),
  );
  expect(openShardFolder(folder, request).has(first)).toBe(false);
  writeFileSync(path, bytes);
  expect(openShardFolder(folder, request).has(first)).toBe(true);
});

test("a folder of another request is left alone", async () => {
  openShardFolder(folder, request).write(first, await render(first));
  expect(() => openShardFolder(folder, { ...request, seed: 4 })).toThrow("expected seed 4, got 3");
  expect(() => openShardFolder(folder, { ...request, n: 5 })).toThrow("at most 5 scenes, got 12");
  expect(() =>
    openShardFolder(folder, request).write(second, {
      ...packScenes([]),
      images: new Uint8Array(9),
    }),
  ).toThrow("shard at 1000");
});
