/** Single pictures of a set, to look at. */
import { InputError } from "../../errors";
import type { FileStore } from "../../storage/fileStore";
import type { Pixels } from "../preprocess";
import { readChunk } from "./chunks";
import { readSet, withSet } from "./setFiles";

/** Pictures by their ids, in the order asked for; each chunk is read once. */
export const readPictures = (
  files: FileStore,
  setId: string,
  ids: readonly string[],
): Promise<Pixels[]> =>
  withSet(files, setId, async () => {
    const set = await readSet(files, setId);
    const wanted = new Set(ids);
    const numbers = set.pictures.filter(({ id }) => wanted.has(id)).map(({ chunk }) => chunk);
    const found = new Map<string, Pixels>();
    for (const number of new Set(numbers))
      for (const [id, record] of await readChunk(files, set, number))
        if (wanted.has(id)) found.set(id, toPixels(record, set.resolution));
    return ids.map((id) => {
      const pixels = found.get(id);
      if (!pixels)
        throw new InputError(
          `picture set ${set.name}: expected one of its pictures, got ${id}, which is not there. Was it removed in another tab?`,
        );
      return pixels;
    });
  });

/** @param record - begins with RGB [H * W * 3] */
function toPixels(record: Uint8Array, [height, width]: readonly [number, number]): Pixels {
  const data = new Uint8ClampedArray(height * width * 4);
  for (let i = 0; i < height * width; i++) {
    data.set(record.subarray(3 * i, 3 * i + 3), 4 * i);
    data[4 * i + 3] = 255;
  }
  return { width, height, data };
}
