/** Looking inside the model of the golden fixtures: what is shown is what the model does. */
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { describeBackends } from "../../../tests/backends";
import { fixtureParams, loadFixture } from "../../../tests/fixture";
import { maxAbsDiff } from "../../../tests/parity";
import { tinyConfig } from "../../../tests/tinyConfig";
import { fromSigned } from "../../data/preprocess";
import { createSchedule } from "../../diffusion/schedule";
import { InputError } from "../../errors";
import { gaussianArray, mulberry32 } from "../../math/random";
import { disposeParams, specEntries } from "../../nn/params";
import { latentShape } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import { createMemoryStore } from "../../storage/fileStore";
import { encodePicture, generatePicture } from "../inference";
import type { LoadedModel } from "../modelLoading";
import { samplerNames, type GenerateArgs, type GenerateFrame, type Pixels } from "../protocol";
import type { DenoisingStep, InsideProtocol } from "../protocol/inside";
import { createSceneStudio } from "../sceneStudio";
import { createInsideHandlers, type InsideHandlers } from "./handlers";

const { num_slots: K, slot_size: D } = tinyConfig.slot_dict;
const [H, W] = tinyConfig.resolution;
const [h, w, C] = latentShape(tinyConfig);
const spec = modelSpec(tinyConfig);

