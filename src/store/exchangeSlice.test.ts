import { describe, expect, test } from "vitest";

import { CheckpointError } from "../errors";
import { recognized } from "./fakeAnswers";
import { runOf } from "./fakeKept";
import { createReadyPage, settle } from "./testPage";

const weights = new File(["weights"], "own.pth");
const doubtful = recognized({ config: '{"name":"own"}', assumptions: ["3 iterations"] });
const dinoUrl = "https://example.org/vits8/model.bin";
const withoutDino = recognized({ missingDino: { url: dinoUrl, bytes: 80 } });

const lastSource = (page: Awaited<ReturnType<typeof createReadyPage>>) => {
  const source = page.callsOf("loadModel").at(-1)?.args.source;
  if (source?.kind !== "file") throw new Error("No file has been loaded.");
  return source;
};

describe("export", () => {
  test("hands every file to the downloads", async () => {
    const page = await createReadyPage(0, {
      answers: {
        exportModel: () => [
          { name: "model.safetensors", file: new Blob([]) },
          { name: "config.json", file: new Blob([]) },
        ],
      },
    });
    await page.state().exportModel({ kind: "loaded" }, "safetensors");
    expect(page.saved).toEqual(["model.safetensors", "config.json"]);
    expect(page.state().announcement).toBe("Saved: model.safetensors, config.json.");
  });

  test("a failure is told and saves nothing", async () => {
    const page = await createReadyPage(0, { held: ["exportModel"] });
    const saving = page.state().exportModel({ kind: "run", id: "r1" }, "project");
    page.callsOf("exportModel")[0]?.fail(new Error("run: expected a run, got r1."));
    await saving;
    expect(page.saved).toEqual([]);
    expect(page.state().notices).toMatchObject([{ tone: "error" }]);
  });
});

describe("projects", () => {
  test("an imported one is a run of this browser, and shown", async () => {
    const page = await createReadyPage(0, { held: ["importProject"] });
    const importing = page.state().importProject(new File([], "mugs.zip"));
    const run = runOf("r9", { ...page.state().draft, name: "Mugs" });
    page.callsOf("importProject")[0]?.answer(run);
    await importing;
    expect(page.state()).toMatchObject({ runs: [run], chosenRun: "r9" });
  });

  test("a foreign zip says so and changes nothing", async () => {
    const page = await createReadyPage(0);
    await page.state().importProject(new File(["zip"], "holiday.zip"));
    expect(page.state()).toMatchObject({ runs: [], chosenRun: null });
    expect(page.state().notices[0]?.text).toMatch(/expected a project zip/);
  });
});

