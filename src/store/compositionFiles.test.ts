import { describe, expect, test } from "vitest";

import { frameOf, generatedOf, hashOf, modelInfo, pixels } from "./fakeAnswers";
import { enlarge } from "./enlarge";
import { createReadyPage, settle, slotsOf, type TestPage } from "./testPage";
import { whyNotDraw } from "./whyNotDraw";

/** A page whose saved files can be looked at. */
async function createSavingPage(
  numScenes: number,
  setup: Parameters<typeof createReadyPage>[1] = {},
): Promise<{ page: TestPage; files: Map<string, Blob> }> {
  const files = new Map<string, Blob>();
  const services = { saveFile: (name: string, file: Blob) => void files.set(name, file) };
  const page = await createReadyPage(numScenes, { ...setup, services });
  page.state().setAutomatic(false);
  return { page, files };
}

async function savedFile(page: TestPage, files: Map<string, Blob>): Promise<File> {
  await page.state().saveComposition(page.scene("A").id);
  const [[name, blob] = ["", new Blob()]] = [...files];
  return new File([blob], name);
}

const lastSlots = (page: TestPage): number[] =>
  Array.from(page.callsOf("generate").at(-1)?.args.slots ?? []);

describe("a composition as JSON", () => {
  test("comes back as the page's own slots where they are there, and can be undone", async () => {
    const { page, files } = await createSavingPage(2);
    const { id } = page.scene("A");
    page.state().addSlot(id, { sceneId: page.scene("B").id, index: 2 }, 0);
    page.state().setSettings({ seed: 7, sampler: "ddim" });
    const file = await savedFile(page, files);
    expect(file.name).toBe("scene-a-seed-7.json");
    page.state().resetSlots(id);
    page.state().setSettings({ seed: 1 });
    await page.state().openComposition(file);
    expect(slotsOf(page, "A")).toBe("B2 A0 A1 A2");
    expect(page.state().settings).toMatchObject({ seed: 7, sampler: "ddim" });
    expect(page.state().announcement).toBe("Composition opened in scene A: 4 slots.");
    page.state().undo();
    expect(slotsOf(page, "A")).toBe("A0 A1 A2");
    expect(page.state().settings.seed).toBe(1);
  });

  test("carries interpolated slots, which are drawn from its numbers on another page", async () => {
    const { page, files } = await createSavingPage(2);
    const other = { sceneId: page.scene("B").id, index: 2 };
    page.state().blendSlot(page.scene("A").id, 1, { other, t: 0.25, path: "linear" });
    const file = await savedFile(page, files);
    const elsewhere = (await createSavingPage(1)).page;
    await elsewhere.state().openComposition(file, elsewhere.scene("A").id);
    await elsewhere.state().generate(elsewhere.scene("A").id);
    expect(lastSlots(elsewhere)).toEqual([1, 0, 1.25, 1.25, 1, 2]);
    elsewhere.state().hold(elsewhere.scene("A").placed[1] ?? null);
    expect(elsewhere.state().announcement).toContain("75 % slot 2 of scene A");
    expect(elsewhere.state().announcement).toContain("from a file in hand.");
  });

  test("of another model, damaged, or with no scene to go to says so and changes nothing", async () => {
    const { page, files } = await createSavingPage(1);
    const file = await savedFile(page, files);
    const answers = { loadModel: () => modelInfo("other", { hash: hashOf("b") }) };
    const other = (await createSavingPage(1, { answers })).page;
    await other.state().openComposition(file);
    expect(other.state().notices[0]?.text).toContain("expected slots of the model in use");
    expect(other.state().canUndo).toBe(false);
    await page.state().openComposition(new File(["{}"], "config.json"));
    expect(page.state().notices[0]?.text).toMatch(/^composition: /);
    const empty = (await createSavingPage(0)).page;
    await empty.state().openComposition(file);
    expect(empty.state().notices[0]?.text).toContain("Add a scene first");
  });

  test("its slots are not drawn by a model that did not make them", async () => {
    const { page, files } = await createSavingPage(2);
    const other = { sceneId: page.scene("B").id, index: 2 };
    page.state().blendSlot(page.scene("A").id, 1, { other, t: 0.25, path: "linear" });
    const file = await savedFile(page, files);
    const answers = {
      loadModel: ({ source }: { source: { kind: string; id?: string } }) =>
        modelInfo("m", { hash: hashOf(source.id === "large" ? "b" : "a") }),
    };
    const visitor = (await createSavingPage(1, { answers })).page;
    const { id } = visitor.scene("A");
    await visitor.state().openComposition(file);
    expect(whyNotDraw(visitor.state(), id)).toBeNull();
    await visitor.state().loadBundled("large");
    await settle();
    expect(whyNotDraw(visitor.state(), id)).toContain("another model made");
  });
});

describe("a picture", () => {
  test("is saved as PNG, and its steps as GIF", async () => {
    const { page, files } = await createSavingPage(1, { held: ["generate"] });
    const { id } = page.scene("A");
    void page.state().generate(id);
    await settle();
    const [call] = page.callsOf("generate");
    for (let step = 1; step <= 3; step++) call?.progress(frameOf(step));
    await settle();
    call?.answer(generatedOf(9));
    await settle();
    await page.state().savePicture(id);
    await page.state().saveDenoising(id);
    expect([...files.keys()]).toEqual(["scene-a-seed-0.png", "scene-a-seed-0.gif"]);
    const gif = new Uint8Array((await files.get("scene-a-seed-0.gif")?.arrayBuffer()) ?? []);
    expect(new TextDecoder().decode(gif.subarray(0, 6))).toBe("GIF89a");
    const isControl = (i: number) => gif[i] === 0x21 && gif[i + 1] === 0xf9 && gif[i + 2] === 4;
    expect(gif.filter((_, i) => isControl(i))).toHaveLength(4); // three steps and the picture
    expect(page.state().announcement).toBe("scene-a-seed-0.gif saved: 3 steps.");
  });

  test("that was not drawn cannot be saved", async () => {
    const { page, files } = await createSavingPage(1);
    await page.state().savePicture(page.scene("A").id);
    expect(files.size).toBe(0);
    expect(page.state().notices[0]?.text).toContain("Generate it first.");
  });
});

test("a small picture becomes a large one, smooth in between and true at the ends", () => {
  const data = new Uint8ClampedArray([...pixels(0).data, ...pixels(200).data]);
  const { data: out } = enlarge({ width: 2, height: 1, data }, 4, 2);
  const reds = Array.from(out).filter((_, i) => i % 4 === 0);
  expect(reds).toEqual([0, 50, 150, 200, 0, 50, 150, 200]);
});
