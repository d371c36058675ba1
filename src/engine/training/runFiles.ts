/** Where a run's files are, and reading one of them that may be damaged. */
import type { z } from "zod";

import { InputError } from "../../errors";
import type { FileStore } from "../../storage/fileStore";

export const runsFolder = "runs";

/** Every file of a run. */
export const runFileNames = [
  "run.json",
  "curve.json",
  "data.json",
  "config.json",
  "weights.safetensors",
  "checkpoint.safetensors",
] as const;
export type RunFileName = (typeof runFileNames)[number];

const idPattern = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Whether a folder's name can be a run's id. */
export const isRunId = (name: string): boolean => idPattern.test(name);

/** The folder of a run. */
export function runFolder(id: string): string {
  if (!isRunId(id)) throw noRun(id);
  return `${runsFolder}/${id}`;
}

/** What is said where there is no such run. */
export const noRun = (id: string): InputError =>
  new InputError(
    `run: expected one that is kept in this browser, got ${id.slice(0, 40)}. Choose one from the list.`,
  );

/** The path of a run's file. */
export const runFile = (id: string, name: RunFileName): string => `${runFolder(id)}/${name}`;

/** An id that no run has. @param now - milliseconds since 1970 */
export async function newRunId(files: FileStore, now: number): Promise<string> {
  const taken = new Set(await files.list(runsFolder));
  let time = Math.max(0, Math.floor(now));
  while (taken.has(time.toString(36))) time++;
  return time.toString(36);
}

/** Checks text against a schema. @param where - begins the message where it is something else */
export function parseText<T>(schema: z.ZodType<T>, text: string, where: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged(where, "no JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw damaged(where, issues.slice(0, 3).join("; "));
}

const damaged = (where: string, got: string): InputError =>
  new InputError(
    `${where}: expected what the page wrote there, got ${got}. It is damaged; delete the run, or import its project again.`,
  );

/** A run's JSON file; null where there is none. */
export async function readJson<T>(
  files: FileStore,
  id: string,
  name: RunFileName,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const blob = await files.read(runFile(id, name));
  return blob && parseText(schema, await blob.text(), `run ${id}, ${name}`);
}
