/** The VQ-VAE against golden tensors of the official implementation: values, activations and gradients. */
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";

import { describeBackends, isThorough } from "../../tests/backends";
import { asNHWC, fixtureParams, golden, loadFixture } from "../../tests/fixture";
import type { Fixture } from "../../tests/fixture";
import { maxAbsDiff, parityChecker, tolerance } from "../../tests/parity";
import { tinyConfig } from "../../tests/tinyConfig";
import { toOfficial } from "../checkpoint/layout";
import { registerWasmKernels } from "../gpu/wasmKernels";
import { mulberry32 } from "../math/random";
import { lookUp } from "./codebook";
import { buildParams, disposeParams, initParams, paramEntries, specEntries } from "./params";
import {
  decodeLatents,
  encodeLatents,
  quantize,
  quantLoss,
  vqvaeLoss,
  vqvaeSpec,
  type VqvaeLoss,
  type VqvaeParams,
} from "./vqvae";

const sizes = tinyConfig.vae;
const spec = vqvaeSpec(sizes);

/** Official VQ-VAE sizes, for shapes only. */
const officialSizes = {
  enc_dec_dict: {
    in_channels: 3,
    z_channels: 3,
    ch: 64,
    ch_mult: [1, 2, 4],
    num_res_blocks: 2,
    out_ch: 3,
    norm_groups: 32,
  },
  vq_dict: { n_embed: 4096, embed_dim: 3 },
};

/** Sample 0 of an activation, subsampled as the golden one is. */
const subsample = (x: tf.Tensor4D, [, , H = 0]: number[]): tf.Tensor4D =>
  tf.tidy(() => {
    const step = (x.shape[1] ?? 0) / H;
    const [, h, w, C] = x.shape;
    const end = [1, h, w, C];
    return tf.stridedSlice(x, [0, 0, 0, 0], end, [1, step, step, 1]) as tf.Tensor4D; // keeps the rank
  });

it("has the official VQ-VAE's 205 tensors and 13,857,886 parameters", () => {
  const entries = specEntries(vqvaeSpec(officialSizes));
  expect(entries).toHaveLength(205);
  expect(entries.reduce((sum, [, leaf]) => sum + leaf.size, 0)).toBe(13_857_886);
});

