/** For tests: an origin private file system in memory that runs full, fails or lacks what a browser lacks. */
import type { OriginAccess, OriginFile, OriginFolder, OriginWriter } from "./originFiles";
import type { BrowserStorage } from "./openFiles";

type Folder = Map<string, Folder | Blob>;

/** writable: createWritable; access: older Safari's handles; none: neither. */
export type WriteSupport = "writable" | "access" | "none";

export type TestOrigin = BrowserStorage & {
  /** Bytes that fit; old and new file both count while one replaces the other. */
  quota: number;
  /** Writes from here on that succeed; the one after them finds a full disk. */
  writesLeft: number;
  persistCalls: number;
  /** Every file by its path, unfinished ones too. */
  files(): Map<string, Blob>;
};

const refused = (name: string): DOMException => new DOMException(`test: ${name}`, name);

/** An empty origin. */
export function createTestOrigin(support: WriteSupport = "writable"): TestOrigin {
  const root: Folder = new Map();
  const usage = (): number => [...filesIn(root)].reduce((sum, [, { size }]) => sum + size, 0);
  const origin: TestOrigin = {
    quota: Infinity,
    writesLeft: Infinity,
    persistCalls: 0,
    files: () => new Map(filesIn(root)),
    getDirectory: () => Promise.resolve(folderHandle(root, support, takeRoom)),
    estimate: () => Promise.resolve({ usage: usage(), quota: origin.quota }),
    persist: () => {
      origin.persistCalls++;
      return Promise.reject(refused("TypeError")); // some browsers do; nobody minds
    },
  };
  const takeRoom = (size: number): void => {
    if (origin.writesLeft-- <= 0 || usage() + size > origin.quota)
      throw refused("QuotaExceededError");
  };
  return origin;
}

function* filesIn(folder: Folder, prefix = ""): Generator<[path: string, blob: Blob]> {
  for (const [name, entry] of folder)
    if (entry instanceof Blob) yield [prefix + name, entry];
    else yield* filesIn(entry, `${prefix}${name}/`);
}

type TakeRoom = (size: number) => void;

function folderHandle(folder: Folder, support: WriteSupport, takeRoom: TakeRoom): OriginFolder {
  return {
    getDirectoryHandle: async (name, options) => {
      if (!folder.has(name) && options?.create) folder.set(name, new Map());
      const entry = folder.get(name);
      if (!entry) throw refused("NotFoundError");
      if (entry instanceof Blob) throw refused("TypeMismatchError");
      return Promise.resolve(folderHandle(entry, support, takeRoom));
    },
    getFileHandle: async (name, options) => {
      if (!folder.has(name) && options?.create) folder.set(name, new Blob([]));
      const entry = folder.get(name);
      if (!entry) throw refused("NotFoundError");
      if (!(entry instanceof Blob)) throw refused("TypeMismatchError");
      return Promise.resolve(fileHandle(folder, name, support, takeRoom));
    },
    removeEntry: async (name) => {
      if (!folder.delete(name)) throw refused("NotFoundError");
      return Promise.resolve();
    },
    async *keys() {
      for (const name of folder.keys()) yield await Promise.resolve(name);
    },
  };
}

function fileHandle(
  folder: Folder,
  name: string,
  support: WriteSupport,
  takeRoom: TakeRoom,
): OriginFile {
  const content = (): Blob => {
    const entry = folder.get(name);
    if (!(entry instanceof Blob)) throw refused("NotFoundError");
    return entry;
  };
  const put = (blob: Blob): void => void folder.set(name, blob);
  const getFile = async (): Promise<Blob> => Promise.resolve(content());
  if (support === "none") return { getFile };
  if (support === "writable")
    return { getFile, createWritable: () => Promise.resolve(writer(put, takeRoom)) };
  return {
    getFile,
    createSyncAccessHandle: () => Promise.resolve(access(content, put, takeRoom)),
    move: async (to) => {
      folder.set(to, content());
      folder.delete(name);
      return Promise.resolve();
    },
  };
}

function writer(put: (blob: Blob) => void, takeRoom: TakeRoom): OriginWriter {
  let staged = new Blob([]);
  return {
    write: async (part) => {
      const longer = new Blob([staged, part]);
      takeRoom(longer.size);
      staged = longer;
      return Promise.resolve();
    },
    close: async () => Promise.resolve(put(staged)),
    abort: async () => Promise.resolve(),
  };
}

function access(content: () => Blob, put: (blob: Blob) => void, takeRoom: TakeRoom): OriginAccess {
  return {
    truncate: (size) => put(content().slice(0, size)),
    write: (bytes, { at }) => {
      takeRoom(bytes.length);
      put(new Blob([content().slice(0, at), bytes]));
      return bytes.length;
    },
    flush: () => undefined,
    close: () => undefined,
  };
}
