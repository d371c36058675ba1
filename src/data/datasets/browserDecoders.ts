/** Decoders of a page or worker; video needs a page, where video elements are. */
import { InputError } from "../../errors";
import { checkDimensions, drawOnWhite, shrinkToFit, undecodable } from "../decodeImage";
import type { Pixels } from "../preprocess";
import type { DataFile, Decoders } from "./dataset";

const maxSide = 4096;
const framesPerSecond = 24; // no browser tells a file's frame rate: no more frames than a film has
const eventTimeoutMs = 15_000;

/** In a worker videoFrames is absent. */
export const browserDecoders = (): Decoders =>
  typeof document === "undefined"
    ? { image: decodePicture }
    : { image: decodePicture, videoFrames: decodeVideo };

/** Files of an input or a drop, under their names with folders where the browser tells them. */
export const dataFilesOf = (files: Iterable<File>): DataFile[] =>
  Array.from(files, (file) => ({
    path: file.webkitRelativePath || file.name,
    size: file.size,
    open: () => Promise.resolve(file),
  }));

/** Upright sRGB pixels on white, the longer side at most 4096. */
async function decodePicture(file: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw undecodable(file.type);
  });
  try {
    checkDimensions(bitmap);
    return drawOnWhite(bitmap, shrinkToFit(bitmap, maxSide));
  } finally {
    bitmap.close();
  }
}

/** Frames evenly spaced from the first to the last, at most 24 a second, each by seeking a video element. */
async function* decodeVideo(
  file: Blob,
  { maxFrames, signal }: { maxFrames: number; signal?: AbortSignal },
): AsyncGenerator<Pixels> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  const url = URL.createObjectURL(file);
  try {
    video.src = url;
    await eventOf(video, "loadeddata", signal);
    const size = { width: video.videoWidth, height: video.videoHeight };
    checkDimensions(size);
    const seconds = await durationOf(video, signal);
    const numFrames = Math.max(1, Math.min(maxFrames, Math.floor(seconds * framesPerSecond)));
    for (let frame = 0; frame < numFrames; frame++) {
      // Half a step in: the very first and last moments are where decoders disagree.
      await seek(video, ((frame + 0.5) / numFrames) * seconds, signal);
      yield drawOnWhite(video, shrinkToFit(size, maxSide));
    }
  } finally {
    video.removeAttribute("src");
    video.load(); // frees the decoder
    URL.revokeObjectURL(url);
  }
}

/** Recordings of a browser say Infinity until something has sought beyond their end. @returns in seconds */
async function durationOf(video: HTMLVideoElement, signal?: AbortSignal): Promise<number> {
  if (video.duration === Infinity) await seek(video, 1e9, signal);
  if (video.duration > 0 && video.duration < Infinity) return video.duration;
  throw new InputError(
    `video: expected a length, got ${video.duration} s. Save the video anew, as MP4 or WebM.`,
  );
}

async function seek(video: HTMLVideoElement, time: number, signal?: AbortSignal): Promise<void> {
  const sought = eventOf(video, "seeked", signal);
  video.currentTime = time;
  await sought;
}

function eventOf(video: HTMLVideoElement, name: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ending = new AbortController();
    const timer = setTimeout(() => fail("no answer from its decoder"), eventTimeoutMs);
    const settle = (then: () => void): void => {
      ending.abort();
      clearTimeout(timer);
      then();
    };
    const fail = (got: string): void =>
      settle(() =>
        reject(
          new InputError(
            `video: expected one that this browser plays, got ${got}. Save it as MP4 (H.264) or WebM.`,
          ),
        ),
      );
    const cancel = (): void =>
      settle(() => reject(new DOMException("The reading was stopped.", "AbortError")));
    if (signal?.aborted) return cancel();
    const options = { signal: ending.signal };
    video.addEventListener(name, () => settle(resolve), options);
    video.addEventListener(
      "error",
      () => fail(video.error?.message || "an unknown format"),
      options,
    );
    signal?.addEventListener("abort", cancel, options);
  });
}
