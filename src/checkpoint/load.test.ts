import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { describeBackends } from "../../tests/backends";
import { fixtureBytes, fixtureParams, loadFixture } from "../../tests/fixture";
import { CheckpointError, isAbort } from "../errors";
import { convSpec, linearSpec, normSpec } from "../nn/layers";
import {
  disposeParams,
  paramEntries,
  ParamSpec,
  zeros,
  type Layout,
  type SpecTree,
} from "../nn/params";

import { CheckpointEntry, type CheckpointEntries } from "./entries";
import { exportParams, loadParams, openCheckpoint } from "./load";
import { writeSafetensors } from "./safetensors";

const blobOf = async (name: string): Promise<Blob> => new Blob([await fixtureBytes(name)]);

/** A spec of every key of a file, convolutions and matrices in tfjs layout. */
function specOf(shapes: Iterable<[string, { shape: readonly number[] }]>): SpecTree {
  const root: SpecTree = {};
  for (const [key, { shape }] of shapes) {
    const path = key.split(".");
    const name = path.pop() ?? "";
    let node = root;
    for (const step of path) node = (node[step] ??= {}) as SpecTree;
    node[name] = leafOf([...shape]);
  }
  return root;
}

function leafOf(shape: number[]): ParamSpec {
  const [a = 0, b = 0, c = 0, d = 0] = shape;
  const layout: Layout = shape.length === 4 ? "conv" : shape.length === 2 ? "linear" : "plain";
  const here = layout === "conv" ? [c, d, b, a] : layout === "linear" ? [b, a] : shape;
  return new ParamSpec(here, zeros, layout);
}

/** Parts of the VQ-VAE whose keys the first-stage samples have. */
const firstStageSpec = () => ({
  encoder: { conv_in: convSpec(3, 16, 3) },
  decoder: { conv_out: convSpec(16, 3, 3) },
  quantize: { embedding: { weight: new ParamSpec([64, 3], zeros) } },
  quant_conv: convSpec(3, 3, 1),
  post_quant_conv: convSpec(3, 3, 1),
});

const smallSpec = () => ({ lin: linearSpec(2, 3), norm: normSpec(4), conv: convSpec(1, 2, 3) });
const entry = (shape: number[], read?: () => Promise<Float32Array>): CheckpointEntry => {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
  return new CheckpointEntry("F32", shape, read ?? (() => Promise.resolve(values)));
};
const smallEntries = (extra: [string, CheckpointEntry][] = []): CheckpointEntries =>
  new Map([
    ["lin.weight", entry([3, 2])],
    ["lin.bias", entry([3])],
    ["norm.weight", entry([4])],
    ["norm.bias", entry([4])],
    ["conv.weight", entry([2, 1, 3, 3])],
    ["conv.bias", entry([2])],
    ...extra,
  ]);

