/** Image encoders and the position embedding against golden tensors of the official implementation. */
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { asNHWC, fixtureParams, golden, loadFixture } from "../../tests/fixture";
import { maxAbsDiff, parityChecker } from "../../tests/parity";
import { tinyConfig } from "../../tests/tinyConfig";
import { registerWasmKernels } from "../gpu/wasmKernels";
import { mulberry32 } from "../math/random";
import { cnn, cnnSpec } from "./cnn";
import { layerNorm, linear, linearSpec, normSpec } from "./layers";
import { countParams, disposeParams, initParams, specEntries } from "./params";
import { posEmbed, posEmbedSpec } from "./posEmbed";
import { resnet, resnetSpec, type ResnetSizes } from "./resnet";
import { dinoPresets, vit, vitSpec } from "./vit";

/** The fixture's ResNet; the official widths give 2,775,104 parameters. */
function tinyResnet(): ResnetSizes {
  if (tinyConfig.encoder.kind !== "resnet18") throw new Error("the fixture's encoder is a ResNet");
  return tinyConfig.encoder;
}
const officialResnet = { widths: [64, 128, 256], blocks: [2, 2, 2], norm_groups: 32 };
const tinyDino = {
  hidden_size: 32,
  layers: 2,
  heads: 2,
  mlp_size: 64,
  patch: 8,
  layer_norm_eps: 1e-12,
};
const smallCnn = { enc_channels: [3, 4, 6, 5], enc_ks: 5, strides: [2, 1, 1] };

describe("encoder specs", () => {
  it("count the official parameters", () => {
    expect(countParams(resnetSpec(officialResnet))).toBe(2_775_104);
    expect(countParams(vitSpec(dinoPresets.vits8, [224, 224]))).toBe(21_818_112);
    expect(countParams(posEmbedSpec(32, 32, 256))).toBe(1_280);
  });

  it("name the plain CNN's layers as a Sequential of blocks does", () => {
    const shapes = specEntries(cnnSpec(smallCnn)).map(([key, leaf]) => [key, leaf.officialShape]);
    expect(shapes).toEqual([
      ["0.0.weight", [4, 3, 5, 5]],
      ["0.0.bias", [4]],
      ["1.0.weight", [6, 4, 5, 5]],
      ["1.0.bias", [6]],
      ["2.0.weight", [5, 6, 5, 5]],
      ["2.0.bias", [5]],
    ]);
  });

  it("refuse pictures that do not divide into patches", () => {
    expect(() => vitSpec(tinyDino, [30, 32])).toThrow("divisible by 8");
  });
});

