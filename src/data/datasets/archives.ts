/** Opens what the user gave: archives become the files in them, refused names go to the log. */
import { InputError } from "../../errors";
import { Unreadable, type DataFile } from "./dataFile";
import { baseName, isArchive, plainPath, withoutExtension } from "./paths";
import { orSkip, type Reading } from "./readPair";
import { gunzip, isTarHeader, maxUnpacked, readTar } from "./tar";
import { readZip } from "./zipFiles";

/** files: can be opened in any order; streams: tar.gz, readable from the front only. */
export type OpenedFiles = { files: DataFile[]; streams: DataFile[] };

type Collector = OpenedFiles & { seen: Set<string>; isFull: boolean };

/** What several archives hold is kept apart by their names: masks.zip beside images.zip is a folder of masks. */
export async function openFiles(
  given: readonly DataFile[],
  reading: Reading,
  signal?: AbortSignal,
): Promise<OpenedFiles> {
  const into: Collector = { files: [], streams: [], seen: new Set(), isFull: false };
  for (const file of given) {
    signal?.throwIfAborted();
    if (isArchive(file.path) && "path" in plainPath(file.path)) {
      const folder = given.length > 1 ? withoutExtension(file.path.replace(/\.gz$/i, "")) : "";
      await orSkip(file.path, reading, () => openArchive(file, folder, into, reading, signal));
    } else addFile(into, "", file, reading);
    if (into.isFull) break;
  }
  return { files: into.files, streams: into.streams };
}

async function openArchive(
  file: DataFile,
  folder: string,
  into: Collector,
  reading: Reading,
  signal?: AbortSignal,
): Promise<void> {
  const blob = await file.open().catch((cause: unknown) => {
    throw new Unreadable("cannot be opened: moved, or not permitted", { cause });
  });
  const kind = await archiveKind(blob);
  if (kind === "gzip") into.streams.push({ ...file, open: () => Promise.resolve(blob) });
  else if (kind === "zip") await addZip(blob, folder, into, reading, signal);
  else if (kind === "tar") await addTar(blob, folder, into, reading, signal);
  else throw new Unreadable("named as an archive, but neither zip nor tar");
}

async function archiveKind(blob: Blob): Promise<"zip" | "gzip" | "tar" | null> {
  const head = new Uint8Array(await blob.slice(0, 512).arrayBuffer());
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head[0] === 0x50 && head[1] === 0x4b) return "zip"; // "PK"
  return isTarHeader(head) ? "tar" : null;
}

async function addZip(
  blob: Blob,
  folder: string,
  into: Collector,
  reading: Reading,
  signal?: AbortSignal,
): Promise<void> {
  for await (const item of readZip(blob, signal)) {
    if ("refused" in item) reading.log.add(item.path, item.refused);
    else addFile(into, folder, item.file, reading);
    if (into.isFull) return;
  }
}

/** A tar has no directory: it is read through once to learn what lies where. */
async function addTar(
  blob: Blob,
  folder: string,
  into: Collector,
  reading: Reading,
  signal?: AbortSignal,
): Promise<void> {
  for await (const { path, size, offset } of readTar(blob.stream(), () => false, signal)) {
    const open = () => Promise.resolve(blob.slice(offset, offset + size));
    addFile(into, folder, { path, size, open }, reading);
    if (into.isFull) return;
  }
}

function addFile(into: Collector, folder: string, file: DataFile, reading: Reading): void {
  const { limits, log } = reading;
  const plain = plainPath(file.path);
  if ("refused" in plain) return log.add(file.path, plain.refused);
  const path = folder === "" ? plain.path : `${folder}/${plain.path}`;
  if (isArchive(path)) return log.add(path, "an archive inside an archive");
  if (into.seen.has(path)) return log.add(path, "two files of one name");
  if (into.files.length >= limits.maxFiles) {
    into.isFull = true;
    return log.add(path, `beyond the first ${limits.maxFiles} files: none of the rest was read`);
  }
  into.seen.add(path);
  // A property that is computed when asked for stays so: a folder's files are measured one by one as they are read.
  into.files.push(renamed(file, path));
}

const renamed = (file: DataFile, path: string): DataFile => ({
  path,
  get size() {
    return file.size;
  },
  open: () => file.open(),
});

/**
 * The files of a tar.gz in its order. Damage ends the walk with Unreadable.
 * @param isWanted - whether a file's bytes are kept until it has been taken; others come empty
 */
export async function* readStream(
  archive: DataFile,
  isWanted: (path: string) => boolean,
  { limits, log }: Reading,
  signal?: AbortSignal,
): AsyncGenerator<DataFile> {
  let count = 0;
  const wants = (name: string, size: number): boolean => {
    const plain = plainPath(name);
    return "path" in plain && size <= limits.maxFileBytes && isWanted(plain.path);
  };
  const blob = await archive.open();
  const unpacked = readTar(gunzip(blob), wants, signal, maxUnpacked(blob.size));
  for await (const { path: name, size, bytes } of unpacked) {
    const plain = plainPath(name);
    if ("refused" in plain) log.add(name, plain.refused);
    else if (isArchive(plain.path)) log.add(plain.path, "an archive inside an archive");
    else if (!bytes && isWanted(plain.path)) log.add(plain.path, tooLarge(limits.maxFileBytes));
    else {
      const open = () => Promise.resolve(new Blob(bytes ? [bytes] : []));
      yield { path: plain.path, size, open };
    }
    if (++count >= limits.maxFiles)
      throw new Unreadable(`beyond the first ${limits.maxFiles} files: none of the rest was read`);
  }
}

const tooLarge = (maxBytes: number): string => `larger than ${maxBytes / 2 ** 20} MB`;

/** Says what to do where nothing at all can be used. */
export function nothingReadable(given: readonly DataFile[], summary: string): InputError {
  const names = given.slice(0, 3).map(({ path }) => baseName(path).slice(0, 100));
  const more = given.length > names.length ? ` and ${given.length - names.length} more` : "";
  const got = given.length === 0 ? "no files" : `${names.join(", ")}${more}`;
  const why = summary === "" ? "" : `\n${summary}\n`;
  return new InputError(
    `data set: expected pictures (PNG, JPEG, WebP) in a folder, zip, tar or tar.gz, CLEVRTex, CLEVR, Pascal VOC, COCO or ` +
      `videos, got ${got} with nothing in it that can be read.${why === "" ? " " : why}Choose the folder or archive itself.`,
  );
}
