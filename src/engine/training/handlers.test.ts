/** Runs from creation to their end, over files in memory. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { beforeAll, describe, expect, it } from "vitest";

import { removePictures } from "../../data/pictureSets/changeSet";
import { openSet } from "../../data/pictureSets/openSet";
import { describeStored } from "../../data/pictureSets/setFiles";
import { addAll, sprites } from "../../data/pictureSets/testSets";
import { registerWasmKernels } from "../../gpu/wasmKernels";
import { mulberry32 } from "../../math/random";
import { disposeParams } from "../../nn/params";
import type { FileStore } from "../../storage/fileStore";
import { loadModel } from "../modelLoading";
import type { Look, Run, RunPlan, TrainProgress } from "../protocol/training";

import { runFile } from "./runFiles";
import { openBench, openFilledBench, testPlan } from "./testBench";

beforeAll(async () => {
  await import("@tensorflow/tfjs-backend-wasm");
  registerWasmKernels();
  expect(await tf.setBackend("wasm")).toBe(true);
});

/** Every stage from random weights, on sprites that are drawn as they are needed. */
const scratchPlan: RunPlan = testPlan("", {
  isFromScratch: true,
  learn: "vqvae",
  data: { kind: "scenes", scenes: "sprites", seed: 1, count: 24, heldOut: 6 },
  steps: { vqvae: 5, binding: 4, slots: 5 },
  lr: 2e-4,
});

/** All that must not depend on pauses. */
const outcome = ({ curve, looks, status, stage, step, hash }: Run) => ({
  ...{ curve, looks, status, stage, step, hash },
});

async function bytesOf(files: FileStore, id: string): Promise<Uint8Array<ArrayBuffer>> {
  const blob = await files.read(runFile(id, "checkpoint.safetensors"));
  return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
}

