import { expect, test } from "vitest";

import type { Encoding } from "../engine/protocol";
import { encodingOf, frameOf, generatedOf, modelInfo } from "./fakeAnswers";
import { createReadyPage, eventually, settle, type TestPage } from "./testPage";

/** Each of the three slots wins pixels, the first most. */
const alive = (value: number): Encoding => ({
  ...encodingOf(value),
  segmentation: new Uint8Array([0, 0, 1, 2]),
});

type Setup = Parameters<typeof createReadyPage>[1];

const openPage = (numScenes: number, setup: Setup = {}): Promise<TestPage> =>
  createReadyPage(numScenes, {
    ...setup,
    answers: { encode: ({ input }) => alive(input.data[0] ?? 0), ...setup.answers },
  });

/** A page whose library holds the slots of `numScenes` scenes, analysed. */
async function openLibrary(numScenes: number, setup: Setup = {}): Promise<TestPage> {
  const page = await openPage(numScenes, setup);
  page.state().openSpace();
  await analysed(page);
  return page;
}

const analysed = ({ state }: TestPage): Promise<void> =>
  eventually(() => {
    const { library, map, concepts } = state().space;
    return library !== null && map?.library === library && concepts?.library === library;
  });

const textures = { kind: "textured", seed: 5 } as const;

