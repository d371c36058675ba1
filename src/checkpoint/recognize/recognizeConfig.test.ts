import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { fixtureBytes } from "../../../tests/fixture";
import { clevrtexConfig, cocoConfig } from "../../../tests/officialConfigs";
import { tinyConfig } from "../../../tests/tinyConfig";
import { CheckpointError } from "../../errors";
import { specEntries } from "../../nn/params";
import { modelConfigSchema, type ModelConfig } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import { testConfig } from "../../train/testRun";
import { openCheckpoint } from "../load";
import { recognizeConfig } from "./recognizeConfig";
import type { TensorShapes } from "./tensorShapes";

type Shapes = Map<string, { shape: readonly number[] }>;

const shapesOf = (config: ModelConfig): Shapes =>
  new Map(
    specEntries(modelSpec(config)).map(([key, leaf]) => [key, { shape: leaf.officialShape }]),
  );

const withSchedule = (config: ModelConfig): Shapes =>
  shapesOf(config).set("dm_decoder.betas", { shape: [config.diffusion.timesteps] });

/** What shapes tell of a config: the rest is set to one value. */
const toldByShapes = (config: ModelConfig): unknown => {
  const { encoder, slot_dict, vae, unet_dict, resolution, diffusion } = config;
  const isDrawn = slot_dict.init === "gaussian";
  return {
    resolution,
    encoder: { ...encoder, norm_groups: 0, heads: 0 },
    slot_dict: { ...slot_dict, num_slots: isDrawn ? 0 : slot_dict.num_slots, num_iterations: 0 },
    vae: { enc_dec_dict: { ...vae.enc_dec_dict, norm_groups: 0 }, vq_dict: vae.vq_dict },
    unet_dict: {
      ...unet_dict,
      attention_resolutions: [...unet_dict.attention_resolutions].sort(),
      ...{ dropout: 0, norm_groups: 0, num_head_channels: 0 },
    },
    timesteps: diffusion.timesteps,
  };
};

const shipped = readdirSync("models", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }): [string, ModelConfig] => [
    name,
    modelConfigSchema.parse(JSON.parse(readFileSync(`models/${name}/config.json`, "utf8"))),
  ]);

const wideDino = modelConfigSchema.parse({
  ...cocoConfig,
  resolution: [224, 448],
  encoder: { ...cocoConfig.encoder, patch: 16 },
});
const configs: [string, ModelConfig][] = [
  ["clevrtex", clevrtexConfig],
  ["coco", cocoConfig],
  ["a wide DINO", wideDino],
  ["tiny", tinyConfig],
  ["the trainer's test model", testConfig],
  ...shipped,
];

describe("recognizeConfig", () => {
  it.each(configs)("tells %s from its shapes", (_, config) => {
    const found = recognizeConfig(withSchedule(config));
    expect(toldByShapes(found.config)).toEqual(toldByShapes(config));
    expect(shapesOf(found.config)).toEqual(shapesOf(config));
    expect(found.missingDino).toBeNull();
  });

  it.each([
    ["clevrtex", clevrtexConfig],
    ["coco", cocoConfig],
  ])("assumes the official values for %s", (_, official) => {
    const { config, assumptions } = recognizeConfig(withSchedule(official), official.name);
    expect(config).toEqual(official);
    expect(assumptions).toContain("3 Slot Attention iterations");
    expect(assumptions).toContain("the U-Net predicts the noise");
    expect(assumptions).toContain("linear noise schedule from 0.0015 to 0.0195 in 1000 steps");
    expect(assumptions.filter((words) => words.includes("slots a picture"))).toEqual([]);
  });

  it("says what it assumes of a model that draws its slots", () => {
    const { assumptions, config } = recognizeConfig(shapesOf(testConfig));
    expect(assumptions).toContain("7 slots a picture");
    expect(assumptions).toContain("encoder strides 2, 1");
    expect(config.slot_dict.init).toBe("gaussian");
  });

  it("takes the official resolution where no position grid is in the file", () => {
    const shapes = shapesOf(clevrtexConfig);
    shapes.delete("encoder_pos_embedding.grid");
    const { config, assumptions } = recognizeConfig(shapes);
    expect(config.resolution).toEqual([128, 128]);
    expect(assumptions).toContain("pictures of 128×128");
    const dino = shapesOf(wideDino);
    dino.delete("encoder_pos_embedding.grid");
    expect(() => recognizeConfig(dino)).toThrow(/position embeddings for 20×20 patches, got 392/);
  });

  it.each(["weights.safetensors", "sa_ldm_tiny.pth"])("recognises the fixture %s", async (name) => {
    const { entries } = await openCheckpoint(new Blob([await fixtureBytes(name)]));
    const { config } = recognizeConfig(entries);
    expect(toldByShapes(config)).toEqual(toldByShapes(tinyConfig));
  });
});

