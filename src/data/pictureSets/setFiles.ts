/**
 * The files of picture sets: sets/ID/set.json and chunks of pictures beside it. set.json is written last: what a crash leaves
 * behind are chunks that it does not name, which the next change takes away.
 */
import { InputError } from "../../errors";
import { bytesUnder, type FileStore } from "../../storage/fileStore";
import { inTurn } from "../../storage/turns";
import { describeSet, parseSet, setText, type PictureSet, type StoredSet } from "./pictureSet";

const root = "sets";
const idPattern = /^[0-9a-z]{1,32}$/;
/** What a new set holds out. */
const newSplit = { seed: 0, heldOut: 0.2 };

export const setFolder = (setId: string): string => `${root}/${setId}`;
const setPath = (setId: string): string => `${setFolder(setId)}/set.json`;
/** @param number - each is used once in the life of a set, but for those of a crash */
export const chunkPath = (setId: string, number: number): string =>
  `${setFolder(setId)}/${chunkName(number)}`;
const chunkName = (number: number): string => `chunk-${number}.bin`;

/** Runs a job while nobody else reads or changes the set. */
export async function withSet<T>(
  files: FileStore,
  setId: string,
  job: () => Promise<T>,
): Promise<T> {
  if (!idPattern.test(setId)) throw noSet(setId);
  return await inTurn(files, setFolder(setId), job);
}

const noSet = (setId: string): InputError =>
  new InputError(
    `picture set: expected one that is kept in this browser, got ${setId.slice(0, 40)}. Choose one from the list.`,
  );

/** Within withSet. */
export async function readSet(files: FileStore, setId: string): Promise<StoredSet> {
  const blob = await files.read(setPath(setId));
  if (!blob) throw noSet(setId);
  return parseSet(setId, await blob.text());
}

/** Within withSet: the change is there once this resolves. */
export async function writeSet(files: FileStore, set: StoredSet): Promise<PictureSet> {
  await files.write(setPath(set.id), [setText(set)]);
  await sweepChunks(files, set.id);
  return describeSet(set);
}

/** Takes away chunks that set.json does not name; those that cannot be now are by the next change. */
export async function sweepChunks(files: FileStore, setId: string): Promise<void> {
  try {
    const { chunks } = await readSet(files, setId);
    const named = new Set(["set.json", ...chunks.map(({ number }) => chunkName(number))]);
    for (const name of await files.list(setFolder(setId)))
      if (!named.has(name)) await files.remove(`${setFolder(setId)}/${name}`);
  } catch {
    return; // the change before is what counts, whether done or failed
  }
}

/** One set, for those who show it. */
export const describeStored = (files: FileStore, setId: string): Promise<PictureSet> =>
  withSet(files, setId, async () => {
    return describeSet(await readSet(files, setId));
  });

/** All sets, the oldest first. A damaged one is there without pictures, and its name says so. */
export async function listSets(files: FileStore): Promise<PictureSet[]> {
  const sets: PictureSet[] = [];
  for (const setId of (await files.list(root)).filter((name) => idPattern.test(name))) {
    const set = await withSet(files, setId, () => readOrDescribeDamage(files, setId));
    if (set) sets.push(set);
  }
  return sets;
}

async function readOrDescribeDamage(files: FileStore, setId: string): Promise<PictureSet | null> {
  const blob = await files.read(setPath(setId));
  if (!blob) {
    await files.remove(setFolder(setId)); // what a deletion left that did not come to its end
    return null;
  }
  try {
    return describeSet(parseSet(setId, await blob.text()));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const bytes = await bytesUnder(files, setFolder(setId));
    const name = `Damaged set ${setId}: delete it`;
    return { id: setId, name, resolution: [0, 0], pictures: [], split: { ...newSplit }, bytes };
  }
}

/** An empty set. @param now - milliseconds since 1970; later sets come later in the list */
export async function createSet(
  files: FileStore,
  { name, resolution, now }: { name: string; resolution: [number, number]; now: number },
): Promise<PictureSet> {
  return await inTurn(files, root, async () => {
    const taken = new Set(await files.list(root));
    let time = Math.max(0, Math.floor(now));
    while (taken.has(time.toString(36))) time++;
    const id = time.toString(36);
    const title = name.trim().slice(0, 100) || "Pictures";
    const set = { id, name: title, resolution, split: newSplit, chunks: [], pictures: [] };
    return await withSet(files, id, () => writeSet(files, { format: 1, ...set }));
  });
}

/** Takes away a set with its pictures; nothing where there is none. */
export const deleteSet = (files: FileStore, setId: string): Promise<void> =>
  withSet(files, setId, async () => {
    await files.remove(setPath(setId)); // first: without it the rest is no set any more
    await files.remove(setFolder(setId));
  });
