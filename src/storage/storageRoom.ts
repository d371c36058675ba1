/** How much this browser keeps for the page, and how much it would. */
import { bytesUnder, type FileStore } from "./fileStore";
import { browserStorage, type BrowserStorage } from "./openFiles";

/** usedBytes: all of this origin, downloaded weights too; quotaBytes: null where the browser does not tell. */
export type Room = { isLasting: boolean; usedBytes: number; quotaBytes: number | null };

/** What is used and what there is; of files in memory only their own bytes. */
export async function storageRoom(
  files: FileStore,
  storage: BrowserStorage | null = browserStorage(),
): Promise<Room> {
  const { isLasting } = files;
  const estimate = isLasting && storage ? await storage.estimate() : {};
  const usedBytes = estimate.usage ?? (await bytesUnder(files, ""));
  return { isLasting, usedBytes, quotaBytes: estimate.quota ?? null };
}
