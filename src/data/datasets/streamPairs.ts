/**
 * Pictures with masks from a tar.gz, which can be read from the front only: a picture waits, still compressed, for its mask.
 * When too much waits, all of it is given out as it is; a mask that comes later is reported.
 */
import { readStream } from "./archives";
import { Unreadable, type DataFile } from "./dataFile";
import { formatOfName, roleOf, type PairedFormat } from "./layouts";
import { pairFiles, type Pair } from "./pairs";
import type { Reading } from "./readPair";
import type { SkipLog } from "./skipped";

type Waiting = Map<string, { image?: DataFile; mask?: DataFile; others: DataFile[] }>;

const maxPeeked = 500;
const tooFar = "a mask too far from its picture in the tar.gz: unpack the archive to use it";

/** What the first names in an archive say; "folder" where they say nothing. */
export async function peekFormat(
  archive: DataFile,
  reading: Reading,
  signal?: AbortSignal,
): Promise<PairedFormat | "coco"> {
  const silent: Reading = { ...reading, log: { ...reading.log, add: () => undefined } };
  let peeked = 0;
  try {
    for await (const { path } of readStream(archive, () => false, silent, signal)) {
      const format = formatOfName(path);
      if (format) return format;
      if (++peeked >= maxPeeked) break;
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error; // its damage is reported by the pass over it
  }
  return "folder";
}

/** @param format - of one picture, one mask, or one mask for each object */
export async function* pairStream(
  archive: DataFile,
  format: PairedFormat,
  reading: Reading,
  signal?: AbortSignal,
): AsyncGenerator<Pair> {
  const waiting: Waiting = new Map();
  let waitingBytes = 0;
  let hasFlushed = false;
  const flush = function* (): Generator<Pair> {
    const files = [...waiting.values()].flatMap(({ image, mask, others }) =>
      [image, mask, ...others].filter((file) => file !== undefined),
    );
    waiting.clear();
    waitingBytes = 0;
    yield* pairFiles(files, format, hasFlushed ? renameLate(reading.log) : reading.log);
    hasFlushed = true;
  };
  try {
    const isWanted = (path: string) => "key" in roleOf(format, path);
    for await (const file of readStream(archive, isWanted, reading, signal)) {
      const pair = place(waiting, file, format, reading.log);
      if (pair) {
        waitingBytes -= pair.image === file ? (pair.masks[0]?.file.size ?? 0) : pair.image.size;
        yield pair;
      } else if (isWanted(file.path)) waitingBytes += file.size;
      if (waitingBytes > reading.limits.maxWaitingBytes) yield* flush();
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    reading.log.add(archive.path, error.message);
  }
  yield* flush();
}

const renameLate = (log: SkipLog): SkipLog => ({
  ...log,
  add: (path, reason) => log.add(path, reason.startsWith("a mask without") ? tooFar : reason),
});

/** Puts a file with those that wait; gives the pair where that makes one picture with one mask. */
function place(waiting: Waiting, file: DataFile, format: PairedFormat, log: SkipLog): Pair | null {
  const found = roleOf(format, file.path);
  if (found.role === "other") log.add(file.path, found.reason);
  if (found.role === "other" || found.role === "companion") return null;
  const key = found.role === "suffixMask" ? found.imageKey : found.key;
  const slot = found.role === "image" ? "image" : "mask";
  const group = waiting.get(key) ?? { others: [] };
  waiting.set(key, group);
  if (group[slot] || found.role === "classMask") group.others.push(file);
  else group[slot] = file;
  const { image, mask, others } = group;
  if (!image || !mask || others.length > 0) return null;
  waiting.delete(key);
  return { key, image, masks: [{ number: -1, file: mask }], classMask: null };
}
