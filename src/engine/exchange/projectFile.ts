/** The zip that a whole run travels in: its files as they are stored, and project.json, which lists them with their hashes. */
import { BlobReader, BlobWriter, ZipWriter } from "@zip.js/zip.js";
import { z } from "zod";

import { sha256Hex } from "../../checkpoint/cache";
import { openZip, type ZipEntry } from "../../checkpoint/zipEntries";
import { CheckpointError, InputError } from "../../errors";
import { runFileNames, type RunFileName } from "../training/runFiles";

const manifestName = "project.json";
const format = "slotdiffusion-project";
const version = 1;
const maxManifestBytes = 2 ** 16;
/** Of each file of text: the list of 200,000 pictures takes a quarter. */
const maxTextBytes = 2 ** 26;
/** Of all files together, unpacked. */
export const maxProjectBytes = 2 ** 30;

const isRunFile = (name: string): name is RunFileName =>
  runFileNames.some((known) => known === name);

const manifestSchema = z.object({
  format: z.literal(format),
  version: z.literal(version),
  name: z.string().max(1000),
  files: z
    .array(
      z.object({
        name: z.string().refine(isRunFile, "no file of a run"),
        bytes: z.int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(runFileNames.length),
});
type Manifest = z.infer<typeof manifestSchema>;

/** A run's files by name. */
export type ProjectFiles = ReadonlyMap<RunFileName, Blob>;

const fail = (expected: string, got: string, cause?: unknown): InputError =>
  new InputError(
    `project: expected ${expected}, got ${got}. Choose a project zip that this page exported, and whole. Nothing was changed.`,
    { cause },
  );

/** @param now - milliseconds since 1970, the date of the files in the zip */
export async function writeProject(name: string, files: ProjectFiles, now: number): Promise<Blob> {
  const listed: Manifest["files"] = [];
  for (const [file, blob] of files)
    listed.push({ name: file, bytes: blob.size, sha256: await sha256Hex(blob) });
  const total = listed.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > maxProjectBytes)
    throw new InputError(
      `project: expected at most 1 GiB, got ${total} bytes. Export the weights alone, as .safetensors or .pth.`,
    );
  const manifest: Manifest = { format, version, name, files: listed };
  const writer = new ZipWriter(new BlobWriter("application/zip"), {
    ...{ level: 0, useWebWorkers: false, lastModDate: new Date(now) }, // weights do not shrink
  });
  await writer.add(manifestName, new BlobReader(new Blob([JSON.stringify(manifest, null, 1)])));
  for (const [file, blob] of files) await writer.add(file, new BlobReader(blob));
  return writer.close();
}

/** Reads a project; every name, size and hash is checked before a file is handed out. */
export async function readProject(
  zip: Blob,
  signal: AbortSignal,
): Promise<{ name: string; files: ProjectFiles }> {
  try {
    const entries = await openZip(zip);
    const manifest = await readManifest(entries.get(manifestName));
    checkNames(manifest, entries);
    const files = new Map<RunFileName, Blob>();
    for (const listed of manifest.files) {
      signal.throwIfAborted();
      files.set(listed.name, await readListed(listed, entries.get(listed.name)));
    }
    return { name: manifest.name, files };
  } catch (error) {
    if (error instanceof CheckpointError) throw fail("a whole zip", error.message, error); // of the zip's reader
    throw error;
  }
}

async function readManifest(entry: ZipEntry | undefined): Promise<Manifest> {
  if (!entry || entry.size > maxManifestBytes)
    throw fail(`a zip with ${manifestName}`, entry ? `one of ${entry.size} bytes` : "another zip");
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(await entry.read()));
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw fail(`JSON in ${manifestName}`, "other text", cause);
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
  throw fail(`${format} ${version} in ${manifestName}`, issues.slice(0, 3).join("; "));
}

/** Each listed file once, nothing that is not listed, and all within the limit. */
function checkNames({ files }: Manifest, entries: ReadonlyMap<string, ZipEntry>): void {
  const names = new Set<string>(files.map(({ name }) => name));
  const stranger = [...entries.keys()].find((name) => name !== manifestName && !names.has(name));
  if (stranger !== undefined) throw fail("no file but those listed", stranger.slice(0, 100));
  const missing = files.find(({ name }) => !entries.has(name));
  if (missing || names.size !== files.length || !names.has("run.json"))
    throw fail("every listed file once, run.json among them", missing?.name ?? "others");
  const long = files.find(({ name, bytes }) => name.endsWith(".json") && bytes > maxTextBytes);
  if (long) throw fail(`at most ${maxTextBytes} bytes in ${long.name}`, `${long.bytes}`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > maxProjectBytes) throw fail("at most 1 GiB unpacked", `${total} bytes`);
}

async function readListed(
  { name, bytes, sha256 }: Manifest["files"][number],
  entry: ZipEntry | undefined,
): Promise<Blob> {
  if (entry?.size !== bytes) throw fail(`${bytes} bytes in ${name}`, `${entry?.size ?? 0}`);
  const blob = new Blob([await entry.read()]);
  if ((await sha256Hex(blob)) !== sha256) throw fail(`${name} as it was exported`, "other content");
  return blob;
}
