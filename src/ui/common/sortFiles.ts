/** Tells the files that a visitor hands over apart: weights, the config beside them, pictures. */

const weightEndings = [".safetensors", ".pth", ".pt", ".ckpt"];
const hasEnding = (name: string, endings: readonly string[]) =>
  endings.some((ending) => name.toLowerCase().endsWith(ending));

/** What a checkpoint picker accepts. */
export const checkpointAccept = [...weightEndings, ".json"].join(",");

export type SortedFiles = { weights: File | null; config: File | null; pictures: File[] };

/** Files that are neither weights nor JSON are taken for pictures; the engine says what is wrong with them. */
export function sortFiles(files: Iterable<File>): SortedFiles {
  const all = [...files];
  const weights = all.find((file) => hasEnding(file.name, weightEndings)) ?? null;
  const config = all.find((file) => hasEnding(file.name, [".json"])) ?? null;
  const pictures = all.filter((file) => !hasEnding(file.name, [...weightEndings, ".json"]));
  return { weights, config, pictures };
}
