/**
 * The link codec: an experiment as `#1.<base64url(deflate-raw(JSON))>`, which ten lines of Python can write
 * (zlib.compressobj(wbits=-15)). Links are untrusted: length, inflated length and every value are checked.
 */
import { z } from "zod";

import { samplerNames, sceneKindNames } from "../engine/protocol";
import { InputError } from "../errors";
import { pathNames } from "../slotspace/interpolate";
import { fromBase64Url, isBase64Url, toBase64Url } from "./base64";
import { clampSeed, clampSlots, clampSteps, clampUnit, maxScenes, maxSlots } from "./limits";

const version = 1;

/** Characters of a link's hash that are read or written. */
export const maxHashLength = 64 * 1024;

/** Characters from which some apps cut a link. */
export const longLinkLength = 32 * 1024;

/** Bytes of JSON that a link may hold. */
const maxJsonBytes = 256 * 1024;

/** Where a scene of a link comes from. */
export const sourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sample"), id: z.string().max(64) }),
  /** A PNG of the model's input, base64url. */
  z.object({
    kind: z.literal("png"),
    name: z.string().transform((name) => name.slice(0, 80)),
    png: z.string().min(1).refine(isBase64Url, "expected base64url"),
  }),
  /** Rendered again by whoever opens the link. */
  z.object({
    kind: z.literal("generated"),
    scene: z.object({
      kind: z.enum(sceneKindNames),
      seed: z.number().transform(clampSeed),
      index: z.number().transform(clampSeed),
    }),
  }),
]);

const sceneIndex = z.int().min(0);
const slotIndex = z.int().min(0).max(1023);

/** A slot of a link. */
export const slotSchema = z.union([
  /** A scene and its slot, both from 0. */
  z.tuple([sceneIndex, slotIndex]),
  /** Such a slot, another, how far from the one to the other, and along which path. */
  z.tuple([
    sceneIndex,
    slotIndex,
    sceneIndex,
    slotIndex,
    z.number().transform(clampUnit),
    z.enum(pathNames),
  ]),
]);

/** A scene of a link. */
export const sceneSchema = z.object({
  source: sourceSchema,
  fit: z.enum(["crop", "letterbox"]),
  slotSeed: z.number().transform(clampSeed),
  numSlots: z.number().transform(clampSlots).optional(),
  /** Left out where they are the scene's own slots in their order. */
  placed: z.array(slotSchema).max(maxSlots).optional(),
  isGenerated: z.boolean(),
});

/** How pictures are generated. */
export const settingsSchema = z.object({
  seed: z.number().transform(clampSeed),
  sampler: z.enum(samplerNames),
  steps: z.number().transform(clampSteps),
  eta: z.number().transform(clampUnit),
});

/** An experiment, value by value. */
export const experimentShape = z.object({
  model: z.object({ id: z.string().max(200), hash: z.string().regex(/^[0-9a-f]{0,64}$/) }),
  scenes: z.array(sceneSchema).max(maxScenes),
  settings: settingsSchema,
});

const experimentSchema = experimentShape.refine(
  ({ scenes }) =>
    scenes.every(({ placed = [] }) =>
      placed.every(([scene, , other = 0]) => Math.max(scene, other) < scenes.length),
    ),
  { path: ["scenes"], error: "expected slots of scenes in the link, got one of another" },
);

/** All that is needed to make the same pictures again. */
export type Experiment = z.infer<typeof experimentSchema>;

const brokenLink = (reason: string): InputError =>
  new InputError(`link: ${reason}. Copy the whole link again.`);

/** The first thing that is wrong with an experiment, with its place. */
export const firstIssue = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 1)
    .map(({ path, message }) => `${path.join(".") || "link"}: ${message}`)
    .join("");

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for (let length = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > maxJsonBytes) {
      await reader.cancel();
      throw brokenLink(`expected at most ${maxJsonBytes} bytes inside, got more`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

async function readJson(body: string): Promise<unknown> {
  try {
    return JSON.parse(await inflate(fromBase64Url(body)));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw brokenLink("its text is damaged or incomplete");
  }
}

/**
 * An experiment as the hash of an address, `#` included.
 * Throws an InputError where it does not fit into a link.
 */
export async function encodeLink(experiment: Experiment): Promise<string> {
  const json = JSON.stringify(experimentSchema.parse(experiment));
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const hash = `#${version}.${toBase64Url(bytes)}`;
  if (hash.length > maxHashLength || json.length > maxJsonBytes) {
    const size = Math.ceil(hash.length / 1024);
    throw new InputError(
      `link: expected at most ${maxHashLength / 1024} KiB, got ${size} KiB. Remove some of your own pictures.`,
    );
  }
  return hash;
}

/**
 * The experiment of an address's hash, every value valid and in its range.
 * Throws an InputError where the link is too long, damaged, or of a newer version of the page.
 */
export async function decodeLink(hash: string): Promise<Experiment> {
  if (hash.length > maxHashLength) {
    throw brokenLink(`expected at most ${maxHashLength} characters, got ${hash.length}`);
  }
  const [, madeBy, body = ""] = /^#?(\d{1,9})\.([\w-]+)$/.exec(hash) ?? [];
  if (Number(madeBy) > version) {
    throw new InputError(
      `link: expected version ${version}, got ${madeBy}. It was made by a newer version of this page: reload to update.`,
    );
  }
  if (Number(madeBy) !== version) throw brokenLink("its text is damaged or incomplete");
  const parsed = experimentSchema.safeParse(await readJson(body));
  if (!parsed.success) throw brokenLink(`it says nothing usable (${firstIssue(parsed.error)})`);
  return parsed.data;
}
