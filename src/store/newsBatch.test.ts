import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createNewsBatch, newsPauseMs } from "./newsBatch";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createBatch() {
  const taken: number[][] = [];
  return { taken, batch: createNewsBatch<number>(Date.now, (news) => taken.push(news)) };
}

test("100 a second become at most 9, in order and whole", () => {
  const { taken, batch } = createBatch();
  for (let i = 0; i < 100; i++) {
    batch.add(i);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(newsPauseMs);
  expect(taken.length).toBeLessThanOrEqual(9);
  expect(taken.flat()).toEqual(Array.from({ length: 100 }, (_, i) => i));
});

test("the first comes at once, the last after a pause", () => {
  const { taken, batch } = createBatch();
  batch.add(1);
  batch.add(2);
  expect(taken).toEqual([[1]]);
  vi.advanceTimersByTime(newsPauseMs);
  expect(taken).toEqual([[1], [2]]);
});

test("news is handed over by its own arrival where timers come late, as in a hidden tab", () => {
  const taken: number[][] = [];
  let now = 0;
  const batch = createNewsBatch<number>(
    () => now,
    (news) => taken.push(news),
  );
  for (now = 0; now < 1000; now += 50) batch.add(now); // no fake timer runs
  expect(taken.length).toBeGreaterThan(5);
});

test("a clock that was set back does not hold news up", () => {
  const taken: number[][] = [];
  let now = 1e9;
  const batch = createNewsBatch<number>(
    () => now,
    (news) => taken.push(news),
  );
  batch.add(1);
  now = 0;
  batch.add(2);
  expect(taken).toEqual([[1], [2]]);
});

test("flush hands over what waits, once", () => {
  const { taken, batch } = createBatch();
  batch.add(1);
  batch.add(2);
  batch.flush();
  batch.flush();
  vi.advanceTimersByTime(1000);
  expect(taken).toEqual([[1], [2]]);
});
