/** A host of the built site that can send no headers of its own and serves it from a folder, as free static hosts do. */
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
};
const folder = "/playground/";

export type PlainHost = {
  /** Where the site is, with a slash at its end. */
  url: string;
  /** Serves a file changed from now on; null takes it away. */
  change: (file: string, edit: (text: string) => string | null) => void;
  /** Answers nobody any more. */
  stop: () => Promise<void>;
};

type Edits = Map<string, (text: string) => string | null>;

async function answer(path: string, edits: Edits, response: ServerResponse): Promise<void> {
  const file = path === folder ? "index.html" : normalize(path.slice(folder.length));
  const bytes = await readFile(join("dist", file)).catch(() => null);
  const edit = edits.get(file);
  const body = bytes && edit ? edit(bytes.toString()) : bytes;
  if (body === null || !path.startsWith(folder)) return void response.writeHead(404).end();
  const type = types[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

/** Starts on a free port. */
export async function startPlainHost(): Promise<PlainHost> {
  const edits: Edits = new Map();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    void answer(decodeURIComponent(pathname), edits, response);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return {
    url: `http://localhost:${port}${folder}`,
    change: (file, edit) => void edits.set(file, edit),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
