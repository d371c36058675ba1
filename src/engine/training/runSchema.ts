/** What a run's files hold, checked when they are read: they outlive the code that wrote them, and come in by zip. */
import { z } from "zod";

import {
  learnNames,
  runStages,
  type LookScores,
  type Run,
  type RunData,
  type RunPlan,
  type RunPoint,
} from "../protocol/training";

/** A list that is refused at its first wrong value: z.array keeps an issue for each, and a list may have millions. */
const listOf = <T>(schema: z.ZodType<T>, max: number) =>
  z
    .array(z.unknown())
    .max(max)
    .transform((values, context): T[] => {
      const list: T[] = [];
      for (const [i, value] of values.entries()) {
        const { data, error } = schema.safeParse(value);
        const [issue] = error?.issues ?? [];
        if (issue) {
          context.addIssue({ code: "custom", path: [i, ...issue.path], message: issue.message });
          return z.NEVER;
        }
        list.push(data as T); // without an issue it is one
      }
      return list;
    });

const count = z.int().nonnegative();
const maxSteps = 1_000_000;

const modelRef = z.object({
  kind: z.enum(["bundled", "run", "opened"]),
  id: z.string().min(1).max(100),
});

const dataSchema: z.ZodType<RunData> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("set"), setId: z.string().min(1).max(100) }),
  z.object({
    kind: z.literal("scenes"),
    scenes: z.literal("sprites"),
    seed: count.max(2 ** 32 - 1),
    count: count.positive(),
    heldOut: count,
  }),
]);

/** A plan whose every number is in range; planRecipe.ts says what must fit together. */
export const planSchema: z.ZodType<RunPlan> = z.object({
  name: z.string().trim().min(1).max(100),
  parent: modelRef,
  isFromScratch: z.boolean(),
  data: dataSchema,
  learn: z.enum(learnNames),
  numSlots: z.int().min(1).max(128).nullable(),
  steps: z.object({
    vqvae: count.max(maxSteps),
    binding: count.max(maxSteps),
    slots: count.max(maxSteps),
  }),
  lr: z.number().positive().max(0.1),
  unetFactor: z.number().positive().max(100),
  batch: z.int().min(1).max(256),
  seed: count.max(2 ** 32 - 1),
  lookEvery: z.int().min(1).max(maxSteps),
});

/** All of a run but its id, which is its folder's name, and what of it is in the curve. */
export type StoredRun = Omit<Run, "id" | "curve" | "looks" | "lastLook">;

const storedFields: z.ZodType<StoredRun> = z.object({
  plan: planSchema,
  status: z.enum(["new", "paused", "finished", "diverged"]),
  message: z.string().max(2000),
  name: z.string().max(100),
  parentName: z.string().max(100),
  createdAt: z.number(),
  seconds: z.number().nonnegative(),
  stage: z.enum(runStages),
  step: count,
  hash: z.string().max(64).nullable(),
  weightBytes: count,
});

/** run.json. */
export const storedRunSchema = z.object({ version: z.literal(1) }).and(storedFields);

const pointSchema: z.ZodType<RunPoint> = z.union([
  z.strictObject({
    stage: z.enum(runStages),
    step: count,
    loss: z.number(),
    lr: z.number(),
    psnr: z.number(),
  }),
  z.strictObject({ stage: z.enum(runStages), step: count, loss: z.number(), lr: z.number() }),
]);

const scoresSchema: z.ZodType<LookScores> = z.object({
  stage: z.enum(runStages),
  step: count,
  loss: z.number().nullable(),
  psnr: z.number().nullable(),
  fgAri: z.number().nullable(),
  mIoU: z.number().nullable(),
});

/** curve.json. */
export const curveSchema = z.object({
  curve: listOf(pointSchema, 10_000),
  looks: listOf(scoresSchema, 1_000_000),
});
export type StoredCurve = z.infer<typeof curveSchema>;

const pictureSchema = z.object({ id: z.string().max(100), name: z.string().max(1000) });

/** data.json: what a run trains on, as it was when the run was created. Generated scenes need no list. */
export const runPicturesSchema = z.object({
  version: z.literal(1),
  data: dataSchema,
  /** "" for generated scenes. */
  setName: z.string().max(1000),
  training: listOf(pictureSchema, 100_000),
  heldOut: listOf(pictureSchema, 100_000),
});
export type StoredPictures = z.infer<typeof runPicturesSchema>;
