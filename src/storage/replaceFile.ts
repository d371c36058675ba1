/**
 * Writes a file beside the old one, which it replaces when it is whole: createWritable does so itself; older Safari has
 * handles that write in place only, there a temporary file is written and renamed.
 */
import type { OriginAccess, OriginFile, OriginFolder, OriginWriter } from "./originFiles";
import { unfinishedMark } from "./paths";

/** After a failure the old file is there as it was, or none. */
export type ReplaceFile = (
  folder: OriginFolder,
  name: string,
  content: BlobPart[],
) => Promise<void>;

/** Bytes of a Blob that are in memory while it is written. */
const pieceBytes = 4 * 2 ** 20;

/** How this browser replaces a file; null where it cannot. @param file - any of its files */
export function replaceFileWith(file: OriginFile): ReplaceFile | null {
  if (file.createWritable) return writeAside;
  return file.createSyncAccessHandle && file.move ? createRenaming() : null;
}

async function writeAside(folder: OriginFolder, name: string, content: BlobPart[]): Promise<void> {
  const file = await folder.getFileHandle(name, { create: true });
  let writer: OriginWriter | undefined;
  try {
    writer = await file.createWritable?.();
    for (const part of content) await writer?.write(part);
    await writer?.close();
  } catch (error) {
    await writer?.abort().catch(() => undefined); // the failure itself may have ended it
    const isNew = (await file.getFile()).size === 0;
    if (isNew) await folder.removeEntry(name);
    throw error;
  }
}

/** One after another: a temporary file can be open for one writer only. */
function createRenaming(): ReplaceFile {
  let last: Promise<unknown> = Promise.resolve();
  return (folder, name, content) => {
    const renamed = last.then(() => writeAndRename(folder, name, content));
    last = renamed.catch(() => undefined);
    return renamed;
  };
}

async function writeAndRename(
  folder: OriginFolder,
  name: string,
  content: BlobPart[],
): Promise<void> {
  const temporary = name + unfinishedMark;
  const file = await folder.getFileHandle(temporary, { create: true });
  try {
    const access = await file.createSyncAccessHandle?.();
    if (access) await writeInPlace(access, content);
    await file.move?.(name);
  } catch (error) {
    await folder.removeEntry(temporary).catch(() => undefined); // the failure to report is the first
    throw error;
  }
}

async function writeInPlace(access: OriginAccess, content: BlobPart[]): Promise<void> {
  try {
    access.truncate(0);
    let at = 0;
    for (const part of content)
      for await (const bytes of piecesOf(part)) {
        const written = access.write(bytes, { at });
        if (written < bytes.length)
          throw new DOMException("The disk took a part only.", "QuotaExceededError");
        at += written;
      }
    access.flush();
  } finally {
    access.close();
  }
}

async function* piecesOf(part: BlobPart): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const blob = part instanceof Blob ? part : new Blob([part]);
  for (let at = 0; at < blob.size; at += pieceBytes)
    yield new Uint8Array(await blob.slice(at, at + pieceBytes).arrayBuffer());
}
