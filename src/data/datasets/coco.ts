/**
 * COCO: pictures and a json of their objects.
 *
 * Official rules (SlotDiffusion img_based/datasets, COCO): masks are drawn in the order of the annotations, later over earlier;
 * crowds are left out; what several objects cover forms the overlap. The json is read from front to back once, keeping only
 * where each annotation lies: instances_train2017.json has 860,000 of them in 448 MB.
 */
import { z } from "zod";

import type { IdMask, Pixels } from "../preprocess";
import { drawingWork, segmentationMask, segmentationSchema, type DrawingWork } from "./cocoMasks";
import { Unreadable, type DataFile } from "./dataFile";
import { readJsonElements } from "./jsonElements";
import { compactIds, fitsOver } from "./maskIds";
import { baseName, comparePaths, isPicture } from "./paths";
import { orSkip, readPicture, type Example, type Reading } from "./readPair";

/** places: begin and end of each annotation in the json, in its order. */
type CocoImage = { file: DataFile; width: number; height: number; places: number[] };
export type CocoIndex = { json: Blob; path: string; images: CocoImage[] };

const side = z.number().int().min(1).max(100_000);
const imageSchema = z.object({ id: z.number(), file_name: z.string(), width: side, height: side });
const placeSchema = z.object({ image_id: z.number(), iscrowd: z.number().optional() });
const annotationSchema = z.object({
  category_id: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31)
    .optional(),
  segmentation: segmentationSchema,
});

/**
 * Reads where everything is.
 * @returns null where the json names none of the pictures given; the log says why
 */
export async function indexCoco(
  json: DataFile,
  files: readonly DataFile[],
  reading: Reading,
  signal?: AbortSignal,
): Promise<CocoIndex | null> {
  const { limits, log } = reading;
  return await orSkip(json.path, reading, async () => {
    if (json.size > limits.maxJsonBytes)
      throw new Unreadable(`larger than ${Math.round(limits.maxJsonBytes / 2 ** 20)} MB`);
    const blob = await json.open();
    const named = new Map<number, z.infer<typeof imageSchema>>();
    const places = new Map<number, number[]>();
    const keys = ["images", "annotations"];
    for await (const { key, value, begin, end } of readJsonElements(
      blob,
      keys,
      limits.maxAnnotationBytes,
      signal,
    )) {
      if (key === "images") addImage(value, named, json.path, reading);
      else addPlace(value, begin, end, places, json.path, reading);
    }
    const find = pictureFinder(files, json.path);
    const images = [...named.values()].flatMap(({ id, file_name, width, height }) => {
      const file = find(file_name);
      return file ? [{ file, width, height, places: places.get(id) ?? [] }] : [];
    });
    if (images.length === 0) throw new Unreadable("a json that names none of the pictures given");
    const missing = named.size - images.length;
    for (let i = 0; i < missing; i++) log.add(json.path, "a picture named in the json is missing");
    images.sort((a, b) => comparePaths(a.file.path, b.file.path));
    return { json: blob, path: json.path, images };
  });
}

function addImage(
  value: unknown,
  named: Map<number, z.infer<typeof imageSchema>>,
  path: string,
  { log, limits }: Reading,
): void {
  const { data } = imageSchema.safeParse(value);
  if (!data) log.add(path, "an image in the json without id, file_name, width or height");
  else if (named.size >= limits.maxFiles) log.add(path, "too many images in the json");
  else named.set(data.id, data);
}

function addPlace(
  value: unknown,
  begin: number,
  end: number,
  places: Map<number, number[]>,
  path: string,
  { log }: Reading,
): void {
  const { data } = placeSchema.safeParse(value);
  if (!data) log.add(path, "an annotation without image_id");
  else if (data.iscrowd === 1) log.add(path, "an annotation of a crowd (iscrowd)");
  else {
    const known = places.get(data.image_id);
    if (known) known.push(begin, end);
    else places.set(data.image_id, [begin, end]);
  }
}

/** Finds pictures by the end of their path; of several, the one nearest to the json. Never opens a path the json gives. */
function pictureFinder(files: readonly DataFile[], jsonPath: string) {
  const byName = new Map<string, DataFile[]>();
  for (const file of files) {
    if (!isPicture(file.path)) continue;
    const name = baseName(file.path);
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  const nearness = ({ path }: DataFile): number => {
    let same = 0;
    while (same < path.length && path[same] === jsonPath[same]) same++;
    return same;
  };
  return (name: string): DataFile | null => {
    const ending = `/${name.replaceAll("\\", "/")}`;
    const matches = (byName.get(baseName(ending)) ?? []).filter(({ path }) =>
      `/${path}`.endsWith(ending),
    );
    return matches.sort((a, b) => nearness(b) - nearness(a))[0] ?? null;
  };
}

/** The pictures of one json, in the order of their names. */
export async function* readCoco(
  { json, path, images }: CocoIndex,
  reading: Reading,
  signal?: AbortSignal,
): AsyncGenerator<Example> {
  for (const image of images) {
    signal?.throwIfAborted();
    const { file } = image;
    const pixels = await orSkip(file.path, reading, () => readPicture(file, reading));
    if (!pixels) continue;
    const truth = await orSkip(file.path, reading, () =>
      drawObjects(image, pixels, { json, path }, reading, signal),
    );
    const none = { ids: null, classes: null, overlap: null };
    yield { name: file.path, pixels, ...(truth ?? none) };
  }
}

async function drawObjects(
  { file, width, height, places }: CocoImage,
  pixels: Pixels,
  { json, path }: Pick<CocoIndex, "json" | "path">,
  reading: Reading,
  signal?: AbortSignal,
): Promise<Pick<Example, "ids" | "classes" | "overlap">> {
  if (width * height > reading.limits.maxMaskPixels)
    throw new Unreadable("a mask with too many pixels");
  if (!fitsOver({ width, height }, pixels))
    throw new Unreadable("a picture of another shape than its json says");
  const drawing = {
    ids: new Uint32Array(width * height),
    classes: new Uint32Array(width * height),
    overlap: { width, height, ids: new Uint8Array(width * height) },
    work: drawingWork(),
  };
  for (let i = 0; i < places.length; i += 2) {
    signal?.throwIfAborted();
    const text = await json.slice(places[i], places[i + 1]).text();
    await orSkip(`${path} (${baseName(file.path)})`, reading, () =>
      Promise.resolve(drawObject(drawing, text, i / 2 + 1)),
    );
  }
  return {
    ids: compactIds({ width, height, values: drawing.ids }),
    classes: compactIds({ width, height, values: drawing.classes }),
    overlap: drawing.overlap,
  };
}

type Drawing = {
  ids: Uint32Array<ArrayBuffer>;
  classes: Uint32Array<ArrayBuffer>;
  overlap: IdMask;
  work: DrawingWork;
};

/** Draws over what is there; masks come column by column. */
function drawObject({ ids, classes, overlap, work }: Drawing, text: string, id: number): void {
  const { width, height } = overlap;
  const { data } = annotationSchema.safeParse(JSON.parse(text));
  if (!data) throw new Unreadable("an annotation without polygons or run lengths");
  const mask = segmentationMask(data.segmentation, height, width, work);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if (mask[x * height + y] !== 1) continue;
      const at = y * width + x;
      if (ids[at] !== 0) overlap.ids[at] = 1;
      ids[at] = id;
      classes[at] = data.category_id ?? 0;
    }
  }
}
