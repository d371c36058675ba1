/** Files that this browser keeps for the page, by path: "runs/3/run.json". */
import { fileParts, pathParts } from "./paths";

export type FileStore = {
  /** Whether files outlive the page. */
  isLasting: boolean;
  /** Null where there is no such file. A large file is read where it lies: unreadable once it is written anew. */
  read(path: string): Promise<Blob | null>;
  /**
   * Whole or not at all: a reader sees the old file or the new one. Folders come with their files.
   * @param content - at least one byte
   */
  write(path: string, content: BlobPart[]): Promise<void>;
  /** Names of the files and folders right under a folder, sorted; none where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Takes away a file, or a folder with all that is in it; nothing where there is none. */
  remove(path: string): Promise<void>;
};

/** Files that last as long as the page: for tests, and where the browser keeps nothing. */
export function createMemoryStore(): FileStore {
  const files = new Map<string, Blob>();
  const keyOf = (path: string): string => {
    const { folder, name } = fileParts(path);
    return [...folder, name].join("/");
  };
  // async: a path that is refused rejects, as it does with files on a disk
  return {
    isLasting: false,
    read: async (path) => Promise.resolve(files.get(keyOf(path)) ?? null),
    write: async (path, content) => {
      measureContent(path, content);
      files.set(keyOf(path), new Blob(content));
      return Promise.resolve();
    },
    list: async (folder) => {
      const start = pathParts(folder)
        .map((part) => `${part}/`)
        .join("");
      const inside = [...files.keys()].filter((path) => path.startsWith(start));
      const names = inside.map((path) => path.slice(start.length).split("/")[0] ?? "");
      return Promise.resolve([...new Set(names)].sort());
    },
    remove: async (path) => {
      const key = keyOf(path);
      for (const name of files.keys())
        if (name === key || name.startsWith(`${key}/`)) files.delete(name);
      return Promise.resolve();
    },
  };
}

/** Bytes of content. A file without any is what a browser makes before it writes: nobody else may make one. */
export function measureContent(path: string, content: BlobPart[]): number {
  const sizes = content.map((part) => {
    if (typeof part === "string") return new Blob([part]).size;
    return part instanceof Blob ? part.size : part.byteLength;
  });
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (size === 0) throw new Error(`storage: expected content for ${path}, got no bytes.`);
  return size;
}

/** Bytes of all files under a folder. */
export async function bytesUnder(files: FileStore, folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await files.list(folder)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    const blob = await files.read(path);
    bytes += blob ? blob.size : await bytesUnder(files, path);
  }
  return bytes;
}
