/** Paths of kept files: folders and a name between slashes, none of which leads elsewhere. */

/** What the names of files that are not whole yet end with; no path may use it. */
export const unfinishedMark = "~";

/** The parts of a path; a path that leads elsewhere is a bug and throws. @param path - "" is the outermost folder */
export function pathParts(path: string): string[] {
  if (path === "") return [];
  const parts = path.split("/");
  if (!parts.every(isPlain))
    throw new Error(`storage: expected a path such as sets/1/set.json, got ${path}.`);
  return parts;
}

/** The folder and the name of a file's path. */
export function fileParts(path: string): { folder: string[]; name: string } {
  const folder = pathParts(path);
  const name = folder.pop();
  if (name === undefined) throw new Error("storage: expected the path of a file, got none.");
  return { folder, name };
}

const isPlain = (part: string): boolean =>
  /^[^/\\\p{Cc}]{1,200}$/u.test(part) &&
  part !== "." &&
  part !== ".." &&
  !part.endsWith(unfinishedMark);
