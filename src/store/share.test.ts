import { deflateRawSync, inflateRawSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";

import { mulberry32 } from "../math/random";
import { fromBase64Url, toBase64Url } from "./base64";
import { decodeLink, encodeLink, type Experiment, maxHashLength } from "./share";

const experiment: Experiment = {
  model: { id: "clevr64", hash: "c".repeat(64) },
  scenes: [
    { source: { kind: "sample", id: "03" }, fit: "crop", slotSeed: 0, isGenerated: false },
    {
      source: { kind: "png", name: "Küche 🍋", png: "iVBORw0KGgo_-A" },
      fit: "letterbox",
      slotSeed: 4294967295,
      placed: [
        [0, 6],
        [1, 0],
      ],
      isGenerated: true,
    },
  ],
  settings: { seed: 17, sampler: "ddim", steps: 50, eta: 0.3 },
};

const pack = (json: string): string => `#1.${toBase64Url(deflateRawSync(json))}`;
const packChanged = (change: object): string => pack(JSON.stringify({ ...experiment, ...change }));
const randomBytes = (seed: number, length: number): Uint8Array => {
  const rng = mulberry32(seed);
  return Uint8Array.from({ length }, () => Math.floor(rng() * 256));
};

describe("base64url", () => {
  test.each([0, 1, 2, 3, 1000])("%i bytes come back as they were", (length) => {
    const bytes = randomBytes(length, length);
    expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
    expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
  });
});

describe("a link", () => {
  test("gives back the experiment it was made from", async () => {
    const hash = await encodeLink(experiment);
    expect(hash).toMatch(/^#1\.[\w-]+$/);
    expect(await decodeLink(hash)).toEqual(experiment);
    expect(await decodeLink(hash.slice(1))).toEqual(experiment);
  });

  test("is raw deflate of JSON, which other programs can read and write", async () => {
    const body = (await encodeLink(experiment)).slice(3);
    expect(JSON.parse(inflateRawSync(fromBase64Url(body)).toString())).toEqual(experiment);
    expect(await decodeLink(pack(JSON.stringify(experiment)))).toEqual(experiment);
  });

  test("of samples alone is short enough for any app", async () => {
    const [sample] = experiment.scenes;
    const scenes = Array.from({ length: 8 }, () => ({ ...experiment.scenes[0], ...sample }));
    const hash = await encodeLink({ ...experiment, scenes: scenes as Experiment["scenes"] });
    expect(hash.length).toBeLessThan(500);
  });

  test("of the first version, as it was written then, still opens", async () => {
    const written =
      "#1.pY9BTsMwEEWvgmZtkNumqZIdbLroAgkkNlGEjDNNLBw78riAFPkEiDNwEXZciCMwrpAQiB3e-c-f_-bPMPoOLdQzmA5q0BYfQlmAgEHRkIV_PkgCSKNDgrqZgfwhaMy4e-MykNQ4WWTeES9X2b83MZODn1gn6-M1Ik8lm2jLUUHF_N8rS5jEH6GT63nTqZFF2L2_6QFPPl5fnlnMoxrMzcXl1aPcbXt_e3r-zbQYI4Y7__QDXCyroio3y2rN-1bprDWNFGUrmoWQbfvrsBgOmFgkTjOup3wZHZMWG_HVODCt68yYQREn9qy5H0bFPc9WKX0C";
    expect(await decodeLink(written)).toEqual(experiment);
  });

  const generated = {
    source: { kind: "generated", scene: { kind: "sprites", seed: 4294967295, index: 12 } },
    fit: "crop",
    slotSeed: 3,
    numSlots: 9,
    isGenerated: false,
  } as const;

  test("of generated scenes holds kind, seed and index, not pixels", async () => {
    const hash = await encodeLink({
      ...experiment,
      scenes: Array.from({ length: 8 }, () => generated),
    });
    expect(hash.length).toBeLessThan(500);
    expect((await decodeLink(hash)).scenes[7]).toEqual(generated);
  });

  test("brings numbers of generated scenes and slots into range", async () => {
    const scene = { kind: "clevr", seed: -3, index: 1e12 };
    const [opened] = (
      await decodeLink(
        packChanged({
          scenes: [{ ...generated, numSlots: 1e6, source: { kind: "generated", scene } }],
        }),
      )
    ).scenes;
    expect(opened).toMatchObject({
      numSlots: 32,
      source: { scene: { kind: "clevr", seed: 0, index: 4294967295 } },
    });
  });

  test("that would be too long is refused with what to do", async () => {
    const png = toBase64Url(randomBytes(1, maxHashLength));
    const source = { kind: "png", name: "", png } as const;
    const scene = { source, fit: "crop", slotSeed: 0, isGenerated: false } as const;
    await expect(encodeLink({ ...experiment, scenes: [scene] })).rejects.toThrow(
      /expected at most 64 KiB, got 8\d KiB\. Remove some/,
    );
  });
});

describe("a hostile or damaged link", () => {
  test("cut at any place is refused with a message", async () => {
    const hash = await encodeLink(experiment);
    for (let end = 0; end < hash.length; end += 7) {
      await expect(decodeLink(hash.slice(0, end))).rejects.toMatchObject({ name: "InputError" });
    }
  });

  test.each(["", "#", "#guide", "#0.AAAA", "#1.", "#1.@@@@", "#1.AAAA", "#x1.AAAA", "#1.A\n"])(
    "%j is refused",
    async (hash) => {
      await expect(decodeLink(hash)).rejects.toThrow(/link: .* Copy the whole link again\./);
    },
  );

  test("of random bytes is refused", async () => {
    for (let seed = 0; seed < 40; seed++) {
      const hash = `#1.${toBase64Url(randomBytes(seed, 60))}`;
      await expect(decodeLink(hash)).rejects.toMatchObject({ name: "InputError" });
    }
  });

  test("of a newer version says so", async () => {
    await expect(decodeLink("#2.AAAA")).rejects.toThrow(/newer version of this page/);
  });

  test("longer than 64 KiB is refused before it is read", async () => {
    const hash = `#1.${"A".repeat(maxHashLength)}`;
    await expect(decodeLink(hash)).rejects.toThrow(/at most 65536 characters/);
  });

  test("that inflates to 40 MB is given up early", async () => {
    const bomb = pack(" ".repeat(40_000_000));
    expect(bomb.length).toBeLessThan(maxHashLength);
    const decode = vi.spyOn(TextDecoder.prototype, "decode");
    await expect(decodeLink(bomb)).rejects.toThrow(/at most 262144 bytes inside/);
    const sizes = decode.mock.calls.map(([chunk]) => chunk?.byteLength ?? 0);
    decode.mockRestore();
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(262144);
  });

  test("cannot reach into prototypes", async () => {
    const json = JSON.stringify(experiment);
    const hostile = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${json.slice(1)}`;
    const opened = await decodeLink(pack(hostile));
    expect(opened).toEqual(experiment);
    expect(Object.getPrototypeOf(opened)).toBe(Object.prototype);
    expect(Object.keys(opened)).toEqual(["model", "scenes", "settings"]);
    expect("polluted" in {}).toBe(false);
  });

  test("with values out of range has them brought in", async () => {
    const settings = { seed: -1, sampler: "ddpm", steps: 1e12, eta: 9 };
    const opened = await decodeLink(packChanged({ settings }));
    expect(opened.settings).toEqual({ seed: 0, sampler: "ddpm", steps: 1000, eta: 1 });
  });

  const [scene] = experiment.scenes;
  test.each([
    ["an unknown sampler", { settings: { ...experiment.settings, sampler: "constructor" } }],
    ["a seed that is no number", { settings: { ...experiment.settings, seed: "1" } }],
    ["nine scenes", { scenes: Array.from({ length: 9 }, () => scene) }],
    ["a slot of a scene that is not there", { scenes: [{ ...scene, placed: [[1, 0]] }] }],
    ["a slot before the first", { scenes: [{ ...scene, placed: [[0, -1]] }] }],
    ["half a slot", { scenes: [{ ...scene, placed: [[0, 0.5]] }] }],
    ["33 slots", { scenes: [{ ...scene, placed: Array.from({ length: 33 }, () => [0, 0]) }] }],
    ["a picture that is no text", { scenes: [{ ...scene, source: { kind: "png", png: 3 } }] }],
    [
      "a picture of half a byte",
      { scenes: [{ ...scene, source: { kind: "png", name: "", png: "iVBOA" } }] },
    ],
    ["a source of another kind", { scenes: [{ ...scene, source: { kind: "url", url: "x" } }] }],
    [
      "generated scenes of no known kind",
      {
        scenes: [
          {
            ...scene,
            source: { kind: "generated", scene: { kind: "toString", seed: 0, index: 0 } },
          },
        ],
      },
    ],
    ["a hash that is none", { model: { id: "a", hash: "<b>" } }],
    ["no scenes", { scenes: undefined }],
  ])("with %s is refused", async (_, change) => {
    await expect(decodeLink(packChanged(change))).rejects.toThrow(/it says nothing usable/);
  });

  test("with an infinite number is refused", async () => {
    const json = JSON.stringify(experiment).replace('"steps":50', '"steps":1e999');
    await expect(decodeLink(pack(json))).rejects.toMatchObject({ name: "InputError" });
  });
});
