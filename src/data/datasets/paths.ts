/** Names of files from archives and folders: made plain, or refused. */

const maxPathLength = 1024;
const archivePattern = /\.(zip|tar|tar\.gz|tgz)$/i;
const picturePattern = /\.(png|jpe?g|webp|avif|gif|bmp)$/i;
const videoPattern = /\.(mp4|m4v|webm|mov|ogv)$/i;

export const isArchive = (path: string): boolean => archivePattern.test(path);
export const isPicture = (path: string): boolean => picturePattern.test(path);
export const isVideo = (path: string): boolean => videoPattern.test(path);

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Without what follows the last dot of its last part. */
export const withoutExtension = (path: string): string => path.replace(/\.[^./]*$/, "");

const hasControlCharacter = (path: string): boolean =>
  [...path].some((letter) => letter < " " || letter === "\x7f");

/**
 * One spelling for each name: forward slashes, no empty or "." parts.
 * @returns the path, or why it is refused
 */
export function plainPath(name: string): { path: string } | { refused: string } {
  const slashed = name.replaceAll("\\", "/");
  const parts = slashed.split("/").filter((part) => part !== "" && part !== ".");
  if (slashed.length > maxPathLength) return { refused: "the name is too long" };
  if (hasControlCharacter(slashed)) return { refused: "control characters in the name" };
  if (/^(\/|[A-Za-z]:)/.test(slashed) || parts.includes(".."))
    return { refused: "the name leads out of the folder" };
  if (parts.some((part) => part.startsWith(".") || part === "__MACOSX"))
    return { refused: "a hidden file of the system" };
  return { path: parts.join("/") };
}

/** Order of names in which 2 comes before 10. */
export const comparePaths: (a: string, b: string) => number = new Intl.Collator("en", {
  numeric: true,
}).compare;
