/** How much of a user's files is read: bytes from outside are never trusted with more memory than this. */
export type Limits = {
  /** Files of a folder or an archive, in number. */
  maxFiles: number;
  /** One picture or mask, in bytes. */
  maxFileBytes: number;
  /** One COCO json, in bytes; instances_train2017.json has 448 MB. */
  maxJsonBytes: number;
  /** One annotation in it, in bytes. */
  maxAnnotationBytes: number;
  /** A mask, in pixels. */
  maxMaskPixels: number;
  /** Files of a tar.gz that wait for their picture or mask, in bytes. */
  maxWaitingBytes: number;
  /** Frames taken from one video. */
  maxFrames: number;
  /** Skipped files kept by name, for each reason; the rest is counted. */
  maxSkippedPerReason: number;
};

const MB = 2 ** 20;

export const defaultLimits: Limits = {
  maxFiles: 2 ** 18,
  maxFileBytes: 64 * MB,
  maxJsonBytes: 600 * MB,
  maxAnnotationBytes: 8 * MB,
  maxMaskPixels: 16 * MB,
  maxWaitingBytes: 128 * MB,
  maxFrames: 256,
  maxSkippedPerReason: 1000,
};
