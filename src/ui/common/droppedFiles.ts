/** Files dropped on the page, those of dropped folders included; each keeps its path in its folder. */

/** What is used of a FileSystemEntry. */
export type Entry = {
  isDirectory: boolean;
  fullPath: string;
  file?: (done: (file: File) => void, fail: (error: unknown) => void) => void;
  createReader?: () => {
    readEntries: (done: (entries: Entry[]) => void, fail: (error: unknown) => void) => void;
  };
};

/** A folder tells its entries a hundred at a time, until it has no more. */
async function entriesOf(folder: Entry): Promise<Entry[]> {
  const reader = folder.createReader?.();
  const all: Entry[] = [];
  for (;;) {
    const some = await new Promise<Entry[]>((done, fail) =>
      reader ? reader.readEntries(done, fail) : done([]),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** The path stands where a folder chooser puts it; the browser leaves it empty for a dropped file. */
function withPath(file: File, path: string): File {
  Object.defineProperty(file, "webkitRelativePath", { value: path.replace(/^\//, "") });
  return file;
}

/** All files of an entry, in the order in which the folder tells them. */
export async function filesOf(entry: Entry): Promise<File[]> {
  if (!entry.isDirectory) {
    const file = await new Promise<File | null>((done, fail) =>
      entry.file ? entry.file(done, fail) : done(null),
    );
    return file ? [withPath(file, entry.fullPath)] : [];
  }
  const files: File[] = [];
  for (const inside of await entriesOf(entry)) files.push(...(await filesOf(inside)));
  return files;
}

/** Must be called while the drop is handled: the browser forgets its entries afterwards. */
export function droppedFiles({ items, files }: DataTransfer): Promise<File[]> {
  const entries = [...items].map((item): Entry | null => item.webkitGetAsEntry());
  const folders = entries.filter((entry) => entry !== null);
  if (!folders.some(({ isDirectory }) => isDirectory)) return Promise.resolve([...files]);
  return Promise.all(folders.map(filesOf)).then((lists) => lists.flat());
}
