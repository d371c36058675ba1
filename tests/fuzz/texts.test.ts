/** The gates for text: links, composed scenes, runs, sets, what a browser remembers, model configurations. */
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, it } from "vitest";

import { parseSet } from "../../src/data/pictureSets/pictureSet";
import { memoryNeed } from "../../src/engine/memoryNeed";
import { parseConfig } from "../../src/engine/modelLoading";
import { samplerNames } from "../../src/engine/protocol";
import { parseText } from "../../src/engine/training/runFiles";
import {
  curveSchema,
  runPicturesSchema,
  storedRunSchema,
} from "../../src/engine/training/runSchema";
import { readComposition, writeComposition } from "../../src/export/compositionJson";
import { countParams } from "../../src/nn/params";
import { tokenGrid } from "../../src/slotdiffusion/config";
import { modelSpec } from "../../src/slotdiffusion/model";
import { remembered, recall, type RememberedName } from "../../src/store/remembered";
import { decodeLink, encodeLink, type Experiment } from "../../src/store/share";
import { clevrtexConfig, cocoConfig } from "../officialConfigs";
import { tinyConfig } from "../tinyConfig";
import { damaged, bytesOf } from "./bytes";
import { expectBoth, fuzz, fuzzTimeoutMs, tryInput, type Gate } from "./gate";
import { assertPlain, damagedJson } from "./jsons";

const settings = { seed: 3, sampler: "ddim", steps: 20, eta: 0 } as const;
const hash = "0123456789abcdef".repeat(4);
const scene = { fit: "crop", slotSeed: 7, isGenerated: true } as const;
const experiments: Experiment[] = [
  {
    model: { id: "sprites", hash },
    scenes: [{ ...scene, source: { kind: "sample", id: "05" } }],
    settings,
  },
  {
    model: { id: "clevrtex", hash: "" },
    scenes: [
      {
        ...scene,
        source: { kind: "generated", scene: { kind: "sprites", seed: 1, index: 2 } },
        numSlots: 5,
        placed: [
          [0, 1],
          [1, 0, 0, 2, 0.5, "spherical"],
        ],
      },
      { ...scene, source: { kind: "png", name: "mine.png", png: "iVBORw0KGgo" } },
    ],
    settings,
  },
];
const textBytes = (text: string): number => 2 * text.length;

describe("links", () => {
  const gate: Gate<string> = { name: "link", read: decodeLink, bytesOf: textBytes };
  const linkOf = (json: string): string =>
    `#1.${deflateRawSync(json, { level: json.length > 1e6 ? 9 : 1 }).toString("base64url")}`;

  it("of any experiment, whatever is changed in it", { timeout: fuzzTimeoutMs }, async () => {
    const plain = { ...gate, read: async (link: string) => assertPlain(await decodeLink(link)) };
    expectBoth(await fuzz(plain, damagedJson(experiments).map(linkOf), 2000));
  });

  it("of any text", { timeout: fuzzTimeoutMs }, async () => {
    const links = await Promise.all(experiments.map(encodeLink));
    const tokens = ["#1.", "#2.", "#999999999.", "1.", "%", "=", "\u{1f4a3}"].map(bytesOf);
    const texts = damaged(links.map(bytesOf), tokens).map((bytes) =>
      new TextDecoder().decode(bytes),
    );
    expectBoth(await fuzz(gate, texts, 2000));
  });

  it("that are bombs", async () => {
    const deep = `${"[".repeat(1e5)}${"]".repeat(1e5)}`;
    const nulls = `[${"null,".repeat(50_000)}null]`;
    const bombs = [
      ...[" ".repeat(40e6), `"${"A".repeat(40e6)}"`, deep, "[".repeat(250_000)],
      JSON.stringify({ ...experiments[0], scenes: 0 }).replace('"scenes":0', `"scenes":${nulls}`),
      JSON.stringify(experiments[1]).replace(
        /"placed":\[.*?\]\]/,
        `"placed":[${"0,".repeat(1e5)}0]`,
      ),
    ];
    for (const bomb of bombs) await tryInput(gate, linkOf(bomb));
  });
});

describe("composed scenes", () => {
  const files = [1, 3].map((count): unknown =>
    JSON.parse(
      writeComposition({
        model: { id: "sprites", hash },
        slots: Array.from({ length: count }, (_, slot) => ({
          values: Float32Array.of(1, -2, 3.5, slot),
          source: { title: "Sprites 1", seed: 4, slot },
        })),
        settings,
      }),
    ),
  );
  const gate: Gate<string> = {
    name: "composition",
    read: (text) => assertPlain(readComposition(text, samplerNames)),
    bytesOf: textBytes,
  };

  it("whatever is changed in their files", { timeout: fuzzTimeoutMs }, async () => {
    expectBoth(await fuzz(gate, damagedJson(files), 2000));
  });

  it("that are bombs", async () => {
    const [file] = files;
    const withSlots = (slots: string): string =>
      JSON.stringify(file).replace(/"slots":\[.*\],"settings"/, `"slots":${slots},"settings"`);
    for (const slots of [
      `[${"0,".repeat(1e6)}0]`,
      `[${"[],".repeat(5e5)}[]]`,
      `[{"values":"${"A".repeat(4e6)}","source":{"title":"","seed":0,"slot":0}}]`,
      `[{"values":"${"=".repeat(4e6)}","source":{"title":"","seed":0,"slot":0}}]`,
      "[".repeat(2e6),
      `"${"x".repeat(2 ** 23)}"`,
    ])
      await tryInput(gate, withSlots(slots));
  });
});

