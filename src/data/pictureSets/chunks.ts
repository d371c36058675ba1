/** Chunk files of a set: pictures one behind another, each its RGB [H * W * 3] and, with a mask, its object ids [H * W]. */
import { InputError } from "../../errors";
import type { FileStore } from "../../storage/fileStore";
import { chunkPictures, recordBytes, type StoredPicture, type StoredSet } from "./pictureSet";
import { chunkPath } from "./setFiles";

/** A picture of a set, and its bytes. */
export type Recorded = {
  picture: Omit<StoredPicture, "chunk" | "at">;
  /** RGB, and behind it object ids where there is a mask. */
  record: Uint8Array<ArrayBuffer>;
};

/** The bytes of one chunk's pictures, by id; throws where the chunk is lost or too short. */
export async function readChunk(
  files: FileStore,
  set: StoredSet,
  number: number,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const pictures = set.pictures.filter(({ chunk }) => chunk === number);
  const expected = set.chunks.find((chunk) => chunk.number === number)?.bytes ?? 0;
  const blob = await files.read(chunkPath(set.id, number));
  if (blob?.size !== expected) throw lostChunk(set, pictures, expected, blob?.size ?? null);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const records = pictures.map(({ id, at, hasMask }): [string, Uint8Array<ArrayBuffer>] => [
    id,
    bytes.subarray(at, at + recordBytes(set.resolution, hasMask)),
  ]);
  return new Map(records);
}

function lostChunk(
  { name }: StoredSet,
  pictures: StoredPicture[],
  expected: number,
  size: number | null,
): InputError {
  const names = pictures.slice(0, 3).map((picture) => picture.name);
  const got = size === null ? "none" : `${size} bytes`;
  return new InputError(
    `picture set ${name}: expected a file of ${expected} bytes with ${pictures.length} pictures ` +
      `(${names.join(", ")}${pictures.length > 3 ? ", ..." : ""}), got ${got}. Remove these pictures, or delete the set.`,
  );
}

/**
 * Writes pictures to new chunks.
 * @param first - number of the first new chunk
 * @returns what set.json says of them
 */
export async function writeChunks(
  files: FileStore,
  setId: string,
  first: number,
  recorded: readonly Recorded[],
): Promise<Pick<StoredSet, "chunks" | "pictures">> {
  const written: Pick<StoredSet, "chunks" | "pictures"> = { chunks: [], pictures: [] };
  for (let from = 0; from < recorded.length; from += chunkPictures) {
    const number = first + written.chunks.length;
    let bytes = 0;
    const inside = recorded.slice(from, from + chunkPictures);
    for (const { picture, record } of inside) {
      written.pictures.push({ ...picture, chunk: number, at: bytes });
      bytes += record.length;
    }
    const content = inside.map(({ record }) => record);
    await files.write(chunkPath(setId, number), content);
    written.chunks.push({ number, bytes });
  }
  return written;
}

/** A number that no chunk of the set has. */
export const nextChunk = ({ chunks }: StoredSet): number =>
  1 + chunks.reduce((most, { number }) => Math.max(most, number), 0);
