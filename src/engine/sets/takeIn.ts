/**
 * Pictures from a source into a set, a chunk at a time: what is in the set stays there whatever happens next, and the report
 * says what was left out and why.
 */
import { addPictures, type NewPicture } from "../../data/pictureSets/addPictures";
import { chunkPictures } from "../../data/pictureSets/pictureSet";
import { describeStored } from "../../data/pictureSets/setFiles";
import { InputError, isAbort, OutOfMemoryError, UnsupportedDeviceError } from "../../errors";
import type { FileStore } from "../../storage/fileStore";
import { setLimits, type AddProgress, type Added } from "../protocol/sets";

/** Where pictures come from. */
export type PictureFlow = {
  pictures: (signal: AbortSignal) => AsyncIterable<NewPicture>;
  /** Null where only reading tells. */
  total: number | null;
  /** What the source left out so far and why, a line a reason. */
  skipped: () => string;
};

type Job = { signal: AbortSignal; report: (progress: AddProgress) => void };
type Tally = { added: number; duplicates: number; beyond: number };

/** Pictures between two chances for other requests. */
const breathEvery = 8;

/**
 * Adds all that a flow gives and the set has room for.
 * @returns also after an abort or a failure that a person can act on, if something was added before; else that is thrown
 */
export async function takeIn(
  files: FileStore,
  setId: string,
  flow: PictureFlow,
  job: Job,
): Promise<Added> {
  const before = await describeStored(files, setId); // before anything is decoded: is there such a set?
  const tally: Tally = { added: 0, duplicates: 0, beyond: 0 };
  let failure: unknown = null;
  if (before.pictures.length >= setLimits.most) tally.beyond = flow.total ?? 1;
  else failure = await failureOf(() => fill(files, setId, flow, job, tally));
  const isNothing = tally.added + tally.duplicates === 0;
  if (failure && (isNothing || !isForPeople(failure))) throw asError(failure);
  return {
    set: await describeStored(files, setId),
    added: tally.added,
    duplicates: tally.duplicates,
    skipped: [flow.skipped(), beyondLine(tally, flow.total), failureLine(failure)]
      .filter((line) => line !== "")
      .join("\n"),
  };
}

async function fill(
  files: FileStore,
  setId: string,
  { pictures, total }: PictureFlow,
  { signal, report }: Job,
  tally: Tally,
): Promise<void> {
  let waiting: NewPicture[] = [];
  let done = 0;
  const keep = async (): Promise<void> => {
    const chunk = waiting;
    waiting = [];
    if (chunk.length === 0) return;
    const { added, duplicates, beyond } = await addPictures(files, setId, chunk, setLimits.most);
    tally.added += added;
    tally.duplicates += duplicates;
    tally.beyond += beyond;
  };
  const failure = await failureOf(async () => {
    for await (const picture of pictures(signal)) {
      waiting.push(picture);
      report({ done: ++done, total });
      if (waiting.length >= chunkPictures) await keep();
      if (tally.beyond > 0) break;
      if (done % breathEvery === 0) await nextTask();
      signal.throwIfAborted();
    }
  });
  if (tally.beyond > 0) tally.beyond += Math.max(0, (total ?? done) - done); // what was not read any more
  await keep(); // also what came before a stop
  if (failure) throw asError(failure);
}

/** A message (a cancel, a look at the list) is heard between two tasks only. */
const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function failureOf(job: () => Promise<void>): Promise<unknown> {
  try {
    await job();
    return null;
  } catch (error) {
    return error;
  }
}

const asError = (failure: unknown): Error =>
  failure instanceof Error ? failure : new Error(String(failure));

const isForPeople = (error: unknown): boolean =>
  isAbort(error) ||
  error instanceof InputError ||
  error instanceof OutOfMemoryError ||
  error instanceof UnsupportedDeviceError;

function failureLine(failure: unknown): string {
  if (!failure) return "";
  return isAbort(failure) ? "The rest: stopped before it was read" : asError(failure).message;
}

/** @param total - of the source, null where only reading tells: then nobody knows how many are left */
function beyondLine({ beyond }: Tally, total: number | null): string {
  if (beyond === 0) return "";
  const who =
    total === null ? "All further pictures" : beyond === 1 ? "1 picture" : `${beyond} pictures`;
  return `${who}: beyond the ${setLimits.most} that a set holds. Remove some, or make another set`;
}
