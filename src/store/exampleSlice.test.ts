/** Examples come before the engine, one before the others, and are opened with the model once it is there. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { hashOf } from "./fakeAnswers";
import {
  exampleIds,
  exampleUrls,
  noisyPlace,
  predictionPlace,
  swapPlace,
  swapsOf,
  valuesSize,
  type ExampleFacts,
  type Swap,
} from "./exampleSchema";
import { exampleWaitMs, readyExample } from "./exampleSlice";
import type { Services } from "./services";
import { createTestPage, eventually, settle, slotsOf, type TestPage } from "./testPage";

const [first = "", second = "", third = ""] = exampleIds;

/** Facts of an example of the fake model, which finds three slots. */
const factsOf = (sample: string): ExampleFacts => ({
  version: 1,
  sample,
  model: { id: "small", title: "The small one", sha256: hashOf("a") },
  slotSeed: 0,
  settings: { seed: 7, sampler: "ddim", steps: 12, eta: 0 },
  numSlots: 3,
  rounds: 2,
  attnSize: [1, 2],
  latentSize: [1, 1],
  pictureSize: [2, 2],
  sourceSide: 4,
  objects: [0, 2],
  partners: exampleIds.filter((id) => id !== sample).map((id) => ({ sample: id, objects: [1, 2] })),
  frames: [
    { step: 1, t: 999 },
    { step: 12, t: 0 },
  ],
});

/** Red of the k-th pixel of the sheet of values is k. */
function valuesOf(facts: ExampleFacts) {
  const { width, height } = valuesSize(facts);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) data[i * 4] = i;
  return { width, height, data };
}

/** A site with the files of examples; `slow` ones wait for the test. */
function siteOf(facts = factsOf, slow: Promise<void> = Promise.resolve()) {
  const asked: string[] = [];
  const bitmap: ImageBitmap = { width: 1, height: 1, close: () => undefined };
  const services: Partial<Services> = {
    samples: exampleIds.map((id) => ({ id, url: `${id}.png`, maskUrl: `mask/${id}.png` })),
    fetchBytes: async (url) => {
      asked.push(url);
      const id = /examples\/(\d+)\.json/.exec(url)?.[1];
      if (url.startsWith("examples/")) await slow;
      return new Blob([id === undefined ? url.replaceAll(/\D/g, "") : JSON.stringify(facts(id))]);
    },
    decodeBitmap: () => Promise.resolve(bitmap),
    readBitmap: () => valuesOf(facts(first)),
  };
  return { asked, services };
}

const statusOf = ({ state }: TestPage, id: string) => state().examples.entries[id]?.status;

describe("a first visit", () => {
  test("has every example, the first before the others, and nothing asked of an engine", async () => {
    const { asked, services } = siteOf();
    const page = createTestPage({ services });
    expect(page.state().examples.isOpen).toBe(true);
    await page.state().prepareExamples();
    expect(exampleIds.map((id) => statusOf(page, id))).toEqual(["ready", "ready", "ready"]);
    expect(asked.slice(0, 3).sort()).toEqual(Object.values(exampleUrls(first)).sort());
    expect(asked).toHaveLength(9);
    expect(page.engines).toEqual([]);
  });

  test("reads attention and noisy latents off the sheet of values", async () => {
    const page = createTestPage(siteOf());
    await page.state().prepareExamples();
    const example = readyExample(page.state().examples, first);
    const inOrder = Array.from({ length: 12 }, (_, i) => i); // rounds of three slots of two values, row by row
    expect([...(example?.attn ?? [])].map((value) => Math.round(value * 255))).toEqual(inOrder);
    expect(example?.noisy.map(({ data }) => data[0])).toEqual([12, 13]);
  });

  test("waits for slow files no longer than it must, and shows them when they come", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let come = (): void => undefined;
    const page = createTestPage(siteOf(factsOf, new Promise((resolve) => (come = resolve))));
    const prepared = page.state().prepareExamples();
    await vi.advanceTimersByTimeAsync(exampleWaitMs);
    await prepared;
    expect(statusOf(page, first)).toBe("loading");
    come();
    await settle();
    expect(statusOf(page, first)).toBe("ready");
  });

  test("says which example could not be had, and tries again when it is opened again", async () => {
    let isBroken = true;
    const facts = (id: string): ExampleFacts =>
      isBroken && id === second ? { ...factsOf(id), rounds: 0 } : factsOf(id);
    const page = createTestPage(siteOf(facts));
    await page.state().prepareExamples();
    expect(exampleIds.map((id) => statusOf(page, id))).toEqual(["ready", "failed", "ready"]);
    isBroken = false;
    page.state().setExamplesOpen(false);
    page.state().setExamplesOpen(true);
    await settle();
    expect(statusOf(page, second)).toBe("ready");
  });

  beforeEach(() => void vi.useRealTimers());
  afterEach(() => void vi.useRealTimers());
});

