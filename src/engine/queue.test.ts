import { expect, test } from "vitest";

import { createQueue } from "./queue";

const never = new AbortController().signal;

test("jobs run one at a time, in order of arrival, also after one that failed", async () => {
  const queue = createQueue();
  const events: string[] = [];
  const job =
    (name: string, isBad = false) =>
    async () => {
      events.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve));
      events.push(`${name} ends`);
      if (isBad) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([
    queue.run(job("a"), never),
    queue.run(job("b", true), never),
    queue.run(job("c"), never),
  ]);
  expect(events).toEqual(["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a job cancelled while it waits never starts", async () => {
  const queue = createQueue();
  const controller = new AbortController();
  let isStarted = false;
  const first = queue.run(() => Promise.resolve(1), never);
  const second = queue.run(() => Promise.resolve((isStarted = true)), controller.signal);
  controller.abort();
  await first;
  await expect(second).rejects.toMatchObject({ name: "AbortError" });
  expect(isStarted).toBe(false);
});