describe("a run", () => {
  it("that is paused and resumed after a reload has the curve of one that never paused", async () => {
    const before = tf.memory().numTensors;
    const whole = await openFilledBench();
    const run = await whole.create(scratchPlan);
    expect([run.status, run.stage, run.step]).toEqual(["new", "vqvae", 0]);
    const expected = await whole.train(run.id);
    expect([expected.status, expected.stage, expected.step]).toEqual(["finished", "slots", 5]);
    expect(expected.curve.map(({ stage, step }) => `${stage} ${step}`)).toHaveLength(14);
    expect(expected.looks.map(({ stage, step }) => `${stage} ${step}`)).toEqual([
      ...["vqvae 0", "vqvae 4", "vqvae 5", "binding 4", "slots 4", "slots 5"],
    ]);

    const first = await openFilledBench();
    const { id } = await first.create(scratchPlan);
    const stops = [2, 3, 1, 5, null];
    for (const maxSteps of stops) {
      const bench = openBench({ files: first.files }); // a page after a reload
      const paused = await bench.train(id, maxSteps);
      expect(paused.status).toBe(maxSteps === null ? "finished" : "paused");
    }
    const [resumed] = await openBench({ files: first.files }).list();
    expect(resumed && outcome(resumed)).toEqual(outcome(expected));

    const second = await openFilledBench();
    const again = (await second.create(scratchPlan)).id;
    for (let status = "new"; status !== "finished";)
      ({ status } = await second.train(again, null, (progress, pause) => {
        if (progress.kind === "step" || progress.kind === "look") pause();
      }));
    const [paused] = await second.list();
    expect(paused && outcome(paused)).toEqual(outcome(expected));
    expect(tf.memory().numTensors).toBe(before);
  }, 240_000);

  it("survives being killed between any two writes", async () => {
    const steps = { vqvae: 2, binding: 0, slots: 2 };
    const plan = { ...scratchPlan, steps, lookEvery: 100 };
    const clock = () => {
      let time = 0;
      return () => (time += 40_000); // a minute between steps: each is saved
    };
    const whole = await openFilledBench(24, { now: clock() });
    const expected = await whole.train((await whole.create(plan)).id);
    let isWhole = false;
    for (let writes = 0; !isWhole; writes++) {
      const filled = await openFilledBench(24, { now: clock() });
      const { files } = filled;
      const { id } = await filled.create(plan);
      let left = writes;
      const dying: FileStore = {
        ...files,
        write: async (...args) => {
          if (left-- <= 0) throw new Error("killed");
          await files.write(...args);
        },
      };
      const bench = openBench({ files: dying, now: clock() });
      isWhole = await bench.train(id).then(
        () => true,
        (error: unknown) => {
          expect(String(error)).toContain("killed");
          return false;
        },
      );
      const reloaded = openBench({ files, now: clock() });
      const [found] = await reloaded.list();
      const last = found?.curve.at(-1);
      if (found && found.step > 0)
        expect(last).toMatchObject({ stage: found.stage, step: found.step });
      expect(found?.message).toBe("");
      if (found?.status !== "finished")
        expect(found?.status).toBe(found?.step === 0 ? "new" : "paused");
      expect(outcome(await reloaded.train(id)), `${writes} writes`).toEqual(outcome(expected));
    }
  }, 240_000);

  it("is written down when asked, lets others have the device, and trains alone", async () => {
    const bench = await openFilledBench();
    const { id } = await bench.create(testPlan(bench.setId));
    const other = await bench.create(testPlan(bench.setId));
    const order: string[] = [];
    const asked: Promise<unknown>[] = [];
    await bench.train(id, null, (progress) => {
      if (progress.kind === "saved") order.push(`saved ${progress.step}`);
      if (progress.kind !== "step") return;
      order.push(`step ${progress.point.step}`);
      if (progress.point.step !== 2) return;
      const signal = new AbortController().signal;
      asked.push(bench.context.turn(() => Promise.resolve(order.push("other work")), signal));
      asked.push(bench.save(id));
      asked.push(expect(bench.train(other.id)).rejects.toThrow(/Pause it first/));
      asked.push(expect(bench.remove(id)).rejects.toThrow(/Pause it first/));
    });
    await Promise.all(asked);
    expect(order.slice(0, 5)).toEqual(["step 1", "step 2", "other work", "saved 2", "step 3"]);
    expect(order.at(-1)).toBe("saved 6");
    await bench.save(id); // nothing trains: nothing to do
  }, 60_000);

  it("looks at the same weights with the same eyes", async () => {
    const bench = await openFilledBench();
    const { id } = await bench.create(testPlan(bench.setId, { lookEvery: 2 }));
    const looks: Look[] = [];
    const collect = (progress: TrainProgress) => {
      if (progress.kind === "look") looks.push(progress.look);
    };
    const paused = await bench.train(id, 2, collect);
    expect(looks.map(({ scores }) => scores.step)).toEqual([0, 2]);
    expect(looks[0]?.scores).not.toEqual({ ...looks[1]?.scores, step: 0 });
    expect(paused.lastLook).toEqual(looks[1]);
    await openBench({ files: bench.files }).train(id, 1, collect);
    expect(looks[2]).toEqual(looks[1]);
    const [first] = looks[2]?.pictures ?? [];
    expect(looks[2]?.pictures).toHaveLength(4);
    expect(first?.segmentation).toHaveLength(256);
    expect([first?.input.data.length, first?.drawn?.data.length]).toEqual([1024, 1024]);
    for (const score of ["loss", "fgAri", "mIoU"] as const)
      expect(looks[2]?.scores[score]).toEqual(expect.any(Number));
  }, 60_000);

  it("is a model that loads, as its weights say", async () => {
    const bench = await openFilledBench();
    const { id } = await bench.create({ ...scratchPlan, numSlots: 2, name: "mine" });
    const loading = { report: () => undefined, files: () => Promise.resolve(bench.files) };
    const load = () =>
      loadModel({ kind: "run", id }, null, { ...loading, signal: new AbortController().signal });
    await expect(load()).rejects.toThrow(/Train it first/);
    const run = await bench.train(id);
    const model = await load();
    expect(model.info).toMatchObject({ id, name: "mine", hash: run.hash, numSlots: 2 });
    expect(model.info.weightBytes).toBe(run.weightBytes);
    expect(model.config.vae.scale_factor).not.toBe(1);
    disposeParams(model.params);
    const child = await bench.create(testPlan(bench.setId, { parent: { kind: "run", id } }));
    expect(child.parentName).toBe("mine");
    expect((await bench.train(child.id, 1)).curve).toHaveLength(1);
  }, 60_000);

  it("can be deleted, and damage to one leaves the others", async () => {
    const bench = await openFilledBench();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push((await bench.create(testPlan(bench.setId))).id);
    const [kept = "", torn = "", cut = ""] = ids;
    await bench.train(cut, 1);
    await bench.files.write(runFile(torn, "run.json"), ["{"]);
    const checkpoint = await bytesOf(bench.files, cut);
    await bench.files.write(runFile(cut, "checkpoint.safetensors"), [checkpoint.slice(0, 900)]);
    const byId = new Map((await bench.list()).map((run) => [run.id, run]));
    expect(byId.get(kept)?.message).toBe("");
    expect(byId.get(torn)?.message).toMatch(/run\.json: expected what the page wrote there/);
    expect(byId.get(cut)?.message).toMatch(/checkpoint\.safetensors/);
    await expect(bench.train(torn)).rejects.toThrow(/run\.json/);
    await expect(bench.train(cut)).rejects.toThrow(/checkpoint\.safetensors/);
    for (const id of [torn, cut]) await bench.remove(id);
    expect((await bench.list()).map(({ id }) => id).sort()).toEqual([kept, "parent"].sort());
    await expect(bench.train(cut)).rejects.toThrow(/Choose one from the list/);
    await expect(bench.remove("../sets")).rejects.toThrow(/Choose one from the list/);
    expect((await bench.train(kept, 1)).step).toBe(1);
  }, 60_000);

  it("goes on with the pictures it was created with, and says which are gone", async () => {
    const bench = await openFilledBench();
    const { id } = await bench.create(testPlan(bench.setId));
    const expected = await openFilledBench();
    const whole = await expected.train((await expected.create(testPlan(expected.setId))).id);
    await bench.train(id, 2);
    await addAll(bench.files, bench.setId, sprites(10, 100));
    const resumed = await openBench({ files: bench.files }).train(id, 1);
    expect(resumed.curve).toEqual(whole.curve.slice(0, 3));
    const stored = JSON.parse(
      (await (await bench.files.read(runFile(id, "data.json")))?.text()) ?? "",
    ) as { training: { id: string; name: string }[] };
    const [gone] = stored.training;
    await removePictures(bench.files, bench.setId, [gone?.id ?? ""]);
    await expect(bench.train(id)).rejects.toThrow(`1 of them: ${gone?.name}. Add them again`);
    expect((await bench.list())[0]?.step).toBe(3);
  }, 60_000);
});