test("a later visit has them closed, and fetches them when they are opened", async () => {
  const { asked, services } = siteOf();
  const page = createTestPage({
    services,
    kept: { "slotdiffusion-playground.model": '"small"' },
  });
  await page.state().prepareExamples();
  expect([page.state().examples.isOpen, asked]).toEqual([false, []]);
  page.state().setExamplesOpen(true);
  await settle();
  expect(statusOf(page, third)).toBe("ready");
});

describe("opening an example", () => {
  async function ready(facts = factsOf): Promise<TestPage> {
    const page = createTestPage(siteOf(facts));
    await page.state().prepareExamples();
    await page.state().start();
    page.state().scenes.forEach(({ id }) => page.state().removeScene(id));
    await settle();
    return page;
  }
  const replaced: Swap = { kind: "replaced", object: 1, partner: 0, by: 0 };

  test("brings both scenes, makes the swap, and draws with the example's settings", async () => {
    const page = await ready();
    await page.state().openExample(first, replaced);
    await eventually(() => page.scene("A").render.status === "done");
    const sources = page.state().scenes.map(({ source }) => source);
    expect(sources).toEqual([first, second].map((id) => ({ kind: "sample", id })));
    expect(slotsOf(page, "A")).toBe("A0 A1 B1");
    expect(page.state().settings).toEqual(factsOf(first).settings);
    expect(page.callsOf("generate").map(({ args }) => args.seed)).toEqual([7]);
    expect([page.state().examples.isOpen, page.state().newest]).toEqual([
      false,
      page.scene("A").id,
    ]);
    page.state().undo();
    expect(slotsOf(page, "A")).toBe("A0 A1 A2");
  });

  test("takes scenes that are there as they came, and leaves out a slot", async () => {
    const page = await ready();
    await page.state().addSample(third);
    await page.state().openExample(third, { kind: "without", object: 1 });
    expect(page.state().scenes).toHaveLength(1);
    expect(slotsOf(page, "A")).toBe("A0 A1");
    const opened = page.state().openExample(third, { kind: "own" }); // the first was changed: another comes
    expect(page.state().announcement).toBe("The example is open as scene B.");
    await opened;
    expect(slotsOf(page, "B")).toBe("B0 B1 B2");
  });

  test("under another model's weights shows the scene and says why no more", async () => {
    const facts = (id: string): ExampleFacts => ({
      ...factsOf(id),
      model: { id: "other", title: "The other", sha256: hashOf("b") },
    });
    const page = await ready(facts);
    await page.state().openExample(first, replaced);
    expect(slotsOf(page, "A")).toBe("A0 A1 A2");
    expect(page.state().notices.map(({ text }) => text)).toContainEqual(
      expect.stringContaining("The other"),
    );
  });
});

test("no two pictures stand in one place", () => {
  const facts = factsOf(first);
  const swaps = swapsOf(facts);
  const { objects, partners } = facts;
  expect(swaps).toHaveLength(1 + objects.length + objects.length * 2 * partners.length);
  const places = [
    ...swaps.map((swap) => swapPlace(facts, swap)),
    ...facts.frames.map((_, i) => predictionPlace(facts, i)),
  ];
  const names = places.map(({ left, top }) => `${left} ${top}`);
  expect(new Set(names).size).toBe(names.length);
  expect(places.every(({ top }) => top >= facts.sourceSide)).toBe(true);
  expect(noisyPlace(facts, 1)).toEqual({ left: 1, top: 2, width: 1, height: 1 });
});
