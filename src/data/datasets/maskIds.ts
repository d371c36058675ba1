/** From what a mask stores to object ids: 0 = background, objects 1.. without gaps, in the order of what they stored. */
import type { IdMask } from "../preprocess";
import { Unreadable } from "./dataFile";

/** Whatever number each pixel has; 0 is background. */
export type MaskValues = { width: number; height: number; values: Uint32Array };

/** VOC's value for borders between objects and for what annotators left out. */
export const vocBorder = 255;

/** What one byte a pixel tells apart beside the background. */
export const maxObjects = 255;

/**
 * Numbers objects 1.. by rising stored value, as the official loaders do; 0 stays background.
 * Differs from: the official loaders where no pixel is 0: there they make the lowest object background.
 */
export function compactIds({ width, height, values }: MaskValues): IdMask {
  const found = distinct(values);
  const idOf = new Map([0, ...found].map((value, i) => [value, i]));
  const ids = new Uint8Array(width * height);
  let [value, id] = [0, 0]; // neighbours mostly store the same
  for (let i = 0; i < ids.length; i++) {
    if (values[i] !== value) {
      value = values[i] ?? 0;
      id = idOf.get(value) ?? 0;
    }
    ids[i] = id;
  }
  return { width, height, ids };
}

/** Rising, without 0. */
function distinct(values: Uint32Array): number[] {
  const found = new Set<number>();
  let previous = 0;
  for (const value of values) {
    if (value === previous) continue;
    previous = value;
    if (value !== 0) found.add(value);
    if (found.size > maxObjects)
      throw new Unreadable(
        `a mask with more than ${maxObjects} objects: is it drawn in flat colours?`,
      );
  }
  return [...found].sort((a, b) => a - b);
}

/** VOC's masks: borders become background, and are returned apart (1 = border). */
export function splitBorder(mask: MaskValues): { inside: MaskValues; border: IdMask } {
  const { width, height, values } = mask;
  return {
    inside: { width, height, values: values.map((value) => (value === vocBorder ? 0 : value)) },
    border: {
      width,
      height,
      ids: Uint8Array.from(values, (value) => (value === vocBorder ? 1 : 0)),
    },
  };
}

/** One mask made of one for each object, each read when its turn comes. */
export type PartsDrawing = {
  /** @param number - of the part's file; parts come in rising order */
  add: (number: number, part: MaskValues) => void;
  ids: () => IdMask;
};

/**
 * Where two parts cover a pixel the first has it (the official loaders take the argmax). Part 0 is background if the parts
 * leave no pixel free, as in CLEVR (with masks) and MOVi.
 */
export function drawParts(): PartsDrawing {
  let size: { width: number; height: number } | null = null;
  let owner = new Uint32Array(0); // 1 + index of the part
  let [firstNumber, count] = [0, 0];
  const add = (number: number, { width, height, values }: MaskValues): void => {
    if (!size) {
      size = { width, height };
      owner = new Uint32Array(width * height);
      firstNumber = number;
    }
    if (size.width !== width || size.height !== height)
      throw new Unreadable("masks of one picture that differ in size");
    count++;
    for (let i = 0; i < owner.length; i++)
      if (owner[i] === 0 && (values[i] ?? 0) !== 0) owner[i] = count;
  };
  const ids = (): IdMask => {
    if (!size) throw new Error("drawParts: expected a mask, got none.");
    const hasBackground = count > 1 && firstNumber === 0 && !owner.includes(0);
    return compactIds({ ...size, values: hasBackground ? owner.map((index) => index - 1) : owner });
  };
  return { add, ids };
}

/** Whether a mask lies over a picture: the same shape, within rounding of a resized side. */
export function fitsOver(
  mask: { width: number; height: number },
  picture: { width: number; height: number },
): boolean {
  const difference = Math.abs(mask.width * picture.height - mask.height * picture.width);
  return difference <= Math.max(mask.width, mask.height, picture.width, picture.height);
}