const input: Pixels = {
  ...{ width: W, height: H },
  data: Uint8ClampedArray.from({ length: H * W * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : 127 + 120 * Math.sin(i / 37 + Math.floor(i / 4 / W) / 5),
  ),
};
const settings = {
  slots: gaussianArray(mulberry32(6), K * D),
  ...{ numSlots: K, sampler: "dpm-solver++", steps: 4, eta: 0 },
} as const satisfies Partial<GenerateArgs>;

/** Cross-attentions by name, in no particular order. */
const layerNames = specEntries(spec.dm_decoder.model.diffusion_model)
  .map(([key]) => key)
  .filter((key) => key.endsWith("attn2.to_q.weight"))
  .map((key) => key.replace(".to_q.weight", ""));

const never = new AbortController().signal;
const unheard = { signal: never, report: () => undefined };

/** On wasm alone: these dozens of whole runs take minutes on the cpu backend. */
const names = ["wasm"];

describeBackends(
  "looking inside",
  () => {
    let model: LoadedModel;
    let inside: InsideHandlers;
    beforeAll(async () => {
      const params = fixtureParams(await loadFixture("weights"), spec);
      const preview = { weight: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], bias: [0, 0, 0] }; // prettier-ignore
      const schedule = createSchedule(tinyConfig.diffusion);
      const info: LoadedModel["info"] = {
        ...{ id: "tiny", name: "tiny", hash: "", resolution: tinyConfig.resolution },
        ...{ numSlots: K, slotSize: D, numIterations: 3, parameterCount: 1, weightBytes: 4 },
        fromCache: true,
        initKind: "learned",
        predTarget: "eps",
      };
      model = { info, params, config: tinyConfig, schedule, preview };
      let time = 0;
      inside = createInsideHandlers({
        assertRunning: () => undefined,
        loaded: () => model,
        model: () => model,
        files: () => Promise.resolve(createMemoryStore()),
        studio: createSceneStudio(),
        turn: (job) => job(),
        now: () => (time += 5),
      });
    });
    afterAll(() => disposeParams(model.params));

    async function inspect(args: GenerateArgs): Promise<{ image: Pixels; steps: DenoisingStep[] }> {
      const steps: DenoisingStep[] = [];
      const report = (step: DenoisingStep): void => void steps.push(step);
      return { ...(await inside.inspectGenerate(args, { signal: never, report })), steps };
    }

    test.for(samplerNames)("%s inspected is the picture itself, bit for bit", async (sampler) => {
      const args = { ...settings, sampler, seed: 3, eta: 0.5 };
      const frames: GenerateFrame[] = [];
      const report = (frame: GenerateFrame): void => void frames.push(frame);
      const before = tf.memory().numTensors;
      const plain = await generatePicture(model, args, { signal: never, report });
      const { image, steps } = await inspect(args);
      expect(image).toEqual(plain.image);
      const previews = steps.map(({ step, totalSteps, x0 }) => ({ step, totalSteps, preview: x0 }));
      expect(previews).toEqual(frames);
      expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
      const times = steps.map(({ t }) => t);
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(new Set(times).size).toBe(4);
      expect(tf.memory().numTensors).toBe(before);
    });

    test("an evaluation shows what went in, what came out and who read which slot", async () => {
      const { image, steps } = await inspect({ ...settings, sampler: "ddpm", seed: 3 });
      const noise = gaussianArray(mulberry32(3), h * w * C);
      expect(steps[0]?.xt).toEqual(fromSigned(noise, w, h)); // the preview shows latents as they are
      for (const { x0, latents, attention } of steps) {
        expect(fromSigned(latents, w, h)).toEqual(x0);
        expect(attention.map(({ layer }) => layer).sort()).toEqual([...layerNames].sort());
        for (const { size, probs } of attention) {
          const N = size[0] * size[1];
          expect(probs).toHaveLength(K * N);
          const sums = Array.from({ length: N }, (_, n) =>
            Array.from({ length: K }, (_, k) => probs[k * N + n] ?? NaN).reduce((a, b) => a + b),
          );
          expect(maxAbsDiff(sums, new Array<number>(N).fill(1))).toBeLessThan(1e-5);
        }
      }
      const sizes = steps[0]?.attention.map(({ size: [rows] }) => rows) ?? [];
      expect(new Set(sizes)).toEqual(new Set([h / 2, h / 4])); // attention_resolutions 2 and 4
      const last = steps.at(-1);
      const decoded = await inside.decodeLatents({ latents: last?.latents ?? noise }, unheard);
      expect(decoded).toEqual(image); // ancestral sampling ends at its last x0
    });

    test("a slot that is another changes what layers read", async () => {
      const first = async (slots: Float32Array): Promise<Float32Array | undefined> =>
        (await inspect({ ...settings, slots, steps: 1, seed: 3 })).steps[0]?.attention[0]?.probs;
      const moved = settings.slots.map((value, i) => (i < D ? -value : value));
      expect(await first(moved)).not.toEqual(await first(settings.slots));
    });

    test("a cancelled and a failing inspection leave no tensor behind", async () => {
      const before = tf.memory().numTensors;
      const args = { ...settings, seed: 3 };
      const controller = new AbortController();
      const { signal } = controller;
      const report = ({ step }: DenoisingStep): void => void (step === 2 && controller.abort());
      const cancelled = inside.inspectGenerate(args, { signal, report });
      await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
      const fail = (): never => {
        throw new Error("the page has gone");
      };
      const failing = inside.inspectGenerate(args, { signal: never, report: fail });
      await expect(failing).rejects.toThrow("the page has gone");
      const wrong = inside.inspectGenerate({ ...args, numSlots: K + 1 }, unheard);
      await expect(wrong).rejects.toThrow(InputError);
      const short = inside.decodeLatents({ latents: new Float32Array(5) }, unheard);
      await expect(short).rejects.toThrow(InputError);
      expect(tf.memory().numTensors).toBe(before);
    });

    test("the first stage shows its codes, and its errors where they are", async () => {
      const before = tf.memory().numTensors;
      const found = await inside.inspectFirstStage({ input }, unheard);
      const { reconstruction, codes, codesSize, numCodes, error, psnr } = found;
      expect(tf.memory().numTensors).toBe(before);
      expect([...codesSize, numCodes]).toEqual([h, w, tinyConfig.vae.vq_dict.n_embed]);
      const codebook = await model.params.dm_decoder.vae.vqvae.quantize.embedding.weight.data();
      const latents = Float32Array.from(
        { length: h * w * C },
        (_, i) => codebook[(codes[Math.floor(i / C)] ?? NaN) * C + (i % C)] ?? NaN,
      );
      const decoded = await inside.decodeLatents({ latents }, unheard);
      expect(maxAbsDiff(decoded.data, reconstruction.data)).toBeLessThanOrEqual(1);
      const differences = Array.from({ length: H * W * 3 }, (_, i) => {
        const at = Math.floor(i / 3) * 4 + (i % 3);
        return Math.abs((input.data[at] ?? NaN) - (reconstruction.data[at] ?? NaN)) / 255;
      });
      const expected = Array.from(error, (_, i) => {
        const [r = NaN, g = NaN, b = NaN] = differences.slice(i * 3, i * 3 + 3);
        return (r + g + b) / 3;
      });
      expect(maxAbsDiff(error, expected)).toBeLessThan(0.51 / 255); // the shown picture is rounded
      const mse = differences.reduce((sum, d) => sum + d * d, 0) / differences.length;
      expect(psnr).toBeCloseTo(-10 * Math.log10(mse), 1);
      const tall = inside.inspectFirstStage({ input: { ...input, width: W / 2 } }, unheard);
      await expect(tall).rejects.toThrow(InputError);
    });

    test("slots of true masks are as many as objects and draw a picture", async () => {
      const before = tf.memory().numTensors;
      const ids = Uint8Array.from({ length: H * W }, (_, i) => (i % W < 20 ? 0 : i < 2000 ? 7 : 2));
      const {
        slots,
        numSlots,
        ids: objects,
      } = await inside.truthSlots({ input, ids, seed: 1 }, unheard);
      expect([numSlots, slots.length, objects]).toEqual([3, 3 * D, [0, 2, 7]]);
      expect(slots.every(Number.isFinite)).toBe(true);
      const found = await encodePicture(model, { input, seed: 1, groundTruth: null });
      expect(slots.subarray(0, D)).not.toEqual(found.slots.subarray(0, D));
      const args = { ...settings, slots, numSlots, steps: 1, seed: 1 };
      expect((await generatePicture(model, args, unheard)).image.width).toBe(W);
      expect(tf.memory().numTensors).toBe(before);
    });

    test("the schedule's signal falls all the way, and is a copy", async () => {
      const { alphasCumprod, logSnr } = await inside.schedule({}, unheard);
      const { timesteps } = model.schedule;
      expect([alphasCumprod.length, logSnr.length]).toEqual([timesteps, timesteps]);
      expect(logSnr.every((value, t) => t === 0 || value < (logSnr[t - 1] ?? NaN))).toBe(true);
      const expected = Float64Array.from(model.schedule.alphasCumprod, (ab) =>
        Math.log(ab / (1 - ab)),
      );
      expect(maxAbsDiff(logSnr, expected)).toBeLessThan(1e-3);
      expect(alphasCumprod).toEqual(model.schedule.alphasCumprod);
      expect(alphasCumprod).not.toBe(model.schedule.alphasCumprod);
    });

    test.for([
      ["dpm-solver++", 0],
      ["dpm-solver++2m", 0],
      ["ddim", 0.7],
      ["ddpm", 0],
    ] as const)("variants by %s are the single pictures of their seeds", async ([sampler, eta]) => {
      const args = { ...settings, sampler, eta, steps: 3 };
      const seeds = [3, 11, 3];
      const frames: InsideProtocol["generateVariants"]["progress"][] = [];
      const report = (frame: (typeof frames)[number]): void => void frames.push(frame);
      const before = tf.memory().numTensors;
      const variants = await inside.generateVariants({ ...args, seeds }, { signal: never, report });
      const { images } = variants;
      expect(tf.memory().numTensors).toBe(before);
      expect(variants.elapsedMs).toBe(5); // the session's clock
      expect(frames.map(({ step, previews }) => [step, previews.length])).toEqual([[1, 3], [2, 3], [3, 3]]); // prettier-ignore
      expect(images).toHaveLength(3);
      expect(images[0]).toEqual(images[2]);
      expect(images[0]).not.toEqual(images[1]);
      for (const [i, seed] of [3, 11].entries()) {
        const singles: GenerateFrame[] = [];
        const hear = (frame: GenerateFrame): void => void singles.push(frame);
        const one = await generatePicture(
          model,
          { ...args, seed },
          { signal: never, report: hear },
        );
        expect(maxAbsDiff(images[i]?.data ?? [], one.image.data)).toBeLessThanOrEqual(1); // of 255
        for (const [s, { preview }] of singles.entries())
          expect(maxAbsDiff(frames[s]?.previews[i]?.data ?? [], preview.data)).toBeLessThanOrEqual(
            1,
          );
      }
    });

    test("cancelled variants leave no tensor behind, and none or too many are refused", async () => {
      const before = tf.memory().numTensors;
      const controller = new AbortController();
      const report = (): void => controller.abort();
      const cancelled = inside.generateVariants(
        { ...settings, seeds: [1, 2] },
        { signal: controller.signal, report },
      );
      await expect(cancelled).rejects.toMatchObject({ name: "AbortError" });
      for (const seeds of [[], Array.from({ length: 17 }, (_, i) => i)]) {
        const refused = inside.generateVariants({ ...settings, seeds }, unheard);
        await expect(refused).rejects.toThrow(InputError);
      }
      expect(tf.memory().numTensors).toBe(before);
    });
  },
  names,
);
