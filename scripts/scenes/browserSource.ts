/** Solids, rendered by WebGL in headless Chromium (in software where there is no GPU) and posted back as bytes. */
import { createServer, type IncomingMessage } from "node:http";
import { resolve } from "node:path";
import type { AddressInfo } from "node:net";

import { build } from "esbuild";
import { chromium } from "playwright";

import { joinPacked, type PackedScenes, type ShardKind } from "../../src/data/scenes/shards.ts";
import { chromiumFlags } from "../chromium.ts";
import { ensureChromium } from "../withBrowser.ts";
import type { ShardSource } from "./shardSource.ts";

const webglFlags = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [resolve(import.meta.dirname, "page.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
    logLevel: "warning",
  });
  const [file] = outputFiles;
  if (!file) throw new Error("scenes: expected a bundled page, got none.");
  return file.text;
}

async function readBatch(request: IncomingMessage): Promise<PackedScenes> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const lengths = new URL(request.url ?? "", "http://localhost").searchParams.get("lengths") ?? "";
  const [images = 0, masks = 0, meta = 0] = lengths.split(",").map(Number);
  return {
    images: bytes.slice(0, images),
    masks: bytes.slice(images, images + masks),
    meta: bytes.slice(images + masks, images + masks + meta),
  };
}

/** Serves the page and takes its batches, to this machine only. */
async function startServer(script: string, onBatch: (batch: PackedScenes) => void) {
  const html = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';
  const server = createServer((request, response) => {
    if (request.method !== "POST") {
      response.setHeader("Content-Type", "text/html");
      response.end(`${html}<script src="data:text/javascript;base64,${script}"></script>`);
      return;
    }
    readBatch(request).then(
      (batch) => {
        onBatch(batch);
        response.end();
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  return { server, url: `http://127.0.0.1:${port}/` };
}

/** Opens a browser that renders shards. @param side - pixels a side */
export async function openBrowserSource(
  kind: ShardKind,
  seed: number,
  side: number,
): Promise<ShardSource> {
  let onBatch: (batch: PackedScenes) => void = () => undefined;
  const script = Buffer.from(await bundlePage()).toString("base64");
  const { server, url } = await startServer(script, (batch) => onBatch(batch));
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: [...chromiumFlags, ...webglFlags],
  });
  const page = await browser.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") console.error(message.text());
  });
  await page.goto(url);
  return {
    render: async ({ start, n }, onProgress) => {
      const batches: PackedScenes[] = [];
      let made = 0;
      onBatch = (batch) => {
        batches.push(batch);
        onProgress((made += batch.masks.length / side ** 2));
      };
      await page.evaluate(
        (task) => window.renderRange(task.kind, task.seed, task.start, task.n, task.side),
        { kind, seed, start, n, side },
      );
      return joinPacked(batches);
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
