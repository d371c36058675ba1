/**
 * A composed scene as a JSON file that holds all that its picture depends on: the slots' numbers, the model that made
 * them and the sampler's settings. A few lines of Python read it: numpy.frombuffer(base64.b64decode(values), "<f4").
 */
import { z } from "zod";

import { InputError } from "../errors";

const format = "slotdiffusion-composition";
const version = 1;

const maxSlots = 128;

/** Characters that are read: 128 slots of 4,096 numbers fit. */
const maxCharacters = 4 * 1024 * 1024;

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const bytesOfFloat = 4;

/** float32, little-endian, as base64 (RFC 4648, section 4). */
const valuesSchema = z.base64().transform((text, context): Float32Array<ArrayBuffer> => {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i); // from() is twenty times slower
  const issue = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (bytes.length === 0 || bytes.length % bytesOfFloat !== 0)
    return issue(`expected a multiple of ${bytesOfFloat} bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / bytesOfFloat);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(i * bytesOfFloat, true);
  return values.every(Number.isFinite) ? values : issue("expected finite numbers");
});

const slotSchema = z.object({
  values: valuesSchema,
  source: z.object({
    title: z.string().max(200),
    /** Of the first slots, where the model draws them. */
    seed,
    /** Which slot of the scene, from 0. */
    slot: z.int().min(0).max(1023),
  }),
});

/** The file's schema. @param samplers - names of samplers that can be run here */
export const compositionSchema = <S extends string>(samplers: readonly S[]) =>
  z.object({
    format: z.literal(format),
    version: z.literal(version),
    model: z.object({
      id: z.string().max(200),
      /** SHA-256 of the weights, hex; empty where it is not known. */
      hash: z.string().regex(/^([0-9a-f]{64})?$/),
    }),
    slots: z
      .array(z.unknown())
      .min(1)
      .max(maxSlots) // first: each wrong slot of a long list would be issues of its own
      .pipe(z.array(slotSchema))
      .superRefine((slots, context) => {
        const sizes = slots.map(({ values }) => values.length);
        const odd = sizes.findIndex((size) => size !== sizes[0]);
        if (odd > 0)
          context.addIssue({
            code: "custom",
            path: [odd, "values"],
            message: `expected ${sizes[0]} numbers as in the first slot, got ${sizes[odd]}`,
          });
      }),
    settings: z.object({
      seed,
      sampler: z.enum(samplers),
      steps: z.int().min(1).max(1000),
      eta: z.number().min(0).max(1),
    }),
  });

/** Where a composed slot comes from. */
export type SlotSource = z.infer<typeof slotSchema>["source"];

/** A composed scene; each slot is [D], all of one size. */
export type Composition<S extends string = string> = {
  model: { id: string; hash: string };
  slots: { values: Float32Array; source: SlotSource }[];
  settings: { seed: number; sampler: S; steps: number; eta: number };
};

/** The file's text. Throws an InputError where it could not be read back. */
export function writeComposition({ model, slots, settings }: Composition): string {
  const { id, hash } = model;
  const { seed, sampler, steps, eta } = settings;
  const file = {
    format,
    version,
    model: { id, hash },
    slots: slots.map(({ values, source }) => ({ values: toBase64(values), source })),
    settings: { seed, sampler, steps, eta },
  };
  const text = `${JSON.stringify(file, null, 2)}\n`;
  readComposition(text, [sampler]);
  return text;
}

/** The composition in a file's text, every value valid and in its range; else an InputError names the field. */
export function readComposition<S extends string>(
  text: string,
  samplers: readonly S[],
): Composition<S> {
  const json = parseJson(text);
  const madeBy = z.object({ format: z.literal(format), version: z.int() }).safeParse(json);
  if (madeBy.success && madeBy.data.version > version)
    throw new InputError(
      `composition: version: expected ${version}, got ${madeBy.data.version}. ` +
        "It was made by a newer version of this page: reload to update.",
    );
  const parsed = compositionSchema(samplers).safeParse(json);
  if (!parsed.success) throw broken(firstIssue(parsed.error));
  const { model, slots, settings } = parsed.data;
  return { model, slots, settings };
}

const broken = (reason: string): InputError =>
  new InputError(`composition: ${reason}. Export the composition again.`);

const firstIssue = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 1)
    .map(({ path, message }) => `${path.join(".") || "file"}: ${message}`)
    .join("");

function parseJson(text: string): unknown {
  if (text.length > maxCharacters)
    throw broken(`file: expected at most ${maxCharacters} characters, got ${text.length}`);
  try {
    return JSON.parse(text);
  } catch {
    throw broken("file: expected JSON, got other text");
  }
}

function toBase64(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(values.length * bytesOfFloat));
  for (const [i, value] of values.entries()) view.setFloat32(i * bytesOfFloat, value, true);
  let binary = "";
  for (const byte of new Uint8Array(view.buffer)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
