/** Videos as a browser draws them: this suite opens one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openBrowserSource } from "../../../scripts/scenes/browserSource";
import type { ShardSource } from "../../../scripts/scenes/shardSource";
import { planVideo } from "./planVideo";
import type { PackedScenes } from "./shards";
import { framesPerVideo, videoKindNames, type Frame } from "./video";

const side = 128;
const area = side * side;

describe.each(videoKindNames)("%s", (kind) => {
  let source: ShardSource;
  let videos: PackedScenes;
  let reported = 0;
  const image = (packed: PackedScenes, frame: number) =>
    packed.images.subarray(frame * area * 3, (frame + 1) * area * 3);
  const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

  beforeAll(async () => {
    source = await openBrowserSource(kind, 11, side);
    videos = await source.render({ start: 0, n: 3 }, (made) => (reported = made));
  });
  afterAll(() => source.close());

  test("a video has the same bytes again, whatever was drawn before", async () => {
    const again = await source.render({ start: 2, n: 1 }, () => undefined);
    expect(reported).toBe(3 * framesPerVideo);
    expect(again.images).toHaveLength(framesPerVideo * area * 3);
    for (let frame = 0; frame < framesPerVideo; frame++)
      expect(isSame(image(videos, 2 * framesPerVideo + frame), image(again, frame))).toBe(true);
  });

  test("ids are the plan's in every frame, and a line says what it shows", () => {
    const lines = new TextDecoder().decode(videos.meta).trimEnd().split("\n");
    expect(lines).toHaveLength(3 * framesPerVideo);
    for (let index = 0; index < 3; index++)
      planVideo(kind, 11, index).frames.forEach(({ ids, objects, frame, motion }) => {
        const at = index * framesPerVideo + frame;
        expect(isSame(videos.masks.subarray(at * area, (at + 1) * area), ids)).toBe(true);
        const line = JSON.parse(lines[at] ?? "") as Omit<Frame, "pixels" | "ids">;
        expect(line).toMatchObject({ index, frame, motion });
        expect(
          line.objects.map(({ id, color, visiblePixels }) => [id, color, visiblePixels]),
        ).toEqual(objects.map(({ id, color, visiblePixels }) => [id, color, visiblePixels]));
      });
  });

  test("pictures move with their ids, a little from frame to frame", () => {
    const difference = (a: Uint8Array, b: Uint8Array) =>
      a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
    for (let index = 0; index < 3; index++) {
      const frames = Array.from({ length: framesPerVideo }, (_, frame) =>
        image(videos, index * framesPerVideo + frame),
      );
      const [first, last] = [frames[0], frames.at(-1)];
      if (!first || !last) throw new Error("expected frames");
      const changes = frames.slice(1).map((after, i) => difference(frames[i] ?? after, after));
      expect(Math.min(...changes)).toBeGreaterThan(0.05);
      expect(difference(first, last)).toBeGreaterThan(1.5 * Math.max(...changes));
    }
  });
});
