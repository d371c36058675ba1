/** Comparisons of small models: same pictures, same seeds, numbers that hold, nothing left behind. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { useBackend } from "../../../tests/backends";
import { tinyConfig } from "../../../tests/tinyConfig";
import { exportParams } from "../../checkpoint/load";
import { writeSafetensors } from "../../checkpoint/safetensors";
import { addAll, newSet, sprites } from "../../data/pictureSets/testSets";
import { adjustedRandIndex } from "../../metrics/ari";
import { psnr } from "../../metrics/imageQuality";
import { disposeParams } from "../../nn/params";
import { modelSpec } from "../../slotdiffusion/model";
import { testConfig } from "../../train/testRun";
import { encodePicture } from "../inference";
import type { Progress } from "../protocol";
import type { EvaluationTable, ModelRef } from "../protocol/training";
import { createSceneStudio } from "../sceneStudio";
import { createEvaluationHandlers } from "./handlers";
import {
  errorOf,
  makeModel,
  makeSet,
  meanOf,
  openBench,
  ref,
  scenes,
  side,
  toPicture,
} from "./testBench";

beforeAll(() => useBackend("wasm"));

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});

describe("evaluate", () => {
  test("gives models of the same weights the same numbers, and renders each scene once", async () => {
    const loaded = makeModel("a");
    const { evaluate, load, render } = openBench(loaded);
    const reports: Progress<"evaluate">[] = [];
    const table = await evaluate(
      { models: [ref("a"), ref("b")], data: scenes(10), seeds: 2 },
      (progress) => reports.push(progress),
    );
    const [a, b] = table.models;
    expect(a?.metrics).toEqual(b?.metrics);
    expect(a?.pictures).toEqual(b?.pictures);
    expect(table.models.map(({ title }) => title)).toEqual(["test", "test"]);
    expect([table.numPictures, table.numWithTruth, a?.pictures.length]).toEqual([10, 10, 8]);
    expect(render).toHaveBeenCalledTimes(10);
    expect(load.mock.calls.map(([source]) => source)).toEqual([ref("b")]); // "a" is in use already
    const steps = [0, 8, 10].map((done) => ({ done, total: 10 }));
    expect(reports).toEqual([0, 1].flatMap((model) => steps.map((step) => ({ model, ...step }))));
    disposeParams(loaded.params); // still there
    expect(tf.memory().numTensors).toBe(before);
  });

  test("does not take a run in use for its weights, when it has been trained further", async () => {
    const inUse = makeModel("r1", testConfig, 2);
    const { evaluate, load } = openBench(inUse);
    const run: ModelRef = { kind: "run", id: "r1" };
    await evaluate({ models: [run] });
    expect(load).toHaveBeenCalledTimes(1);
    load.mockImplementation(() => Promise.resolve(makeModel("r1", testConfig, 3)));
    await expect(evaluate({ models: [run] })).rejects.toThrow("it was trained further");
    disposeParams(inUse.params);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("measures what the page shows of each picture, with its standard error", async () => {
    const loaded = makeModel("a");
    const { evaluate } = openBench(loaded);
    const byPicture = async (seed: number): Promise<number[]> => {
      const found: number[] = [];
      for (let index = 0; index < 5; index++) {
        const ref = { kind: "sprites", seed: 4, index } as const;
        const scene = await createSceneStudio().render(ref, () => [side, side]);
        const args = { input: scene.pixels, seed, groundTruth: null };
        const { segmentation } = await encodePicture(loaded, args);
        found.push(adjustedRandIndex(scene.ids, segmentation, { ignoreBackground: true }));
      }
      return found;
    };
    const [first, second] = [await byPicture(0), await byPicture(1)];
    const one = (await evaluate({ seeds: 1 })).models[0]?.metrics["fgAri"];
    expect(one?.mean).toBeCloseTo(meanOf(first), 6);
    expect(one?.standardError).toBeCloseTo(errorOf(first), 6);
    expect(errorOf(first)).toBeGreaterThan(0);
    const two = await evaluate({ seeds: 2 });
    const means = [meanOf(first), meanOf(second)];
    expect(two.models[0]?.metrics["fgAri"]?.mean).toBeCloseTo(meanOf(means), 6);
    expect(two.models[0]?.metrics["fgAri"]?.standardError).toBeCloseTo(errorOf(means), 6);
    disposeParams(loaded.params);
  });

  test("draws pictures from slots when asked, and measures them", async () => {
    const { evaluate } = openBench(null);
    const table = await evaluate({ data: scenes(5), reconstruct: true });
    const { metrics = {}, pictures = [] } = table.models[0] ?? {};
    const shown = pictures.map(({ input, drawn }) =>
      psnr(toPicture(input), toPicture(drawn ?? input)),
    );
    expect(metrics["psnr"]?.mean).toBeCloseTo(meanOf(shown), 1); // what is shown is rounded to bytes
    expect(metrics["psnr"]?.standardError).toBeCloseTo(errorOf(shown), 1);
    for (const name of ["mse", "ssim", "vqvaePsnr", "vqvaeSsim", "vqvaeMse"])
      expect(metrics[name]?.mean, name).toBeTypeOf("number");
    for (const name of Object.keys(metrics)) expect(table.protocol).toContain(`\n${name}: `);
    expect(table.protocol).toContain("generated sprites scenes 0 to 4 of seed 4");
    expect(tf.memory().numTensors).toBe(before);
  });

  test("runs the architecture of the fixtures: another encoder, another size", async () => {
    const { evaluate } = openBench(null);
    const { models, protocol } = await evaluate({ models: [ref("tiny")], data: scenes(3) });
    const [H, W] = tinyConfig.resolution;
    expect(models[0]?.pictures[0]?.segmentation).toHaveLength(H * W);
    expect(models[0]?.pictures[0]?.drawn).toBeNull();
    expect(protocol).toContain(`${tinyConfig.slot_dict.num_slots} slots`);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("of a set: the held-out pictures, or all of them with these first", async () => {
    const { evaluate } = openBench(null);
    const namesOf = ({ models }: EvaluationTable) => models[0]?.pictures.map(({ name }) => name);
    const heldOut = await evaluate({ data: { kind: "set", setId: "s", part: "heldOut" } });
    expect(namesOf(heldOut)).toEqual(["0.png", "1.png", "2.png"]);
    expect([heldOut.numPictures, heldOut.numWithTruth]).toEqual([3, 3]);
    expect(heldOut.models[0]?.metrics["mIoU"]?.mean).toBeGreaterThan(0);
    const all = await evaluate({ data: { kind: "set", setId: "s", part: "all" } });
    expect(namesOf(all)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `${i}.png`));
  });

  test("reads sets and runs from this browser's files", async () => {
    const { context } = openBench(null);
    const files = await context.files();
    const setId = await newSet(files, "kept", side);
    const { set } = await addAll(files, setId, sprites(20));
    const run = makeModel("r1");
    const weights = writeSafetensors(await exportParams(modelSpec(testConfig), run.params));
    disposeParams(run.params);
    await files.write("runs/r1/weights.safetensors", [weights]);
    await files.write("runs/r1/config.json", [JSON.stringify(testConfig)]);
    const table = await createEvaluationHandlers(context).evaluate(
      {
        models: [{ kind: "run", id: "r1" }],
        data: { kind: "set", setId, part: "heldOut" },
        ...{ seeds: 1, reconstruct: false },
      },
      { signal: new AbortController().signal, report: () => undefined },
    );
    const heldOut = set.pictures.filter(({ isHeldOut }) => isHeldOut);
    expect(heldOut.length).toBeGreaterThan(0);
    expect([table.numPictures, table.numWithTruth]).toEqual([heldOut.length, heldOut.length]);
    const names = table.models[0]?.pictures.map(({ name }) => name);
    expect(names).toEqual(heldOut.slice(0, 8).map(({ name }) => name));
    expect(table.protocol).toContain('held-out pictures of "kept"');
    expect(tf.memory().numTensors).toBe(before);
  });

  test("has no scores against a truth that nobody knows", async () => {
    const { evaluate } = openBench(null, makeSet(2, 0, false));
    const table = await evaluate({ data: { kind: "set", setId: "s", part: "heldOut" } });
    expect(table.numWithTruth).toBe(0);
    expect(Object.keys(table.models[0]?.metrics ?? {})).toEqual(["deadSlots"]);
  });

  test("goes on with the same weights when the page loads another model meanwhile", async () => {
    const expected = await openBench(null).evaluate({ data: scenes(10), seeds: 2 });
    const [loaded, other] = [makeModel("a"), makeModel("other", testConfig, 2)];
    const { state, evaluate, load } = openBench(loaded);
    const table = await evaluate({ data: scenes(10), seeds: 2 }, ({ done }) => {
      if (done !== 8) return;
      disposeParams(loaded.params);
      state.loaded = other;
    });
    expect(table.models[0]?.metrics).toEqual(expected.models[0]?.metrics);
    expect(load).toHaveBeenCalledTimes(1);
    disposeParams(other.params);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("lets others have their turns in between", async () => {
    const { turn, evaluate } = openBench(null);
    const order: string[] = [];
    const { signal } = new AbortController();
    const other = () => Promise.resolve(void order.push("other"));
    await evaluate({ data: scenes(40) }, ({ done }) => {
      order.push(`${done}`);
      if (done === 8) setTimeout(() => void turn(other, signal)); // arrives as a message does
    });
    expect(order.indexOf("other")).toBeGreaterThan(order.indexOf("8"));
    expect(order.indexOf("other")).toBeLessThan(order.indexOf("40"));
  });

  test("stops between two turns when cancelled", async () => {
    const controller = new AbortController();
    const { evaluate, state } = openBench(null);
    let turnsAtAbort = 0;
    const running = evaluate(
      { models: [ref("a"), ref("b")], data: scenes(40) },
      ({ done }) => {
        if (done !== 8) return;
        turnsAtAbort = state.turns;
        setTimeout(() => controller.abort()); // as a message does, it arrives between two tasks
      },
      controller.signal,
    );
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect(turnsAtAbort).toBeGreaterThan(0);
    expect(state.turns - turnsAtAbort).toBeLessThanOrEqual(2);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("says what cannot be measured", async () => {
    const { evaluate } = openBench(null, makeSet(0, 3, true));
    const heldOut = { kind: "set", setId: "s", part: "heldOut" } as const;
    await expect(evaluate({ data: heldOut })).rejects.toThrow("hold a share of them out");
    await expect(evaluate({ models: [] })).rejects.toThrow("expected a model or more, got none");
    await expect(evaluate({ seeds: 0 })).rejects.toThrow("expected 1 to 100 evaluation seeds");
    await expect(evaluate({ data: scenes(0) })).rejects.toThrow("expected 1 to 1000 scenes, got 0");
    await expect(evaluate({ data: scenes(1001) })).rejects.toMatchObject({ name: "InputError" });

    const bench = openBench(null);
    const models = [ref("a"), ref("tiny")];
    await expect(bench.evaluate({ models, data: heldOut })).rejects.toThrow(
      `expected a model of 16×16, the size of the pictures of "mine", got tiny of 64×64`,
    );
    expect(bench.state.turns).toBe(0); // said before the first model's work
    expect(tf.memory().numTensors).toBe(before);
  });
});
