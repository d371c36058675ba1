/** A set as trainers and evaluations read it: bytes in memory, training and held-out pictures apart. */
import type { FileStore } from "../../storage/fileStore";
import { readChunk } from "./chunks";
import { describeSet, type PictureSet, type SetPicture } from "./pictureSet";
import { readSet, withSet } from "./setFiles";

/** Some pictures of a set, by number; what a trainer takes (train/images.ts). */
export type PictureSource = {
  count: number;
  size: [height: number, width: number];
  /** RGB of one picture [H * W * 3], 0..255, row-major. */
  read: (index: number) => Uint8Array;
  /** Object id per pixel [H * W], 0 = background; null where none is known. Never given to a trainer. */
  ids: (index: number) => Uint8Array | null;
  /** What the pictures are called, in their order. */
  pictures: SetPicture[];
};

/** A set's pictures as they were when it was opened. */
export type OpenSet = {
  info: PictureSet;
  training: PictureSource;
  heldOut: PictureSource;
  /** Object ids of a held-out picture [H * W]. */
  heldOutIds: (index: number) => Uint8Array | null;
  names: { training: string[]; heldOut: string[] };
};

/** Reads a whole set; throws where some of it is lost. */
export const openSet = (files: FileStore, setId: string): Promise<OpenSet> =>
  withSet(files, setId, async () => {
    const set = await readSet(files, setId);
    const records = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const { number } of set.chunks)
      for (const [id, record] of await readChunk(files, set, number)) records.set(id, record);
    const info = describeSet(set);
    const training = sourceOf(info, records, false);
    const heldOut = sourceOf(info, records, true);
    return {
      ...{ info, training, heldOut, heldOutIds: heldOut.ids },
      names: { training: namesOf(training), heldOut: namesOf(heldOut) },
    };
  });

const namesOf = ({ pictures }: PictureSource): string[] => pictures.map(({ name }) => name);

function sourceOf(
  { pictures: all, resolution }: PictureSet,
  records: ReadonlyMap<string, Uint8Array>,
  isHeldOut: boolean,
): PictureSource {
  const pictures = all.filter((picture) => picture.isHeldOut === isHeldOut);
  const rgbBytes = resolution[0] * resolution[1] * 3;
  const recordAt = (index: number) => {
    const picture = pictures[index];
    const record = picture && records.get(picture.id);
    if (!record)
      throw new Error(
        `picture set: expected a picture of 0..${pictures.length - 1}, got ${index}.`,
      );
    return { record, hasMask: picture.hasMask };
  };
  const ids = (index: number): Uint8Array | null => {
    const { record, hasMask } = recordAt(index);
    return hasMask ? record.subarray(rgbBytes) : null;
  };
  const read = (index: number): Uint8Array => recordAt(index).record.subarray(0, rgbBytes);
  return { count: pictures.length, size: [...resolution], read, ids, pictures };
}
