/** Pictures into a set: duplicates left out, look-alikes marked, chunks written before the set names them. */
import type { FileStore } from "../../storage/fileStore";
import type { Pixels } from "../preprocess";
import { dropAlpha } from "../scenes/shards";
import { nextChunk, readChunk, writeChunks, type Recorded } from "./chunks";
import { lookOf } from "./looks";
import { pictureId } from "./pictureId";
import { chunkPictures, describeSet, type PictureSet, type StoredSet } from "./pictureSet";
import { readSet, sweepChunks, withSet, writeSet } from "./setFiles";
import { createTwinFinder } from "./twins";

/** A picture at the set's resolution, opaque, and its object ids [H * W] where they are known. */
export type NewPicture = { name: string; pixels: Pixels; ids: Uint8Array | null };

/** What became of new pictures; beyond: left out because the set is full. */
export type AddOutcome = { set: PictureSet; added: number; duplicates: number; beyond: number };

type Hashed = { id: string; look: string; name: string; record: Uint8Array<ArrayBuffer> } & {
  hasMask: boolean;
};

/**
 * Adds pictures, all of them or after an error none.
 * @param most - pictures that a set may hold
 */
export async function addPictures(
  files: FileStore,
  setId: string,
  pictures: readonly NewPicture[],
  most: number,
): Promise<AddOutcome> {
  const hashed = await Promise.all(pictures.map(hashPicture));
  return await withSet(files, setId, async () => {
    const set = await readSet(files, setId);
    const known = new Set(set.pictures.map(({ id }) => id));
    const fresh = hashed.filter(({ id }) => !known.has(id) && known.add(id));
    const fitting = fresh.slice(0, Math.max(0, most - set.pictures.length));
    const duplicates = hashed.length - fresh.length;
    return {
      set: fitting.length > 0 ? await append(files, set, fitting) : describeSet(set),
      ...{ added: fitting.length, duplicates, beyond: fresh.length - fitting.length },
    };
  });
}

async function hashPicture({ name, pixels, ids }: NewPicture): Promise<Hashed> {
  const rgb = Uint8Array.from(dropAlpha(pixels.data));
  const record = new Uint8Array(rgb.length + (ids?.length ?? 0));
  record.set(rgb);
  if (ids) record.set(ids, rgb.length);
  const hasMask = ids !== null;
  return {
    id: await pictureId(rgb),
    look: lookOf(pixels),
    name: name.slice(-2000),
    record,
    hasMask,
  };
}

async function append(
  files: FileStore,
  set: StoredSet,
  fresh: readonly Hashed[],
): Promise<PictureSet> {
  const finder = createTwinFinder(set.pictures);
  const recorded = fresh.map(({ record, ...picture }): Recorded => {
    const twinOf = finder.place(picture);
    return { record, picture: { ...picture, twinOf, kin: twinOf ?? picture.id } };
  });
  const tail = await openTail(files, set);
  const first = nextChunk(set);
  try {
    const written = await writeChunks(files, set.id, first, [...tail.recorded, ...recorded]);
    const moved = new Map(written.pictures.map((picture) => [picture.id, picture]));
    const known = new Set(set.pictures.map(({ id }) => id));
    return await writeSet(files, {
      ...set,
      chunks: [...set.chunks.filter(({ number }) => number !== tail.number), ...written.chunks],
      pictures: [
        ...set.pictures.map((picture) => moved.get(picture.id) ?? picture),
        ...written.pictures.filter(({ id }) => !known.has(id)),
      ],
    });
  } catch (error) {
    await sweepChunks(files, set.id); // gives back the room of chunks that were written in vain
    throw error;
  }
}

/** The pictures of the last chunk where it has room for more: they move to the new one, so that few files hold many pictures. */
async function openTail(
  files: FileStore,
  set: StoredSet,
): Promise<{ number: number | null; recorded: Recorded[] }> {
  const number = set.chunks.at(-1)?.number ?? null;
  const pictures = set.pictures.filter(({ chunk }) => chunk === number);
  const none = { number: null, recorded: [] };
  if (number === null || pictures.length >= chunkPictures) return none;
  const records = await readChunk(files, set, number).catch(() => null); // lost: it stays as it is
  if (!records) return none;
  const recorded = pictures.flatMap(({ chunk: _, at: __, ...picture }) => {
    const record = records.get(picture.id);
    return record ? [{ picture, record }] : [];
  });
  return { number, recorded };
}