describeBackends("VQ-VAE", (backend) => {
  let fixture: Fixture;
  let p: VqvaeParams;
  let images: tf.Tensor4D;
  let z: tf.Tensor4D;

  beforeAll(async () => {
    if (backend === "wasm") registerWasmKernels();
    fixture = await loadFixture("vqvae");
    p = fixtureParams(await loadFixture("weights"), spec, "dm_decoder.vae.vqvae.");
    images = asNHWC(fixture, "img");
    z = asNHWC(fixture, "h");
  });

  it("encodes pictures as the official code does", async (context) => {
    const check = parityChecker(context, "VQ-VAE encoder", "vqvae.py VQVAE.encode");
    const seen = new Map<string, tf.Tensor4D>();
    const latents = encodeLatents(p, sizes, images, (name, x) => {
      const key = `act.${name}`;
      if (!fixture.tensors.has(key)) return;
      seen.set(key, tf.keep(subsample(x, golden(fixture, key).shape)));
    });
    await check(fixture, "h", latents);
    const wanted = [...fixture.tensors.keys()].filter((key) => key.startsWith("act.encoder"));
    expect([...seen.keys()].sort()).toEqual(wanted.sort());
    for (const [key, x] of seen) await check(fixture, key, x);
  });

  it("finds the official codes where the margin is not noise", async (context) => {
    const check = parityChecker(context, "VQ-VAE quantiser", "quantize.py VectorQuantizer2");
    const { zq, indices } = quantize(p, z);
    expect(indices.dtype).toBe("int32");
    expect(indices.shape).toEqual(golden(fixture, "token_id").shape);
    const found = await indices.data();
    const expected = golden(fixture, "token_id").values;
    const margin = golden(fixture, "margin").values;
    const clear = [...found.keys()].filter((i) => (margin[i] ?? 0) > 1e-3);
    expect(clear.length).toBeGreaterThan(500);
    expect(clear.filter((i) => found[i] !== expected[i])).toEqual([]);
    await check(fixture, "z_q", zq);
    const { rows } = lookUp(p.quantize, z);
    await check(fixture, "quant_loss", quantLoss(z, rows, "legacy"));
  });

  it("decodes latents as the official code does", async (context) => {
    const check = parityChecker(context, "VQ-VAE decoder", "vqvae.py VQVAE.decode");
    const seen = new Map<string, tf.Tensor4D>();
    const recon = decodeLatents(p, sizes, asNHWC(fixture, "z_q"), (name, x) => {
      const key = `act.${name}`;
      if (!fixture.tensors.has(key)) return;
      seen.set(key, tf.keep(subsample(x, golden(fixture, key).shape)));
    });
    await check(fixture, "recon", recon);
    const wanted = [...fixture.tensors.keys()].filter((key) => key.startsWith("act.decoder"));
    expect([...seen.keys()].sort()).toEqual(wanted.sort());
    for (const [key, x] of seen) await check(fixture, key, x);
    const free = asNHWC(fixture, "free_z");
    await check(fixture, "free_decode_noquant", decodeLatents(p, sizes, free));
    await check(fixture, "free_decode_quantize", decodeLatents(p, sizes, quantize(p, free).zq));
  });

  it("has the official loss", async (context) => {
    const check = parityChecker(context, "VQ-VAE loss", "vqvae.py VQVAE.calc_train_loss");
    const { loss, reconLoss, quantLoss } = vqvaeLoss(p, sizes, images, { recon: "mse" });
    await check(fixture, "recon_mse", reconLoss);
    await check(fixture, "quant_loss", quantLoss);
    expect(maxAbsDiff(await loss.data(), await tf.add(reconLoss, quantLoss).data())).toBe(0);
  });

  const itThoroughly = isThorough ? it : () => undefined;
  itThoroughly("has the official gradients", { timeout: 300_000 }, async (context) => {
    const check = parityChecker(context, "VQ-VAE gradients", "loss.backward() of VQVAE");
    const { parts, gradients } = lossAndGradients(p, images);
    await check(fixture, "recon_l1", parts.reconLoss);
    await check(fixture, "train_loss", parts.loss);
    await check(fixture, "recon", parts.recon);
    expect([...gradients.keys()].sort()).toEqual(
      specEntries(spec)
        .map(([key]) => key)
        .sort(),
    );
    const leaves = new Map(specEntries(spec));
    const wanted = [...fixture.tensors.keys()].filter((key) => key.startsWith("grad."));
    expect(wanted).toHaveLength(9);
    for (const name of wanted) {
      const key = name.slice("grad.".length);
      const leaf = present(leaves.get(key), key);
      const gradient = present(gradients.get(key), key);
      const official = toOfficial(leaf, new Float32Array(await gradient.data()));
      await check(fixture, name, tf.tensor(official, leaf.officialShape), "stored");
      const { absmax = 0, fp64_ref_maxabsdiff = 0 } = fixture.manifest.tensors?.[name] ?? {};
      // Gradients are small numbers: relative to their size, far below parity.ts's floor of 1e-4.
      const limit = Math.max(1e-4 * absmax, 30 * fp64_ref_maxabsdiff);
      expect(limit).toBeLessThanOrEqual(tolerance(fixture, name));
      expect(maxAbsDiff(official, golden(fixture, name).values), name).toBeLessThanOrEqual(limit);
    }
  });

  it("passes the decoder's gradient straight through to the latents, not to the codes", async () => {
    const weights = tf.randomNormal<tf.Rank.R4>(z.shape, 0, 1, "float32", 5);
    const [dz, dCodes] = tf.grads((x, codes) =>
      tf.sum(
        tf.mul(
          quantize({ ...p, quantize: { embedding: { weight: codes } } }, x as tf.Tensor4D).zq,
          weights,
        ),
      ),
    )([z, p.quantize.embedding.weight]) as [tf.Tensor, tf.Tensor];
    expect(maxAbsDiff(await dz.data(), await weights.data())).toBe(0);
    expect(Math.max(...(await tf.abs(dCodes).data()))).toBe(0);
  });

  it("weighs the commitment by beta under the standard convention", async () => {
    const { rows } = lookUp(p.quantize, z);
    const [dz, dCodes] = tf.grads((x, codes) =>
      quantLoss(x as tf.Tensor4D, codes as tf.Tensor4D, "standard", 0.1),
    )([z, rows]) as [tf.Tensor, tf.Tensor];
    const perValue = tf.mul(tf.sub(z, rows), 2 / z.size);
    expect(maxAbsDiff(await dz.data(), await tf.mul(perValue, 0.1).data())).toBeLessThan(1e-8);
    expect(maxAbsDiff(await dCodes.data(), await tf.neg(perValue).data())).toBeLessThan(1e-8);
  });

  it("takes the lowest of equal codes, also where E is large", async () => {
    const E = 300;
    const values = Float32Array.from({ length: E * 3 }, (_, i) => Math.floor(i / 3) % 100);
    const codes = tf.tensor2d(values, [E, 3]); // code i = code i + 100 = code i + 200
    const points = tf.tensor4d([0, 0, 0, 7.2, 7.2, 7.2, 64, 64, 64, 99, 98, 99], [1, 2, 2, 3]);
    const { indices } = lookUp({ embedding: { weight: codes } }, points);
    expect([...(await indices.data())]).toEqual([0, 7, 64, 99]);
  });

  it("searches the codebook in blocks without changing the result", async () => {
    const codes = tf.randomUniform<tf.Rank.R2>([50, 2], -1, 1, "float32", 3);
    const points = tf.randomUniform<tf.Rank.R4>([2, 5, 7, 2], -1, 1, "float32", 4);
    const search = async (maxDistances: number) =>
      lookUp({ embedding: { weight: codes } }, points, { maxDistances }).indices.data();
    const whole = [...(await search(50 * 70))];
    expect(new Set(whole).size).toBeGreaterThan(10);
    expect([...(await search(50 * 16))]).toEqual(whole); // 16 rows at a time, then 6
    expect([...(await search(1))]).toEqual(whole); // never less than one
  });

  it("leaves no tensors behind", () => {
    const fresh = initParams(spec, mulberry32(1));
    const small = tf.zeros<tf.Rank.R4>([1, 16, 16, 3]);
    const latents = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
    const before = tf.memory().numTensors;
    tf.dispose(encodeLatents(fresh, sizes, small));
    tf.dispose(quantize(fresh, z));
    tf.dispose(decodeLatents(fresh, sizes, latents));
    tf.dispose(vqvaeLoss(fresh, sizes, small));
    const { parts, gradients } = lossAndGradients(fresh, small);
    tf.dispose([Object.values(parts), [...gradients.values()]]);
    expect(tf.memory().numTensors).toBe(before);
    disposeParams(fresh);
  });
});

/** The training loss and its gradient by each parameter, under its key. */
function lossAndGradients(
  p: VqvaeParams,
  images: tf.Tensor4D,
): { parts: VqvaeLoss; gradients: Map<string, tf.Tensor> } {
  const entries = paramEntries(p);
  let parts: VqvaeLoss | undefined;
  const gradients = tf.grads((...values: tf.Tensor[]) => {
    const byKey = new Map(entries.map(([key], i) => [key, values[i]]));
    const params = buildParams(spec, (key) => present(byKey.get(key), key));
    parts = vqvaeLoss(params, sizes, images);
    Object.values(parts).forEach((part) => tf.keep(part));
    return parts.loss;
  })(entries.map(([, tensor]) => tensor));
  return {
    parts: present(parts, "the loss"),
    gradients: new Map(entries.map(([key], i) => [key, present(gradients[i], key)])),
  };
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`expected ${name}, got nothing`);
  return value;
}
