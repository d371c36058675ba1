/** Ties a video element to what it plays, and its frames to the store. */
import { useEffect, type RefObject } from "react";

import { useActions, useApp } from "../common/StoreContext";
import { videoFrames } from "./videoFrames";

/** What a video element plays. */
export type LiveSource = { kind: "camera"; stream: MediaStream } | { kind: "file"; file: File };

/** Gives the element its source. @returns what takes it away again */
function attach(element: HTMLVideoElement, source: LiveSource): () => void {
  if (source.kind === "camera") {
    element.srcObject = source.stream;
    return () => (element.srcObject = null);
  }
  const url = URL.createObjectURL(source.file);
  element.src = url;
  return () => {
    element.removeAttribute("src");
    element.load(); // lets go of the file
    URL.revokeObjectURL(url);
  };
}

/** Masks follow the video while it is on the page; a pause holds both. */
export function useLiveVideo(video: RefObject<HTMLVideoElement | null>, source: LiveSource): void {
  const { startLive, stopLive } = useActions(); // the functions stay the same; the object does not
  const isPaused = useApp((state) => state.live.status === "paused");
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const detach = attach(element, source);
    const frames = videoFrames(element);
    void startLive(frames);
    return () => {
      stopLive();
      frames.close();
      detach();
    };
  }, [startLive, stopLive, source, video]);
  useEffect(() => {
    if (isPaused) video.current?.pause();
    else video.current?.play().catch(() => undefined); // replaced, or not playable: onError says so
  }, [isPaused, source, video]);
}
