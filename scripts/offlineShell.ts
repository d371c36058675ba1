/** A Vite plugin: builds the service worker into the site, with the list of the site's files written in. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { build, type Plugin } from "vite";

import type { ShellFile } from "../src/sw/shellNames.ts";

const workerName = "serviceWorker.js";
/** What the page needs offline: all but the models' weights, which the engine keeps. */
const isKept = (path: string): boolean =>
  /\.(html|js|css|wasm|svg|png|webp|json|md|webmanifest)$/.test(path) &&
  path !== workerName &&
  !/^models\/.*\/training\.json$/.test(path);

const revisionOf = (file: string): string =>
  createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16);

/** Files of a built site in the order of their names. */
const listFiles = (folder: string): ShellFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join("/"))
    .filter(isKept)
    .sort()
    .map((url) => {
      const isHashed = url.startsWith("assets/"); // their names change with their contents
      return { url, revision: isHashed ? null : revisionOf(join(folder, url)) };
    });

/** @param entry - the worker's source; it reads the list as `self.__WB_MANIFEST` */
export function offlineShell(entry: string): Plugin {
  let folder = "dist";
  return {
    name: "offline-shell",
    apply: "build",
    configResolved({ root, build: { outDir } }) {
      folder = resolve(root, outDir);
    },
    closeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        await build({
          configFile: false,
          publicDir: false,
          logLevel: "warn",
          define: {
            "self.__WB_MANIFEST": JSON.stringify(listFiles(folder)),
            "process.env.NODE_ENV": '"production"',
          },
          build: {
            outDir: folder,
            emptyOutDir: false,
            target: "es2022",
            lib: { entry, formats: ["iife"], name: "serviceWorker", fileName: () => workerName },
          },
        });
      },
    },
  };
}
