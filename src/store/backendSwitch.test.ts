import { describe, expect, test, vi } from "vitest";

import { CheckpointError, UnsupportedDeviceError } from "../errors";
import { modelInfo } from "./fakeAnswers";
import { createFakeBrowser, setOf, trainedTo } from "./fakeKept";
import { leaveMs } from "./modelJobs";
import { createReadyPage, settle } from "./testPage";

const backendKey = "slotdiffusion-playground.backend";

/** A page that loaded run r1 after training it. */
async function pageWithOwnModel() {
  const browser = { ...createFakeBrowser(), sets: [setOf("s1", 20)] };
  const page = await createReadyPage(0, { browser });
  page.state().chooseSet("s1");
  await page.state().startRun();
  await page.state().useRun("r1");
  return page;
}

describe("switching the backend with a model trained here", () => {
  test("loads that model again", async () => {
    const page = await pageWithOwnModel();
    await page.state().switchBackend("wasm");
    expect(page.callsOf("loadModel")[0]?.args.source).toEqual({ kind: "run", id: "r1" });
    expect(page.state().inUse).toEqual({ kind: "run", id: "r1" });
  });

  test("whose run was deleted, loads the first there is and says so", async () => {
    const page = await pageWithOwnModel();
    await page.state().deleteRun("r1");
    await page.state().switchBackend("wasm");
    expect(page.callsOf("loadModel")[0]?.args.source).toEqual({ kind: "bundled", id: "small" });
    expect(page.state().notices.at(-1)?.text).toMatch(/was deleted: The small one/);
  });
});

describe("switching the backend while a run trains", () => {
  async function pageInTraining() {
    const page = await pageWithOwnModel();
    page.held.add("train");
    void page.state().startRun();
    await settle();
    const [call] = page.callsOf("train").slice(-1);
    return { page, call };
  }

  test("writes its checkpoint first and says so", async () => {
    const { page, call } = await pageInTraining();
    const moved = page.state().switchBackend("wasm");
    await settle();
    expect(page.engines).toHaveLength(1);
    expect(page.state().notices.at(-1)?.text).toMatch(/The backend changes.*pauses/);
    const run = page.browser.runs.find(({ id }) => id === "r2");
    if (!run) throw new Error("There is no second run.");
    call?.answer(trainedTo(run, 5));
    await moved;
    expect(page.engines).toHaveLength(2);
    expect(page.state()).toMatchObject({ training: null, device: { info: { backend: "wasm" } } });
    expect(page.state().runs[1]).toMatchObject({ status: "paused", step: 5 });
  });

  test("a lost device, which never answers, is left after a while", async () => {
    const { page } = await pageInTraining();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const moved = page.state().switchBackend("wasm");
      await settle();
      expect(page.engines).toHaveLength(1);
      vi.advanceTimersByTime(leaveMs);
      await moved;
      await settle();
    } finally {
      vi.useRealTimers();
    }
    expect(page.engines).toHaveLength(2);
    expect(page.state()).toMatchObject({ training: null, device: { status: "ready" } });
    expect(page.state().runs.map(({ id }) => id)).toEqual(["r1", "r2"]);
  });
});

test("where nothing outlives the engine, pictures are not thrown away with it", async () => {
  const browser = { ...createFakeBrowser(), isLasting: false };
  const page = await createReadyPage(0, { browser });
  await page.state().createSet("Mugs");
  await page.state().switchBackend("wasm");
  expect(page.engines).toHaveLength(1);
  expect(page.state().notices).toMatchObject([{ tone: "error", text: /would lose them/ }]);
  await page.state().deleteSet("s1");
  await page.state().switchBackend("wasm");
  expect(page.engines).toHaveLength(2);
});

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
