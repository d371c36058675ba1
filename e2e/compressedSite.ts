/** The built site as static hosts serve it: text compressed, the page isolated. Vite's own preview compresses nothing. */
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};
const compressed = new Set([".html", ".js", ".css", ".json", ".svg", ".wasm", ".webmanifest"]);

/** Serves a folder on a free port until it is closed. */
export async function serveCompressed(
  folder = "dist",
): Promise<{ url: string; close: () => Promise<void> }> {
  const root = resolve(folder);
  const zipped = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = join(root, pathname === "/" ? "index.html" : decodeURIComponent(pathname));
    if (!path.startsWith(root) || !existsSync(path) || !statSync(path).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const extension = extname(path);
    response.setHeader("Content-Type", types[extension] ?? "application/octet-stream");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    if (!compressed.has(extension)) {
      response.setHeader("Content-Length", statSync(path).size);
      createReadStream(path).pipe(response);
      return;
    }
    const body = zipped.get(path) ?? gzipSync(readFileSync(path), { level: 9 });
    zipped.set(path, body);
    response.setHeader("Content-Encoding", "gzip");
    response.setHeader("Content-Length", body.length);
    response.end(body);
  });
  await new Promise<void>((started) => server.listen(0, "127.0.0.1", started));
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
