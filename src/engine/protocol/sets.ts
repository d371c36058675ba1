/** Picture sets: the visitor's pictures, kept in this browser to train on and to evaluate with. Plain types; nothing here knows a tensor. */
import type { Fit, Pixels, SceneRef } from "../protocol";

/** Pictures of a set: fewer teach nothing, more do not fit the memory of a tab. */
export const setLimits = { fewest: 20, most: 5000 } as const;

export type SetPicture = {
  /** Stays the same as long as the picture is in its set. */
  id: string;
  /** Its file's name, with folders where they are known. */
  name: string;
  /** Kept for evaluation, never trained on. */
  isHeldOut: boolean;
  /** Whether a mask came with it, to evaluate with. */
  hasMask: boolean;
  /** Id of an earlier picture that looks the same; null where there is none. */
  twinOf: string | null;
};

/** A set whose pictures are at the resolution of the model it was made for. */
export type PictureSet = {
  id: string;
  name: string;
  resolution: [height: number, width: number];
  pictures: SetPicture[];
  split: Split;
  /** Bytes it takes in this browser. */
  bytes: number;
};

/** Which pictures are held out: a share of them, drawn by a seed. */
export type Split = {
  seed: number;
  /** 0..0.5 */
  heldOut: number;
};

/** What this browser keeps for the page. */
export type StorageRoom = {
  /** Whether what is kept outlives the page; false in some private windows. */
  isLasting: boolean;
  usedBytes: number;
  /** Null where the browser does not tell. */
  quotaBytes: number | null;
};

/** What became of files that were added. */
export type Added = {
  set: PictureSet;
  added: number;
  /** Pictures left out because the set has them already, pixel for pixel. */
  duplicates: number;
  /** What was left out and why, a line a reason; "" where nothing was. */
  skipped: string;
};

/** `total` is null where only reading tells. */
export type AddProgress = { done: number; total: number | null };

export type SetsProtocol = {
  storageRoom: { args: Record<string, never>; result: StorageRoom; progress: never };
  listSets: { args: Record<string, never>; result: PictureSet[]; progress: never };
  /** An empty set at the loaded model's resolution. */
  createSet: { args: { name: string }; result: PictureSet; progress: never };
  deleteSet: { args: { setId: string }; result: void; progress: never };
  /** Pictures, folders, zips and tars, with masks where they have some; what was added before an abort or a full disk stays. */
  addFiles: {
    args: { setId: string; files: { path: string; file: Blob }[]; fit: Fit };
    result: Added;
    progress: AddProgress;
  };
  /** Pictures that the page has decoded: frames of a video or of the camera. */
  addPixels: {
    args: { setId: string; pictures: { name: string; pixels: Pixels }[]; fit: Fit };
    result: Added;
    progress: AddProgress;
  };
  /** Generated scenes `first.index`, `first.index` + 1, ... with their masks. */
  addScenes: {
    args: { setId: string; first: SceneRef; count: number };
    result: Added;
    progress: AddProgress;
  };
  removePictures: { args: { setId: string; ids: string[] }; result: PictureSet; progress: never };
  splitSet: { args: { setId: string; split: Split }; result: PictureSet; progress: never };
  /** Pictures of a set in the order asked for. */
  readPictures: { args: { setId: string; ids: string[] }; result: Pixels[]; progress: never };
};