describe("a run that diverges", () => {
  it("on numbers that are not finite keeps its last checkpoint and resumes with half the rate", async () => {
    const before = tf.memory().numTensors;
    const bench = await openFilledBench();
    const { id } = await bench.create(testPlan(bench.setId));
    await bench.train(id, 2);
    const good = await bytesOf(bench.files, id);
    const poisoned = good.slice();
    poisoned.set([0, 0, 192, 127], poisoned.length - 4); // NaN for the last weight
    await bench.files.write(runFile(id, "checkpoint.safetensors"), [poisoned]);
    const stopped = await bench.train(id);
    expect([stopped.status, stopped.step, stopped.curve.length]).toEqual(["diverged", 2, 2]);
    expect(stopped.message).toMatch(
      /finite .*The checkpoint of step 2 is kept; resuming goes on from it with half the learning rate, 0\.00050\./,
    );
    expect(await bytesOf(bench.files, id)).toEqual(poisoned);
    expect((await openBench({ files: bench.files }).list())[0]?.status).toBe("diverged");
    expect(tf.memory().numTensors).toBe(before);

    await bench.files.write(runFile(id, "checkpoint.safetensors"), [good]);
    const resumed = await bench.train(id);
    expect([resumed.status, resumed.message, resumed.plan.lr]).toEqual(["finished", "", 5e-4]);
  }, 60_000);

  it("by a loss that runs away keeps a checkpoint from before", async () => {
    let [time, isNoise] = [0, false];
    const rng = mulberry32(1);
    const filled = await openFilledBench();
    const bench = openBench({
      files: filled.files,
      now: () => (time += 61_000), // saved at every step
      sources: {
        describeSet: describeStored,
        openSet: async (files, setId) => {
          const set = await openSet(files, setId);
          const read = () => Uint8Array.from({ length: 768 }, () => (isNoise ? 256 * rng() : 90));
          return { ...set, training: { ...set.training, read } };
        },
      },
    });
    const steps = { vqvae: 300, binding: 0, slots: 0 };
    const plan = testPlan(filled.setId, { steps, learn: "vqvae", lookEvery: 1000 });
    const { id } = await bench.create(plan);
    let taken = 0;
    const stopped = await bench.train(id, null, ({ kind }) => {
      taken += kind === "step" ? 1 : 0;
      isNoise = taken >= 60;
    });
    expect([stopped.status, stopped.message]).toEqual([
      "diverged",
      expect.stringMatching(/30 of 40 losses above .* by step 9\d of vqvae/),
    ]);
    expect(taken).toBeLessThan(95); // grey pictures are learned in a few steps, noise never
    expect(stopped.step).toBeGreaterThan(50);
    expect(stopped.step).toBeLessThan(65);
    expect(stopped.curve.at(-1)?.step).toBe(stopped.step);
  }, 60_000);
});
