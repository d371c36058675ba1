import { describe, expect, test } from "vitest";

import { mulberry32 } from "../math/random";
import { maxScenes, maxSlots } from "./limits";
import { encodingOf, pictureFile } from "./fakeAnswers";
import { isStale } from "./selectors";
import { createReadyPage, eventually, settle, slotsOf, type TestPage } from "./testPage";

const slot = (page: TestPage, letter: string, index: number) => ({
  sceneId: page.scene(letter).id,
  index,
});

/** All that undo promises to bring back. */
const arrangement = ({ state }: TestPage) =>
  state().scenes.map(({ id, letter, placed, isOwnOrder }) => ({ id, letter, placed, isOwnOrder }));

describe("editing", () => {
  test("a slot replaces another, is said aloud and leaves the hand", async () => {
    const page = await createReadyPage(2);
    page.state().hold(slot(page, "B", 2));
    expect(page.state().announcement).toBe("Slot 3 of scene B in hand.");
    page.state().replaceSlot(page.scene("A").id, 1, slot(page, "B", 2));
    expect(slotsOf(page, "A")).toBe("A0 B2 A2");
    expect(page.state().announcement).toBe("Slot 3 of scene B replaced slot 2 of scene A.");
    expect(page.state().held).toBeNull();
    page.state().replaceSlot(page.scene("A").id, 1, slot(page, "A", 0));
    expect(page.state().announcement).toBe(
      "Slot 1 of scene A replaced slot 3 of scene B in scene A.",
    );
  });

  test("slots are added at the end or at a position, and removed", async () => {
    const page = await createReadyPage(2);
    const { id } = page.scene("A");
    page.state().addSlot(id, slot(page, "B", 0));
    page.state().addSlot(id, slot(page, "B", 1), 0);
    expect(slotsOf(page, "A")).toBe("B1 A0 A1 A2 B0");
    page.state().removeSlot(id, 0);
    expect(page.state().announcement).toBe("Slot 2 of scene B removed from scene A.");
    expect(slotsOf(page, "A")).toBe("A0 A1 A2 B0");
  });

  test("every placed slot of a scene has a key of its own, kept while others move", async () => {
    const page = await createReadyPage(1);
    const { id } = page.scene("A");
    page.state().addSlot(id, slot(page, "A", 0));
    page.state().addSlot(id, slot(page, "A", 0));
    const before = page.scene("A").placed.map(({ key }) => key);
    expect(new Set(before).size).toBe(5);
    page.state().removeSlot(id, 1);
    expect(page.scene("A").placed.map(({ key }) => key)).toEqual(before.toSpliced(1, 1));
  });

  test("a slot in its own place changes nothing", async () => {
    const page = await createReadyPage(1);
    page.state().replaceSlot(page.scene("A").id, 1, slot(page, "A", 1));
    expect(page.state().canUndo).toBe(false);
    expect(page.scene("A").isOwnOrder).toBe(true);
  });

  test("slots and places that do not exist are left alone", async () => {
    const page = await createReadyPage(1);
    const { id } = page.scene("A");
    page.state().replaceSlot(id, 3, slot(page, "A", 0));
    page.state().addSlot(id, { sceneId: "scene-none", index: 0 });
    page.state().addSlot(id, slot(page, "A", 3));
    page.state().removeSlot(id, -1);
    expect(slotsOf(page, "A")).toBe("A0 A1 A2");
    expect(page.state().canUndo).toBe(false);
  });

  test("a scene takes 32 slots and a message says so", async () => {
    const page = await createReadyPage(1);
    for (let k = 0; k < maxSlots; k++) page.state().addSlot(page.scene("A").id, slot(page, "A", 0));
    expect(page.scene("A").placed).toHaveLength(maxSlots);
    expect(page.state().notices[0]?.text).toContain("A scene takes 32 slots.");
  });
});

describe("order and copies", () => {
  test("a slot moves within its tray, is copied, and both are said and undone", async () => {
    const page = await createReadyPage(1);
    const { id } = page.scene("A");
    page.state().moveSlot(id, 0, 2);
    expect(slotsOf(page, "A")).toBe("A1 A2 A0");
    expect(page.state().announcement).toBe("Slot 1 of scene A moved to place 3 of 3.");
    page.state().duplicateSlot(id, 1);
    expect(slotsOf(page, "A")).toBe("A1 A2 A2 A0");
    expect(page.state().announcement).toBe("Slot 3 of scene A duplicated.");
    page.state().moveSlot(id, 0, 4);
    page.state().moveSlot(id, 2, 2);
    expect(slotsOf(page, "A")).toBe("A1 A2 A2 A0");
    page.state().undo();
    page.state().undo();
    expect(slotsOf(page, "A")).toBe("A0 A1 A2");
    expect(page.state().canUndo).toBe(false);
  });
});

