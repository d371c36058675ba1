import { describe, expect, test } from "vitest";

import { CheckpointError, UnsupportedDeviceError } from "../errors";
import { encodingOf, modelInfo, pictureFile } from "./fakeAnswers";
import { createReadyPage, createTestPage, settle, slotsOf } from "./testPage";

const backendKey = "slotdiffusion-playground.backend";
const modelKey = "slotdiffusion-playground.model";

describe("starting", () => {
  test("goes from the device to the first model, with its progress", async () => {
    const page = createTestPage({ held: ["start", "loadModel"] });
    void page.state().start();
    expect(page.state().device.status).toBe("starting");
    expect(page.callsOf("start")[0]?.args).toEqual({ backend: null });
    page.held.delete("start");
    page.callsOf("start")[0]?.answer({
      backend: "webgpu",
      description: "",
      threads: 1,
      isIsolated: true,
      probes: [],
    });
    await settle();
    expect(page.state().model).toEqual({
      status: "loading",
      title: "The small one",
      progress: null,
    });
    const progress = { stage: "download", done: 1, total: 4 } as const;
    page.callsOf("loadModel")[0]?.progress(progress);
    expect(page.state().model).toMatchObject({ progress });
    page.callsOf("loadModel")[0]?.answer(modelInfo("small"));
    await settle();
    expect(page.state().model).toEqual({ status: "ready", info: modelInfo("small") });
  });

  test("takes the backend and the model of the last visit", async () => {
    const kept = { [backendKey]: '"wasm"', [modelKey]: '"large"' };
    const page = createTestPage({ kept });
    await page.state().start();
    expect(page.state().device).toMatchObject({ status: "ready", info: { backend: "wasm" } });
    expect(page.state().model).toMatchObject({ info: { id: "large" } });
  });

  test("a remembered backend that is gone gives way to the best there is", async () => {
    const page = createTestPage({
      kept: { [backendKey]: '"webgl"' },
      answers: {
        start: ({ backend }) => {
          if (backend === "webgl") throw new UnsupportedDeviceError("webgl: none here.");
          return { backend: "wasm", description: "", threads: 1, isIsolated: false, probes: [] };
        },
      },
    });
    await page.state().start();
    expect(page.state().device).toMatchObject({ info: { backend: "wasm" } });
    expect(page.state().notices[0]?.text).toBe("webgl: none here.");
    expect(page.engines.map(({ isDisposed }) => isDisposed)).toEqual([true, false]);
  });

  test("a device that cannot start says why, on the scenes too", async () => {
    const page = createTestPage({
      answers: {
        start: () => {
          throw new UnsupportedDeviceError("gpu: nothing to compute on.");
        },
      },
    });
    await page.state().start();
    const message = "gpu: nothing to compute on.";
    expect(page.state().device).toEqual({ status: "failed", message });
    expect(page.scene("A").encoding).toEqual({ status: "failed", message });
    expect(page.callsOf("loadModel")).toHaveLength(0);
  });
});

