/**
 * The record of kept work, version 1: an experiment as a link has it, and beside it what no link carries: files, drawn
 * pictures, what can be undone, measurements. What is in a browser's database may be damaged or newer: every value is checked.
 */
import { z } from "zod";

import { sceneKindNames, samplerNames, type Pixels } from "../engine/protocol";
import type { EvaluationTable } from "../engine/protocol/training";
import { InputError } from "../errors";
import { clampSeed, maxScenes, maxSlots } from "./limits";
import { ablationNames } from "./measureState";
import {
  experimentShape,
  firstIssue,
  sceneSchema,
  settingsSchema,
  slotSchema,
  sourceSchema,
} from "./share";

/** Of the records that this page reads and writes. */
export const keptVersion = 1;

/** Names a part that lies beside the record. */
const partKey = z.string().max(40);
/** A place in the list of scenes on the page, scenes that undo brings back, and slots out of files. */
const place = z.int().min(0);
const number = z.number().or(z.nan());
/** Any Float32Array: the type says nothing of the buffer below it. */
const floats = z.custom<Float32Array>((value) => value instanceof Float32Array, "expected numbers");
const placed = z.array(slotSchema).max(maxSlots);

const drawnSchema = z.object({
  /** The picture and the previews on the way to it. */
  part: partKey,
  /** With "@3" for the scene at place 3. */
  slotKeys: z.string().max(20_000),
  settings: settingsSchema,
  elapsedMs: number,
  msPerStep: number,
  batch: z.int().min(1),
  shuffled: z.object({ mean: number, max: number }).nullable(),
});

const keptScene = sceneSchema.extend({
  source: z.union([
    sourceSchema,
    /** A file that had not been read yet. */
    z.object({ kind: z.literal("file"), name: z.string().max(80) }),
  ]),
  letter: z.string().regex(/^[A-Z?]$/),
  /** How many its own slots were, where `placed` is left out. */
  numOwn: z.int().min(0).max(1024).default(0),
  /** The visitor's file. */
  original: partKey.optional(),
  drawn: drawnSchema.optional(),
});

const editSchema = z.object({
  label: z.string().max(1000),
  lists: z.array(z.object({ scene: place, placed, isOwnOrder: z.boolean() })),
  remove: z.array(place),
  add: z.array(z.object({ scene: place, position: place })),
  settings: z.object({ value: settingsSchema, of: place }).optional(),
});
const edits = z.array(editSchema).max(200);

const modelRef = z.object({
  kind: z.enum(["bundled", "run", "opened"]),
  id: z.string().max(200),
});

const planSchema = z.object({
  model: modelRef.nullable(),
  pictures: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("scenes"), scenes: z.enum(sceneKindNames), seed: number }),
    z.object({ kind: z.literal("set"), setId: z.string(), part: z.enum(["heldOut", "all"]) }),
  ]),
  count: number,
  seeds: number,
  isDrawn: z.boolean(),
  isSwapped: z.boolean(),
});

const estimate = z.object({ mean: number, standardError: number });
const timesSchema = z.object({ segmentMs: number, drawMs: number.nullable() });

const ablationSchema = z.object({
  status: z.enum(["running", "done", "stopped", "failed"]),
  message: z.string(),
  title: z.string(),
  total: number,
  points: z.array(
    z.object({
      value: number,
      sampler: z.enum(samplerNames).nullable(),
      metrics: z.record(z.string(), estimate),
      times: timesSchema,
    }),
  ),
  protocol: z.string(),
});

/** A record of kept work. */
export const keptSchema = experimentShape.extend({
  version: z.literal(keptVersion),
  savedAt: number,
  /** Another with each change. */
  revision: z.string(),
  /** The hash of the page's address, which such a page does not open again. */
  hash: z.string(),
  scenes: z.array(keptScene).max(maxScenes),
  /** Scenes that left the page and can be had back. */
  gone: z.array(keptScene).max(400),
  files: z.array(z.object({ values: floats, title: z.string(), hash: z.string() })),
  history: z.object({ past: edits, future: edits }),
  isAutomatic: z.boolean(),
  series: z.object({
    kind: z.enum(sceneKindNames),
    seed: z.number().transform(clampSeed),
    index: z.number().transform(clampSeed),
    isKindChosen: z.boolean(),
  }),
  /** The model in use by where it is; null where there was none. */
  inUse: modelRef.nullable(),
  measure: z.object({
    plan: planSchema,
    /** An EvaluationTable. */
    table: partKey.nullable(),
    ablationCount: number,
    ablations: z.partialRecord(z.enum(ablationNames), ablationSchema),
  }),
  space: z.object({
    model: z.object({ hash: z.string(), name: z.string() }).nullable(),
    numConcepts: number,
    /** Parts of the library, and the places of those that are scenes of the page. */
    scenes: z.array(z.object({ part: partKey, at: place.nullable() })),
  }),
});

export type KeptRecord = z.infer<typeof keptSchema>;
export type KeptScene = KeptRecord["scenes"][number];
export type KeptEdit = KeptRecord["history"]["past"][number];

/** Throws an InputError where a record is newer than this page, or damaged. */
export function readRecord(record: unknown): KeptRecord {
  const { version } = z.object({ version: z.number() }).catch({ version: NaN }).parse(record);
  if (version > keptVersion) {
    throw new InputError(
      `kept work: expected version ${keptVersion}, got ${version}. A newer version of this page kept it: reload to update. It is left as it is.`,
    );
  }
  const parsed = keptSchema.safeParse(record);
  if (parsed.success) return parsed.data;
  throw new InputError(
    `kept work: expected what this page wrote, got something else (${firstIssue(parsed.error)}). It is left as it is, and the page begins anew.`,
  );
}

const pixels = z.custom<Pixels>((value) => {
  const shape = z.object({
    width: z.int().min(1),
    height: z.int().min(1),
    data: z.instanceof(Uint8ClampedArray),
  });
  const { success, data } = shape.safeParse(value);
  return success && data.data.length === 4 * data.width * data.height;
}, "expected a picture");

/** A drawn picture, and the previews on the way to it. */
export const drawnPart = z.object({ image: pixels, frames: z.array(pixels) });

/** The visitor's file. */
export const filePart = z.instanceof(Blob);

/** A scene of slot space's library, and its slots. */
export const libraryPart = z.object({
  scene: z.object({
    id: z.string(),
    title: z.string(),
    picture: pixels,
    numSlots: z.int(),
    masks: floats,
    maskSize: z.tuple([z.int(), z.int()]),
  }),
  rows: z.array(
    z.object({
      sceneId: z.string(),
      index: z.int(),
      share: number,
      isDead: z.boolean(),
      slot: floats,
    }),
  ),
});

const tableShape = z.object({
  protocol: z.string(),
  numPictures: number,
  numWithTruth: number,
  models: z.array(
    z.object({
      model: modelRef,
      title: z.string(),
      metrics: z.record(z.string(), estimate),
      numSlots: number,
      pictures: z.array(z.object({ name: z.string(), input: pixels, drawn: pixels.nullable() })),
      rows: z
        .array(z.object({ name: z.string(), metrics: z.record(z.string(), z.any()) }))
        .optional(),
      times: timesSchema.optional(),
    }),
  ),
});

/** What a measurement found. */
export const tablePart = z.custom<EvaluationTable>(
  (value) => tableShape.safeParse(value).success,
  "expected a table",
);
