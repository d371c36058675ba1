/** A user's data set on disk: a folder, zip, tar, tar.gz, or COCO's json beside its pictures, opened for the command line. */
import { openAsBlob, readdirSync, realpathSync, statSync, type Dirent } from "node:fs";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";

import { shrinkToFit } from "../src/data/decodeImage";
import {
  openDataset,
  type DataFile,
  type Dataset,
  type Decoders,
} from "../src/data/datasets/dataset";
import { defaultLimits } from "../src/data/datasets/limits";
import type { Pixels } from "../src/data/preprocess";
import { InputError } from "../src/errors";

const maxSide = 4096;
const maxPixels = 100e6;
const formats = new Set(["png", "jpeg", "webp", "gif", "heif"]); // heif: AVIF

/** Pictures through sharp; videos are read in the page alone. */
export const nodeDecoders: Decoders = { image: decodePicture };

/**
 * Opens a data set by its path.
 * @param path - a folder, an archive, or a json, whose folder is then read with it
 */
export async function openDataPath(path: string): Promise<Dataset> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new InputError(
      `data: expected a folder or archive, got ${path}, which is not there. Check the path.`,
    );
  if (stat.isDirectory()) return await openDataset(listFolder(path), nodeDecoders);
  if (!/\.json$/i.test(path))
    return await openDataset([fileAt(path, basename(path))], nodeDecoders);
  return await openDataset(besideJson(path), nodeDecoders);
}

/** Other COCO files of the folder (the training half, key points) stay out. */
function besideJson(path: string): DataFile[] {
  const folder = basename(dirname(path)) === "annotations" ? dirname(dirname(path)) : dirname(path);
  const json = fileAt(path, "instances_given.json");
  return [json, ...listFolder(folder).filter(({ path: other }) => !/\.json$/i.test(other))];
}

/** Names of all files under a folder; their sizes and bytes are looked up when asked for. */
function listFolder(root: string): DataFile[] {
  const files: DataFile[] = [];
  const walk = (folder: string, prefix: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (files.length > defaultLimits.maxFiles) return; // the reader reports that there are more
      const [at, name] = [join(folder, entry.name), prefix + entry.name];
      if (entry.isDirectory()) walk(at, `${name}/`);
      else if (isFile(entry, at)) files.push(fileAt(at, name));
    }
  };
  walk(realpathSync(root), "");
  return files;
}

/** Links to files are followed, links to folders are not: they may lead round in a circle. */
const isFile = (entry: Dirent, at: string): boolean =>
  entry.isFile() ||
  (entry.isSymbolicLink() && (statSync(at, { throwIfNoEntry: false })?.isFile() ?? false));

const fileAt = (at: string, path: string): DataFile => ({
  path,
  get size() {
    return statSync(at, { throwIfNoEntry: false })?.size ?? 0;
  },
  open: () => openAsBlob(at),
});

async function decodePicture(file: Blob): Promise<Pixels> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: "error" });
  const { format, autoOrient } = await image.metadata();
  if (!formats.has(format))
    throw new InputError(
      `image: expected PNG, JPEG, WebP, AVIF or GIF, got ${format}. Save it anew.`,
    );
  const { width, height } = shrinkToFit(autoOrient, maxSide);
  const { data } = await image
    .autoOrient()
    .resize(width, height, { fit: "fill" })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { width, height, data: new Uint8ClampedArray(data) };
}
