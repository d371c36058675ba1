/** A visitor's files: which config they get, where a DINO encoder comes from, and what is refused. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

import { useBackend } from "../../../tests/backends";
import { fixtureBytes } from "../../../tests/fixture";
import { clevrtexConfig } from "../../../tests/officialConfigs";
import { tinyConfig } from "../../../tests/tinyConfig";
import { exportParams, loadParams } from "../../checkpoint/load";
import { writeSafetensors, type WritableTensor } from "../../checkpoint/safetensors";
import { CheckpointError, InputError } from "../../errors";
import { mulberry32 } from "../../math/random";
import { disposeParams, initParams, paramEntries } from "../../nn/params";
import { modelConfigSchema } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import { memoryNeed, type DeviceRoom } from "../memoryNeed";
import { inspectCheckpoint } from "./inspect";
import { readUserFiles } from "./userFiles";

const roomy: DeviceRoom = { backend: "webgpu", maxTensorBytes: null, deviceMemoryBytes: null };
const asFile = (tensors: WritableTensor[], name = "my.safetensors", config?: unknown): File =>
  new File(
    [writeSafetensors(tensors, config === undefined ? {} : { config: JSON.stringify(config) })],
    name,
  );

/** The tiny model behind a small ViT whose shapes are told from its tensors. */
const dinoConfig = modelConfigSchema.parse({
  ...tinyConfig,
  name: "my.safetensors",
  encoder: {
    kind: "dino",
    ...{ hidden_size: 64, layers: 1, heads: 1, mlp_size: 64, patch: 8, enc_out_channels: 40 },
  },
});

async function tensorsOf(config: typeof tinyConfig, seed = 1): Promise<WritableTensor[]> {
  const params = initParams(modelSpec(config), mulberry32(seed));
  const tensors = await exportParams(modelSpec(config), params);
  disposeParams(params);
  return tensors;
}

const isEncoder = ({ key }: WritableTensor): boolean => key.startsWith("encoder.dino.");
const isPooler = ({ key }: WritableTensor): boolean => key.includes("pooler");

let tiny: File;
let dinoTensors: WritableTensor[];
/** Keys as in the published file. */
const published = (): File =>
  asFile(
    dinoTensors
      .filter((tensor) => isEncoder(tensor) && !isPooler(tensor))
      .map((tensor) => ({ ...tensor, key: tensor.key.slice("encoder.dino.".length) })),
    "pytorch_model.bin",
  );

beforeAll(async () => {
  await useBackend("cpu");
  tiny = new File([await fixtureBytes("sa_ldm_tiny.pth")], "sa_ldm_tiny.pth");
  dinoTensors = await tensorsOf(dinoConfig);
});

describe("the config of a checkpoint", () => {
  it("is what its shapes tell where nothing else does", async () => {
    const { config, id, entries } = await readUserFiles(
      { kind: "file", weights: tiny, config: null },
      null,
    );
    expect(config.encoder).toMatchObject({ kind: "resnet18", widths: [16, 32, 64] });
    expect(config.name).toBe("sa_ldm_tiny.pth");
    expect(id).toMatch(/^file-[0-9a-f]{12}$/);
    disposeParams(await loadParams(modelSpec(config), entries));
  });

  it("is the loaded model's only where every shape is its own", async () => {
    const preview = { weight: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], bias: [0, 0, 0] }; // prettier-ignore
    const loaded = { config: { ...tinyConfig, preview } };
    const same = await readUserFiles({ kind: "file", weights: tiny, config: null }, loaded);
    expect(same.config).toEqual({ ...tinyConfig, name: "sa_ldm_tiny.pth" });
    const others = { ...tinyConfig, slot_dict: { ...tinyConfig.slot_dict, num_slots: 5 } };
    const read = await readUserFiles(
      { kind: "file", weights: tiny, config: null },
      { config: others },
    );
    expect(read.config.slot_dict.num_slots).toBe(4);
  });

  it("is the one given, else the one inside", async () => {
    const tensors = await tensorsOf(tinyConfig);
    const inside = { ...tinyConfig, name: "inside", resize: "area" as const };
    const weights = asFile(tensors, "a.safetensors", inside);
    const config = new File([JSON.stringify(tinyConfig)], "config.json");
    const bare = { kind: "file", weights, config: null } as const;
    expect((await readUserFiles(bare, { config: tinyConfig })).config).toEqual(inside);
    expect((await readUserFiles({ ...bare, config }, null)).config).toEqual(tinyConfig);
    const broken = asFile(tensors, "b.safetensors", { name: "x" });
    await expect(readUserFiles({ ...bare, weights: broken }, null)).rejects.toThrow(
      /the config inside b\.safetensors is not a model configuration/,
    );
  });
});

