import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { toBase64Url } from "./base64";
import { decodeLink, encodeLink, type Experiment } from "./share";
import { hashOf, modelChoice, modelInfo, pictureFile, pixels } from "./fakeAnswers";
import {
  createReadyPage,
  createTestPage,
  eventually,
  settle,
  slotsOf,
  type TestPage,
} from "./testPage";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const linkOf = ({ clipboard }: TestPage): string => new URL(clipboard[0] ?? "").hash;
const page7 = (change: Partial<Experiment> = {}): Experiment => ({
  model: { id: "small", hash: hashOf("a") },
  scenes: [
    {
      source: { kind: "png", name: "seven", png: toBase64Url(new TextEncoder().encode("7")) },
      fit: "crop",
      slotSeed: 5,
      placed: [
        [1, 2],
        [0, 0],
      ],
      isGenerated: true,
    },
    { source: { kind: "sample", id: "01" }, fit: "crop", slotSeed: 0, isGenerated: false },
  ],
  settings: { seed: 9, sampler: "ddim", steps: 10, eta: 0.5 },
  ...change,
});
const texts = ({ state }: TestPage): string[] => state().notices.map(({ text }) => text);

describe("copying a link", () => {
  test("a page opened from it is the page it was made of, picture and all", async () => {
    const page = createTestPage();
    await page.state().start();
    await page.state().addFiles([pictureFile(5, "five.png")]);
    page.state().replaceSlot(page.scene("C").id, 0, { sceneId: page.scene("A").id, index: 2 });
    page.state().setSettings({ seed: 12, steps: 4 });
    await page.state().setSlotSeed(page.scene("B").id, 8);
    await page.state().generate(page.scene("C").id);
    await page.state().copyLink();
    expect(page.state().link).toEqual({ status: "copied", url: page.clipboard[0] });
    expect(page.address()).toBe(page.clipboard[0]);

    const other = createTestPage({ url: page.clipboard[0] ?? "" });
    await other.state().start();
    await settle();
    expect(other.state().scenes.map(({ title }) => title)).toEqual([
      "Sample 00",
      "Sample 03",
      "five",
    ]);
    expect(slotsOf(other, "C")).toBe("A2 C1 C2");
    expect(other.scene("B").slotSeed).toBe(8);
    expect(other.state().settings).toEqual(page.state().settings);
    expect(other.scene("C").render).toMatchObject({ status: "done", image: pixels(12) });
    expect(other.scene("A").render.status).toBe("none");
    expect(other.callsOf("generate")[0]?.args).toEqual(page.callsOf("generate")[0]?.args);
    expect(other.callsOf("loadModel")).toHaveLength(1);
    expect([other.state().canUndo, texts(other)]).toEqual([false, []]);
  });

  test("a picture that came with a link goes on with the next", async () => {
    const page = createTestPage({ url: `https://example.org/${await encodeLink(page7())}` });
    await page.state().start();
    await settle();
    await page.state().copyLink();
    expect(await decodeLink(linkOf(page))).toEqual(page7());
  });

  test("is shown where the clipboard is closed, and can be put away", async () => {
    const writeClipboard = () => Promise.reject(new Error("not allowed"));
    const page = await createReadyPage(1, { services: { writeClipboard } });
    await page.state().copyLink();
    expect(page.state().link).toEqual({ status: "shown", url: page.address() });
    page.state().dismissLink();
    expect(page.state().link).toEqual({ status: "none" });
  });

  test("says that long links are cut by some apps, and refuses what no link can hold", async () => {
    const noise = (length: number) => (): Promise<Blob> => {
      let state = 1;
      const bytes = Uint8Array.from({ length }, () => (state = (state * 75 + 74) % 65537) & 255);
      return Promise.resolve(new Blob([bytes]));
    };
    const long = await createReadyPage(1, { services: { encodePng: noise(30_000) } });
    await long.state().copyLink();
    expect(long.state().link.status).toBe("copied");
    expect(texts(long)[0]).toMatch(/This link is 4\d KiB long/);
    const longer = await createReadyPage(1, { services: { encodePng: noise(60_000) } });
    await longer.state().copyLink();
    expect(longer.state().link.status).toBe("none");
    expect(texts(longer)[0]).toMatch(/at most 64 KiB/);
  });

  test("leaves out a scene that failed, and the slots of no other", async () => {
    const page = createTestPage({
      services: {
        fetchBytes: (url) =>
          url.includes("00") ? Promise.reject(new Error("gone")) : Promise.resolve(new Blob(["3"])),
      },
    });
    await page.state().start();
    await settle();
    page.state().removeSlot(page.scene("B").id, 0);
    await page.state().copyLink();
    const { scenes } = await decodeLink(linkOf(page));
    expect(scenes).toMatchObject([
      {
        source: { kind: "sample", id: "03" },
        placed: [
          [0, 1],
          [0, 2],
        ],
      },
    ]);
  });

  test("waits for pictures that are still prepared, and for a model", async () => {
    const page = createTestPage({ held: ["loadModel"], services: { samples: [] } });
    void page.state().start();
    await settle();
    await page.state().copyLink();
    expect(texts(page)[0]).toContain("no model is ready");
    page.callsOf("loadModel")[0]?.answer(modelInfo("small"));
    page.held.add("prepareImage");
    await settle();
    void page.state().addFiles([pictureFile(1)]);
    await page.state().copyLink();
    expect(texts(page)[1]).toContain("scene A is not ready");
  });
});

