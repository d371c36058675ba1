/**
 * Data sets that users have: a folder or archive of pictures with or without masks, CLEVRTex, CLEVR with masks, Pascal VOC,
 * COCO, videos. Recognised by the names inside, read one example at a time, and every file left out is accounted for.
 */
import { InputError } from "../../errors";
import { nothingReadable, openFiles, type OpenedFiles } from "./archives";
import { indexCoco, readCoco, type CocoIndex } from "./coco";
import type { DataFile } from "./dataFile";
import { formatOfName, isCocoJson, type DatasetFormat, type PairedFormat } from "./layouts";
import { defaultLimits, type Limits } from "./limits";
import { pairFiles, type Pair } from "./pairs";
import { isPicture, isVideo } from "./paths";
import { readPair, type Decoders, type Example, type Reading } from "./readPair";
import { createSkipLog, summarizeSkipped, type Skipped } from "./skipped";
import { pairStream, peekFormat } from "./streamPairs";
import { readVideos } from "./videos";

export type { DataFile } from "./dataFile";
export type { DatasetFormat } from "./layouts";
export type { Decoders, Example, IdImage } from "./readPair";
export { summarizeSkipped, type Skipped } from "./skipped";

/** count: at most so many examples, null where only reading tells. skipped grows while examples are read, anew in each pass. */
export type Dataset = {
  format: DatasetFormat;
  title: string;
  count: number | null;
  examples: (signal?: AbortSignal) => AsyncGenerator<Example>;
  skipped: Skipped[];
};

type Source = Pick<Dataset, "format" | "title" | "count"> & {
  read: (signal?: AbortSignal) => AsyncGenerator<Example>;
};

const titles: Record<DatasetFormat, string> = {
  folder: "Pictures",
  clevrtex: "CLEVRTex",
  clevr: "CLEVR",
  voc: "Pascal VOC",
  coco: "COCO",
  video: "Videos",
};

/**
 * Looks at the names, opens archives, and says what data set it is; pictures are decoded when examples are read.
 * Examples come in the order of their names (2 before 10), from a tar.gz in the archive's order.
 * @param options.limits - other than the defaults, for tests and small devices
 */
export async function openDataset(
  given: readonly DataFile[],
  decode: Decoders,
  options: { limits?: Partial<Limits>; signal?: AbortSignal } = {},
): Promise<Dataset> {
  const limits = { ...defaultLimits, ...options.limits };
  const log = createSkipLog(limits.maxSkippedPerReason);
  const reading: Reading = { decode, limits, log };
  const opened = await openFiles(given, reading, options.signal);
  const source = await openSource(opened, reading, options.signal);
  const nothing = () => nothingReadable(given, summarizeSkipped(log.entries));
  if (!source) throw nothing();
  log.markOpened();
  const examples = async function* (signal?: AbortSignal): AsyncGenerator<Example> {
    log.restart();
    let isEmpty = true;
    for await (const example of source.read(signal)) {
      isEmpty = false;
      yield example;
    }
    if (isEmpty) throw nothing();
  };
  const { format, title, count } = source;
  return { format, title, count, examples, skipped: log.entries };
}

async function openSource(
  opened: OpenedFiles,
  reading: Reading,
  signal?: AbortSignal,
): Promise<Source | null> {
  const { files, streams } = opened;
  const hasPictures = files.some(({ path }) => isPicture(path));
  const videos = hasPictures || streams.length > 0 ? null : openVideos(files, reading);
  if (videos) return videos;
  const coco = await openCoco(files, reading, signal);
  return coco ?? (await openPairs(opened, reading, signal));
}

/** The format that the names of most files speak for. */
function formatOf(files: readonly DataFile[]): PairedFormat {
  const votes = { folder: 0, clevrtex: 0, clevr: 0, voc: 0 };
  for (const { path } of files) {
    const format = formatOfName(path);
    if (format && format !== "coco") votes[format]++;
    else if (isPicture(path)) votes.folder++;
  }
  if (votes.voc > 0) return "voc"; // its masks and lists lie in other folders
  if (votes.clevrtex > 0) return "clevrtex"; // so do its normals, depths and albedos
  return votes.clevr > votes.folder ? "clevr" : "folder";
}

async function openPairs(
  { files, streams }: OpenedFiles,
  reading: Reading,
  signal?: AbortSignal,
): Promise<Source | null> {
  const [first] = streams;
  const peeked = first && files.length === 0 ? await peekFormat(first, reading, signal) : null;
  if (peeked === "voc" || peeked === "coco")
    throw new InputError(
      `data set: expected ${titles[peeked]} as a folder, zip or tar, got a tar.gz, which cannot be read in any order. Unpack it.`,
    );
  const format = peeked ?? formatOf(files);
  const pairs = pairFiles(files, format, reading.log);
  if (pairs.length === 0 && streams.length === 0) return null;
  const read = (passSignal?: AbortSignal) => readPairs(pairs, streams, format, reading, passSignal);
  const count = streams.length === 0 ? pairs.length : null;
  return { format, title: pairedTitle(format, pairs), count, read };
}

function pairedTitle(format: PairedFormat, pairs: readonly Pair[]): string {
  const numMasks = pairs.filter(({ masks }) => masks.length > 0).length;
  if (format === "voc" && numMasks === 0 && pairs.some(({ classMask }) => classMask))
    return `${titles.voc}, masks of classes`;
  if (pairs.length === 0) return titles[format];
  const name = format === "folder" ? "pictures" : `${titles[format]} pictures`;
  return `${pairs.length} ${name}, ${numMasks} with masks`;
}

async function* readPairs(
  pairs: readonly Pair[],
  streams: readonly DataFile[],
  format: PairedFormat,
  reading: Reading,
  signal?: AbortSignal,
): AsyncGenerator<Example> {
  for await (const pair of inTurn(pairs, streams, format, reading, signal)) {
    signal?.throwIfAborted();
    const example = await readPair(pair, format === "voc", reading);
    if (example) yield example;
  }
}

async function* inTurn(
  pairs: readonly Pair[],
  streams: readonly DataFile[],
  format: PairedFormat,
  reading: Reading,
  signal?: AbortSignal,
): AsyncGenerator<Pair> {
  yield* pairs;
  for (const stream of streams) yield* pairStream(stream, format, reading, signal);
}

async function openCoco(
  files: readonly DataFile[],
  reading: Reading,
  signal?: AbortSignal,
): Promise<Source | null> {
  const indices: CocoIndex[] = [];
  for (const json of files.filter(({ path }) => isCocoJson(path))) {
    const index = await indexCoco(json, files, reading, signal);
    if (index) indices.push(index);
  }
  if (indices.length === 0) return null;
  const count = indices.reduce((sum, { images }) => sum + images.length, 0);
  const read = async function* (passSignal?: AbortSignal): AsyncGenerator<Example> {
    for (const index of indices) yield* readCoco(index, reading, passSignal);
  };
  return { format: "coco", title: `${count} ${titles.coco} pictures`, count, read };
}

function openVideos(files: readonly DataFile[], reading: Reading): Source | null {
  const videos = files.filter(({ path }) => isVideo(path));
  if (videos.length === 0) return null;
  if (!reading.decode.videoFrames)
    throw new InputError(
      `data set: expected pictures, got ${videos.length === 1 ? "a video" : "videos"}, which only the page can read. ` +
        `Drop the file on the page, or save its frames as PNG.`,
    );
  const read = (signal?: AbortSignal) => readVideos(videos, reading, signal);
  return {
    format: "video",
    title: titles.video,
    count: videos.length * reading.limits.maxFrames,
    read,
  };
}
