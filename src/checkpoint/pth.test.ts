import { describe, expect, it } from "vitest";

import { fixtureBytes, fixtureJson, loadFixture } from "../../tests/fixture";
import { CheckpointError } from "../errors";
import { mulberry32 } from "../math/random";

import { CheckpointEntry } from "./entries";
import { openPth, type Pth } from "./pth";

type Torture = {
  state_dict: Record<
    string,
    { dtype: string; shape: number[]; values: (number | string | boolean)[] }
  >;
  other: Record<string, unknown>;
};

const openFixture = async (name: string): Promise<Pth> =>
  openPth(new Blob([await fixtureBytes(name)]));
const bitsOf = (values: ArrayBufferView): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** Dicts as objects, big integers as text: what the fixture's JSON can say. */
const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return `${value}`;
  if (Array.isArray(value)) return value.map(plain);
  return value;
};

describe.each(["pth_torture.pth", "pth_torture_legacy.pth"])("%s", (file) => {
  it("gives every tensor: dtypes, views, shared storages, scalars, nothing, Parameters", async () => {
    const golden = await fixtureJson<Torture>("pth_torture.json");
    const { entries } = await openFixture(file);
    expect([...entries.keys()]).toEqual(Object.keys(golden.state_dict));
    for (const [key, { shape, values }] of Object.entries(golden.state_dict)) {
      expect(entries.get(key)?.shape, key).toEqual(shape);
      const expected = values.map((value) => Math.fround(Number(value)));
      expect([...((await entries.get(key)?.read()) ?? [])], key).toEqual(expected);
    }
    expect(
      [entries.get("f16"), entries.get("bf16"), entries.get("bool")].map((e) => e?.dtype),
    ).toEqual(["F16", "BF16", "BOOL"]);
  });

  it("gives whatever else the file holds", async () => {
    const { ordered_keys, ...expected } = (await fixtureJson<Torture>("pth_torture.json")).other;
    const { other } = await openFixture(file);
    for (const [key, value] of Object.entries(expected))
      expect(plain(other.get(key)), key).toEqual(value);
    const ordered = other.get("ordered") as Map<string, unknown>;
    expect([...ordered.keys()]).toEqual(ordered_keys);
    expect(ordered.get("a")).toBe(1);
    expect(ordered.get("b")).toBeInstanceOf(CheckpointEntry);
  });

  it("is refused when it is cut anywhere", async () => {
    const bytes = await fixtureBytes(file);
    for (let cut = 0; cut < bytes.length; cut += 61)
      await expect(openPth(new Blob([bytes.slice(0, cut)])), `${cut}`).rejects.toThrow(
        CheckpointError,
      );
  });

  it("with a flipped bit is refused, or read to its end without another error", async () => {
    const bytes = await fixtureBytes(file);
    const rng = mulberry32(8);
    let refused = 0;
    for (let i = 0; i < 400; i++) {
      const flipped = bytes.slice();
      const bit = Math.floor(rng() * 8 * bytes.length);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        const { entries } = await openPth(new Blob([flipped]));
        for (const entry of entries.values()) await entry.read();
      } catch (error) {
        expect(error, `bit ${bit}: ${String(error)}`).toBeInstanceOf(CheckpointError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});

describe("official layouts", () => {
  it("reads sa_ldm_tiny.pth bit for bit as weights.safetensors", async () => {
    const golden = await loadFixture("weights");
    const { entries, other } = await openFixture("sa_ldm_tiny.pth");
    expect([...entries.keys()].sort()).toEqual([...golden.tensors.keys()].sort());
    for (const [key, { shape, values }] of golden.tensors) {
      const entry = entries.get(key);
      expect(entry?.shape, key).toEqual(shape);
      expect(bitsOf((await entry?.read()) ?? values).equals(bitsOf(values)), key).toBe(true);
    }
    expect(other.has("state_dict")).toBe(false);
  });

  it.each(["vqvae_stage1_layout.pth", "vqvae_stage1_bare_layout.pth"])("reads %s", async (file) => {
    const { keys } = await fixtureJson<{ keys: Record<string, number[]> }>(
      "vqvae_stage1_layout.json",
    );
    const { entries } = await openFixture(file);
    expect(Object.fromEntries([...entries].map(([key, { shape }]) => [key, shape]))).toEqual(keys);
    for (const [key, entry] of entries)
      expect((await entry.read()).length, key).toBe(entry.shape.reduce((a, b) => a * b, 1));
  });

  it("reads a real Adam state beside the weights", async () => {
    const { entries, other } = await openFixture("readout_tiny.pth");
    expect(entries.size).toBeGreaterThan(0);
    expect([other.get("epoch"), other.get("it")]).toEqual([3, 17]);
    const optimizer = [...other.values()].find((v) => v instanceof Map && v.has("param_groups"));
    const state = (optimizer as Map<string, Map<number, Map<string, CheckpointEntry>>>).get(
      "state",
    );
    const first = state?.get(0);
    expect([...(first?.keys() ?? [])]).toEqual(["step", "exp_avg", "exp_avg_sq"]);
    const squares = await first?.get("exp_avg_sq")?.read();
    expect(squares?.length).toBeGreaterThan(0);
    expect(squares?.every((square) => square >= 0 && Number.isFinite(square))).toBe(true);
    expect((await first?.get("step")?.read())?.[0]).toBeGreaterThanOrEqual(1);
  });

  it("opens a Blob by slices: the tensors stay where they are until one is read", async () => {
    const blob = new Blob([await fixtureBytes("sa_ldm_tiny.pth")]);
    let touched = 0;
    const slice = blob.slice.bind(blob);
    blob.slice = (begin = 0, end = blob.size) => ((touched += end - begin), slice(begin, end));
    const { entries } = await openPth(blob);
    expect(touched).toBeLessThan(blob.size / 4);
    touched = 0;
    await entries.get("init_latents")?.read();
    expect(touched).toBe(4 * 48 * 4 + 30);
  });
});
