/** Turns: jobs of one name never overlap, of different names do. */
import { expect, it } from "vitest";

import { createMemoryStore } from "./fileStore";
import { inTurn } from "./turns";

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

it("lets jobs of one name pass one after another, whether they fail or not", async () => {
  const files = createMemoryStore();
  const said: string[] = [];
  const job = (word: string, fails = false) =>
    inTurn(files, "sets/1", async () => {
      said.push(`${word} begins`);
      await pause();
      said.push(`${word} ends`);
      if (fails) throw new Error(word);
      return word;
    });
  const results = await Promise.allSettled([job("a"), job("b", true), job("c")]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(said).toEqual(["a", "b", "c"].flatMap((word) => [`${word} begins`, `${word} ends`]));
});

it("lets jobs of other names and other stores pass at the same time", async () => {
  const [one, other] = [createMemoryStore(), createMemoryStore()];
  const ended: string[] = [];
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const slow = inTurn(one, "sets/1", async () => {
    await gate;
    ended.push("slow");
  });
  await inTurn(one, "sets/2", async () => Promise.resolve(void ended.push("other name")));
  await inTurn(other, "sets/1", async () => Promise.resolve(void ended.push("other store")));
  open();
  await slow;
  expect(ended).toEqual(["other name", "other store", "slow"]);
});