describeBackends("Image encoders", (backend) => {
  it("ResNet: features as in the official code", async (context) => {
    const check = parityChecker(context, "ResNet-18 encoder", "resnet.py resnet18");
    const fixture = await loadFixture("encoder_slots");
    const p = fixtureParams(await loadFixture("weights"), resnetSpec(tinyResnet()), "encoder.");
    await check(fixture, "resnet_out", resnet(p, tinyResnet(), asNHWC(fixture, "img")));
  });

  it("position embedding: grid and tokens as in the official code", async (context) => {
    const check = parityChecker(context, "Position embedding", "utils.py SoftPositionEmbed");
    const fixture = await loadFixture("encoder_slots");
    const weights = await loadFixture("weights");
    const spec = posEmbedSpec(16, 16, 64);
    const stored = golden(weights, "encoder_pos_embedding.grid").values;
    expect(maxAbsDiff(spec.grid.init(spec.grid.shape, mulberry32(0)), stored)).toBeLessThan(1e-6);
    const p = fixtureParams(weights, spec, "encoder_pos_embedding.");
    const head = fixtureParams(
      weights,
      { 0: normSpec(64), 1: linearSpec(64, 40), 3: linearSpec(40, 40) },
      "encoder_out_layer.",
    );
    const x = posEmbed(p, asNHWC(fixture, "resnet_out"));
    const tokens = linear(head[3], tf.relu(linear(head[1], layerNorm(head[0], x))));
    await check(fixture, "encoder_out", tf.reshape(tokens, [2, 256, 40]));
  });

  it("DINO: features as in transformers' ViTModel", async (context) => {
    const check = parityChecker(context, "DINO ViT encoder", "dino.py DINOEncoder");
    const fixture = await loadFixture("dino");
    const p = fixtureParams(fixture, vitSpec(tinyDino, [32, 32]), "w.");
    await check(fixture, "feat", vit(p, tinyDino, asNHWC(fixture, "img")));
  });

  it("CNN: strided, then ReLU after all but the last layer", async () => {
    const p = initParams(cnnSpec(smallCnn), mulberry32(4));
    const images = tf.randomNormal<tf.Rank.R4>([2, 9, 12, 3], 0, 1, "float32", 1);
    const out = cnn(p, smallCnn, images);
    expect(out.shape).toEqual([2, 5, 6, 5]);
    const layers = Object.values(p).map((block) => block[0]);
    const expected = layers.reduce<tf.Tensor4D>((x, layer, i) => {
      // The same convolution spelled out: padded by hand, as rows of patches.
      const y = tf.add<tf.Tensor4D>(
        tf.conv2d(
          tf.pad(x, [
            [0, 0],
            [2, 2],
            [2, 2],
            [0, 0],
          ]),
          layer.weight as tf.Tensor4D,
          smallCnn.strides[i] ?? 1,
          "valid",
        ),
        layer.bias,
      );
      return i < 2 ? tf.maximum<tf.Tensor4D>(y, 0) : y;
    }, images);
    expect(maxAbsDiff(await out.data(), await expected.data())).toBeLessThan(1e-5);
    expect(Math.min(...(await out.data()))).toBeLessThan(0);
  });

  it("gradients agree with finite differences", async () => {
    if (backend === "wasm") registerWasmKernels();
    const images = tf.randomNormal<tf.Rank.R4>([1, 16, 16, 3], 0, 1, "float32", 2);
    const dino = { ...tinyDino, layers: 1 };
    const resnetSizes = { widths: [4, 6, 8], blocks: [1, 1, 1], norm_groups: 2 };
    const dinoParams = initParams(vitSpec(dino, [16, 16]), mulberry32(1));
    const resnetParams = initParams(resnetSpec(resnetSizes), mulberry32(2));
    const cnnParams = initParams(cnnSpec(smallCnn), mulberry32(3));
    await expectTrueGradient((x) => vit(dinoParams, dino, x), images);
    await expectTrueGradient((x) => resnet(resnetParams, resnetSizes, x), images);
    await expectTrueGradient((x) => cnn(cnnParams, smallCnn, x), images);
  });

  it("leave no tensors behind", () => {
    const images = tf.zeros<tf.Rank.R4>([1, 32, 32, 3]);
    const features = tf.zeros<tf.Rank.R4>([1, 4, 4, 6]);
    const params = {
      vit: initParams(vitSpec(tinyDino, [32, 32]), mulberry32(1)),
      resnet: initParams(resnetSpec(tinyResnet()), mulberry32(2)),
      cnn: initParams(cnnSpec(smallCnn), mulberry32(3)),
      posEmbed: initParams(posEmbedSpec(4, 4, 6), mulberry32(4)),
    };
    const before = tf.memory().numTensors;
    tf.dispose([
      vit(params.vit, tinyDino, images),
      resnet(params.resnet, tinyResnet(), images),
      cnn(params.cnn, smallCnn, images),
      posEmbed(params.posEmbed, features),
    ]);
    expect(tf.memory().numTensors).toBe(before);
    disposeParams(params);
  });
});

/** Slope of sum(tanh f) along a random direction: by autodiff, and by a central difference. */
async function expectTrueGradient(
  f: (x: tf.Tensor4D) => tf.Tensor4D,
  x: tf.Tensor4D,
): Promise<void> {
  const loss = (y: tf.Tensor): tf.Scalar => tf.sum(tf.tanh(f(y as tf.Tensor4D)));
  const direction = tf.randomNormal<tf.Rank.R4>(x.shape, 0, 1, "float32", 9);
  const step = 2e-3;
  const at = async (side: number) =>
    (await loss(tf.add(x, tf.mul(direction, side * step))).data())[0] ?? NaN;
  const measured = ((await at(1)) - (await at(-1))) / (2 * step);
  const [slope = NaN] = await tf.sum(tf.mul(tf.grad(loss)(x), direction)).data();
  expect(Math.abs(slope)).toBeGreaterThan(0.1);
  expect(Math.abs(slope - measured) / Math.abs(slope)).toBeLessThan(0.05);
}
