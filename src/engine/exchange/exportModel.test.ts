/** Exports read by a reader that is not the page's, and read back by the page. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

import { useBackend } from "../../../tests/backends";
import { fixtureJson, fixtureParams, loadFixture, type Fixture } from "../../../tests/fixture";
import { tinyConfig } from "../../../tests/tinyConfig";
import { exportParams, loadParams, openCheckpoint } from "../../checkpoint/load";
import { writeSafetensors } from "../../checkpoint/safetensors";
import { createSchedule } from "../../diffusion/schedule";
import { InputError } from "../../errors";
import { mulberry32 } from "../../math/random";
import { disposeParams, initParams, paramEntries } from "../../nn/params";
import { modelSpec } from "../../slotdiffusion/model";
import { createMemoryStore } from "../../storage/fileStore";
import { testConfig } from "../../train/testRun";
import type { LoadedModel } from "../modelLoading";
import type { ExportSource } from "../protocol/exchange";
import { exportModel, slugOf, type ExportContext } from "./exportModel";
import { readPthIndependently, type ReadTensor } from "./testPthReader";
import { readUserFiles } from "./userFiles";

const { signal } = new AbortController();
const toBuffer = async (file: Blob | undefined): Promise<Buffer> =>
  Buffer.from(await (file ?? new Blob()).arrayBuffer());
const bytesOf = (values: ArrayBufferView): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

let golden: Fixture;
let model: LoadedModel;
const files = createMemoryStore();
const context: ExportContext = { model: () => model, files: () => Promise.resolve(files) };
const loaded: ExportSource = { kind: "loaded" };

const asModel = (config: typeof tinyConfig, params: LoadedModel["params"]): LoadedModel => ({
  info: {
    ...{ id: "tiny", name: config.name, hash: "", resolution: config.resolution, numSlots: 4 },
    ...{ slotSize: 48, numIterations: 3, parameterCount: 0, weightBytes: 0, fromCache: false },
    ...{ initKind: "learned", predTarget: "eps" },
  },
  config,
  params,
  schedule: createSchedule(config.diffusion),
  preview: { weight: [], bias: [] },
});

beforeAll(async () => {
  await useBackend("cpu");
  golden = await loadFixture("weights");
  model = asModel(tinyConfig, fixtureParams(golden, modelSpec(tinyConfig)));
});

describe("an exported .pth", () => {
  const state = async (): Promise<Map<string, unknown>> => {
    const [file] = await exportModel(loaded, "pth", context, signal);
    return readPthIndependently(await toBuffer(file?.file));
  };

  it("has the keys, order, shapes, dtypes and bytes of the official model's state_dict", async () => {
    const tensors = (await state()).get("state_dict") as Map<string, ReadTensor>;
    const { tensors: listed } = await fixtureJson<{ tensors: Record<string, number[]> }>("weights.json"); // prettier-ignore
    expect([...tensors.keys()]).toEqual(Object.keys(listed));
    for (const [key, { shape, strides, offset, storage, bytes }] of tensors) {
      const expected = golden.tensors.get(key);
      expect(shape, key).toEqual(listed[key]);
      expect([storage.type, offset], key).toEqual(["torch.FloatStorage", 0]);
      const volume = shape.reduce((a, b) => a * b, 1);
      expect([storage.length, bytes.length], key).toEqual([volume, 4 * volume]);
      const contiguous = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
      expect(strides, key).toEqual(contiguous);
      if (/^dm_decoder\.[a-z0-9_]+$/.test(key) || key.endsWith(".grid")) continue; // computed: below
      expect(expected && bytes.equals(bytesOf(expected.values)), key).toBe(true);
    }
  });

  it("has the official model's buffers, to the rounding of float32", async () => {
    const tensors = (await state()).get("state_dict") as Map<string, ReadTensor>;
    const buffers = [...tensors].filter(
      ([key]) => /^dm_decoder\.[a-z0-9_]+$/.test(key) || key.endsWith(".grid"),
    );
    expect(buffers).toHaveLength(13);
    for (const [key, { bytes }] of buffers) {
      const values = golden.tensors.get(key)?.values ?? new Float32Array(0);
      expect(bytes.length).toBe(values.byteLength);
      for (const [i, value] of values.entries())
        expect(Math.abs(bytes.readFloatLE(4 * i) - value)).toBeLessThanOrEqual(
          2e-7 * Math.max(1, Math.abs(value)),
        );
    }
  });

  it("has what the authors' trainer reads to go on from epoch 0", async () => {
    const root = await state();
    expect([root.get("it"), root.get("epoch"), root.get("best_metric_dict")]).toEqual([0, 0, null]);
    expect(root.get("scheduler_method")).toBe("step");
    expect(root.get("scheduler_state_dict")).toEqual(new Map());
    const optimizer = root.get("opt_state_dict") as Map<string, unknown>;
    const groups = optimizer.get("param_groups") as Map<string, unknown>[];
    const keys = paramEntries(model.params).map(([key]) => key);
    const inDecoder = keys.filter((key) => key.startsWith("dm_decoder.")).length;
    const others = keys.length - inDecoder - 1; // the position grid is a buffer
    const numbers = groups.flatMap((group) => group.get("params") as number[]);
    expect(groups.map((group) => (group.get("params") as number[]).length)).toEqual([
      others,
      inDecoder,
    ]);
    expect(numbers).toEqual(numbers.map((_, i) => i));
    expect(groups[0]?.get("betas")).toEqual([0.9, 0.999]);
    expect(groups[0]?.get("eps")).toBe(1e-8);
    expect((root.get("grad_scaler") as Map<string, unknown>).get("scale")).toBe(65536);
  });

  it("comes back without a config: the same settings, the same bits, and the same file again", async () => {
    const [pth, python] = await exportModel(loaded, "pth", context, signal);
    expect(pth?.name).toBe("sa_ldm_tiny_params-res64.pth");
    expect(python?.name).toBe("sa_ldm_tiny_params-res64.py");
    expect(await python?.file.text()).toContain("Weights: sa_ldm_tiny_params-res64.pth");
    const weights = new File([pth?.file ?? ""], pth?.name ?? "");
    const read = await readUserFiles({ kind: "file", weights, config: null }, null);
    expect(read.config).toEqual(tinyConfig);
    const params = await loadParams(modelSpec(read.config), read.entries);
    const again = { ...context, model: () => asModel(read.config, params) };
    const [second] = await exportModel(loaded, "pth", again, signal);
    expect((await toBuffer(second?.file)).equals(await toBuffer(pth?.file))).toBe(true);
    disposeParams(params);
  });
});

describe("an exported .safetensors", () => {
  it("is F32 where halves would round, with the config inside and beside", async () => {
    const [weights, config] = await exportModel(loaded, "safetensors", context, signal);
    expect([weights?.name, config?.name]).toEqual(["tiny.safetensors", "tiny.config.json"]);
    expect(JSON.parse((await config?.file.text()) ?? "")).toEqual(tinyConfig);
    const { entries, other } = await openCheckpoint(weights?.file ?? new Blob());
    expect(JSON.parse(String(other.get("config")))).toEqual(tinyConfig);
    const key = "slot_attention.project_k.weight";
    expect(entries.get(key)?.dtype).toBe("F32");
    expect(await entries.get(key)?.read()).toEqual(golden.tensors.get(key)?.values);
  });

  it("is F16 where that keeps every bit", async () => {
    const spec = modelSpec(testConfig);
    const params = initParams(spec, mulberry32(1));
    const halves = writeSafetensors(await exportParams(spec, params, { dtype: "F16" }));
    disposeParams(params);
    const rounded = await loadParams(spec, (await openCheckpoint(new Blob([halves]))).entries);
    const own = { ...context, model: () => asModel(testConfig, rounded) };
    const [weights] = await exportModel(loaded, "safetensors", own, signal);
    const { entries } = await openCheckpoint(weights?.file ?? new Blob());
    expect(new Set([...entries.values()].map(({ dtype }) => dtype))).toEqual(new Set(["F16"]));
    for (const [key, tensor] of paramEntries(await loadParams(spec, entries))) {
      const first = paramEntries(rounded).find(([name]) => name === key)?.[1];
      expect(await tensor.data(), key).toEqual(await first?.data());
      tensor.dispose();
    }
    disposeParams(rounded);
  });

  it("of a run is its file as it is stored, and its .pth has the same values", async () => {
    const spec = modelSpec(testConfig);
    const params = initParams(spec, mulberry32(2));
    const stored = writeSafetensors(await exportParams(spec, params, { dtype: "F16" }), {
      config: JSON.stringify(testConfig),
    });
    disposeParams(params);
    await files.write("runs/abc/weights.safetensors", [stored]);
    const before = tf.memory().numTensors;
    const source: ExportSource = { kind: "run", id: "abc" };
    const [weights] = await exportModel(source, "safetensors", context, signal);
    expect((await toBuffer(weights?.file)).equals(Buffer.from(stored))).toBe(true);
    const [pth] = await exportModel(source, "pth", context, signal);
    const root = readPthIndependently(await toBuffer(pth?.file));
    const tensors = root.get("state_dict") as Map<string, ReadTensor>;
    for (const [key, entry] of (await openCheckpoint(new Blob([stored]))).entries)
      expect(tensors.get(key)?.bytes.equals(bytesOf(await entry.read())), key).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    await expect(
      exportModel({ kind: "run", id: "none" }, "pth", context, signal),
    ).rejects.toBeInstanceOf(InputError);
  });
});

it.each([
  ["CLEVR 64", "clevr-64"],
  ["  Größe/../x  ", "gro-e-x"],
  ["模型", "model"],
])("names a file of %s %s", (name, slug) => {
  expect(slugOf({ name })).toBe(slug);
});
