/** The gate that tells a model from the names and shapes of a file's tensors. */
import fc from "fast-check";
import { describe, it } from "vitest";

import type { CheckpointEntries } from "../../src/checkpoint/entries";
import { checkKeys } from "../../src/checkpoint/load";
import { recognizeConfig } from "../../src/checkpoint/recognize/recognizeConfig";
import { specEntries } from "../../src/nn/params";
import type { ModelConfig } from "../../src/slotdiffusion/config";
import { modelSpec } from "../../src/slotdiffusion/model";
import { clevrtexConfig } from "../officialConfigs";
import { tinyConfig } from "../tinyConfig";
import { expectBoth, fuzz, fuzzTimeoutMs, tryInput, type Gate } from "./gate";

describe("telling a model from its tensors", () => {
  type Shapes = Map<string, { shape: number[] }>;
  const shapesOf = (config: ModelConfig): [string, number[]][] =>
    specEntries(modelSpec(config)).map(([key, leaf]) => [key, leaf.officialShape]);
  const models = [shapesOf(tinyConfig), shapesOf(clevrtexConfig)];
  const gate: Gate<Shapes> = {
    name: "recognition",
    read: (shapes) => {
      const { config } = recognizeConfig(shapes, "file");
      modelSpec(config);
    },
    bytesOf: (shapes) => shapes.size * 64,
  };
  const lengths = [0, 1, 2, 3, 5, 7, 64, 65537, 2 ** 28, 2 ** 53 - 1];
  const renames: [RegExp, string][] = [
    [/\d+/, "0"],
    [/\d+/, "99"],
    [/^encoder\./, "predictor."],
    [/weight$/, "bias"],
    [/^.*$/, "__proto__"],
    [/input_blocks\.(\d+)/, "input_blocks.1$1"],
  ];

  it("whatever is changed in it", { timeout: fuzzTimeoutMs }, async () => {
    const edit = fc.tuple(fc.nat(3), fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1));
    const inputs = fc
      .tuple(fc.nat(models.length - 1), fc.array(edit, { maxLength: 3 }))
      .map(([k, edits]) => {
        const model = (models[k] ?? []).map(([key, shape]): [string, number[]] => [key, shape]);
        for (const [kind, at, choice] of edits) {
          const entry = model[at % Math.max(1, model.length)];
          if (!entry) continue;
          const [key, shape] = entry;
          const [pattern, name] = renames[choice % renames.length] ?? [/$/, "x"];
          if (kind === 0) model.splice(at % model.length, 1 + (choice % 40));
          if (kind === 1 && shape.length > 0)
            entry[1] = shape.with(choice % shape.length, lengths[choice % 10] ?? 0);
          if (kind === 2) entry[1] = shape.slice(choice % 2, 1 + (choice % 4));
          if (kind === 3) entry[0] = key.replace(pattern, name);
        }
        return new Map(model.map(([key, shape]) => [key, { shape }]));
      });
    expectBoth(await fuzz(gate, inputs, 1000));
  });

  it("of many blocks", async () => {
    const [tiny = []] = models;
    const filled = (prefix: string, suffix: string, count: number): Shapes =>
      new Map([
        ...tiny.map(([key, shape]): [string, { shape: number[] }] => [key, { shape }]),
        ...Array.from({ length: count }, (_, i): [string, { shape: number[] }] => [
          `${prefix}${i}.${suffix}`,
          { shape: [16, 16, 3, 3] },
        ]),
      ]);
    const unet = "dm_decoder.model.diffusion_model.";
    for (const shapes of [
      filled(`${unet}input_blocks.`, "0.op.weight", 5000),
      filled(`${unet}input_blocks.`, "0.out_layers.3.weight", 5000),
      filled(`${unet}middle_block.1.transformer_blocks.`, "x", 5000),
      filled("dm_decoder.vae.vqvae.encoder.down.", "block.0.conv1.weight", 5000),
      filled("encoder.layer1.", "conv1.weight", 5000),
      filled("x", "y", 5000),
    ])
      await tryInput(gate, shapes);
  });

  it("says of a file of other tensors no more than can be read", async () => {
    const shape = [1];
    const entries: CheckpointEntries = new Map(
      Array.from({ length: 20_000 }, (_, i) => {
        const read = () => Promise.resolve(new Float32Array(1));
        return [`${"x".repeat(100)}${i}`, { dtype: "F32", shape, read }];
      }),
    );
    const spec = modelSpec(tinyConfig);
    const check: Gate<CheckpointEntries> = {
      name: "keys",
      read: (given) => checkKeys(spec, given),
      bytesOf: ({ size }) => 100 * size,
    };
    await tryInput({ ...check, mostMessage: 100_000 }, entries);
  });
});
