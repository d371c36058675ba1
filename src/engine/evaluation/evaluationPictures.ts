/** The pictures that an evaluation names, at any model's size: those of a set, or generated scenes. */
import { dropAlpha } from "../../data/scenes/shards";
import { InputError } from "../../errors";
import { objectsOnly, type EvaluationPicture, type PictureSource } from "../../evaluation/pictures";
import type { ModelConfig } from "../../slotdiffusion/config";
import type { FileStore } from "../../storage/fileStore";
import type { PictureSet } from "../protocol/sets";
import type { EvaluationData } from "../protocol/training";
import type { SceneStudio } from "../sceneStudio";
import type { SessionContext } from "../sessionContext";

type Size = readonly [height: number, width: number];

/** Pictures by number, at the set's resolution. */
type SetPart = {
  count: number;
  /** RGB [H * W * 3] */
  read: (index: number) => Uint8Array;
  /** Object id per pixel; null where no mask came with the picture. */
  ids: (index: number) => Uint8Array | null;
  pictures: readonly { name: string }[];
};

/** What evaluations need of a set that was read into memory. */
export type OpenedSet = {
  info: Pick<PictureSet, "name" | "resolution">;
  training: SetPart;
  heldOut: SetPart;
};

export type EvaluationPictures = {
  /** For the description of what was measured. */
  title: string;
  count: number;
  /** What the ground truth is. */
  truth: (size: string) => string;
  /** The same pictures for every model, at its size. */
  at: (model: Pick<ModelConfig, "name" | "resolution">) => PictureSource;
};

export type SetOpener = (files: FileStore, setId: string) => Promise<OpenedSet>;

/** Generated scenes are kept while they are compared: 64 MiB at 128 x 128. */
const mostScenes = 1000;

/** Opens the data of an evaluation. */
export async function openEvaluationPictures(
  data: EvaluationData,
  openSet: SetOpener,
  { files, studio }: Pick<SessionContext, "files" | "studio">,
): Promise<EvaluationPictures> {
  return data.kind === "set"
    ? setPictures(await openSet(await files(), data.setId), data)
    : scenePictures(data, studio);
}

type SetData = Extract<EvaluationData, { kind: "set" }>;

function setPictures(set: OpenedSet, { part, count }: SetData): EvaluationPictures {
  const all = [...picturesOf(set.heldOut), ...(part === "all" ? picturesOf(set.training) : [])];
  const pictures = all.slice(0, count);
  const first = pictures.length < all.length ? `the first ${pictures.length} of ` : "";
  const title = `${first}${part === "all" ? "all" : "held-out"} pictures of "${set.info.name}"`;
  if (pictures.length === 0) {
    throw new InputError(
      `evaluate: expected ${title}, got none. Add pictures, or hold a share of them out.`,
    );
  }
  const [H, W] = set.info.resolution;
  return {
    title,
    count: pictures.length,
    truth: (size) => `the masks that came with the pictures, object ids at ${size}`,
    at: ({ name, resolution: [height, width] }) => {
      if (height !== H || width !== W) {
        throw new InputError(
          `evaluate: expected a model of ${W}×${H}, the size of the pictures of "${set.info.name}", got ${name} of ` +
            `${width}×${height}. Choose models of one size, or generated scenes.`,
        );
      }
      return { title, count: pictures.length, pictures: () => pictures, skipped: () => "" };
    },
  };
}

const picturesOf = ({ count, read, ids, pictures }: SetPart): EvaluationPicture[] =>
  Array.from({ length: count }, (_, i) => ({
    name: pictures[i]?.name ?? `picture ${i + 1}`,
    rgb: read(i),
    truth: objectsOnly(ids(i)),
  }));

type Scenes = Extract<EvaluationData, { kind: "scenes" }>;

function scenePictures({ scenes, seed, count }: Scenes, studio: SceneStudio): EvaluationPictures {
  if (!Number.isInteger(count) || count < 1 || count > mostScenes) {
    throw new InputError(
      `evaluate: expected 1 to ${mostScenes} scenes, got ${count}. Choose another number.`,
    );
  }
  const title = `generated ${scenes} scenes 0 to ${count - 1} of seed ${seed}`;
  let kept: { size: Size; pictures: EvaluationPicture[] } | null = null;
  async function* render(size: Size): AsyncGenerator<EvaluationPicture> {
    if (kept?.size[0] !== size[0] || kept.size[1] !== size[1]) kept = { size, pictures: [] };
    const { pictures } = kept;
    for (let index = 0; index < count; index++)
      yield (pictures[index] ??= await renderOne(studio, { kind: scenes, seed, index }, size));
  }
  return {
    title,
    count,
    truth: (size) => `object ids of the generator at ${size}`,
    at: ({ resolution }) => ({
      title,
      count,
      pictures: () => render(resolution),
      skipped: () => "",
    }),
  };
}

async function renderOne(
  studio: SceneStudio,
  ref: Parameters<SceneStudio["render"]>[0],
  size: Size,
): Promise<EvaluationPicture> {
  const { pixels, ids } = await studio.render(ref, () => size);
  const name = `${ref.kind} ${ref.seed}/${ref.index}`;
  return { name, rgb: dropAlpha(pixels.data), truth: objectsOnly(ids) };
}
