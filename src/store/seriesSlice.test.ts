import { describe, expect, test } from "vitest";

import type { RenderedScene, SceneRef } from "../engine/protocol";
import { UnsupportedDeviceError } from "../errors";
import { maxScenes } from "./limits";
import { firstSeed } from "./seriesSlice";
import { modelChoice, modelInfo, pixels } from "./fakeAnswers";
import { createReadyPage, createTestPage, settle } from "./testPage";

const titles = ({ state }: ReturnType<typeof createTestPage>): string[] =>
  state().scenes.map(({ title }) => title);
const flat = modelChoice("flat", { scenes: "sprites" });
const solid = modelChoice("solid");
const rough = modelChoice("rough", { scenes: "textured" });

describe("a new scene", () => {
  test("is the next of its series, at once, with its truth", async () => {
    const page = await createReadyPage(0);
    await page.state().drawScene();
    await page.state().drawScene();
    const asked = page.callsOf("renderScene").map(({ args }) => args);
    expect(asked).toEqual([0, 1].map((index) => ({ kind: "clevr", seed: firstSeed, index })));
    expect(page.callsOf("encode").map(({ args }) => args.groundTruth?.[0])).toEqual([0, 1]);
    expect(page.scene("B").encoding).toMatchObject({ status: "ready", input: pixels(101) });
    expect(titles(page)).toEqual([`Solids ${firstSeed}-0`, `Solids ${firstSeed}-1`]);
    expect(page.state().series.index).toBe(2);
    expect(page.state().newest).toBe(page.scene("B").id);
  });

  test("begins again with another kind or seed, and is never one that is there", async () => {
    const page = await createReadyPage(0);
    await page.state().drawScene();
    page.state().setSeries({ kind: "sprites", seed: 12 });
    await page.state().drawScene();
    page.state().setSeries({ kind: "clevr", seed: firstSeed });
    await page.state().drawScene();
    expect(titles(page)).toEqual(["Solids 7-0", "Sprites 12-0", "Solids 7-1"]);
  });

  test("seeds are brought into range; what is no number changes nothing", async () => {
    const page = await createReadyPage(0);
    page.state().setSeries({ seed: -4.2 });
    expect(page.state().series).toMatchObject({ seed: 0, index: 0, isKindChosen: false });
    page.state().setSeries({ seed: NaN });
    expect(page.state().series.seed).toBe(0);
  });

  test("waits for room, and does not skip a number meanwhile", async () => {
    const page = await createReadyPage(maxScenes);
    await page.state().drawScene();
    expect(page.state().notices[0]?.text).toContain("“Solids 7-0” was left out");
    expect(page.state().series.index).toBe(0);
    expect(page.state().newest).toBe(page.scene("H").id);
  });

  test("that cannot be rendered says why, stays, and can be tried again", async () => {
    let hasWebgl = false;
    const renderScene = ({ index }: SceneRef): RenderedScene => {
      if (!hasWebgl) throw new UnsupportedDeviceError("scenes: expected WebGL 2.");
      return {
        ...{ pixels: pixels(index), ids: new Uint8Array(1), objects: [] },
        display: { width: 1, height: 1, close: () => undefined },
      };
    };
    const page = await createReadyPage(0, { answers: { renderScene } });
    await page.state().drawScene();
    const message = "scenes: expected WebGL 2.";
    expect(page.scene("A").encoding).toEqual({ status: "failed", message });
    hasWebgl = true;
    await page.state().retryScene(page.scene("A").id);
    expect(page.scene("A").encoding.status).toBe("ready");
  });

  test("is shown while the model loads, and rendered again at that model's size", async () => {
    let side = 1;
    const square = () => ({
      width: side,
      height: side,
      data: new Uint8ClampedArray(4 * side ** 2),
    });
    const page = createTestPage({
      held: ["loadModel"],
      services: { models: [flat] },
      answers: {
        renderScene: () => ({
          ...{ pixels: square(), ids: new Uint8Array(side ** 2), objects: [] },
          display: { width: 1, height: 1, close: () => undefined },
        }),
      },
    });
    void page.state().start();
    await settle();
    expect(page.state().scenes.map(({ encoding }) => encoding.status)).toEqual([
      "waiting",
      "waiting",
    ]);
    side = 2;
    page.callsOf("loadModel")[0]?.answer(modelInfo("flat", { resolution: [2, 2] }));
    await settle();
    expect(page.callsOf("encode").map(({ args }) => args.input.width)).toEqual([2, 2]);
    expect(page.callsOf("renderScene").map(({ args }) => args.index)).toEqual([0, 1, 0, 1]);
  });
});

describe("another number of slots", () => {
  test("encodes the same picture again, and is the model's own number when taken back", async () => {
    const page = await createReadyPage(1, {
      answers: { loadModel: () => modelInfo("small", { initKind: "gaussian" }) },
    });
    const { id } = page.scene("A");
    await page.state().setNumSlots(id, 500);
    await page.state().setNumSlots(id, null);
    await page.state().setNumSlots(id, NaN);
    expect(page.callsOf("encode").map(({ args }) => args.numSlots)).toEqual([
      undefined,
      32,
      undefined,
    ]);
    expect(page.callsOf("prepareImage")).toHaveLength(1);
  });

  test("is not asked of a model that learned each of its slots", async () => {
    const page = await createReadyPage(1);
    await page.state().setNumSlots(page.scene("A").id, 5);
    expect(page.callsOf("encode").at(-1)?.args.numSlots).toBeUndefined();
  });
});

