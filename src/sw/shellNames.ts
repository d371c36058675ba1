/** The names of the caches that hold the page's own files, one for each build. */

/** A file of a build; a revision tells contents of one address apart, and an address with a hash needs none. */
export type ShellFile = { url: string; revision: string | null };

const prefix = "slotdiffusion-shell-";

/** FNV-1a of a text, 32 bit, as 8 hex digits. */
export function textHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** The cache of a build: another set of files, another name. */
export const shellName = (files: readonly ShellFile[]): string =>
  prefix + textHash(files.map(({ url, revision }) => `${url} ${revision ?? ""}`).join("\n"));

/** Caches of other builds among all those of the site; the models' weights are in none of these. */
export const outdatedShells = (names: readonly string[], current: string): string[] =>
  names.filter((name) => name.startsWith(prefix) && name !== current);
