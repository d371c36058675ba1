import { describe, expect, test, vi } from "vitest";

import { InputError } from "../errors";
import { maxScenes } from "./limits";
import { encodingOf, modelInfo, pictureFile, pixels } from "./fakeAnswers";
import { createReadyPage, createTestPage, settle, slotsOf } from "./testPage";

const display: ImageBitmap = { width: 1, height: 1, close: () => undefined };
const letters = ({ scenes }: { scenes: { letter: string }[] }): string =>
  scenes.map(({ letter }) => letter).join("");

describe("the first visit", () => {
  test("shows two samples, encoded one after another with their ground truth", async () => {
    const page = createTestPage({ held: ["encode"] });
    await page.state().start();
    await settle();
    expect(page.state().scenes.map(({ title }) => title)).toEqual(["Sample 00", "Sample 03"]);
    expect(page.state().scenes.map(({ encoding }) => encoding.status)).toEqual([
      "encoding",
      "waiting",
    ]);
    expect(page.callsOf("encode")).toHaveLength(1);
    page.callsOf("encode")[0]?.answer(encodingOf(0));
    await settle();
    page.callsOf("encode")[1]?.answer(encodingOf(3));
    await settle();
    expect(page.scene("B").encoding).toMatchObject({ status: "ready", result: encodingOf(3) });
    expect(page.callsOf("encode").map(({ args }) => args.groundTruth?.[0])).toEqual([0, 3]);
    expect(slotsOf(page, "B")).toBe("B0 B1 B2");
  });
});

describe("adding pictures", () => {
  test("they are prepared while the model loads, and encoded when it is there", async () => {
    const page = createTestPage({ held: ["loadModel"], services: { samples: [] } });
    void page.state().start();
    await settle();
    void page.state().addFiles([pictureFile(7)]);
    await settle();
    expect(page.scene("A").encoding.status).toBe("waiting");
    expect(page.callsOf("encode")).toHaveLength(0);
    page.callsOf("loadModel")[0]?.answer(modelInfo("small"));
    await settle();
    expect(page.scene("A").encoding.status).toBe("ready");
    expect(page.callsOf("prepareImage")).toHaveLength(1);
  });

  test("a file that is no picture becomes a message and leaves no scene", async () => {
    const page = await createReadyPage(1);
    await page.state().addFiles([new File(["hello"], "notes.txt"), pictureFile(5)]);
    expect(page.state().notices).toMatchObject([
      { tone: "error", text: "notes: image: expected a picture, got text." },
    ]);
    expect(page.state().scenes.map(({ title }) => title)).toEqual(["picture1", "picture5"]);
    expect(page.state().scenes.every(({ encoding }) => encoding.status === "ready")).toBe(true);
  });

  test("a refusal for want of a model is no fault of the file", async () => {
    const prepareImage = () => {
      throw new InputError("model: expected a loaded model, got none.");
    };
    const page = createTestPage({
      held: ["loadModel"],
      services: { samples: [] },
      answers: { prepareImage },
    });
    void page.state().start();
    await settle();
    await page.state().addFiles([pictureFile(1)]);
    expect(page.scene("A").encoding.status).toBe("failed");
    expect(page.state().notices).toEqual([]);
  });

  test("there is room for eight, and a message says so", async () => {
    const page = await createReadyPage(maxScenes + 1);
    expect(letters(page.state())).toBe("ABCDEFGH");
    expect(page.state().notices[0]?.text).toContain("“picture9” was left out");
  });

  test("a sample that cannot be fetched says why, and can be tried again", async () => {
    const fetchBytes = vi.fn(() => Promise.reject(new Error("offline")));
    const page = createTestPage({ services: { fetchBytes } });
    await page.state().start();
    await settle();
    expect(page.scene("A").encoding).toEqual({ status: "failed", message: "offline" });
    fetchBytes.mockImplementation((() => Promise.resolve(new Blob(["4"]))) as never);
    await page.state().retryScene(page.scene("A").id);
    expect(page.scene("A").encoding.status).toBe("ready");
  });

  test("without a model a scene says so, and is encoded when one comes", async () => {
    const page = createTestPage({ services: { samples: [], models: [] } });
    await page.state().start();
    await page.state().addFiles([pictureFile(1)]);
    expect(page.scene("A").encoding).toMatchObject({ status: "failed" });
    await page.state().loadFiles(new File(["w"], "mine.pth"), null);
    await settle();
    expect(page.scene("A").encoding.status).toBe("ready");
  });
});

