import { describe, expect, test } from "vitest";

import { countVisible, minVisiblePixels, planResolution, touchesBorder } from "./scene";
import { motionNames, videoKindNames, type Motion, type VideoPlan } from "./video";
import { videoKinds } from "./videoKinds";

const side = planResolution;
const numVideos = 30;
const indices = Array.from({ length: numVideos }, (_, i) => i);

/** Pixels of an id, their mean place in pixels, and which they are. */
function maskOf(ids: Uint8Array, id: number) {
  const pixels = [...ids.keys()].filter((i) => ids[i] === id);
  const mean = (of: (i: number) => number) =>
    pixels.reduce((sum, i) => sum + of(i), 0) / pixels.length;
  return {
    pixels: new Set(pixels),
    x: mean((i) => i % side),
    y: mean((i) => Math.floor(i / side)),
  };
}

/** Each pair of neighbouring frames. */
const steps = ({ frames }: VideoPlan) =>
  frames.slice(1).map((after, i) => [frames[i] ?? after, after] as const);

describe.each(videoKindNames)("videos of %s", (kind) => {
  const { plan, counts, numFrames } = videoKinds[kind];
  const videos = indices.map((index) => plan(7, index));
  const withMotion = (...motions: Motion[]) =>
    videos.filter(({ motion }) => motions.includes(motion));

  test("are the same for the same seed and index, whatever was made before", () => {
    expect([20, 3, 20].map((index) => plan(7, index))).toEqual([videos[20], videos[3], videos[20]]);
    expect(plan(8, 3).objects).not.toEqual(videos[3]?.objects);
  });

  test("number their frames and keep every object's id, shape and colour", () => {
    for (const { frames, objects } of videos) {
      expect(frames.map(({ frame }) => frame)).toEqual(frames.map((_, i) => i));
      expect(frames).toHaveLength(numFrames);
      const lasting = (from: typeof objects) =>
        from.map(({ id, shape, color, rgb, material, size }) => [
          id,
          shape,
          color,
          rgb,
          material,
          size,
        ]);
      for (const frame of frames) expect(lasting(frame.objects)).toEqual(lasting(objects));
      expect(objects.map(({ id }) => id)).toEqual(objects.map((_, k) => k + 1));
      expect(objects.length).toBeGreaterThanOrEqual(counts[0]);
      expect(objects.length).toBeLessThanOrEqual(counts[1]);
    }
  });

  test("show enough of every object in the first frame, and all of them inside every frame", () => {
    for (const { frames } of videos) {
      for (const { visiblePixels } of frames[0]?.objects ?? [])
        expect(visiblePixels).toBeGreaterThanOrEqual(minVisiblePixels);
      for (const { ids, objects } of frames) {
        expect(touchesBorder(ids, side)).toBe(false);
        expect(countVisible(ids, objects.length)).toEqual(objects.map((o) => o.visiblePixels));
      }
    }
  });

  test("move smoothly: a mask overlaps itself a frame later and goes no further than its steps", () => {
    let compared = 0;
    for (const video of videos)
      for (const [before, after] of steps(video))
        for (const { id } of video.objects) {
          const [a, b] = [maskOf(before.ids, id), maskOf(after.ids, id)];
          // What is nearly hidden is a sliver, whose place says little of the object's.
          if (Math.min(a.pixels.size, b.pixels.size) < minVisiblePixels / 2) continue;
          const shared = [...a.pixels].filter((i) => b.pixels.has(i)).length;
          expect(shared / Math.max(a.pixels.size, b.pixels.size)).toBeGreaterThan(0.4);
          expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeLessThan(8);
          compared++;
        }
    expect(compared).toBeGreaterThan(2000);
  });

  test("keep objects apart while they move", () => {
    for (const { frames } of videos)
      for (const { objects } of frames)
        for (const a of objects)
          for (const b of objects.slice(a.id)) {
            const distance = Math.hypot(
              a.position[0] - b.position[0],
              a.position[2] - b.position[2],
            );
            expect(distance).toBeGreaterThan(a.size + b.size);
          }
  });

  test("move what their motion says and nothing else", () => {
    for (const { frames } of withMotion("camera"))
      for (const { objects } of frames)
        expect(objects.map(({ position, angle }) => [position, angle])).toEqual(
          frames[0]?.objects.map(({ position, angle }) => [position, angle]),
        );
    for (const { frames } of withMotion("objects"))
      for (const { camera } of frames) expect(camera).toEqual(frames[0]?.camera);
    for (const motion of motionNames) expect(withMotion(motion).length).toBeGreaterThan(5);
  });

  test("circle by 25 degrees or more where the camera moves, a little in every frame", () => {
    const azimuth = ({ camera: { position, target } }: VideoPlan["frames"][0]) =>
      Math.atan2(position[0] - target[0], position[2] - target[2]) * (180 / Math.PI);
    for (const video of withMotion("camera", "both")) {
      const turns = steps(video).map(([a, b]) => Math.abs(azimuth(b) - azimuth(a)));
      const total = turns.reduce((a, b) => a + b);
      expect(total).toBeGreaterThan(24.9);
      for (const turn of turns) expect(turn).toBeCloseTo(total / turns.length, 6);
    }
  });

  test("move most objects where objects move, by a step of constant length", () => {
    let moving = 0;
    let all = 0;
    for (const video of withMotion("objects", "both")) {
      const lengths = video.objects.map(({ id }) =>
        steps(video).map(([before, after]) => {
          const [a, b] = [before.objects[id - 1], after.objects[id - 1]];
          if (!a || !b) throw new Error(`expected object ${id} in every frame`);
          return Math.hypot(a.position[0] - b.position[0], a.position[2] - b.position[2]);
        }),
      );
      const movers = lengths.filter(([first = 0]) => first > 0);
      expect(movers.length).toBeGreaterThan(0);
      for (const mover of movers) {
        expect(Math.max(...mover) - Math.min(...mover)).toBeLessThan(1e-9);
        expect(Math.min(...mover)).toBeGreaterThan(0.03);
        expect(Math.max(...mover)).toBeLessThan(0.14);
      }
      moving += movers.length;
      all += lengths.length;
    }
    expect(moving / all).toBeGreaterThan(0.6);
  });

  test("end with another picture than they began with", () => {
    for (const { frames } of videos) {
      const [first, last] = [frames[0]?.ids, frames.at(-1)?.ids];
      const covered = first?.filter((id) => id > 0).length ?? 0;
      const changed = first?.filter((id, i) => id !== last?.[i]).length ?? 0;
      expect(changed / covered).toBeGreaterThan(0.1);
    }
  });
});