describe("a checkpoint with a DINO encoder", () => {
  it("takes the encoder from the published file, whose pooler is missing", async () => {
    const weights = asFile(dinoTensors.filter((tensor) => !isEncoder(tensor)));
    const config = new File([JSON.stringify(dinoConfig)], "config.json");
    const before = tf.memory().numTensors;
    const read = await readUserFiles({ kind: "file", weights, config, dino: published() }, null);
    expect(tf.memory().numTensors).toBe(before);
    const params = await loadParams(modelSpec(read.config), read.entries);
    const expected = new Map(dinoTensors.map((tensor) => [tensor.key, tensor]));
    for (const { key, values } of await exportParams(modelSpec(dinoConfig), params))
      expect(values, key).toEqual(
        key.includes("pooler") ? new Float32Array(values.length) : expected.get(key)?.values,
      );
    disposeParams(params);
  });

  it("is recognised, and a file of other weights in its place is refused", async () => {
    const whole = asFile(dinoTensors.filter((tensor) => !isPooler(tensor)));
    const { config, entries } = await readUserFiles(
      { kind: "file", weights: whole, config: null },
      null,
    );
    expect(config.encoder).toEqual(dinoConfig.encoder);
    const params = await loadParams(modelSpec(config), entries);
    expect(paramEntries(params).length).toBe(dinoTensors.length);
    disposeParams(params);
    const wrong = readUserFiles({ kind: "file", weights: whole, config: null, dino: tiny }, null);
    await expect(wrong).rejects.toThrow(CheckpointError);
    await expect(wrong).rejects.toThrow(/expected the weights of a ViTModel/);
  });

  it("asks for the encoder that it lacks", async () => {
    const weights = asFile(dinoTensors.filter((tensor) => !isEncoder(tensor)));
    const config = new File([JSON.stringify(dinoConfig)], "config.json");
    const read = readUserFiles({ kind: "file", weights, config }, null);
    await expect(read).rejects.toThrow(InputError);
    await expect(read).rejects.toThrow(/lacks the weights of its DINO encoder/);
  });

  it("is described with the address of the published encoder", async () => {
    const official = modelConfigSchema.parse({
      ...dinoConfig,
      resolution: [224, 224],
      encoder: {
        ...dinoConfig.encoder,
        ...{ hidden_size: 384, layers: 12, heads: 6, mlp_size: 1536 },
      },
    });
    const rest = (await tensorsOf(official)).filter((tensor) => !isEncoder(tensor));
    const found = await inspectCheckpoint(asFile(rest), null, roomy);
    expect(found.missingDino?.url).toMatch(/facebook\/dino-vits8\/resolve\/main\/pytorch_model/);
    expect(found.title).toBe(
      "DINO encoder (ViT of 12 layers, patch 8), 4 slots of 48, 224×224, U-Net of 0.7 M parameters",
    );
  });
});

describe("inspectCheckpoint", () => {
  it("describes a checkpoint and what it needs", async () => {
    const found = await inspectCheckpoint(tiny, null, roomy);
    expect(found.title).toBe("ResNet-18 encoder, 4 slots of 48, 64×64, U-Net of 0.7 M parameters");
    expect(found.parameterCount).toBe(1_048_689);
    expect(found.assumptions).toContain("3 Slot Attention iterations");
    const config = modelConfigSchema.parse(JSON.parse(found.config));
    expect(found.memory).toEqual(memoryNeed(config, roomy));
  });

  it("has nothing to assume where the loaded model's config or its own is there", async () => {
    const known = await inspectCheckpoint(tiny, { config: tinyConfig }, roomy);
    expect(known.assumptions).toEqual([]);
    const own = asFile(await tensorsOf(tinyConfig), "a.safetensors", tinyConfig);
    const found = await inspectCheckpoint(own, null, roomy);
    expect(JSON.parse(found.config)).toEqual(tinyConfig);
    expect(found.assumptions).toEqual([]);
  });

  it("names every key that the model would miss", async () => {
    const cut = (await tensorsOf(tinyConfig)).filter(({ key }) => !key.endsWith("conv1.bias"));
    await expect(inspectCheckpoint(asFile(cut), null, roomy)).rejects.toThrow(
      /Missing: .*encoder\.down\.0\.block\.0\.conv1\.bias/,
    );
  });

  it("says why a device cannot hold the official CLEVRTex model", () => {
    const small = { ...roomy, deviceMemoryBytes: 2 ** 29 };
    expect(memoryNeed(clevrtexConfig, small).refusal).toMatch(/needs about 0\.\d GiB/);
  });
});