describe("what runs and sets say of themselves", () => {
  const data = { kind: "scenes", scenes: "sprites", seed: 1, count: 100, heldOut: 10 };
  const run = {
    ...{ version: 1, status: "paused", message: "", name: "Mine", parentName: "sprites" },
    ...{ createdAt: 1e12, seconds: 9, stage: "vqvae", step: 10, hash: null, weightBytes: 0 },
    plan: {
      ...{ name: "Mine", parent: { kind: "bundled", id: "sprites" }, isFromScratch: false, data },
      ...{ learn: "all", numSlots: null, steps: { vqvae: 0, binding: 5, slots: 10 }, lr: 1e-4 },
      ...{ unetFactor: 1, batch: 4, seed: 1, lookEvery: 10 },
    },
  };
  const point = { stage: "vqvae", step: 1, loss: 0.5, lr: 1e-4, psnr: 20 };
  const look = { stage: "vqvae", step: 1, loss: 0.5, psnr: 20, fgAri: null, mIoU: null };
  const curve = { curve: [point, point], looks: [look] };
  const picture = { id: "0123456789abcdef", name: "a.png" };
  const pictures = {
    ...{ version: 1, data: { kind: "set", setId: "abc" }, setName: "Mine" },
    ...{ training: [picture], heldOut: [picture] },
  };
  const storedPicture = {
    ...{ ...picture, chunk: 1, at: 0, hasMask: false, twinOf: null, kin: picture.id },
    look: "0".repeat(134),
  };
  const set = {
    ...{ format: 1, name: "Mine", resolution: [4, 4], split: { seed: 0, heldOut: 0.2 } },
    ...{ chunks: [{ number: 1, bytes: 48 }], pictures: [storedPicture] },
  };
  const overlay = { opacity: 0.5, hasFill: true, hasOutlines: false, hasTruth: true };
  const names = Object.keys(remembered) as RememberedName[]; // its own keys
  const kept = ["sprites", null, true, "dark", overlay, 3];

  it.each<[string, unknown, (text: string) => unknown]>([
    ["run.json", run, (text) => parseText(storedRunSchema, text, "project, run.json")],
    ["curve.json", curve, (text) => parseText(curveSchema, text, "run x, curve.json")],
    ["data.json", pictures, (text) => parseText(runPicturesSchema, text, "project, data.json")],
    ["set.json", set, (text) => parseSet("abc", text)],
  ])("%s", { timeout: fuzzTimeoutMs }, async (name, value, read) => {
    const gate = { name, read: (text: string) => assertPlain(read(text)), bytesOf: textBytes };
    expectBoth(await fuzz(gate, damagedJson([value]), 2000));
  });

  it("what a browser remembers", { timeout: fuzzTimeoutMs }, async () => {
    const read = (text: string): void => {
      const storage = { getItem: () => text, setItem: () => undefined };
      for (const name of names) assertPlain(recall(storage, name));
    };
    const gate = { name: "remembered", read, bytesOf: textBytes };
    await fuzz(gate, damagedJson(kept), 1000);
  });
});

describe("model configurations", () => {
  const device = { backend: "wasm", maxTensorBytes: null, deviceMemoryBytes: null };
  const gate: Gate<string> = {
    name: "config",
    read: (text) => assertPlain(parseConfig(text, "config.json")),
    bytesOf: textBytes,
  };
  const planning: Gate<string> = {
    name: "plan of a config",
    read: (text) => {
      const config = parseConfig(text, "config.json");
      countParams(modelSpec(config));
      tokenGrid(config);
      memoryNeed(config, device);
    },
    bytesOf: textBytes,
  };

  it("whatever is changed in them", { timeout: fuzzTimeoutMs }, async () => {
    const configs = [tinyConfig, clevrtexConfig, cocoConfig];
    expectBoth(await fuzz(gate, damagedJson(configs), 2000));
  });

  it("with any sizes", { timeout: fuzzTimeoutMs }, async () => {
    const size = fc.constantFrom(1, 2, 3, 4, 8, 16, 32, 64, 256, 1024, 65536);
    const few = fc.nat(16);
    const lists = fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 8 });
    const configs = fc
      .tuple(size, size, size, few, lists, lists, fc.array(size, { maxLength: 4 }))
      .map(([a, b, c, n, vaeMult, unetMult, attention]) =>
        JSON.stringify({
          ...tinyConfig,
          resolution: [a, b],
          slot_dict: { ...tinyConfig.slot_dict, slot_size: c },
          vae: {
            ...tinyConfig.vae,
            enc_dec_dict: { ...tinyConfig.vae.enc_dec_dict, ch_mult: vaeMult, num_res_blocks: n },
          },
          unet_dict: {
            ...tinyConfig.unet_dict,
            ...{ model_channels: c, context_dim: c, num_res_blocks: n, channel_mult: unetMult },
            ...{ attention_resolutions: attention, num_head_channels: 1, transformer_depth: n },
          },
        }),
      );
    expectBoth(await fuzz(planning, configs, 300));
  });

  it("that are bombs", async () => {
    const text = JSON.stringify(tinyConfig);
    const nulls = `[${"null,".repeat(2e6)}null]`;
    for (const bomb of [
      text.replace(/"channel_mult":\[[^\]]*\]/, `"channel_mult":${nulls}`),
      text.replace(/"resolution":\[[^\]]*\]/, `"resolution":${nulls}`),
      text.replace(/"name":"[^"]*"/, `"name":"${"x".repeat(1e7)}"`),
      "[".repeat(1e7),
      nulls,
    ])
      await tryInput(gate, bomb);
  });
});