describe("interpolation", () => {
  const blendOf = (page: TestPage) => page.scene("A").placed[1]?.blend;

  test("a slot on the way to another has a name of its own, and its steps are undone as one", async () => {
    const page = await createReadyPage(2);
    page.state().setAutomatic(false);
    const { id } = page.scene("A");
    const other = slot(page, "B", 2);
    page.state().blendSlot(id, 1, { other, t: 0.5, path: "linear" });
    page.state().blendSlot(id, 1, { other, t: 0.25, path: "linear" });
    expect(page.state().announcement).toBe("75 % slot 2 of scene A, 25 % slot 3 of scene B.");
    await page.state().generate(id);
    // slot k of the picture of value v is [v, k]: three quarters of [1, 1] and one of [2, 2]
    const sent = page.callsOf("generate").at(-1)?.args.slots;
    expect(Array.from(sent ?? [])).toEqual([1, 0, 1.25, 1.25, 1, 2]);
    page.state().blendSlot(id, 1, { other, t: 0.3, path: "linear" });
    expect(isStale(page.scene("A"), page.state().settings)).toBe(true);
    page.state().undo();
    expect(blendOf(page)).toBeUndefined();
    expect(page.state().canUndo).toBe(false);
    page.state().redo();
    expect(blendOf(page)?.t).toBe(0.3);
  });

  test("the way to another slot is an edit of its own, and nothing is the slot itself again", async () => {
    const page = await createReadyPage(2);
    const { id } = page.scene("A");
    const way = { t: 0.5, path: "spherical" } as const;
    page.state().blendSlot(id, 1, { other: slot(page, "B", 0), ...way });
    page.state().blendSlot(id, 1, { other: slot(page, "B", 1), ...way });
    page.state().undo();
    expect(blendOf(page)?.other).toEqual(slot(page, "B", 0));
    page.state().blendSlot(id, 1, null);
    expect(blendOf(page)).toBeUndefined();
    page.state().blendSlot(id, 1, { other: slot(page, "B", 3), ...way });
    page.state().blendSlot(id, 1, { other: slot(page, "B", 0), t: NaN, path: "linear" });
    expect(blendOf(page)).toBeUndefined();
  });

  test("it can be taken in hand and put elsewhere, and leaves with a scene it is made of", async () => {
    const page = await createReadyPage(3);
    const way = { other: slot(page, "B", 2), t: 0.5, path: "linear" } as const;
    page.state().blendSlot(page.scene("A").id, 1, way);
    page.state().hold(page.scene("A").placed[1] ?? null);
    expect(page.state().announcement).toBe(
      "50 % slot 2 of scene A, 50 % slot 3 of scene B in hand.",
    );
    page.state().addSlot(page.scene("C").id, page.state().held ?? slot(page, "A", 0));
    expect(page.scene("C").placed[3]?.blend).toEqual(way);
    page.state().removeScene(page.scene("B").id);
    expect([slotsOf(page, "A"), slotsOf(page, "C")]).toEqual(["A0 A2", "C0 C1 C2"]);
    page.state().undo();
    expect(page.scene("C").placed[3]?.blend).toEqual(way);
  });

  test("a link brings it along", async () => {
    const page = await createReadyPage(2);
    const way = { other: slot(page, "B", 2), t: 0.5, path: "linear" } as const;
    page.state().blendSlot(page.scene("A").id, 1, way);
    await page.state().copyLink();
    await eventually(() => page.clipboard.length > 0);
    const visitor = await createReadyPage(0);
    await visitor.state().openLink(new URL(page.clipboard[0] ?? "").hash);
    await eventually(() => visitor.scene("A").placed.length === 3);
    const other = slot(visitor, "B", 2);
    expect(blendOf(visitor)).toEqual({ ...way, other });
    expect(page.state().notices.some(({ text }) => text.includes("leaves out"))).toBe(false);
  });
});

