/** From the files of one example to its pixels and ids: the one gate for what a data set holds. */
import { checkDimensions, checkFileSize } from "../decodeImage";
import { readDimensions } from "../imageHeader";
import type { IdMask, Pixels } from "../preprocess";
import { isAbort } from "../../errors";
import { Unreadable, type DataFile } from "./dataFile";
import type { Limits } from "./limits";
import {
  compactIds,
  drawParts,
  fitsOver,
  maxObjects,
  splitBorder,
  type MaskValues,
} from "./maskIds";
import type { Pair } from "./pairs";
import { isPng, readPngSamples } from "./pngSamples";
import type { SkipLog } from "./skipped";

/** Object per pixel: 0 = background, 1.. = instances [H * W], at the mask's own size. */
export type IdImage = IdMask;

/** One picture of a data set, with its ground truth where there is one. */
export type Example = {
  /** Path of the picture's file; for a video with the frame's number. */
  name: string;
  /** RGBA at its own size; pictures above 4096 pixels a side are shrunk. */
  pixels: Pixels;
  ids: IdImage | null;
  /** Class per pixel in VOC and COCO, numbered 1.. within the picture; 0 = none. */
  classes: IdImage | null;
  /** 1 where the official evaluation leaves pixels out: VOC's borders, what several of COCO's objects cover. */
  overlap: IdImage | null;
};

/** How pictures are decoded where the reader runs. */
export type Decoders = {
  /** Upright sRGB pixels on white. */
  image: (file: Blob) => Promise<Pixels>;
  /** Frames evenly spaced over the video; absent where there is no video decoder. */
  videoFrames?: (
    file: Blob,
    options: { maxFrames: number; signal?: AbortSignal },
  ) => AsyncGenerator<Pixels>;
};

/** What every reader is given. */
export type Reading = { decode: Decoders; limits: Limits; log: SkipLog };

const headBytes = 256 * 1024;

/** @returns null where the picture cannot be read; the log says why. A mask that cannot be read is left out of the example. */
export async function readPair(
  { image, masks, classMask }: Pair,
  isVoc: boolean,
  reading: Reading,
): Promise<Example | null> {
  const pixels = await orSkip(image.path, reading, () => readPicture(image, reading));
  if (!pixels) return null;
  const main = masks[0]?.file ?? classMask;
  const without: Example = { name: image.path, pixels, ids: null, classes: null, overlap: null };
  if (!main) return without;
  const found = await orSkip(main.path, reading, async () => {
    const merged = await readMasks(masks, isVoc, pixels, reading);
    const classes = classMask && (await readWhole(classMask, isVoc, pixels, reading));
    return {
      ids: merged?.ids ?? classes?.ids ?? null,
      classes: classes?.ids ?? null,
      overlap: (merged ?? classes)?.overlap ?? null,
    };
  });
  return { ...without, ...found };
}

/** Runs one step; what makes its file unreadable goes to the log and gives null. */
export async function orSkip<T>(
  path: string,
  { log }: Reading,
  step: () => Promise<T>,
): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    log.add(path, error.message);
    return null;
  }
}

/** A picture as pixels, checked before it is decoded. */
export async function readPicture(file: DataFile, { decode, limits }: Reading): Promise<Pixels> {
  const blob = await openChecked(file, limits);
  const head = new Uint8Array(await whereReadable(blob.slice(0, headBytes).arrayBuffer()));
  const claimed = readDimensions(head);
  if (claimed)
    orUnreadable(
      () => checkDimensions(claimed),
      "a picture of no pixels, or of 100 megapixels and more",
    );
  return await decode.image(blob).catch((cause: unknown) => {
    if (isAbort(cause)) throw cause;
    throw new Unreadable("cannot be decoded as a picture", { cause });
  });
}

/** The bytes of a file that is neither empty nor too large, whatever size it said it has. */
async function openChecked(file: DataFile, { maxFileBytes }: Limits): Promise<Blob> {
  const check = (size: number): void => {
    if (size === 0) throw new Unreadable("an empty file");
    if (size > maxFileBytes) throw new Unreadable(`larger than ${maxFileBytes / 2 ** 20} MB`);
    orUnreadable(() => checkFileSize(size), "too large for a picture");
  };
  check(file.size);
  const blob = await whereReadable(file.open());
  check(blob.size);
  return blob;
}

async function whereReadable<T>(opening: Promise<T>): Promise<T> {
  return await opening.catch((cause: unknown) => {
    if (cause instanceof Unreadable || isAbort(cause)) throw cause;
    throw new Unreadable("cannot be opened: moved, or not permitted", { cause });
  });
}

function orUnreadable(check: () => void, reason: string): void {
  try {
    check();
  } catch (cause) {
    throw new Unreadable(reason, { cause });
  }
}

type MaskIds = { ids: IdMask; overlap: IdMask | null };

async function readMasks(
  masks: Pair["masks"],
  isVoc: boolean,
  pixels: Pixels,
  reading: Reading,
): Promise<MaskIds | null> {
  const [first] = masks;
  if (!first) return null;
  if (first.number < 0) return await readWhole(first.file, isVoc, pixels, reading);
  if (masks.length > maxObjects + 1)
    throw new Unreadable(`more than ${maxObjects} masks for one picture`);
  const drawing = drawParts();
  for (const { number, file } of masks)
    drawing.add(number, await readValues(file, pixels, reading));
  return { ids: drawing.ids(), overlap: null };
}

async function readWhole(
  file: DataFile,
  isVoc: boolean,
  pixels: Pixels,
  reading: Reading,
): Promise<MaskIds> {
  const mask = await readValues(file, pixels, reading);
  if (!isVoc) return { ids: compactIds(mask), overlap: null };
  const { inside, border } = splitBorder(mask);
  return { ids: compactIds(inside), overlap: border };
}

/** What a mask stores, exactly. Other formats than PNG are refused: most of them blur ids. */
async function readValues(file: DataFile, pixels: Pixels, reading: Reading): Promise<MaskValues> {
  const blob = await openChecked(file, reading.limits);
  const bytes = new Uint8Array(await whereReadable(blob.arrayBuffer()));
  if (!isPng(bytes)) throw new Unreadable("a mask that is no PNG: save it as PNG");
  const claimed = readDimensions(bytes);
  if (claimed && !fitsOver(claimed, pixels))
    throw new Unreadable("a mask of another shape than its picture"); // before it is unpacked
  return await readPngSamples(bytes, reading.limits.maxMaskPixels);
}
