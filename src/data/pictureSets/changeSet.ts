/** Changes of a set that add nothing: pictures removed, and another split. */
import { OutOfMemoryError } from "../../errors";
import type { FileStore } from "../../storage/fileStore";
import { nextChunk, readChunk, writeChunks } from "./chunks";
import { assertSplit, type PictureSet, type Split, type StoredSet } from "./pictureSet";
import { readSet, sweepChunks, withSet, writeSet } from "./setFiles";
import { findTwinsAgain } from "./twins";

/** Takes pictures out of a set; ids that it does not have are passed over. */
export const removePictures = (
  files: FileStore,
  setId: string,
  ids: readonly string[],
): Promise<PictureSet> =>
  withSet(files, setId, async () => {
    const set = await readSet(files, setId);
    const leaving = new Set(ids);
    const pictures = findTwinsAgain(set.pictures.filter(({ id }) => !leaving.has(id)));
    const inUse = new Set(pictures.map(({ chunk }) => chunk));
    const chunks = set.chunks.filter(({ number }) => inUse.has(number));
    const left: StoredSet = { ...set, pictures, chunks };
    const before = await writeSet(files, left); // needs no room but for the names
    const touched = set.pictures.filter(({ id }) => leaving.has(id)).map(({ chunk }) => chunk);
    return (await repack(files, left, new Set(touched))) ?? before;
  });

/** Gives back the room of removed pictures: chunks they were in are written anew without them. Null where that is not possible now. */
async function repack(
  files: FileStore,
  set: StoredSet,
  touched: ReadonlySet<number>,
): Promise<PictureSet | null> {
  let packed = set;
  try {
    for (const { number } of set.chunks.filter((chunk) => touched.has(chunk.number)))
      packed = await rewriteChunk(files, packed, number);
    return packed === set ? null : await writeSet(files, packed);
  } catch (error) {
    await sweepChunks(files, set.id);
    if (error instanceof OutOfMemoryError) return null; // the pictures are out of the set all the same
    throw error;
  }
}

async function rewriteChunk(files: FileStore, set: StoredSet, number: number): Promise<StoredSet> {
  const records = await readChunk(files, set, number).catch(() => null); // lost: nothing to give back
  if (!records) return set;
  const recorded = set.pictures.flatMap((picture) => {
    const record = picture.chunk === number ? records.get(picture.id) : undefined;
    return record ? [{ picture, record }] : [];
  });
  const written = await writeChunks(files, set.id, nextChunk(set), recorded);
  const moved = new Map(written.pictures.map((picture) => [picture.id, picture]));
  return {
    ...set,
    chunks: [...set.chunks.filter((chunk) => chunk.number !== number), ...written.chunks],
    pictures: set.pictures.map((picture) => moved.get(picture.id) ?? picture),
  };
}

/** Holds other pictures out. */
export async function splitSet(files: FileStore, setId: string, split: Split): Promise<PictureSet> {
  assertSplit(split);
  return await withSet(files, setId, async () => {
    const { seed, heldOut } = split;
    return await writeSet(files, { ...(await readSet(files, setId)), split: { seed, heldOut } });
  });
}
