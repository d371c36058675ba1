/** Where this browser keeps files for the page: its origin private file system, or memory where there is none. */
import { createMemoryStore, type FileStore } from "./fileStore";
import { createOriginStore, type OriginFolder } from "./originFiles";
import { unfinishedMark } from "./paths";
import { replaceFileWith, type ReplaceFile } from "./replaceFile";

/** What of navigator.storage is used. Only a page may persist, a worker may not. */
export type BrowserStorage = {
  getDirectory(): Promise<OriginFolder>;
  estimate(): Promise<{ usage?: number; quota?: number }>;
  persist?(): Promise<boolean>;
};

/** Pages of other projects may share the origin and its files. */
const rootName = "slotdiffusion-playground";

/** What the browser offers; null in an old browser, or where the page did not come over https. */
export function browserStorage(): BrowserStorage | null {
  if (typeof navigator === "undefined" || !("storage" in navigator)) return null;
  return "getDirectory" in navigator.storage ? navigator.storage : null;
}

/** Opens the kept files; files that last as long as the page where the browser keeps none (some private windows). */
export async function openFiles(
  storage: BrowserStorage | null = browserStorage(),
): Promise<FileStore> {
  const opened = storage && (await openRoot(storage));
  if (!storage || !opened) return createMemoryStore();
  const store = createOriginStore(opened.root, opened.replaceFile, () => roomLeft(storage));
  let isAsked = false;
  return {
    ...store,
    write: (path, content) => {
      if (!isAsked) void storage.persist?.().catch(() => undefined); // kept either way, if less firmly
      isAsked = true;
      return store.write(path, content);
    },
  };
}

/** Null where files cannot be kept, or not be replaced whole. */
async function openRoot(
  storage: BrowserStorage,
): Promise<{ root: OriginFolder; replaceFile: ReplaceFile } | null> {
  const probe = `probe${unfinishedMark}`;
  try {
    const origin = await storage.getDirectory();
    const root = await origin.getDirectoryHandle(rootName, { create: true });
    const replaceFile = replaceFileWith(await root.getFileHandle(probe, { create: true }));
    await root.removeEntry(probe).catch(() => undefined); // another tab may have been quicker
    return replaceFile && { root, replaceFile };
  } catch {
    return null;
  }
}

async function roomLeft(storage: BrowserStorage): Promise<number | null> {
  const { usage, quota } = await storage.estimate();
  return usage === undefined || quota === undefined ? null : quota - usage;
}
