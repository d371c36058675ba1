/** What a model is evaluated on: pictures at its size, with what is known of them. */

/** What is known of a picture at the model's size [H * W]; null where nobody knows. */
export type Truth = {
  /** Object per pixel, 0 = background. */
  ids: Uint8Array | null;
  /** Class per pixel, 0 = none: VOC, COCO. */
  classes: Uint8Array | null;
  /** 1 where the official evaluation leaves pixels out: VOC's borders, COCO's overlaps. */
  overlap: Uint8Array | null;
};

/** A truth of objects alone. @param ids - null where nothing is known at all */
export const objectsOnly = (ids: Uint8Array | null): Truth => ({
  ids,
  classes: null,
  overlap: null,
});

/** A picture as the model sees it. */
export type EvaluationPicture = {
  name: string;
  /** [H * W * 3], 0..255 */
  rgb: Uint8Array;
  truth: Truth;
};

/** Pictures one after another: not all of them need to be in memory. */
export type PictureSource = {
  /** What the output calls the data. */
  title: string;
  /** How many come at most; null: not known. */
  count: number | null;
  pictures: () => Iterable<EvaluationPicture> | AsyncIterable<EvaluationPicture>;
  /** What was left out and why, in words; "" where nothing was. */
  skipped: () => string;
};