describe("a checkpoint without its DINO encoder", () => {
  const without = (config: ModelConfig): Shapes =>
    new Map([...shapesOf(config)].filter(([key]) => !key.startsWith("encoder.dino.")));

  it.each([
    ["dino-vits8", cocoConfig, 86_681_088],
    [
      "dino-vits16",
      modelConfigSchema.parse({ ...cocoConfig, encoder: { ...cocoConfig.encoder, patch: 16 } }),
      86_662_656,
    ],
  ])("names the published %s, and its size", (name, config, bytes) => {
    const found = recognizeConfig(without(config));
    expect(found.config.encoder).toEqual(config.encoder);
    expect(found.config.resolution).toEqual([224, 224]);
    expect(found.missingDino?.url).toBe(
      `https://huggingface.co/facebook/${name}/resolve/main/pytorch_model.bin`,
    );
    expect(found.missingDino?.bytes).toBe(bytes);
    const own = specEntries(modelSpec(config)).filter(([key]) => key.startsWith("encoder.dino."));
    const used = own.filter(([key]) => !key.includes("pooler"));
    expect(4 * used.reduce((sum, [, leaf]) => sum + leaf.size, 0)).toBe(bytes);
  });

  it("says so where no published encoder has its width", () => {
    const shapes = without(cocoConfig).set("encoder_pos_embedding.dense.weight", {
      shape: [100, 4],
    });
    expect(() => recognizeConfig(shapes)).toThrow(/got none, and no DINO encoder has 100 channels/);
  });
});

describe("what is refused", () => {
  const edited = (edit: (shapes: Shapes) => unknown): TensorShapes => {
    const shapes = withSchedule(clevrtexConfig);
    edit(shapes);
    return shapes;
  };
  const only = (...keys: string[]): TensorShapes =>
    new Map(keys.map((key) => [key, { shape: [3, 3] }]));
  const unet = "dm_decoder.model.diffusion_model.";
  const vae = "dm_decoder.vae.vqvae.";

  it.each<[string, TensorShapes, RegExp]>([
    [
      "a video model",
      edited((s) => s.set("predictor.transformer_encoder.layers.0.norm1.bias", { shape: [192] })),
      /got a video model \(SAViDiffusion/,
    ],
    [
      "a first stage alone",
      only("encoder.conv_in.weight", "quantize.embedding.weight", "loss.x"),
      /got a VQ-VAE alone, the first stage/,
    ],
    ["SlotFormer", only("rollouter.in_proj.weight", "dm_decoder.betas"), /SlotFormer/],
    ["SLATE", only("slot_attention.project_k.weight", "trans_decoder.head.weight"), /SLATE/],
    [
      "Slot Attention",
      only("slot_attention.project_k.weight", "decoder.0.0.weight"),
      /without a diff/,
    ],
    ["DINO", only("embeddings.cls_token", "layernorm.bias"), /Vision Transformer alone/],
    ["pixels", only("slot_attention.a", "dm_decoder.betas"), /diffusion model of pixels/],
    ["something else", only("a", "b", "c"), /got 3 tensors such as a, b, c/],
    ["nothing", new Map(), /got 0 tensors/],
    [
      "a missing tensor",
      edited((s) => s.delete(`${unet}input_blocks.0.0.weight`)),
      /input_blocks\.0\.0\.weight with 4 axes, got no such tensor/,
    ],
    [
      "a tensor of another rank",
      edited((s) => s.set("init_latents", { shape: [11, 192] })),
      /expected init_latents with 3 axes, got \[11, 192\]/,
    ],
    [
      "a level with another number of blocks",
      edited((s) =>
        [...s.keys()].filter((k) => /input_blocks\.11\./.test(k)).forEach((k) => s.delete(k)),
      ),
      /expected one number of blocks a level, got 2, 2, 2, 1/,
    ],
    [
      "attention within the VQ-VAE",
      edited((s) => s.set(`${vae}encoder.down.2.attn.0.q.weight`, { shape: [256, 256, 1, 1] })),
      /got attention in level 2/,
    ],
    [
      "latents that do not fit",
      edited((s) => s.set(`${vae}quantize.embedding.weight`, { shape: [4096, 4] })),
      /unet_dict\.in_channels must be vq_dict\.embed_dim, 4/,
    ],
    [
      "a larger ResNet",
      edited((s) => s.set("encoder.layer4.0.conv1.weight", { shape: [512, 256, 3, 3] })),
      /use_layer4=False\), got layer4/,
    ],
  ])("%s", (_, shapes, message) => {
    expect(() => recognizeConfig(shapes)).toThrow(CheckpointError);
    expect(() => recognizeConfig(shapes)).toThrow(message);
  });
});
