/** A file of the user's: its name with folders, and its bytes when asked for. */
export type DataFile = { path: string; size: number; open: () => Promise<Blob> };

/** Why one file gives no example: the reader goes on with the next. Reasons are fixed texts, so that they can be counted. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}