describe("a link", () => {
  test("a generated scene is rendered again where the link is opened, truth and all", async () => {
    const page = createTestPage({
      answers: { loadModel: () => modelInfo("small", { initKind: "gaussian" }) },
      services: { samples: [] },
    });
    await page.state().start();
    page.state().setSeries({ kind: "sprites", seed: 31 });
    await page.state().drawScene();
    await page.state().drawScene();
    await page.state().setNumSlots(page.scene("B").id, 4);
    page.state().removeScene(page.scene("A").id);
    await page.state().copyLink();
    expect(new URL(page.clipboard[0] ?? "").hash.length).toBeLessThan(400);

    const other = createTestPage({
      answers: { loadModel: () => modelInfo("small", { initKind: "gaussian" }) },
      url: page.clipboard[0] ?? "",
    });
    await other.state().start();
    await settle();
    expect(other.callsOf("renderScene").at(-1)?.args).toEqual({
      kind: "sprites",
      seed: 31,
      index: 1,
    });
    expect(other.scene("A")).toMatchObject({
      title: "Sprites 31-1",
      groundTruth: Uint8Array.of(1),
      encoding: { status: "ready", input: pixels(101) },
    });
    expect(other.callsOf("encode").at(-1)?.args.numSlots).toBe(4);
  });
});

describe("scenes of the model's kind", () => {
  const models = [solid, flat, rough];

  test("are there at the first visit: samples of solids, rendered ones of any other kind", async () => {
    const first = createTestPage({ services: { models } });
    await first.state().start();
    expect(titles(first)).toEqual(["Sample 00", "Sample 03"]);
    const kept = { "slotdiffusion-playground.model": '"flat"' };
    const next = createTestPage({ services: { models }, kept });
    await next.state().start();
    await settle();
    expect(titles(next)).toEqual(["Sprites 7-0", "Sprites 7-1"]);
    expect(next.state().scenes.every(({ encoding }) => encoding.status === "ready")).toBe(true);
    expect(next.state().series).toMatchObject({ kind: "sprites", index: 2 });
  });

  test("take the place of untouched ones when another model comes, there and back", async () => {
    const page = createTestPage({ services: { models } });
    await page.state().start();
    await page.state().loadBundled("rough");
    await settle();
    expect(titles(page)).toEqual(["Textured 7-0", "Textured 7-1"]);
    expect(page.state().scenes.map(({ letter }) => letter)).toEqual(["A", "B"]);
    expect(page.state().scenes.every(({ encoding }) => encoding.status === "ready")).toBe(true);
    expect(page.state().canUndo).toBe(false);
    await page.state().loadBundled("solid");
    await settle();
    expect(titles(page)).toEqual(["Sample 00", "Sample 03"]);
  });

  test("stay away while the new model has not come, and when it fails", async () => {
    const page = createTestPage({ services: { models } });
    await page.state().start();
    page.held.add("loadModel");
    void page.state().loadBundled("flat");
    await settle();
    page.callsOf("loadModel").at(-1)?.fail(new Error("offline"));
    await settle();
    expect(titles(page)).toEqual(["Sample 00", "Sample 03"]);
    expect(page.state().series.kind).toBe("clevr");
  });

  test.each<[string, (page: ReturnType<typeof createTestPage>) => unknown]>([
    ["a scene was added", (page) => page.state().drawScene()],
    ["a picture was added", (page) => page.state().addFiles([new File(["5"], "mine.png")])],
    ["a scene was removed", (page) => page.state().removeScene(page.scene("B").id)],
    ["slots were edited", (page) => page.state().removeSlot(page.scene("A").id, 0)],
    ["slots were drawn anew", (page) => page.state().setSlotSeed(page.scene("A").id, 3)],
    ["there are more slots", (page) => page.state().setNumSlots(page.scene("A").id, 3)],
    [
      "an edit was undone",
      (page) => {
        page.state().removeSlot(page.scene("A").id, 0);
        page.state().undo();
      },
    ],
  ])("never take the place of the visitor's: %s", async (_, touch) => {
    const page = createTestPage({ services: { models } });
    await page.state().start();
    await settle();
    await touch(page);
    const before = titles(page);
    await page.state().loadBundled("flat");
    await settle();
    expect(titles(page)).toEqual(before);
    expect(page.state().scenes.every(({ encoding }) => encoding.status === "ready")).toBe(true);
    expect(page.state().series.kind, "what comes next is of the new kind").toBe("sprites");
  });

  test("do not change the kind that the visitor chose", async () => {
    const page = createTestPage({ services: { models } });
    await page.state().start();
    page.state().setSeries({ kind: "textured" });
    await page.state().loadBundled("flat");
    await settle();
    expect(page.state().series.kind).toBe("textured");
  });

  test("a checkpoint of the visitor's own says nothing of scenes", async () => {
    const page = createTestPage({ services: { models } });
    await page.state().start();
    await page.state().loadFiles(new File(["w"], "mine.pth"), null);
    await settle();
    expect(titles(page)).toEqual(["Sample 00", "Sample 03"]);
  });
});
