import { createReadStream, cpSync, existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import type { Connect, Plugin } from "vite";
import { defineConfig } from "vitest/config";

import { chromiumFlags, findChromium } from "./scripts/chromium.ts";
import { offlineShell } from "./scripts/offlineShell.ts";

/** Threads in WebAssembly need a cross-origin isolated page; both servers send the headers. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Serves models/ beside public/ in development and copies it into the built site. */
function serveModels(): Plugin {
  const folder = resolve("models");
  const middleware: Connect.NextHandleFunction = (request, response, next) => {
    const [path = "", query] = decodeURIComponent(request.url ?? "").split("?");
    if (query === "import") return next(); // index.json as a module is Vite's to serve
    const file = join(folder, path);
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) return next();
    response.setHeader("Content-Length", statSync(file).size);
    response.setHeader(
      "Content-Type",
      path.endsWith(".json") ? "application/json" : "application/octet-stream",
    );
    createReadStream(file).pipe(response);
  };
  return {
    name: "serve-models",
    configureServer: (server) => void server.middlewares.use("/models", middleware),
    writeBundle: ({ dir }) => cpSync(folder, join(dir ?? "dist", "models"), { recursive: true }),
  };
}

/**
 * tfjs starts its WebAssembly threads from the source text of one of its functions, which a minifier breaks: names of the
 * scope around it are renamed. The build gives it the text of the file as it was published.
 */
function threadedWasmSource(): Plugin {
  const fromFunction =
    "[`var WasmBackendModuleThreadedSimd = ` +\n                    wasmFactoryThreadedSimd.toString()]";
  const glue = "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?raw";
  return {
    name: "threaded-wasm-source",
    enforce: "pre",
    apply: "build",
    transform: {
      filter: { id: /tfjs-backend-wasm\/dist\/backend_wasm\.js/ },
      handler(code) {
        if (!code.includes(fromFunction)) {
          throw new Error(
            "threaded-wasm-source: tfjs-backend-wasm has changed; look at init() again.",
          );
        }
        return `import threadedGlue from "${glue}";\n${code.replace(fromFunction, "[threadedGlue]")}`;
      },
    },
  };
}

/** `npm run test:gpu` also runs what takes minutes on a software GPU: samplers on recorded answers, and gradients on WebGPU. */
const isThorough = process.env["THOROUGH"] === "1";
const slowOnSoftware = ["src/diffusion/samplers.parity.test.ts"];

export default defineConfig({
  base: "./",
  define: { "import.meta.env.VITE_THOROUGH": JSON.stringify(isThorough ? "1" : "") },
  plugins: [react(), serveModels(), offlineShell("src/sw/serviceWorker.ts")],
  worker: { format: "es", plugins: () => [threadedWasmSource()] },
  build: { target: "es2022", chunkSizeWarningLimit: 3000 },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: {
    projects: [
      {
        extends: true,
        // The same ES modules as in the browser, gradients included; the WASM backend's Node build stays external
        // (it reads its binary from disk) and finds the one engine through tfjs's global registry.
        resolve: { mainFields: ["module", "main"] },
        ssr: { resolve: { mainFields: ["module", "main"] } },
        test: {
          name: "node",
          environment: "node",
          include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
          server: { deps: { inline: [/@tensorflow\/tfjs-(core|backend-cpu)/] } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        // Found while a test runs, a dependency makes Vite reload the page under it.
        optimizeDeps: {
          include: [
            "@tensorflow/tfjs-core",
            "@tensorflow/tfjs-core/dist/register_all_gradients",
            "@tensorflow/tfjs-backend-wasm",
            "@tensorflow/tfjs-backend-webgl",
            "@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu",
            "@tensorflow/tfjs-backend-webgpu/dist/flags_webgpu",
            "@tensorflow/tfjs-backend-webgpu/dist/register_all_kernels",
            "@zip.js/zip.js",
            "zod",
          ],
        },
        test: {
          name: "webgpu",
          include: [
            "src/**/*.parity.test.ts",
            "src/gpu/fusedLayers.test.ts",
            "src/engine/memory.test.ts",
            "src/train/memory.test.ts",
          ],
          exclude: isThorough ? [] : [...slowOnSoftware],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChromium() ?? "", args: chromiumFlags },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