describe("opening a link", () => {
  test("takes the place of untouched samples without a word", async () => {
    const page = createTestPage();
    await page.state().start();
    await settle();
    await page.state().openLink(await encodeLink(page7()));
    expect(page.state().scenes.map(({ title }) => title)).toEqual(["seven", "Sample 01"]);
    expect(slotsOf(page, "A")).toBe("B2 A0");
    expect(page.scene("A").render).toMatchObject({ status: "done", image: pixels(9) });
    expect([page.state().canUndo, texts(page)]).toEqual([false, []]);
  });

  test("takes the place of untouched scenes that were rendered, without a word", async () => {
    const models = [modelChoice("small", { scenes: "sprites" })];
    const page = createTestPage({ services: { models } });
    await page.state().start();
    await settle();
    expect(page.scene("A").title).toBe("Sprites 7-0");
    await page.state().openLink(await encodeLink(page7()));
    expect([page.state().canUndo, texts(page)]).toEqual([false, []]);
  });

  test("keeps edited work within reach of undo, and says so", async () => {
    const page = await createReadyPage(2, {
      services: { samples: [{ id: "01", url: "1", maskUrl: "1" }] },
    });
    page.state().removeSlot(page.scene("B").id, 0);
    await page.state().openLink(await encodeLink(page7()));
    expect(texts(page)).toEqual(["The link took the place of your scenes. Undo brings them back."]);
    page.state().undo();
    expect(page.state().scenes.map(({ title }) => title)).toEqual(["picture1", "picture2"]);
    expect(slotsOf(page, "B")).toBe("B1 B2");
    page.state().redo();
    await settle();
    expect(slotsOf(page, "A")).toBe("B2 A0");
    expect(page.scene("A").encoding.status).toBe("ready");
  });

  test("loads the model it names", async () => {
    const page = await createReadyPage(0, {
      services: { samples: [{ id: "01", url: "1", maskUrl: "1" }] },
    });
    const model = { id: "large", hash: hashOf("a") };
    page.held.add("loadModel");
    void page.state().openLink(await encodeLink(page7({ model: { ...model, hash: hashOf("b") } })));
    await eventually(() => page.callsOf("loadModel").length === 2);
    page
      .callsOf("loadModel")
      .at(-1)
      ?.answer(modelInfo("large", { hash: hashOf("b") }));
    await settle();
    expect(page.state().model).toMatchObject({ info: { id: "large" } });
    expect(page.scene("A").render.status).toBe("done");
    expect(texts(page)).toEqual([]);
  });

  test("made with other weights warns that pictures may differ", async () => {
    const page = createTestPage();
    await page.state().start();
    const model = { id: "small", hash: hashOf("d") };
    await page.state().openLink(await encodeLink(page7({ model })));
    expect(texts(page)[0]).toContain("pictures may differ");
    expect(page.callsOf("loadModel")).toHaveLength(1);
  });

  test.each([
    ["a model this page lacks", { model: { id: "file-123", hash: hashOf("e") } }, "“file-123”"],
    [
      "a sample this page lacks",
      { scenes: [{ ...page7().scenes[1], source: { kind: "sample", id: "99" } }] },
      "got 99",
    ],
  ])("with %s changes nothing and says why", async (_, change, words) => {
    const page = createTestPage();
    await page.state().start();
    await settle();
    const before = page.state().scenes;
    await page.state().openLink(await encodeLink(page7(change as Partial<Experiment>)));
    expect(page.state().scenes).toBe(before);
    expect(texts(page)[0]).toContain(words);
  });

  test("broken, at the first visit, leaves the usual page and a message", async () => {
    const page = createTestPage({ url: "https://example.org/#1.broken" });
    await page.state().start();
    await settle();
    expect(page.state().notices).toMatchObject([{ tone: "error" }]);
    expect(page.state().scenes.map(({ title }) => title)).toEqual(["Sample 00", "Sample 03"]);
    expect(page.state().model).toMatchObject({ info: { id: "small" } });
  });

  test("whose picture is none drops that scene and its slots alone", async () => {
    const png = toBase64Url(new TextEncoder().encode("not a picture"));
    const [first, second] = page7().scenes;
    const scenes = [
      { ...first, source: { kind: "png", name: "odd", png } },
      {
        ...second,
        placed: [
          [0, 1],
          [1, 1],
        ],
        isGenerated: true,
      },
    ] as Experiment["scenes"];
    const page = createTestPage({
      url: `https://example.org/${await encodeLink(page7({ scenes }))}`,
    });
    await page.state().start();
    await settle();
    expect(page.state().scenes.map(({ title }) => title)).toEqual(["Sample 01"]);
    expect(slotsOf(page, "B")).toBe("B1");
    expect(page.scene("B").render.status).toBe("done");
    expect(texts(page)).toEqual(["odd: image: expected a picture, got text."]);
  });

  test("a newer one ends the older", async () => {
    const page = createTestPage();
    await page.state().start();
    await settle();
    page.held.add("encode");
    const older = page.state().openLink(await encodeLink(page7()));
    await eventually(() => page.state().scenes[0]?.encoding.status === "encoding");
    page.held.clear();
    const settings = { seed: 33, sampler: "ddpm", steps: 2, eta: 0 } as const;
    await page.state().openLink(await encodeLink(page7({ settings })));
    await older;
    expect(page.callsOf("generate").map(({ args }) => args.seed)).toEqual([33]);
    expect(page.scene("A").render).toMatchObject({ status: "done", image: pixels(33) });
  });
});