test("opened, the library takes the scenes of the page, with a map and concepts", async () => {
  const page = await openLibrary(3);
  const { library, scenes, map, concepts, model } = page.state().space;
  expect(scenes.map(({ title }) => title)).toEqual([
    "Scene A: picture1",
    "Scene B: picture2",
    "Scene C: picture3",
  ]);
  expect(library?.origins).toHaveLength(9);
  expect(library?.origins[1]).toMatchObject({ index: 1, share: 0.25, isDead: false });
  expect([...(library?.slots ?? [])].slice(6, 10)).toEqual([2, 0, 2, 1]);
  expect(map?.kind).toBe("pca");
  expect(map?.points).toHaveLength(27);
  expect(concepts?.concepts.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(9);
  expect(model?.name).toBe("Model small");
});

test("opened again after it was emptied, it stays empty; asked for, the scenes come once", async () => {
  const page = await openLibrary(2);
  page.state().emptyLibrary();
  page.state().openSpace();
  await settle();
  expect(page.state().space).toMatchObject({ scenes: [], map: null, concepts: null });
  page.state().addPageScenes();
  page.state().addPageScenes();
  await analysed(page);
  expect(page.state().space.library?.origins).toHaveLength(6);
});

test("generated scenes come one after another, and those that are there are not made again", async () => {
  const page = await openPage(0);
  await page.state().addGeneratedScenes(textures, 2);
  await page.state().addGeneratedScenes(textures, 3);
  expect(page.callsOf("renderScene").map(({ args }) => args.index)).toEqual([0, 1, 2, 3, 4]);
  const { scenes, filling, map, library } = page.state().space;
  expect(scenes.map(({ title }) => title)).toEqual([0, 1, 2, 3, 4].map((i) => `Textured 5-${i}`));
  expect(filling).toEqual({ status: "done", result: { added: 3 } });
  expect(map?.library).toBe(library);
});

test("cancelled, the scenes that have come stay; a failure is told", async () => {
  const page = await openPage(0);
  await page.state().addGeneratedScenes(textures, 1);
  page.held.add("encode");
  const filling = page.state().addGeneratedScenes(textures, 4);
  await settle();
  expect(page.state().space.filling).toEqual({
    status: "running",
    progress: { done: 0, total: 4 },
  });
  page.state().cancelFilling();
  await filling;
  expect(page.state().space).toMatchObject({ filling: { status: "none" }, scenes: [{}] });
  const failing = page.state().addGeneratedScenes(textures, 1);
  await settle();
  page.callsOf("encode").at(-1)?.fail(new Error("webgpu: the device was lost."));
  await failing;
  expect(page.state().space.filling).toMatchObject({ status: "failed" });
  expect(page.state().notices).toMatchObject([{ text: "webgpu: the device was lost." }]);
});

test("scenes encoded by another model start a library of their own", async () => {
  const page = await openLibrary(2, {
    answers: {
      loadModel: ({ source }) => {
        const id = source.kind === "file" ? "file" : source.id;
        return modelInfo(id, { hash: id });
      },
    },
  });
  await page.state().loadBundled("large");
  await settle();
  await page.state().sampleScene(1);
  expect(page.state().notices.at(-1)?.text).toContain("of another model");
  expect(page.callsOf("generate")).toEqual([]);
  page.state().removeScene(page.scene("A").id);
  page.state().addPageScenes();
  await analysed(page);
  const { scenes, model } = page.state().space;
  expect(scenes.map(({ title }) => title)).toEqual(["Scene B: picture2"]);
  expect(model?.hash).toBe("large");
});

test("a scene taken out takes its slots and the picked one along", async () => {
  const page = await openLibrary(3);
  const id = page.scene("B").id;
  page.state().pickSlot({ sceneId: id, index: 1 });
  page.state().removeLibraryScene(id);
  await analysed(page);
  const { picked, library } = page.state().space;
  expect(picked).toBeNull();
  expect(library?.origins.map(({ sceneId }) => sceneId)).not.toContain(id);
});

test("a scene that leaves the page stays in the library", async () => {
  const page = await openLibrary(2);
  page.state().removeScene(page.scene("A").id);
  expect(page.state().space.scenes).toHaveLength(2);
});

test("the number of concepts is brought into its range, and the last asked for counts", async () => {
  const page = await openLibrary(4);
  page.state().setNumConcepts(3);
  page.state().setNumConcepts(2);
  await eventually(() => page.state().space.concepts?.asked === 2);
  expect(page.state().space.concepts?.concepts).toHaveLength(2);
  page.state().setNumConcepts(1);
  expect(page.state().space.numConcepts).toBe(2);
});

test("UMAP moves the points, and a library that changes goes back to principal components", async () => {
  const page = await openLibrary(4);
  await page.state().startUmap();
  expect(page.state().space).toMatchObject({ umap: { status: "done" }, map: { kind: "umap" } });
  expect(page.state().space.map?.points).toHaveLength(36);
  await page.state().addGeneratedScenes(textures, 1);
  expect(page.state().space.map).toMatchObject({ kind: "pca" });
  await page.state().startUmap();
  page.state().showPca();
  await eventually(() => page.state().space.map?.kind === "pca");
});

test("UMAP stops where it is asked to, without a word", async () => {
  const page = await openLibrary(4);
  const laying = page.state().startUmap();
  page.state().stopUmap();
  await laying;
  expect(page.state().space).toMatchObject({ umap: { status: "none" }, map: { kind: "pca" } });
  expect(page.state().notices).toEqual([]);
});

test("too few slots for UMAP are said to be too few", async () => {
  const page = await openLibrary(1);
  await page.state().startUmap();
  expect(page.state().space.umap).toMatchObject({ status: "failed" });
  expect(page.state().notices.at(-1)?.text).toContain("at least 5 slots for UMAP");
});

test("a scene is drawn from as many slots as the counts say, the same for the same seed", async () => {
  const page = await openLibrary(4);
  const { concepts, sample } = page.state().space;
  expect(sample.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  await page.state().sampleScene(11);
  await page.state().sampleScene(11);
  await page.state().sampleScene(12);
  const [first, second, third] = page.callsOf("generate").map(({ args }) => args);
  expect(first).toEqual(second);
  expect(first).toMatchObject({ seed: 11, numSlots: 3 });
  expect(third?.seed).toBe(12);
  const { slots, render } = page.state().space.sample;
  expect(slots).toHaveLength(3);
  expect(render).toMatchObject({ status: "done", seed: 12, image: generatedOf(12).image });
  const labels = slots.map(({ sceneId, index }) => {
    const origins = concepts?.library.origins ?? [];
    const row = origins.findIndex((one) => one.sceneId === sceneId && one.index === index);
    return concepts?.labels[row];
  });
  const counted = sample.counts.map((_, concept) => labels.filter((one) => one === concept).length);
  expect(counted).toEqual(sample.counts);
});

test("counts stay within what a concept has, and the dice choose anew", async () => {
  const page = await openLibrary(4);
  const { concepts } = page.state().space;
  const [first] = concepts?.concepts ?? [];
  page.state().setConceptCount(0, 100);
  const most = concepts?.background === 0 ? 1 : first?.rows.length;
  expect(page.state().space.sample.counts[0]).toBe(most);
  page.state().rollCounts(3);
  const rolled = page.state().space.sample;
  expect(rolled.seed).toBe(3);
  expect(rolled.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
});

test("a drawing shows its preview, and cancelled leaves nothing", async () => {
  const page = await openLibrary(4, { held: ["generate"] });
  const drawing = page.state().sampleScene(1);
  await settle();
  page.callsOf("generate")[0]?.progress(frameOf(2));
  await settle();
  expect(page.state().space.sample.render).toMatchObject({ status: "running", step: 2 });
  page.state().cancelSample();
  await drawing;
  expect(page.state().space.sample.render).toEqual({ status: "none" });
  expect(page.callsOf("generate")[0]?.signal?.aborted).toBe(true);
});
