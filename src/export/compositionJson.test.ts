import fc from "fast-check";
import { expect, test } from "vitest";

import { InputError } from "../errors";
import { readComposition, writeComposition, type Composition } from "./compositionJson";

const samplers = ["dpm-solver++", "ddim"] as const;
type Sampler = (typeof samplers)[number];

const composition: Composition<Sampler> = {
  model: { id: "sprites", hash: "0123456789abcdef".repeat(4) },
  slots: [
    { values: Float32Array.of(1, -2.5, 3e-8), source: { title: "Scene A", seed: 7, slot: 2 } },
    {
      values: Float32Array.of(0, 1, 0.1),
      source: { title: "Katze, Ü", seed: 2 ** 32 - 1, slot: 0 },
    },
  ],
  settings: { seed: 3, sampler: "ddim", steps: 20, eta: 0.5 },
};

/** The file with one value changed, as text. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const file: unknown = JSON.parse(writeComposition(composition));
  const [last, ...parents] = [...path].reverse();
  let at = file as Record<string | number, unknown>;
  for (const key of parents.reverse()) at = at[key] as Record<string | number, unknown>;
  at[last ?? ""] = value;
  return JSON.stringify(file);
}

const messageOf = (text: string): string => {
  try {
    readComposition(text, samplers);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error("the text was read.");
};

test("the file says its format and version, and numbers as little-endian float32", () => {
  const file = JSON.parse(writeComposition(composition)) as {
    format: string;
    version: number;
    slots: { values: string }[];
  };
  expect([file.format, file.version]).toEqual(["slotdiffusion-composition", 1]);
  const bytes = Buffer.from(file.slots[0]?.values ?? "", "base64");
  expect([0, 4, 8].map((at) => bytes.readFloatLE(at))).toEqual([1, -2.5, Math.fround(3e-8)]);
});

test("what is written is read back to the last bit", () => {
  expect(readComposition(writeComposition(composition), samplers)).toEqual(composition);
  const seed = fc.nat(2 ** 31 - 1);
  const values = fc.float32Array({
    noNaN: true,
    noDefaultInfinity: true,
    minLength: 3,
    maxLength: 3,
  });
  const source = fc.record({ title: fc.string({ maxLength: 200 }), seed, slot: fc.nat(1023) });
  const slots = fc.array(fc.record({ values, source }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(slots, seed, fc.double({ min: 0, max: 1, noNaN: true }), (slots, seed, eta) => {
      const settings = { seed, sampler: "ddim" as const, steps: 1, eta };
      const all = { model: composition.model, slots, settings };
      const text = writeComposition(all);
      const back = readComposition(text, samplers);
      expect(back.slots.map((slot) => slot.source)).toEqual(slots.map((slot) => slot.source));
      expect(back.settings.eta).toBe(eta === 0 ? 0 : eta); // JSON has no -0
      for (const [i, slot] of back.slots.entries())
        expect(new Uint8Array(slot.values.buffer)).toEqual(
          new Uint8Array(slots[i]?.values.slice().buffer ?? new ArrayBuffer(0)),
        );
    }),
  );
});

test("what is wrong is named by its place", () => {
  const cases: [path: (string | number)[], value: unknown, message: RegExp][] = [
    [["format"], "gif", /^composition: format: /],
    [["version"], 0, /^composition: version: /],
    [["model", "hash"], "xyz", /^composition: model\.hash: /],
    [["slots"], [], /^composition: slots: /],
    [["slots", 1, "values"], "no base64!", /^composition: slots\.1\.values: /],
    [["slots", 1, "values"], 5, /^composition: slots\.1\.values: /],
    [["slots", 1, "values"], "", /slots\.1\.values: expected a multiple of 4 bytes, got 0/],
    [["slots", 1, "values"], "AAAA", /slots\.1\.values: expected a multiple of 4 bytes, got 3/],
    [["slots", 1, "values"], "AADAfw==", /slots\.1\.values: expected finite numbers/],
    [["slots", 1, "values"], "AAAAAA==", /slots\.1\.values: expected 3 numbers .* got 1/],
    [["slots", 0, "source", "slot"], -1, /^composition: slots\.0\.source\.slot: /],
    [["slots", 0, "source", "title"], "x".repeat(201), /^composition: slots\.0\.source\.title: /],
    [["settings", "seed"], 1.5, /^composition: settings\.seed: /],
    [["settings", "sampler"], "euler", /^composition: settings\.sampler: /],
    [["settings", "steps"], 1001, /^composition: settings\.steps: /],
    [["settings", "eta"], "0.5", /^composition: settings\.eta: /],
  ];
  for (const [path, value, message] of cases)
    expect(messageOf(changed(path, value)), path.join(".")).toMatch(message);
});

test("other text, no object and too much text are refused, a newer version says so", () => {
  expect(messageOf("{")).toContain("expected JSON");
  expect(messageOf("null")).toContain("composition: file: ");
  expect(messageOf(" ".repeat(4 * 1024 * 1024 + 1))).toContain("at most 4194304 characters");
  expect(messageOf(changed(["version"], 2))).toContain("reload to update");
});

test("a cut file is never read as a smaller one", () => {
  const text = writeComposition(composition);
  fc.assert(
    fc.property(fc.nat(text.length - 3), (length) => {
      expect(messageOf(text.slice(0, length))).toContain("composition: file: expected JSON");
    }),
  );
});

test("what could not be read back is not written", () => {
  const [first] = composition.slots;
  const source = first?.source ?? { title: "", seed: 0, slot: 0 };
  const broken = { ...composition, slots: [{ values: Float32Array.of(NaN), source }] };
  expect(() => writeComposition(broken)).toThrow("slots.0.values: expected finite numbers");
  expect(() => writeComposition({ ...composition, slots: [] })).toThrow(InputError);
});