describeBackends("parameters in and out", () => {
  it("import then export gives the official file back, byte for byte, and leaks nothing", async () => {
    const file = await fixtureBytes("weights.safetensors");
    const { entries } = await openCheckpoint(new Blob([file]));
    const spec = specOf(entries);
    const before = tf.memory().numTensors;
    const params = await loadParams(spec, entries);
    expect(tf.memory().numTensors).toBe(before + entries.size);
    const written = writeSafetensors(await exportParams(spec, params), { format: "pt" });
    expect(Buffer.from(written).equals(file)).toBe(true);
    disposeParams(params);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("loads the same tensors from .pth as from .safetensors, in tfjs layout", async () => {
    const golden = await loadFixture("weights");
    const { format, entries } = await openCheckpoint(await blobOf("sa_ldm_tiny.pth"), "a.pth");
    expect(format).toBe("pth");
    const spec = specOf(entries);
    const params = await loadParams(spec, entries);
    const expected = new Map(paramEntries(fixtureParams(golden, spec)));
    for (const [key, tensor] of paramEntries(params)) {
      const other = expected.get(key);
      expect(tensor.shape, key).toEqual(other?.shape);
      const [a, b] = [await tensor.data(), await other?.data()];
      expect(
        a.every((value, i) => value === b?.[i]),
        key,
      ).toBe(true);
    }
    expected.forEach((tensor) => tensor.dispose());
    disposeParams(params);
  });

  it("transposes linears and turns OIHW to HWIO", async () => {
    const params = await loadParams(smallSpec(), smallEntries());
    expect(await params.lin.weight.array()).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    expect(params.conv.weight.shape).toEqual([3, 3, 1, 2]);
    const taps = (await params.conv.weight.array()) as number[][][][];
    expect([taps[0]?.[0]?.[0], taps[2]?.[1]?.[0]]).toEqual([
      [0, 9],
      [7, 16],
    ]);
    disposeParams(params);
  });

  it("tells progress, and disposes everything when aborted or when a read fails", async () => {
    const before = tf.memory().numTensors;
    const done: [number, number][] = [];
    const params = await loadParams(smallSpec(), smallEntries(), {
      onProgress: (...progress) => done.push(progress),
    });
    expect(done).toEqual([1, 2, 3, 4, 5, 6].map((n) => [n, 6]));
    disposeParams(params);

    const controller = new AbortController();
    const aborted: unknown = await loadParams(smallSpec(), smallEntries(), {
      signal: controller.signal,
      onProgress: (n) => n === 3 && controller.abort(),
    }).catch((error: unknown) => error);
    expect(isAbort(aborted)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);

    const broken = entry([2], () => Promise.reject(new CheckpointError("gone")));
    const failed = loadParams(smallSpec(), smallEntries([["conv.bias", broken]]));
    await expect(failed).rejects.toThrow("gone");
    expect(tf.memory().numTensors).toBe(before);
  });

  it("writes and reads half-size weights", async () => {
    const params = await loadParams(smallSpec(), smallEntries());
    const file = writeSafetensors(
      await exportParams(smallSpec(), params, { dtype: "F16", prefix: "m." }),
    );
    const { entries } = await openCheckpoint(new Blob([file]));
    expect(entries.get("m.lin.weight")?.dtype).toBe("F16");
    const again = await loadParams(smallSpec(), entries, { prefix: "m." });
    expect(await again.conv.weight.data()).toEqual(await params.conv.weight.data());
    [params, again].forEach(disposeParams);
  });
});

describeBackends("which keys a model takes", () => {
  it.each(["vqvae_stage1_layout.pth", "vqvae_stage1_bare_layout.pth"])(
    "takes a first-stage file (%s) and leaves its loss aside",
    async (name) => {
      const { entries } = await openCheckpoint(await blobOf(name), name);
      expect([...entries.keys()].some((key) => key.startsWith("loss."))).toBe(true);
      disposeParams(await loadParams(firstStageSpec(), entries));
    },
  );

  it("takes the first stage out of a whole model by its prefix", async () => {
    const { entries } = await openCheckpoint(await blobOf("weights.safetensors"));
    const prefix = "dm_decoder.vae.vqvae.";
    const inner = [...entries].filter(([key]) => key.startsWith(prefix));
    const spec = specOf(inner.map(([key, value]) => [key.slice(prefix.length), value]));
    const params = await loadParams(spec, entries, { prefix });
    expect(paramEntries(params)).toHaveLength(inner.length);
    disposeParams(params);
  });

  it("leaves known extras aside, and computes buffers that a file lacks", async () => {
    const extras = [
      ...["loss.perceptual_loss.lin0.model.1.weight", "model_ema.decay", "dm_decoder.model_ema.x"],
      ...["dm_decoder.model.vae.vqvae.quant_conv.bias", "dm_decoder.betas", "dm_decoder.logvar"],
      ...["dm_decoder.alphas_bar_prev", "dm_decoder.sqrt_recipm1_alphas_bar"],
      ...["dm_decoder.log_one_minus_alphas_bar", "dm_decoder.posterior_mean_coef2"],
      ...["encoder_pos_embedding.grid", "encoder.dino.pooler.dense.weight"],
    ];
    const buffer = new ParamSpec([2], () => Float32Array.of(5, 6), "plain", true);
    const spec = { ...smallSpec(), grid: buffer };
    const params = await loadParams(spec, smallEntries(extras.map((key) => [key, entry([1])])));
    expect([...(await params.grid.data())]).toEqual([5, 6]);
    disposeParams(params);
    const stored = await loadParams(spec, smallEntries([["grid", entry([2])]]));
    expect([...(await stored.grid.data())]).toEqual([0, 1]);
    disposeParams(stored);
  });

  it("lists all that is missing, unexpected and of another shape in one message", async () => {
    const entries = smallEntries([["dm_decoder.betas_of_mine", entry([1])]]);
    entries.delete("norm.bias");
    entries.set("conv.weight", entry([3, 3, 1, 2]));
    const before = tf.memory().numTensors;
    const error: unknown = await loadParams(smallSpec(), entries).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CheckpointError);
    expect((error as Error).message).toBe(
      [
        "checkpoint: expected the 6 tensors of this model, got 1 missing, 1 unexpected and 1 of another shape. Choose a file of this model, or give the config.json that belongs to the file.",
        "Missing: norm.bias.",
        "Unexpected: dm_decoder.betas_of_mine.",
        "Of another shape: conv.weight is [3, 3, 1, 2], this model needs [2, 1, 3, 3].",
      ].join("\n"),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it("lists every key, however many", async () => {
    const many = Array.from({ length: 30 }, (_, i): [string, CheckpointEntry] => [
      `x${i}`,
      entry([1]),
    ]);
    await expect(loadParams(smallSpec(), smallEntries(many))).rejects.toThrow(
      new RegExp(`Unexpected: ${many.map(([key]) => key).join(", ")}\\.$`),
    );
  });
});

describe("openCheckpoint", () => {
  it("goes by content, not by name", async () => {
    const opened = await openCheckpoint(await blobOf("weights.safetensors"), "weights.pth");
    expect(opened.format).toBe("safetensors");
    expect(opened.other.get("format")).toBe("pt");
    const legacy = await openCheckpoint(await blobOf("pth_torture_legacy.pth"), "x.safetensors");
    expect(legacy.format).toBe("pth");
    expect(legacy.other.get("epoch")).toBe(12);
  });

  it.each([
    ["nothing", "", /an empty file/],
    ["a web page", "<!DOCTYPE html><html></html>", /a web page/],
    ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid", /a Git LFS pointer/],
    ["a pickle", Uint8Array.of(0x80, 4, 0x4e, 0x2e), /a pickle without tensors/],
    ["a gzip archive", Uint8Array.of(0x1f, 0x8b, 8, 0), /a gzip archive/],
    ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10), /a picture/],
    ["other bytes", "hello", /a file that starts 68 65 6c 6c 6f/],
  ] as [string, string | Uint8Array<ArrayBuffer>, RegExp][])(
    "names the file and says what %s is not",
    async (_, content, message) => {
      const error: unknown = await openCheckpoint(new Blob([content]), "dropped.bin").catch(
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(CheckpointError);
      expect(String(error)).toMatch(/dropped\.bin: expected weights as \.safetensors or \.pth/);
      expect(String(error)).toMatch(message);
    },
  );

  it("names the file in what its readers refuse", async () => {
    const bytes = await fixtureBytes("weights.safetensors");
    const cut = new Blob([bytes.slice(0, -4)]);
    await expect(openCheckpoint(cut, "cut.safetensors")).rejects.toThrow(
      /^cut\.safetensors: safetensors: expected \d+ bytes of tensors/,
    );
  });
});
