/** Brings pictures and their masks together by name. */
import type { DataFile } from "./dataFile";
import { roleOf, type PairedFormat } from "./layouts";
import { comparePaths } from "./paths";
import type { SkipLog } from "./skipped";

/** A picture with its mask, or with one mask for each object. */
export type Pair = {
  key: string;
  image: DataFile;
  masks: { number: number; file: DataFile }[];
  classMask: DataFile | null;
};

type Masks = { path: string; number: number; key: string; file: DataFile };

/**
 * @returns pairs in the order of their names; a picture without a mask has none. What cannot be used goes to the log:
 *   masks without a picture, files that are no pictures, in VOC pictures outside its segmentation set
 */
export function pairFiles(files: readonly DataFile[], format: PairedFormat, log: SkipLog): Pair[] {
  const images = new Map<string, Pair>();
  const waiting: Masks[] = [];
  const classMasks = new Map<string, DataFile>();
  const suffixed: { key: string; imageKey: string; file: DataFile }[] = [];
  const addImage = (key: string, image: DataFile): void => {
    if (images.has(key)) log.add(image.path, "two pictures of one name");
    else images.set(key, { key, image, masks: [], classMask: null });
  };
  for (const file of files) {
    const found = roleOf(format, file.path);
    if (found.role === "image") addImage(found.key, file);
    else if (found.role === "mask")
      waiting.push({ path: file.path, number: -1, key: found.key, file });
    else if (found.role === "classMask") classMasks.set(found.key, file);
    else if (found.role === "suffixMask") suffixed.push({ ...found, file });
    else if (found.role === "other") log.add(file.path, found.reason);
  }
  for (const { key, imageKey, file } of suffixed) {
    if (images.has(imageKey)) waiting.push({ path: file.path, number: -1, key: imageKey, file });
    else addImage(key, file);
  }
  for (const mask of waiting) attachMask(images, mask, log);
  for (const [key, file] of classMasks) attachClassMask(images, key, file, log);
  const pairs = [...images.values()].map(sortMasks);
  return segmentedOnly(pairs, format, log).sort((a, b) => comparePaths(a.key, b.key));
}

/** A mask is its picture's by the same key, or one object's of it: a_3, a-3, a/3. */
function attachMask(images: Map<string, Pair>, mask: Masks, log: SkipLog): void {
  const whole = images.get(mask.key);
  const [, stem = "", digits = ""] = /^(.*)[_/-](\d{1,6})$/.exec(mask.key) ?? [];
  const pair = whole ?? images.get(stem);
  const number = whole ? -1 : Number(digits);
  if (!pair) log.add(mask.path, "a mask without a picture of its name");
  else if (pair.masks.some((other) => other.number === number || number < 0 !== other.number < 0))
    log.add(mask.path, "a second mask for one picture");
  else pair.masks.push({ number, file: mask.file });
}

function attachClassMask(
  images: Map<string, Pair>,
  key: string,
  file: DataFile,
  log: SkipLog,
): void {
  const pair = images.get(key);
  if (pair) pair.classMask = file;
  else log.add(file.path, "a mask without a picture of its name");
}

const sortMasks = (pair: Pair): Pair => ({
  ...pair,
  masks: pair.masks.sort((a, b) => a.number - b.number),
});

/** VOC has masks for a part of its pictures: where there are masks, that part is the data set, as in the official code. */
function segmentedOnly(pairs: Pair[], format: PairedFormat, log: SkipLog): Pair[] {
  const hasMask = ({ masks, classMask }: Pair): boolean => masks.length > 0 || classMask !== null;
  if (format !== "voc" || !pairs.some(hasMask)) return pairs;
  for (const pair of pairs)
    if (!hasMask(pair)) log.add(pair.image.path, "outside VOC's segmentation set (no mask)");
  return pairs.filter(hasMask);
}