describe("undo and redo", () => {
  test("bring each edit back and forth", async () => {
    const page = await createReadyPage(2);
    page.state().removeSlot(page.scene("A").id, 0);
    page.state().addSlot(page.scene("A").id, slot(page, "B", 0));
    page.state().resetSlots(page.scene("A").id);
    expect(slotsOf(page, "A")).toBe("A0 A1 A2");
    page.state().undo();
    expect(slotsOf(page, "A")).toBe("A1 A2 B0");
    expect(page.state().announcement).toBe("Undone: Scene A has its own slots again.");
    page.state().undo();
    page.state().undo();
    expect(slotsOf(page, "A")).toBe("A0 A1 A2");
    expect(page.state()).toMatchObject({ canUndo: false, canRedo: true });
    page.state().redo();
    expect(slotsOf(page, "A")).toBe("A1 A2");
    page.state().removeSlot(page.scene("A").id, 0);
    expect(page.state().canRedo).toBe(false);
  });

  test("a removed scene comes back with its picture and its slots in other scenes", async () => {
    const page = await createReadyPage(3);
    page.state().replaceSlot(page.scene("A").id, 0, slot(page, "B", 1));
    page.state().toggleSolo(slot(page, "B", 1));
    const before = arrangement(page);
    page.state().removeScene(page.scene("B").id);
    expect(slotsOf(page, "A")).toBe("A1 A2");
    expect(page.state().solo).toBeNull();
    page.state().undo();
    expect(arrangement(page)).toEqual(before);
    expect(page.scene("B").encoding.status).toBe("ready");
    expect(page.callsOf("encode")).toHaveLength(3);
    page.state().redo();
    expect(slotsOf(page, "A")).toBe("A1 A2");
  });

  test("a scene whose letter was given away comes back under another", async () => {
    const page = await createReadyPage(1);
    const { id } = page.scene("A");
    page.state().removeScene(id);
    await page.state().addFiles([pictureFile(2)]);
    page.state().undo();
    expect(page.state().scenes.map(({ letter }) => letter)).toEqual(["B", "A"]);
    expect(page.scene("B").id).toBe(id);
  });

  test("a scene comes back only where there is room", async () => {
    const page = await createReadyPage(maxScenes);
    page.state().removeScene(page.scene("A").id);
    await page.state().addFiles([pictureFile(9)]);
    page.state().undo();
    expect(page.state().scenes).toHaveLength(maxScenes);
    expect(page.state().notices[0]?.text).toContain("room for 8 scenes");
    expect(page.state().canUndo).toBe(true);
  });

  test("undoing any hundred edits leads back to the start, redoing to the end", async () => {
    const page = await createReadyPage(4);
    page.state().setAutomatic(false);
    const rng = mulberry32(5);
    const draw = (n: number): number => Math.floor(rng() * n);
    const start = arrangement(page);
    let numEdits = 0;
    while (numEdits < 100) {
      const { scenes } = page.state();
      const target = scenes[draw(scenes.length)];
      const origin = scenes[draw(scenes.length)];
      if (!target || !origin) break;
      const held = { sceneId: origin.id, index: draw(3) };
      const before = page.state().scenes;
      const kind = draw(20);
      if (kind < 8) page.state().replaceSlot(target.id, draw(target.placed.length || 1), held);
      else if (kind < 11) page.state().addSlot(target.id, held, draw(4));
      else if (kind < 12) page.state().moveSlot(target.id, draw(3), draw(3));
      else if (kind < 13) page.state().duplicateSlot(target.id, draw(3));
      else if (kind < 15)
        page.state().blendSlot(target.id, draw(3), { other: held, t: rng(), path: "spherical" });
      else if (kind < 18) page.state().removeSlot(target.id, draw(target.placed.length || 1));
      else if (kind < 19) page.state().resetSlots(target.id);
      else if (scenes.length > 2) page.state().removeScene(target.id);
      if (page.state().scenes !== before) numEdits++;
    }
    const end = arrangement(page);
    expect(end).not.toEqual(start);
    while (page.state().canUndo) page.state().undo();
    expect(arrangement(page)).toEqual(start);
    while (page.state().canRedo) page.state().redo();
    expect(arrangement(page)).toEqual(end);
  });
});

describe("a new encoding", () => {
  test("refills a list nobody edited, and keeps of an edited one the slots that exist", async () => {
    let K = 3;
    const page = await createReadyPage(2, {
      answers: { encode: ({ input }) => encodingOf(input.data[0] ?? 0, K) },
    });
    page.state().addSlot(page.scene("A").id, slot(page, "B", 2));
    K = 2;
    await page.state().encodeAll();
    await settle();
    expect(slotsOf(page, "B")).toBe("B0 B1");
    expect(slotsOf(page, "A")).toBe("A0 A1");
    K = 4;
    await page.state().encodeAll();
    expect(slotsOf(page, "B")).toBe("B0 B1 B2 B3");
    page.state().undo();
    expect(slotsOf(page, "A")).toBe("A0 A1 A2 A3");
  });
});
