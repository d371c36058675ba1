/**
 * Renders scenes or videos with ground truth to a folder of shards:
 * `npm run scenes -- --kind KIND --n N --seed S --out FOLDER [--resolution 64]`; N counts videos where KIND is one of video.
 *
 * Killed at any time, the same command goes on with the first shard that is missing.
 */
import { parseArgs } from "node:util";

import { InputError } from "../src/errors.ts";
import { planResolution } from "../src/data/scenes/scene.ts";
import { planShards, shardKindNames, type ShardKind } from "../src/data/scenes/shards.ts";
import { framesPerVideo, videoKindNames } from "../src/data/scenes/video.ts";
import { openBrowserSource } from "./scenes/browserSource.ts";
import { writeContactSheet } from "./scenes/contactSheet.ts";
import { openShardFolder, type SceneRequest } from "./scenes/shardFolder.ts";
import { openSpriteSource, type ShardSource } from "./scenes/shardSource.ts";

const usage = `npm run scenes -- --kind ${shardKindNames.join("|")} --n N --seed S --out FOLDER [--resolution 64]`;

const parseRequest = (args: string[]): SceneRequest & { out: string } => {
  const { values } = parseArgs({
    args,
    options: {
      kind: { type: "string" },
      n: { type: "string" },
      seed: { type: "string", default: "0" },
      out: { type: "string" },
      resolution: { type: "string", default: String(planResolution) },
    },
  });
  const kind = shardKindNames.find((name) => name === values.kind);
  if (!kind)
    throw new InputError(
      `--kind: expected ${shardKindNames.join(", ")}, got ${values.kind ?? "nothing"}. ${usage}`,
    );
  if (!values.out) throw new InputError(`--out: expected a folder, got nothing. ${usage}`);
  const resolution = wholeNumber("resolution", values.resolution, 8);
  if (planResolution % resolution !== 0)
    throw new InputError(
      `--resolution: expected a divisor of ${planResolution}, got ${resolution}. Choose 128, 64 or 32.`,
    );
  return {
    kind,
    n: wholeNumber("n", values.n ?? "", 1),
    frames: videoKindNames.some((name) => name === kind) ? framesPerVideo : 1,
    seed: wholeNumber("seed", values.seed, 0),
    resolution,
    out: values.out,
  };
};

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== "" && Number.isSafeInteger(value) && value >= least && value < 2 ** 32) return value;
  throw new InputError(
    `--${name}: expected a whole number from ${least}, got ${text || "nothing"}. ${usage}`,
  );
}

const openSource = async (kind: ShardKind, seed: number, side: number): Promise<ShardSource> =>
  kind === "sprites" ? openSpriteSource(seed, side) : await openBrowserSource(kind, seed, side);

/** Prints one line that keeps changing on a terminal, and a line a shard in a log. */
function progressLine(n: number, kept: number, noun: string) {
  const began = performance.now();
  return (done: number, isShardEnd: boolean): void => {
    const seconds = (performance.now() - began) / 1000;
    const rate = (done - kept) / seconds;
    const left = rate > 0 ? Math.round((n - done) / rate) : 0;
    const line = `${done} / ${n} ${noun}, ${rate.toFixed(1)} ${noun}/s, ${left} s left`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}   ${isShardEnd ? "\n" : ""}`);
    else if (isShardEnd) console.log(line);
  };
}

async function main(): Promise<void> {
  const { out, ...request } = parseRequest(process.argv.slice(2));
  const { kind, seed, n, frames, resolution } = request;
  const folder = openShardFolder(out, request);
  const missing = planShards(n, frames).filter((range) => !folder.has(range));
  const kept = n - missing.reduce((sum, range) => sum + range.n, 0);
  if (kept > 0) console.log(`${kept} scenes are in ${out} already.`);
  const report = progressLine(n * frames, kept * frames, frames > 1 ? "frames" : "scenes");
  if (missing.length > 0) {
    const source = await openSource(kind, seed, resolution);
    try {
      let done = kept * frames;
      for (const range of missing) {
        const packed = await source.render(range, (made) => report(done + made, false));
        folder.write(range, packed);
        done += range.n * frames;
        report(done, true);
        if (range.start === 0) writeContactSheet(out, resolution, range.n, frames);
      }
    } finally {
      await source.close();
    }
  }
  console.log(`${n} ${kind} scenes of seed ${seed} are in ${out}.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});
