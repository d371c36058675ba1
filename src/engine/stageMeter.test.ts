/** What stages took is kept, of those that finished. */
import { expect, test } from "vitest";

import { countPiece } from "../gpu/workCount";
import { createStageMeter } from "./stageMeter";

test("each stage keeps its last finished run, in the order of a picture", async () => {
  let time = 0;
  const meter = createStageMeter(() => time);
  const take = (ms: number, pieces: number) => (): Promise<number> => {
    time += ms;
    for (let piece = 0; piece < pieces; piece++) countPiece();
    return Promise.resolve(pieces);
  };
  expect(await meter.time("decode", 1, take(7, 30))).toBe(30);
  await meter.time("encode", 1, take(5, 40));
  await meter.time("encode", 1, take(6, 41));
  const taken = meter.stages().map(({ peakTensorBytes: _, ...stage }) => stage);
  expect(taken).toEqual([
    { stage: "encode", runs: 2, parts: 1, elapsedMs: 6, count: 41 },
    { stage: "decode", runs: 1, parts: 1, elapsedMs: 7, count: 30 },
  ]);
});

test("a stage that fails leaves what was there", async () => {
  const meter = createStageMeter(() => 0);
  await meter.time("denoise", 2, () => Promise.resolve());
  const failing = meter.time("denoise", 5, () => Promise.reject(new Error("cancelled")));
  await expect(failing).rejects.toThrow("cancelled");
  expect(meter.stages()).toMatchObject([{ stage: "denoise", runs: 1, parts: 2 }]);
});