describe("changing a scene", () => {
  test("a newer job ends the older, whose late result changes nothing", async () => {
    const page = await createReadyPage(1);
    page.held.add("prepareImage");
    page.deaf.add("prepareImage");
    const { id } = page.scene("A");
    void page.state().setFit(id, "letterbox");
    await settle();
    void page.state().setFit(id, "crop");
    await settle();
    const [, older, newer] = page.callsOf("prepareImage");
    expect(older?.signal?.aborted).toBe(true);
    newer?.answer({ input: pixels(9), display });
    await settle();
    older?.answer({ input: pixels(8), display });
    await settle();
    expect(newer?.args.fit).toBe("crop");
    expect(page.scene("A").encoding).toMatchObject({ status: "ready", input: pixels(9) });
  });

  test("a late encoding of an older seed changes nothing", async () => {
    const page = await createReadyPage(1);
    page.held.add("encode");
    page.deaf.add("encode");
    const { id } = page.scene("A");
    void page.state().setSlotSeed(id, 1);
    await settle();
    void page.state().setSlotSeed(id, 2);
    page.callsOf("encode")[1]?.answer(encodingOf(10));
    await settle();
    expect(page.scene("A").encoding.status).toBe("encoding");
    page.callsOf("encode")[2]?.answer(encodingOf(20));
    await settle();
    expect(page.scene("A").encoding).toMatchObject({ status: "ready", result: encodingOf(20) });
  });

  test("another slot seed encodes the same input again", async () => {
    const page = await createReadyPage(1);
    await page.state().setSlotSeed(page.scene("A").id, 41.6);
    expect(page.callsOf("prepareImage")).toHaveLength(1);
    expect(page.callsOf("encode").map(({ args }) => args.seed)).toEqual([0, 42]);
  });

  test("an encoding that fails names the reason and keeps the scene", async () => {
    const encode = vi
      .fn(() => encodingOf(1))
      .mockImplementationOnce(() => {
        throw new Error("memory: full");
      });
    const page = await createReadyPage(1, { answers: { encode } });
    expect(page.scene("A").encoding).toEqual({ status: "failed", message: "memory: full" });
    await page.state().retryScene(page.scene("A").id);
    expect(page.scene("A").encoding.status).toBe("ready");
  });

  test("a failed encoding does not keep the next from its turn", async () => {
    const encode = vi
      .fn(() => encodingOf(1))
      .mockImplementationOnce(() => {
        throw new Error("once");
      });
    const page = await createReadyPage(2, { answers: { encode } });
    expect(page.scene("B").encoding.status).toBe("ready");
  });
});

describe("removing a scene", () => {
  test("ends its job, and the next scene gets its letter", async () => {
    const page = await createReadyPage(2);
    page.held.add("encode");
    void page.state().encodeAll();
    await settle();
    const running = page.callsOf("encode").at(-1);
    page.state().removeScene(page.scene("A").id);
    expect(running?.signal?.aborted).toBe(true);
    page.held.clear();
    await page.state().addFiles([pictureFile(3)]);
    expect(page.scene("A").title).toBe("picture3");
    expect(letters(page.state())).toBe("BA");
  });

  test("undone, it goes on where its job was ended", async () => {
    const page = await createReadyPage(1);
    page.held.add("encode");
    void page.state().encodeAll();
    await settle();
    page.state().removeScene(page.scene("A").id);
    page.held.clear();
    page.state().undo();
    await settle();
    expect(page.scene("A").encoding.status).toBe("ready");
  });
});
