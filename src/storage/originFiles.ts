/** Files in the browser's origin private file system (WHATWG File System Standard). */
import { OutOfMemoryError } from "../errors";
import { measureContent, type FileStore } from "./fileStore";
import { fileParts, pathParts, unfinishedMark } from "./paths";
import type { ReplaceFile } from "./replaceFile";

/** What of FileSystemFileHandle is used. */
export type OriginFile = {
  getFile(): Promise<Blob>;
  createWritable?(): Promise<OriginWriter>;
  createSyncAccessHandle?(): Promise<OriginAccess>;
  move?(name: string): Promise<void>;
};
export type OriginWriter = {
  write(part: BlobPart): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
};
export type OriginAccess = {
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
};

/** What of FileSystemDirectoryHandle is used. */
export type OriginFolder = {
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<OriginFolder>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<OriginFile>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
  keys(): AsyncIterable<string>;
};

/** Bytes up to which a file is read into memory at once: a browser's File is unreadable when the file has changed. */
const smallBytes = 8 * 2 ** 20;
const readTries = 3;

/**
 * Files under a folder of the origin.
 * @param replaceFile - how this browser replaces a file whole
 * @param room - bytes that are left, null where the browser does not tell
 */
export function createOriginStore(
  root: OriginFolder,
  replaceFile: ReplaceFile,
  room: () => Promise<number | null>,
): FileStore {
  const folderAt = async (parts: string[], create: boolean): Promise<OriginFolder> => {
    let folder = root;
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
    return folder;
  };
  return {
    isLasting: true,
    read: (path) => unlessMissing(async () => readFile(folderAt, path), null),
    write: async (path, content) => {
      const size = measureContent(path, content);
      const { folder, name } = fileParts(path);
      try {
        await replaceFile(await folderAt(folder, true), name, content);
      } catch (error) {
        throw isFull(error) ? noRoom(size, await room(), error) : error;
      }
    },
    list: (folder) =>
      unlessMissing(async () => {
        const names: string[] = [];
        for await (const name of (await folderAt(pathParts(folder), false)).keys())
          if (!name.endsWith(unfinishedMark)) names.push(name);
        return names.sort();
      }, []),
    remove: (path) =>
      unlessMissing(async () => {
        const { folder, name } = fileParts(path);
        await (await folderAt(folder, false)).removeEntry(name, { recursive: true });
      }, undefined),
  };
}

/** What is asked of one's own name cannot be found, or is a folder in place of a file. */
async function unlessMissing<T>(job: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await job();
  } catch (error) {
    if (hasName(error, "NotFoundError") || hasName(error, "TypeMismatchError")) return otherwise;
    throw error;
  }
}

const hasName = (error: unknown, name: string): boolean =>
  error instanceof Error && error.name === name;
const isFull = (error: unknown): boolean => hasName(error, "QuotaExceededError");

/** An empty file is one that was about to be written when the page ended: none. */
async function readFile(
  folderAt: (parts: string[], create: boolean) => Promise<OriginFolder>,
  path: string,
): Promise<Blob | null> {
  const { folder, name } = fileParts(path);
  for (let tried = 1; ; tried++) {
    const file = await (await (await folderAt(folder, false)).getFileHandle(name)).getFile();
    if (file.size === 0) return null;
    if (file.size > smallBytes) return file;
    try {
      return new Blob([await file.arrayBuffer()]);
    } catch (error) {
      if (!hasName(error, "NotReadableError") || tried === readTries) throw error; // else written anew just now
    }
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;

/** @param left - some browsers name a round figure in place of what they would give */
function noRoom(wanted: number, left: number | null, cause: unknown): Error {
  const got =
    left === null || left >= wanted
      ? "the browser refused it: the disk is full, or this site has all that it may keep"
      : `the browser has ${megabytes(Math.max(left, 0))} left for this site`;
  return new OutOfMemoryError(
    `storage: expected room for ${megabytes(wanted)} more, ${got}. What was kept before is still there. ` +
      `Delete a picture set, a run or downloaded models, then try again.`,
    { cause },
  );
}
