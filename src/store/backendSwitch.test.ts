import { describe, expect, test } from "vitest";

import { CheckpointError, UnsupportedDeviceError } from "../errors";
import { createReadyPage, modelInfo, settle } from "./testPage";

const backendKey = "slotdiffusion-playground.backend";

describe("switching the backend", () => {
  test("starts a new engine, loads the same model, encodes again and is remembered", async () => {
    const page = await createReadyPage(2);
    await page.state().loadBundled("large");
    await page.state().switchBackend("wasm");
    await settle();
    expect(page.engines.map(({ isDisposed }) => isDisposed)).toEqual([true, false]);
    expect(page.callsOf("start")[0]?.args).toEqual({ backend: "wasm" });
    expect(page.callsOf("loadModel")[0]?.args).toEqual({
      source: { kind: "bundled", id: "large" },
    });
    expect(page.callsOf("encode")).toHaveLength(2);
    expect(page.kept.get(backendKey)).toBe('"wasm"');
  });

  test("one that does not start gives way to the one before, and is not remembered", async () => {
    const page = await createReadyPage(1, {
      answers: {
        start: ({ backend }) => {
          if (backend === "webgl") throw new UnsupportedDeviceError("webgl: none here.");
          return {
            backend: backend ?? "webgpu",
            description: "",
            threads: 1,
            isIsolated: false,
            probes: [],
          };
        },
      },
    });
    await page.state().switchBackend("webgl");
    await settle();
    expect(page.state().device).toMatchObject({ status: "ready", info: { backend: "webgpu" } });
    expect(page.state().notices[0]?.text).toBe("webgl: none here.");
    expect(page.scene("A").encoding.status).toBe("ready");
    expect(page.kept.has(backendKey)).toBe(false);
  });

  test("after a file that failed and a device that failed, the model before is loaded", async () => {
    let isBroken = false;
    const page = await createReadyPage(0, {
      answers: {
        start: ({ backend }) => {
          if (isBroken) throw new UnsupportedDeviceError("gpu: lost.");
          return {
            backend: backend ?? "webgpu",
            description: "",
            threads: 1,
            isIsolated: false,
            probes: [],
          };
        },
        loadModel: ({ source }) => {
          if (source.kind === "file") throw new CheckpointError("checkpoint: truncated.");
          return modelInfo(source.id);
        },
      },
    });
    await page.state().loadFiles(new File(["x"], "broken.pth"), null);
    isBroken = true;
    await page.state().switchBackend("webgl");
    expect(page.state().device.status).toBe("failed");
    isBroken = false;
    await page.state().switchBackend("wasm");
    expect(page.state().model).toEqual({ status: "ready", info: modelInfo("small") });
  });

  test("work under way in the old engine is given up without a message", async () => {
    const page = await createReadyPage(1, { held: ["generate"] });
    void page.state().generate(page.scene("A").id);
    await settle();
    const [running] = page.callsOf("generate");
    await page.state().switchBackend("wasm");
    await settle();
    expect(running?.signal?.aborted).toBe(true);
    expect(page.scene("A").render.status).toBe("none");
    expect(page.scene("A").encoding.status).toBe("ready");
    expect(page.state().notices).toEqual([]);
  });

  test("while a model loads, that model is loaded by the new engine", async () => {
    const page = await createReadyPage(1, { held: [] });
    page.held.add("loadModel");
    void page.state().loadBundled("large");
    await settle();
    page.held.clear();
    await page.state().switchBackend("webgl");
    await settle();
    expect(page.state().model).toMatchObject({ status: "ready", info: { id: "large" } });
  });
});