describe("loading another model", () => {
  test("encodes every scene again from its file", async () => {
    const page = await createReadyPage(2);
    await page.state().loadBundled("large");
    await settle();
    expect(page.callsOf("prepareImage")).toHaveLength(4);
    expect(page.scene("B").encoding).toMatchObject({ status: "ready", result: encodingOf(2) });
    expect(page.kept.get(modelKey)).toBe('"large"');
  });

  test("one that fails leaves the model, its slots and its pictures", async () => {
    const page = await createReadyPage(1);
    page.held.add("loadModel");
    void page.state().loadFiles(new File(["x"], "broken.pth"), null);
    await settle();
    expect(page.state().model).toMatchObject({ status: "loading", title: "broken.pth" });
    page.callsOf("loadModel").at(-1)?.fail(new CheckpointError("checkpoint: truncated."));
    await settle();
    expect(page.state().model).toEqual({ status: "ready", info: modelInfo("small") });
    expect(page.state().notices).toMatchObject([{ tone: "error", text: "checkpoint: truncated." }]);
    expect(page.callsOf("encode")).toHaveLength(1);
    await page.state().generate(page.scene("A").id);
    expect(page.scene("A").render.status).toBe("done");
  });

  test("a scene added while a load fails is encoded by the model before", async () => {
    const page = await createReadyPage(1);
    page.held.add("loadModel").add("prepareImage");
    void page.state().loadBundled("large");
    void page.state().addFiles([pictureFile(2)]);
    await settle();
    page.held.delete("prepareImage");
    page.callsOf("loadModel").at(-1)?.fail(new Error("offline"));
    await settle();
    expect(page.scene("B").encoding.status).toBe("ready");
  });

  test("cancelled, the model before stays and nothing is said", async () => {
    const page = await createReadyPage(1);
    page.held.add("loadModel");
    void page.state().loadBundled("large");
    page.state().cancelLoading();
    await settle();
    expect(page.callsOf("loadModel").at(-1)?.signal?.aborted).toBe(true);
    expect(page.state().model).toMatchObject({ status: "ready", info: { id: "small" } });
    expect(page.state().notices).toEqual([]);
  });

  test("the first one cancelled or failed leaves no model, and the scenes say so", async () => {
    const page = createTestPage({ held: ["loadModel"] });
    void page.state().start();
    await settle();
    page.state().cancelLoading();
    await settle();
    expect(page.state().model).toEqual({ status: "none" });
    expect(page.scene("A").encoding).toMatchObject({ status: "failed" });
    void page.state().loadBundled("large");
    await settle();
    page.callsOf("loadModel").at(-1)?.fail(new Error("offline"));
    await settle();
    expect(page.state().model).toEqual({
      status: "failed",
      title: "The large one",
      message: "offline",
    });
    page.held.clear();
    await page.state().loadBundled("small");
    await settle();
    expect(slotsOf(page, "B")).toBe("B0 B1 B2");
  });

  test("a newer load takes over; the older one's answer changes nothing", async () => {
    const page = await createReadyPage(0);
    page.held.add("loadModel");
    void page.state().loadBundled("large");
    page.deaf.add("loadModel");
    void page.state().loadBundled("small");
    await settle();
    const [older, newer] = page.callsOf("loadModel").slice(-2);
    older?.progress({ stage: "read", done: 1, total: 2 });
    older?.fail(new Error("too late"));
    await settle();
    expect(page.state().model).toMatchObject({ status: "loading", progress: null });
    newer?.answer(modelInfo("small", { hash: "b" }));
    await settle();
    expect(page.state().model).toMatchObject({ status: "ready", info: { hash: "b" } });
    expect(page.state().notices).toEqual([]);
  });

  test("one that was cancelled does not arrive late", async () => {
    const page = await createReadyPage(0);
    page.held.add("loadModel");
    page.deaf.add("loadModel");
    void page.state().loadBundled("large");
    void page.state().loadBundled("small");
    await settle();
    const [older] = page.callsOf("loadModel").slice(-2);
    older?.answer(modelInfo("large"));
    await settle();
    expect(page.state().model).toMatchObject({ status: "loading", title: "The small one" });
  });

  test("gives up the pictures that the model before was making", async () => {
    const page = await createReadyPage(1, { held: ["generate"] });
    void page.state().generate(page.scene("A").id);
    await settle();
    page.held.add("loadModel");
    void page.state().loadBundled("large");
    expect(page.callsOf("generate")[0]?.signal?.aborted).toBe(true);
    expect(page.scene("A").render.status).toBe("none");
  });

  test("a removed scene that comes back is encoded by the new model", async () => {
    const page = await createReadyPage(2);
    page.state().removeScene(page.scene("B").id);
    await page.state().loadBundled("large");
    await settle();
    page.state().undo();
    expect(page.scene("B").encoding.status).toBe("preparing");
    await settle();
    expect(page.callsOf("encode")).toHaveLength(4);
    expect(page.scene("B").encoding.status).toBe("ready");
  });
});

describe("stored weights", () => {
  test("are asked of the engine, and deleted weights leave the list", async () => {
    let weights = [{ url: "w", bytes: 40, hash: "a" }];
    const page = await createReadyPage(0, {
      answers: { listWeights: () => weights, deleteWeights: () => void (weights = []) },
    });
    await page.state().refreshWeights();
    expect(page.state().cachedWeights).toHaveLength(1);
    await page.state().deleteWeights("w");
    expect(page.callsOf("deleteWeights")[0]?.args).toEqual({ url: "w" });
    expect(page.state().cachedWeights).toEqual([]);
  });
});
