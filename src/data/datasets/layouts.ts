/**
 * Which file of a data set is what, from its name alone.
 *
 * CLEVRTex: karazijal/clevrtex-generation, clevrtex_eval.py (`**` / CLEVRTEX_full_000000.png and ..._flat.png).
 * CLEVR with masks: images/SPLIT/CLEVR_SPLIT_000000.png and masks/SPLIT/ of the same names, or one mask an object with
 * _0 (background), _1, ... at the end. VOC: the development kit's JPEGImages, SegmentationObject, SegmentationClass.
 */
import { baseName, isPicture, isVideo, withoutExtension } from "./paths";

export type PairedFormat = "folder" | "clevrtex" | "clevr" | "voc";
export type DatasetFormat = PairedFormat | "coco" | "video";

/**
 * key: what a picture and its masks have in common. A suffix mask (a_mask.png) is a picture after all where no a.png is.
 * A companion belongs to the data set and is not used; anything else says why it is left out.
 */
export type Role =
  | { role: "image" | "mask" | "classMask"; key: string }
  | { role: "suffixMask"; key: string; imageKey: string }
  | { role: "companion" }
  | { role: "other"; reason: string };

const clevrtexName = /CLEVRTEX_[a-z]+_\d{6}(_flat)?\.png$/i;
const clevrName = /^CLEVR_[a-z]+_\d{6}(_\d+)?\.(png|jpe?g)$/i;
const cocoName = /^(instances_.*|.*_annotations\.coco|_?annotations)\.json$/i;
const maskFolder = /^(masks?|segmentations?)$/i;
const imageFolder = /^(images?|imgs?|rgb|pictures|photos)$/i;
const maskSuffix = /[ _.-](mask|masks|seg|segmentation)$/i;
const vocFolders = {
  image: "JPEGImages",
  mask: "SegmentationObject",
  classMask: "SegmentationClass",
};

export const isCocoJson = (path: string): boolean => cocoName.test(baseName(path));

/** What a name says about the data set that it is part of; null where it says nothing. */
export function formatOfName(path: string): Exclude<DatasetFormat, "folder" | "video"> | null {
  if (clevrtexName.test(path)) return "clevrtex";
  if (path.split("/").includes(vocFolders.image)) return "voc";
  if (clevrName.test(baseName(path))) return "clevr";
  return isCocoJson(path) ? "coco" : null;
}

/** @param path - a plain path: forward slashes, no empty parts */
export function roleOf(format: PairedFormat, path: string): Role {
  if (format === "clevrtex") return clevrtexRole(path);
  if (format === "voc") return vocRole(path);
  return folderRole(path);
}

function clevrtexRole(path: string): Role {
  if (!clevrtexName.test(path))
    return /CLEVRTEX_[a-z]+_\d{6}/i.test(path)
      ? { role: "companion" } // _albedo, _depth, _normal, .json ...
      : { role: "other", reason: "not named as CLEVRTex names pictures" };
  const stem = withoutExtension(path);
  const isMask = /_flat$/i.test(stem);
  return { role: isMask ? "mask" : "image", key: stem.replace(/_flat$/i, "") };
}

function vocRole(path: string): Role {
  const parts = path.split("/");
  const at = parts.findIndex((part) => /^(JPEGImages|Segmentation(Object|Class)\w*)$/.test(part));
  const isKnown = parts.some((part) => part === "Annotations" || part === "ImageSets");
  if (at < 0)
    return isKnown ? { role: "companion" } : { role: "other", reason: "not part of Pascal VOC" };
  if (!isPicture(path)) return { role: "other", reason: "not a picture" };
  const key = withoutExtension([...parts.slice(0, at), ...parts.slice(at + 1)].join("/"));
  const folder = parts[at] ?? "";
  if (folder === vocFolders.image) return { role: "image", key };
  return { role: folder === vocFolders.mask ? "mask" : "classMask", key };
}

function folderRole(path: string): Role {
  if (isVideo(path)) return { role: "other", reason: "a video among pictures: open it alone" };
  if (!isPicture(path)) return { role: "other", reason: "not a picture" };
  const parts = path.split("/");
  const folders = parts.slice(0, -1);
  const isMask = folders.some((part) => maskFolder.test(part));
  const kept = folders.filter((part) => !maskFolder.test(part) && !imageFolder.test(part));
  const stem = withoutExtension(parts.at(-1) ?? "");
  const keyOf = (name: string): string => [...kept, name].join("/");
  if (isMask) return { role: "mask", key: keyOf(stem.replace(maskSuffix, "")) };
  if (maskSuffix.test(stem))
    return { role: "suffixMask", key: keyOf(stem), imageKey: keyOf(stem.replace(maskSuffix, "")) };
  return { role: "image", key: keyOf(stem) };
}
