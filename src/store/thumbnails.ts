/** Small pictures of a set, read as they come into view. */
import type { Pixels } from "../engine/protocol";
import { request } from "./ask";
import type { StoreContext } from "./context";
import { addThumbnails, chosenSetOf, thumbnailKey } from "./sets";

/** Pictures read at once: a chunk of a set's file. */
const batchSize = 64;

async function loadBatch(context: StoreContext, setId: string, ids: string[]): Promise<void> {
  const { awaited, recent } = context.thumbnails;
  const keys = ids.map((id) => thumbnailKey(setId, id));
  for (const key of keys) awaited.add(key);
  const pictures = await request(context, "readPictures", { setId, ids });
  for (const key of keys) awaited.delete(key);
  if (!pictures) return;
  const fresh = new Map<string, Pixels>();
  pictures.forEach((pixels, i) => fresh.set(keys[i] ?? "", pixels)); // one a key, in order
  const thumbnails = addThumbnails(context.store.getState().thumbnails, fresh, recent);
  context.store.setState({ thumbnails });
  for (const key of recent) if (!thumbnails.has(key) && !awaited.has(key)) recent.delete(key);
}

/** Reads those of the chosen set's pictures that are asked for and neither there nor on their way. */
export async function loadThumbnails(context: StoreContext, ids: string[]): Promise<void> {
  const state = context.store.getState();
  const { awaited, recent } = context.thumbnails;
  const set = chosenSetOf(state);
  if (!set) return;
  const known = new Set(set.pictures.map(({ id }) => id));
  const asked = ids.filter((id) => known.has(id));
  for (const id of asked) {
    const key = thumbnailKey(set.id, id);
    recent.delete(key);
    recent.add(key); // last: the newest
  }
  const isMissing = (key: string): boolean => !state.thumbnails.has(key) && !awaited.has(key);
  const missing = asked.filter((id) => isMissing(thumbnailKey(set.id, id)));
  const loads: Promise<void>[] = [];
  for (let at = 0; at < missing.length; at += batchSize)
    loads.push(loadBatch(context, set.id, missing.slice(at, at + batchSize)));
  await Promise.all(loads);
}
