/**
 * A run on disk. Killed at any instant it can go on: every file is replaced whole, by a rename, and the log is cut back to
 * the checkpoint when a run is taken up again.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
  appendFileSync,
} from "node:fs";
import { join } from "node:path";

import { encodeSnapshot, openSnapshot } from "../../src/engine/training/snapshotFile";
import { InputError } from "../../src/errors";
import type { Snapshot, SnapshotHeader } from "../../src/train/snapshot";

/** A line of the log: what a step or an evaluation said. */
export type LogLine = { stage: string; step: number } & Record<string, unknown>;

/** Replaces a file: readers see the old one or the new one, never a part. */
export function writeWhole(path: string, bytes: string | Uint8Array): void {
  writeFileSync(`${path}.tmp`, bytes, { flush: true });
  renameSync(`${path}.tmp`, path);
}

/** The files of a run; the folder is made. */
export function openRunFolder(folder: string) {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  claim(at("run.pid"), folder);
  return {
    at,
    log: (line: LogLine): void => appendFileSync(at("log.jsonl"), `${JSON.stringify(line)}\n`),
    /** Drops log lines of steps after the checkpoint, which will be taken again. */
    cutLog: (last: { stage: string; step: number }): void => cutLog(at("log.jsonl"), last),
    writeCheckpoint: (snapshot: Snapshot): void =>
      writeWhole(at("checkpoint.safetensors"), encodeSnapshot(snapshot)),
    readCheckpoint: () => readCheckpoint(at("checkpoint.safetensors")),
    /** Scaled latents of the training images; a file of another size counts as none. */
    writeLatents: (latents: Float32Array): void =>
      writeWhole(
        at("latents.f32"),
        new Uint8Array(latents.buffer, latents.byteOffset, latents.byteLength),
      ),
    readLatents: (length: number): Float32Array | null => readLatents(at("latents.f32"), length),
  };
}
export type RunFolder = ReturnType<typeof openRunFolder>;

/** One process a run: two would overwrite each other's checkpoints. */
function claim(path: string, folder: string): void {
  const owner = existsSync(path) ? Number(readFileSync(path, "utf8")) : NaN;
  if (Number.isSafeInteger(owner) && owner !== process.pid && isAlive(owner))
    throw new InputError(
      `${folder}: expected a run that is not in progress, got one of process ${owner}. Stop it, or remove ${path} if it is another program.`,
    );
  writeWhole(path, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // alive, of another user
  }
}

/** A stored snapshot; null where there is none yet. */
async function readCheckpoint(
  path: string,
): Promise<{ header: SnapshotHeader; arrays: Map<string, Float32Array> } | null> {
  if (!existsSync(path)) return null;
  const { header, readArrays } = await openSnapshot(new Blob([readFileSync(path)]), path);
  return { header, arrays: await readArrays() };
}

function readLatents(path: string, length: number): Float32Array | null {
  if (!existsSync(path)) return null;
  const bytes = readFileSync(path);
  return bytes.byteLength === 4 * length
    ? new Float32Array(bytes.buffer, bytes.byteOffset, length)
    : null;
}

const stageOrder = ["vqvae", "binding", "latents", "slots"];

/** Lines after the checkpoint, and one cut short by the end of the process, are dropped. */
function cutLog(path: string, { stage, step }: { stage: string; step: number }): void {
  if (!existsSync(path)) return;
  const isKept = (line: string): boolean => {
    const parsed = parseLine(line);
    if (!parsed) return false;
    const order = stageOrder.indexOf(parsed.stage) - stageOrder.indexOf(stage);
    return order < 0 || (order === 0 && parsed.step <= step);
  };
  const lines = readFileSync(path, "utf8").split("\n");
  writeWhole(
    path,
    lines
      .filter(isKept)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

function parseLine(line: string): LogLine | null {
  try {
    return JSON.parse(line) as LogLine; // written by log(), or cut short and then no JSON
  } catch {
    return null;
  }
}
