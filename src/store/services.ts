/** What the store needs of the world around it; main.tsx builds it from the browser, tests from fakes. */
import type { Engine } from "../engine/client";
import type { Pixels } from "../engine/protocol";
import type { KeptWork } from "./keepState";
import type { SpacePort } from "./spaceWorker";
import type { ModelChoice, SampleScene } from "./state";

/** A version of the page that waits, or one that another window has taken. */
export type VersionNews = "waiting" | "elsewhere";

/** A browser's way to keep the page's own files. */
export type OfflineShell = {
  /** Begins to keep them, and tells of new versions. Rejects where the browser does not allow it. */
  keep: (onNews: (news: VersionNews) => void) => Promise<void>;
  /** Reloads the page in its newest version. */
  takeNewest: () => void;
};

export type Services = {
  /** A new engine in a new worker; asked again after each change of backend. */
  engine: () => Engine;
  /** A new worker for one task of slot space. */
  spaceWorker: () => SpacePort;
  /** The bytes at an address, of this site where it is relative; rejects where there are none. */
  fetchBytes: (url: string, signal?: AbortSignal) => Promise<Blob>;
  /** Rejects where the file is no picture that this browser knows. */
  decodeBitmap: (file: Blob) => Promise<ImageBitmap>;
  /** A bitmap as RGBA. */
  readBitmap: (bitmap: ImageBitmap) => Pixels;
  /** Frames of a video, evenly spaced, at most so many; rejects where this browser cannot play it. */
  decodeVideo: (
    file: Blob,
    options: { maxFrames: number; signal: AbortSignal },
  ) => AsyncIterable<Pixels>;
  /** Hands a file to the browser's downloads. */
  saveFile: (name: string, file: Blob) => void;
  /** Asks the browser to keep what the page stores, even when it runs short of room; only a page may ask. */
  persistStorage: () => void;
  /** Calls back each time the page is hidden or left. @returns what ends that */
  onHidden: (callback: () => void) => () => void;
  /** Milliseconds since 1970. */
  now: () => number;
  /** A lossless PNG, to put a picture into a link. */
  encodePng: (pixels: Pixels) => Promise<Blob>;
  /** Rejects where the clipboard is closed to the page. */
  writeClipboard: (text: string) => Promise<void>;
  /** The page's whole address, hash included. */
  pageUrl: () => string;
  /** Changes the shown address without a new history entry. */
  replaceUrl: (url: string) => void;
  /** Null where the browser keeps nothing. */
  storage: Pick<Storage, "getItem" | "setItem"> | null;
  /** Where the visitor's work is kept between visits; null where it is not to be kept. */
  keptWork: KeptWork | null;
  /** Asks the visitor for files of some kinds; empty where they choose none. */
  chooseFiles: (accept: string) => Promise<File[]>;
  /** Null where the page is not kept for visits without a network. */
  offline: OfflineShell | null;
  samples: SampleScene[];
  models: ModelChoice[];
};
