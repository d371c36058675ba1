/** The paper's first experiment: how well the VQ-VAE alone gives back pictures, of its own kind or of another. */
import { toPictures } from "../../evaluation/chunk";
import { inChunks } from "../../evaluation/evaluation";
import type { EvaluationPicture } from "../../evaluation/pictures";
import { createSharedRunner } from "../../evaluation/runner";
import { joinBytes } from "../../math/join";
import { psnr, type Picture } from "../../metrics/imageQuality";
import { estimateMean } from "../../metrics/summary";
import type { FirstStageCheck } from "../protocol/training";
import type { EvaluationPictures } from "./evaluationPictures";
import { pictureToPixels } from "./evaluationTable";
import type { ModelLease } from "./modelLease";

const mostPictures = 64;
const mostShown = 6;
/** Pictures between two looks at the signal. */
const chunk = 8;

/** Encodes, quantises and decodes the first pictures, 64 at most; 6 of them come back to look at. */
export async function measureFirstStage(
  pictures: EvaluationPictures,
  lease: ModelLease,
): Promise<FirstStageCheck> {
  const { config } = lease;
  const [H, W] = config.resolution;
  const runner = createSharedRunner(config, lease.use, chunk * H * W);
  const psnrs: number[] = [];
  const shown: FirstStageCheck["pictures"] = [];
  const source = pictures.at(config);
  const first = { pictures: () => take(source.pictures(), mostPictures) };
  for await (const part of inChunks(first, chunk)) {
    const rgb = joinBytes(part.map((picture) => picture.rgb));
    const values = Float32Array.from(rgb, (byte) => byte / 255);
    const originals = toPictures(values, config);
    const decoded = toPictures(await runner.reconstruct(rgb), config);
    const pairs = part.flatMap(({ name }, i) => pairOf(name, originals[i], decoded[i]));
    psnrs.push(...pairs.map(({ input, made }) => psnr(input, made)));
    shown.push(...pairs.slice(0, mostShown - shown.length).map(show));
  }
  return { psnr: estimateMean([psnrs]), numPictures: psnrs.length, pictures: shown };
}

async function* take(
  pictures: Iterable<EvaluationPicture> | AsyncIterable<EvaluationPicture>,
  most: number,
): AsyncGenerator<EvaluationPicture> {
  let left = most;
  for await (const picture of pictures) {
    yield picture;
    if (--left <= 0) return;
  }
}

type Pair = { name: string; input: Picture; made: Picture };

const pairOf = (name: string, input: Picture | undefined, made: Picture | undefined): Pair[] =>
  input && made ? [{ name, input, made }] : [];

const show = ({ name, input, made }: Pair): FirstStageCheck["pictures"][number] => ({
  name,
  input: pictureToPixels(input),
  decoded: pictureToPixels(made),
});