describe("a checkpoint without a config", () => {
  test("that is recognised beyond doubt is loaded at once", async () => {
    const page = await createReadyPage(0);
    await page.state().loadFiles(weights, null);
    expect(lastSource(page)).toMatchObject({ weights });
    expect(lastSource(page).dino).toBeUndefined();
    expect(await lastSource(page).config?.text()).toBe("{}");
    expect(page.state().inspection).toEqual({ status: "none" });
  });

  test.each([
    ["assumptions", doubtful],
    ["a missing encoder", withoutDino],
    ["a refusal", recognized({ memory: { weightBytes: 1, peakBytes: 1, refusal: "Too large." } })],
    ["much memory", recognized({ memory: { weightBytes: 1, peakBytes: 2 ** 31, refusal: "" } })],
  ])("with %s waits for the visitor's yes", async (_, model) => {
    const page = await createReadyPage(0, { answers: { inspectCheckpoint: () => model } });
    await page.state().loadFiles(weights, null);
    expect(page.callsOf("loadModel")).toHaveLength(1);
    expect(page.state().inspection).toEqual({ status: "done", result: { ...model, weights } });
    page.state().dismissInspection();
    expect(page.state().inspection).toEqual({ status: "none" });
  });

  test("after the yes it is loaded with the config that was shown", async () => {
    const page = await createReadyPage(0, { answers: { inspectCheckpoint: () => doubtful } });
    await page.state().inspect(weights);
    await page.state().loadInspected(null);
    expect(await lastSource(page).config?.text()).toBe('{"name":"own"}');
    expect(page.state()).toMatchObject({
      inspection: { status: "none" },
      inUse: { kind: "opened" },
    });
    expect(page.state().model).toMatchObject({ status: "ready", info: { id: "file-own.pth" } });
    await page.state().loadInspected(null); // nothing waits any more
    expect(page.callsOf("loadModel")).toHaveLength(2);
  });

  test("that is not recognised may still have the loaded model's shape", async () => {
    const page = await createReadyPage(0);
    page.held.add("inspectCheckpoint").add("loadModel");
    void page.state().loadFiles(weights, null);
    page.callsOf("inspectCheckpoint")[0]?.fail(new CheckpointError("checkpoint: unknown."));
    await settle();
    expect(lastSource(page)).toMatchObject({ weights, config: null });
    page.callsOf("loadModel").at(-1)?.fail(new CheckpointError("checkpoint: truncated."));
    await settle();
    expect(page.state().notices.map(({ text }) => text)).toEqual(["checkpoint: truncated."]);
  });

  test("looked at by wish, its failure is shown and told", async () => {
    const page = await createReadyPage(0, { held: ["inspectCheckpoint"] });
    const looking = page.state().inspect(weights);
    expect(page.state().inspection.status).toBe("running");
    page.callsOf("inspectCheckpoint")[0]?.fail(new CheckpointError("checkpoint: no tensors."));
    await looking;
    const message = "checkpoint: no tensors.";
    expect(page.state().inspection).toEqual({ status: "failed", message });
    expect(page.state().notices).toMatchObject([{ text: message }]);
  });

  test("a newer file takes over, with or without a config", async () => {
    const page = await createReadyPage(0, { held: ["inspectCheckpoint"] });
    void page.state().loadFiles(weights, null);
    const second = new File(["2"], "second.pth");
    void page.state().loadFiles(second, null);
    await page.state().loadFiles(new File(["3"], "third.pth"), new File(["{}"], "config.json"));
    const [first, newer] = page.callsOf("inspectCheckpoint");
    expect([first?.signal?.aborted, newer?.signal?.aborted]).toEqual([true, true]);
    await settle();
    expect(lastSource(page).weights.name).toBe("third.pth");
    expect(page.callsOf("loadModel")).toHaveLength(2);
    expect(page.state().inspection).toEqual({ status: "none" });
  });
});

describe("a missing DINO encoder", () => {
  const answers = { inspectCheckpoint: () => withoutDino };

  test("is fetched where asked for", async () => {
    const asked: string[] = [];
    const fetchBytes = (url: string) => {
      asked.push(url);
      return Promise.resolve(new Blob(["dino"]));
    };
    const page = await createReadyPage(0, { answers, services: { fetchBytes } });
    await page.state().inspect(weights);
    expect(asked).toEqual([]);
    await page.state().loadInspected("fetch");
    expect(asked).toEqual([dinoUrl]);
    expect(await lastSource(page).dino?.text()).toBe("dino");
  });

  test("or comes from a file", async () => {
    const page = await createReadyPage(0, { answers });
    await page.state().inspect(weights);
    const dino = new File(["mine"], "dino.bin");
    await page.state().loadInspected(dino);
    expect(lastSource(page).dino).toBe(dino);
  });

  test("that does not come is told with its address, and another way may be chosen", async () => {
    const fetchBytes = () => Promise.reject(new TypeError("Failed to fetch"));
    const page = await createReadyPage(0, { answers, services: { fetchBytes } });
    await page.state().inspect(weights);
    await page.state().loadInspected("fetch");
    expect(page.state().notices[0]?.text).toContain(`download ${dinoUrl} and choose the file`);
    expect(page.state().inspection.status).toBe("done");
    expect(page.callsOf("loadModel")).toHaveLength(1);
  });

  test("dismissed while it is fetched, nothing is loaded", async () => {
    let isAborted = false;
    const fetchBytes = (_: string, signal?: AbortSignal) =>
      new Promise<Blob>((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          isAborted = true;
          reject(new DOMException("Cancelled.", "AbortError"));
        });
      });
    const page = await createReadyPage(0, { answers, services: { fetchBytes } });
    await page.state().inspect(weights);
    const loading = page.state().loadInspected("fetch");
    expect(page.state().inspection.status).toBe("running");
    page.state().dismissInspection();
    await loading;
    expect(isAborted).toBe(true);
    expect(page.state()).toMatchObject({ inspection: { status: "none" }, notices: [] });
    expect(page.callsOf("loadModel")).toHaveLength(1);
  });
});
