/** Runs out of this browser and into another: packed with everything that they are, checked before anything is kept. */
import { openCheckpoint, checkKeys } from "../../checkpoint/load";
import { listSets } from "../../data/pictureSets/setFiles";
import { CheckpointError, InputError } from "../../errors";
import { modelSpec } from "../../slotdiffusion/model";
import type { FileStore } from "../../storage/fileStore";
import { parseConfig } from "../modelLoading";
import type { NamedFile } from "../protocol/exchange";
import type { Run, RunData } from "../protocol/training";
import { newRunId, parseText, runFile, runFileNames, type RunFileName } from "../training/runFiles";
import { runPicturesSchema, storedRunSchema, type StoredPictures } from "../training/runSchema";
import { deleteRun, readRun } from "../training/runStore";
import { slugOf } from "./exportModel";
import { readProject, writeProject, type ProjectFiles } from "./projectFile";

/** All files of a run in one zip. @param now - milliseconds since 1970 */
export async function exportProject(
  id: string,
  files: FileStore,
  now: number,
): Promise<NamedFile[]> {
  const { name } = await readRun(files, id); // a damaged run says so here
  const found = new Map<RunFileName, Blob>();
  for (const file of runFileNames) {
    const blob = await files.read(runFile(id, file));
    if (blob) found.set(file, new Blob([await blob.arrayBuffer()])); // as it is now: training may go on
  }
  return [{ name: `${slugOf({ name })}.project.zip`, file: await writeProject(name, found, now) }];
}

/**
 * Keeps the run of a project under a new id; its pictures are those of the set here that has them all. Whatever is wrong
 * with the zip, the browser's files are afterwards what they were before.
 */
export async function importProject(
  zip: Blob,
  files: FileStore,
  now: number,
  signal: AbortSignal,
): Promise<Run> {
  const project = await readProject(zip, signal);
  const texts = await relinkedTexts(project.files, files);
  await checkWeights(project.files);
  signal.throwIfAborted();
  const id = await newRunId(files, now);
  try {
    for (const name of [...runFileNames].reverse()) {
      const content = texts.get(name) ?? project.files.get(name);
      if (content !== undefined) await files.write(runFile(id, name), [content]); // run.json last
    }
    return await readRun(files, id);
  } catch (error) {
    await deleteRun(files, id);
    throw error;
  }
}

/** run.json and data.json, checked, with the name that the pictures' set has here. */
async function relinkedTexts(
  project: ProjectFiles,
  files: FileStore,
): Promise<Map<RunFileName, string>> {
  const read = async (name: RunFileName): Promise<string> => {
    const blob = project.get(name);
    if (!blob) throw new InputError(`project: expected ${name}, got none. Export the run again.`);
    return blob.text();
  };
  const run = parseText(storedRunSchema, await read("run.json"), "project, run.json");
  const pictures = parseText(runPicturesSchema, await read("data.json"), "project, data.json");
  parseConfig(await read("config.json"), "the project's config.json");
  const data = await findPictures(pictures, files);
  const plan = { ...run.plan, data };
  return new Map<RunFileName, string>([
    ["run.json", JSON.stringify({ ...run, plan })],
    ["data.json", JSON.stringify({ ...pictures, data })],
  ]);
}

/** The set of this browser that has every picture, by the hashes of their content; else the set as it was named. */
async function findPictures(pictures: StoredPictures, files: FileStore): Promise<RunData> {
  if (pictures.data.kind !== "set") return pictures.data;
  const needed = [...pictures.training, ...pictures.heldOut].map(({ id }) => id);
  const sets = await listSets(files);
  const found = sets.find((set) => {
    const ids = new Set(set.pictures.map(({ id }) => id));
    return needed.every((id) => ids.has(id));
  });
  return found ? { kind: "set", setId: found.id } : pictures.data;
}

/** Weights must be those of the config that is kept with them. */
async function checkWeights(project: ProjectFiles): Promise<void> {
  const weights = project.get("weights.safetensors");
  const text = await project.get("config.json")?.text();
  if (!weights || text === undefined) return; // a run that has not been trained yet
  try {
    const { entries } = await openCheckpoint(weights, "weights.safetensors");
    checkKeys(modelSpec(parseConfig(text, "the project's config.json")), entries);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new InputError(
      `project: expected weights of its config. ${error.message} Nothing was changed.`,
      { cause: error },
    );
  }
}
