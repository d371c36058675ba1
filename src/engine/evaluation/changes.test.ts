/** Evaluations of a changed model, of each picture, and of composed pictures. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { useBackend } from "../../../tests/backends";
import type { Runner, UseModel } from "../../evaluation/runner";
import { testConfig } from "../../train/testRun";
import { makeModel, makeSet, meanOf, openBench, ref, scenes } from "./testBench";
import { createStopwatch, timeRunner } from "./timedRunner";

beforeAll(() => useBackend("wasm"));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});

describe("a changed model", () => {
  test("has the slots and iterations that were asked for", async () => {
    const { evaluate } = openBench(null);
    const slotsIn = async (change: Parameters<typeof evaluate>[0]["change"]) => {
      const table = await evaluate({ data: scenes(4), ...(change && { change }) });
      const masks = table.models[0]?.pictures.flatMap(({ segmentation }) => [
        ...(segmentation ?? []),
      ]);
      return { table, masks, most: Math.max(...(masks ?? [])) };
    };
    const own = await slotsIn(undefined);
    expect(own.most).toBeLessThan(testConfig.slot_dict.num_slots);
    const many = await slotsIn({ numSlots: 9 });
    expect(many.table.models[0]?.numSlots).toBe(9);
    expect(many.most).toBeGreaterThanOrEqual(testConfig.slot_dict.num_slots);
    expect(many.table.protocol).toContain("changed for this evaluation: 9 slots");
    const same = await slotsIn({ iterations: testConfig.slot_dict.num_iterations });
    expect(same.masks).toEqual(own.masks);
    const longer = await slotsIn({ iterations: 6 });
    expect(longer.masks).not.toEqual(own.masks);
    expect(own.table.protocol).not.toContain("changed");
    expect(tf.memory().numTensors).toBe(before);
  });

  test("draws with the sampler and the steps that were asked for", async () => {
    const { evaluate } = openBench(null);
    const draw = async (change?: Parameters<typeof evaluate>[0]["change"]) =>
      evaluate({ data: scenes(2), reconstruct: true, ...(change && { change }) });
    const [own, same, ddpm] = [
      await draw(),
      await draw({ sampler: "dpm-solver++", steps: 20 }),
      await draw({ sampler: "ddpm", steps: 3 }),
    ];
    expect(same).toEqual(own);
    expect(ddpm.models[0]?.metrics["fgAri"]).toEqual(own.models[0]?.metrics["fgAri"]);
    expect(ddpm.models[0]?.metrics["psnr"]).not.toEqual(own.models[0]?.metrics["psnr"]);
    expect(ddpm.protocol).toContain("3 evaluations of DDPM");
    expect((await draw({ sampler: "ddpm", steps: 3 })).models).toEqual(ddpm.models);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("is refused where the model cannot be changed so", async () => {
    const { evaluate, state } = openBench(null);
    await expect(evaluate({ models: [ref("tiny")], change: { numSlots: 9 } })).rejects.toThrow(
      "Choose a model that draws its slots",
    );
    await expect(evaluate({ change: { iterations: 0 } })).rejects.toThrow(
      "expected 1 to 50 Slot Attention iterations, got 0",
    );
    await expect(evaluate({ change: { steps: 1001 } })).rejects.toThrow("expected 1 to 1000 steps");
    expect(state.turns).toBe(0);
  });
});

test("every picture has its row, whose mean is the table's", async () => {
  const { evaluate } = openBench(makeModel("a"));
  const { models } = await evaluate({ data: scenes(10), seeds: 2, hasRows: true });
  const [model] = models;
  expect(model?.rows?.map(({ name }) => name)).toEqual(model?.pictures.map(({ name }) => name));
  expect(model?.rows).toHaveLength(10);
  const values = model?.rows?.map(({ metrics }) => metrics["fgAri"] ?? NaN) ?? [];
  expect(meanOf(values)).toBeCloseTo(model?.metrics["fgAri"]?.mean ?? NaN, 6);
  const few = await evaluate({ data: scenes(10) });
  expect([few.models[0]?.rows, few.models[0]?.pictures.length]).toEqual([undefined, 8]);
});

test("of a set, the first so many", async () => {
  const { evaluate } = openBench(null, makeSet(6, 0, true));
  const table = await evaluate({
    data: { kind: "set", setId: "s", part: "heldOut", count: 4 },
  });
  expect(table.numPictures).toBe(4);
  expect(table.protocol).toContain('the first 4 of held-out pictures of "mine"');
});

test("what a swapped slot changes is measured where it is asked for", async () => {
  const { evaluate } = openBench(null);
  const args = { data: scenes(8), change: { steps: 2 } };
  const table = await evaluate({ ...args, compose: true });
  const { metrics = {} } = table.models[0] ?? {};
  // A U-Net that has learned nothing ignores its slots: swaps were drawn, and changed no pixel.
  expect([metrics["composeInside"]?.mean, metrics["composeOutside"]?.mean]).toEqual([0, 0]);
  expect(table.protocol).toContain("compose: in each picture one slot");
  expect((await evaluate(args)).models[0]?.metrics["composeInside"]).toBeUndefined();
  expect(tf.memory().numTensors).toBe(before);
});

test("times are the medians a picture, without the waiting for a turn", async () => {
  let clock = 0;
  const work = [10, 90, 20]; // milliseconds of each call
  const use: UseModel = (job) => {
    clock += 1000; // others have the device
    return job(makeModel("a"));
  };
  const { elapsed, time } = createStopwatch(() => clock);
  const timed = time(use);
  const call = () => timed(() => Promise.resolve(void (clock += work.shift() ?? 0)));
  const plain: Runner = {
    segment: async () => (await call(), []),
    draw: async () => (await call(), new Float32Array(0)),
    reconstruct: () => Promise.resolve(new Float32Array(0)),
    close: () => Promise.resolve(),
  };
  const { runner, times } = timeRunner(plain, elapsed);
  for (let i = 0; i < 3; i++) await runner.segment(new Uint8Array(0), [[1, 2]]);
  expect(times()).toEqual({ segmentMs: 10, drawMs: null });
  work.push(8);
  await runner.draw(new Float32Array(0), [1, 2, 3, 4]);
  expect(times()).toEqual({ segmentMs: 10, drawMs: 2 });
});
