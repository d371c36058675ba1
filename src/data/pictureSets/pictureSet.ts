/** A set of pictures as its file tells it: sets/ID/set.json. */
import { z } from "zod";

import { InputError } from "../../errors";
import { heldOutOf } from "./split";

/** Pictures of one chunk file at most. */
export const chunkPictures = 64;

const pictureId = z.string().regex(/^[0-9a-f]{16}$/);
const count = z.int().min(0);
const side = z.int().min(1).max(4096);

const storedPicture = z.object({
  id: pictureId,
  name: z.string().max(2000),
  /** Where its RGB [H * W * 3] begins, and right behind it its object ids [H * W]. */
  chunk: count,
  at: count,
  hasMask: z.boolean(),
  /** The earlier picture that looks the same, which has no such picture itself. */
  twinOf: pictureId.nullable(),
  /** What the split draws for: the twin's id when it was added, else its own. Stays when the twin is removed. */
  kin: pictureId,
  look: z.string().regex(/^[0-9a-f]{134}$/),
});

const splitSchema = z.object({ seed: z.int(), heldOut: z.number().min(0).max(0.5) });

const setSchema = z
  .object({
    format: z.literal(1),
    name: z.string().max(200),
    resolution: z.tuple([side, side]),
    split: splitSchema,
    chunks: z.array(z.object({ number: count, bytes: count })),
    pictures: z.array(storedPicture).max(100_000),
  })
  .superRefine((set, context) => {
    const problem = problemOf(set);
    if (problem) context.addIssue({ code: "custom", path: ["pictures"], message: problem });
  });

export type StoredPicture = z.infer<typeof storedPicture>;
/** What set.json holds, and the folder's name. */
export type StoredSet = z.infer<typeof setSchema> & { id: string };

/** Which pictures are held out: a share of them (0..0.5), drawn by a seed. */
export type Split = z.infer<typeof splitSchema>;

/** One picture of a set, for those who show it. */
export type SetPicture = {
  id: string;
  name: string;
  isHeldOut: boolean;
  hasMask: boolean;
  twinOf: string | null;
};

/** A set, for those who show it; bytes is what it takes in this browser. */
export type PictureSet = {
  id: string;
  name: string;
  resolution: [height: number, width: number];
  pictures: SetPicture[];
  split: Split;
  bytes: number;
};

/** Bytes of a picture in its chunk. */
export const recordBytes = (
  [H, W]: readonly [height: number, width: number],
  hasMask: boolean,
): number => H * W * (hasMask ? 4 : 3);

function problemOf({ chunks, pictures, resolution }: z.infer<typeof setSchema>): string | null {
  if (new Set(pictures.map(({ id }) => id)).size < pictures.length) return "one picture twice";
  const sizes = new Map(chunks.map(({ number, bytes }) => [number, bytes]));
  if (sizes.size < chunks.length) return "one chunk twice";
  const isInside = ({ chunk, at, hasMask }: StoredPicture) =>
    at + recordBytes(resolution, hasMask) <= (sizes.get(chunk) ?? -1);
  return pictures.every(isInside) ? null : "a picture outside its chunk";
}

/** Checks what set.json holds. */
export function parseSet(id: string, text: string): StoredSet {
  const parsed = setSchema.safeParse(jsonOf(text));
  if (parsed.success) return { id, ...parsed.data };
  const [issue] = parsed.error.issues;
  const got = issue ? `${issue.path.join(".") || "no JSON"}: ${issue.message}` : "something else";
  throw new InputError(
    `picture set ${id}: expected a whole set.json, got a damaged one (${got}). Delete the set; others are not touched.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // which the schema refuses
  }
}

/** What set.json holds, as text. */
export const setText = ({ id: _, ...stored }: StoredSet): string => JSON.stringify(stored);

/** Checks a split that somebody chose. */
export function assertSplit(split: Split): void {
  if (!splitSchema.safeParse(split).success)
    throw new InputError(
      `picture set: expected a whole seed and a held-out share of 0 to 0.5, got ${split.seed} and ${split.heldOut}. Change them.`,
    );
}

/** A set for those who show it. */
export function describeSet(set: StoredSet): PictureSet {
  const { id, name, resolution, split, chunks } = set;
  const heldOut = heldOutOf(set);
  const pictures = set.pictures.map(({ id, name, hasMask, twinOf }) => {
    return { id, name, isHeldOut: heldOut.has(id), hasMask, twinOf };
  });
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, setText(set).length);
  return { id, name, resolution: [...resolution], pictures, split: { ...split }, bytes };
}
