/** Videos as pictures: frames evenly spaced, none with a mask. */
import { isAbort } from "../../errors";
import type { DataFile } from "./dataFile";
import { comparePaths } from "./paths";
import type { Example, Reading } from "./readPair";

/** Frames of one video after the other; a video that cannot be read goes to the log. */
export async function* readVideos(
  videos: readonly DataFile[],
  { decode, limits, log }: Reading,
  signal?: AbortSignal,
): AsyncGenerator<Example> {
  const { videoFrames } = decode;
  if (!videoFrames) return;
  const options = { maxFrames: limits.maxFrames, ...(signal && { signal }) };
  for (const video of videos.toSorted((a, b) => comparePaths(a.path, b.path))) {
    signal?.throwIfAborted();
    let frame = 0;
    try {
      for await (const pixels of videoFrames(await video.open(), options)) {
        signal?.throwIfAborted();
        const name = `${video.path}#${String(frame++).padStart(4, "0")}`;
        yield { name, pixels, ids: null, classes: null, overlap: null };
        if (frame >= limits.maxFrames) break;
      }
    } catch (error) {
      if (isAbort(error)) throw error;
      log.add(video.path, "a video that this browser cannot play");
    }
  }
}
