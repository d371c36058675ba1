import { describe, expect, test } from "vitest";

import { pixels } from "./fakeAnswers";
import { createFakeWork } from "./fakeWork";
import { slotKeys } from "./placement";
import { isStale } from "./selectors";
import { createTestPage, eventually, settle, slotsOf } from "./testPage";
import { kept, keepsNothing, useFakeBrowser, visit, work } from "./testVisit";

useFakeBrowser();

describe("work is kept and comes back", () => {
  test("a first visit keeps nothing, nor does looking around", async () => {
    const browser = createFakeWork();
    const page = await visit(browser);
    page.state().setPage("train");
    page.state().setOverlay({ opacity: 0.2 });
    await keepsNothing(browser);
    expect(page.state().scenes).toHaveLength(2);
  });

  test("scenes, slots, settings, the drawn picture and what can be undone", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const page = await visit(browser, { memory });
    await work(page);
    await kept(page, browser);

    const again = await visit(browser, { memory });
    await eventually(() =>
      again.state().scenes.every(({ encoding }) => encoding.status === "ready"),
    );
    expect(again.state().scenes.map(({ letter, title }) => [letter, title])).toEqual([
      ["A", "Sample 00"],
      ["C", "five"],
    ]);
    expect(slotsOf(again, "C")).toBe("A2 C1 C2");
    expect(again.scene("A").slotSeed).toBe(8);
    expect(again.state().settings).toEqual(page.state().settings);
    const { render } = again.scene("C");
    expect(render).toMatchObject({ status: "done", image: pixels(12) });
    expect(isStale(again.scene("C"), again.state().settings)).toBe(false);
    expect(again.callsOf("generate")).toEqual([]);
    expect(again.callsOf("loadModel")).toHaveLength(1);

    again.state().undo();
    await settle();
    expect(again.state().scenes.map(({ letter }) => letter)).toEqual(["A", "B", "C"]);
    expect(again.scene("B").encoding.status).toBe("ready");
    again.state().undo();
    expect(slotsOf(again, "C")).toBe("C0 C1 C2");
    again.state().redo();
    expect(slotsOf(again, "C")).toBe("A2 C1 C2");
    expect(isStale(again.scene("C"), again.state().settings)).toBe(false);
  });

  test("blends and slots out of a file come back with their numbers", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const page = await visit(browser, { memory });
    const [a, b] = [page.scene("A").id, page.scene("B").id];
    const blend = { other: { sceneId: b, index: 1 }, t: 0.25, path: "linear" } as const;
    page.state().blendSlot(a, 0, blend);
    const file = { values: new Float32Array([3, 4]), title: "Elsewhere", hash: "b" };
    page.state().addSlot(a, { sceneId: "file-placed-1", index: 2, file });
    page.state().duplicateSlot(a, 3);
    await kept(page, browser);

    const again = await visit(browser, { memory });
    await eventually(() => again.scene("B").encoding.status === "ready");
    const { placed } = again.scene("A");
    expect(placed.map(({ index }) => index)).toEqual([0, 1, 2, 2, 2]);
    expect(placed[0]?.blend).toEqual({
      ...blend,
      other: { sceneId: again.scene("B").id, index: 1 },
    });
    expect(placed[3]?.file).toEqual(file);
    expect(slotKeys(placed.slice(3, 4))).toBe(slotKeys(placed.slice(4)));
  });

  test("another model's pictures are outdated, and nothing else is lost", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const page = await visit(browser, { memory });
    await work(page);
    await kept(page, browser);
    const again = await visit(browser, { memory, hash: "b".repeat(64) });
    await eventually(() => again.scene("C").encoding.status === "ready");
    expect(again.scene("C").render).toMatchObject({ status: "done", image: pixels(12) });
    expect(isStale(again.scene("C"), again.state().settings)).toBe(true);
  });

  test("a visit that only looks writes nothing, and what is not needed any more goes", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const page = await visit(browser, { memory });
    await work(page);
    await kept(page, browser);
    const again = await visit(browser, { memory });
    await eventually(() => again.scene("C").encoding.status === "ready");
    await keepsNothing(browser);
    const [stored] = browser.kept.values();
    expect(stored?.parts.size).toBe(2); // the file and the picture
    await again.state().generate(again.scene("C").id);
    await kept(again, browser);
    expect(browser.changes.at(-1)?.put.size).toBe(1);
    expect(browser.changes.at(-1)?.drop).toHaveLength(1);
  });

  test("leaving keeps what has not been kept yet", async () => {
    const browser = createFakeWork();
    const page = await visit(browser);
    page.state().setSettings({ seed: 3 });
    page.hide();
    await eventually(() => browser.kept.size === 1);
    expect(browser.changes[0]?.expected).toBeUndefined();
  });

  test("measurements and the library of slot space come back", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const page = await visit(browser, { memory });
    await page.state().measure();
    page.state().addPageScenes();
    await page.state().addGeneratedScenes({ kind: "clevr", seed: 9 }, 1);
    await settle();
    await kept(page, browser);
    const again = await visit(browser, { memory });
    expect(again.state().measurement).toEqual(page.state().measurement);
    expect(again.state().space.library?.slots).toEqual(page.state().space.library?.slots);
    expect(again.state().space.scenes.map(({ id }) => id)).toEqual([
      again.scene("A").id,
      again.scene("B").id,
      "generated-clevr-9-0",
    ]);
  });
});

describe("other tabs and links", () => {
  test("a new tab begins with the last work; two that change it do not take it from each other", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const first = await visit(browser, { memory });
    first.state().setSettings({ seed: 1 });
    await kept(first, browser);
    const second = await visit(browser);
    expect(second.state().settings.seed).toBe(1);
    first.state().setSettings({ seed: 2 });
    await kept(first, browser);
    second.state().setSettings({ seed: 3 });
    await kept(second, browser);
    expect(browser.kept.size).toBe(2);
    expect((await visit(browser, { memory })).state().settings.seed).toBe(2);
    expect((await visit(browser)).state().settings.seed).toBe(3);
  });

  test("a link comes first and destroys nothing; the work is offered and can be opened", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const page = await visit(browser, { memory });
    await work(page);
    await kept(page, browser);
    const other = createTestPage();
    await other.state().start();
    other.state().setSettings({ seed: 77 });
    await other.state().copyLink();
    const url = other.clipboard[0] ?? "";

    const linked = await visit(browser, { memory, url });
    await eventually(() => linked.state().keep.isOffered);
    expect(linked.state().settings.seed).toBe(77);
    await keepsNothing(browser);
    linked.state().setSettings({ seed: 78 });
    await kept(linked, browser);
    expect(browser.kept.size).toBe(2);

    await linked.state().openKept(linked.state().keep.others[0]?.name ?? "");
    await settle();
    expect(slotsOf(linked, "C")).toBe("A2 C1 C2");
    expect(linked.state().keep).toMatchObject({ isOffered: false, others: [{}] });
    await linked.state().openKept(linked.state().keep.others[0]?.name ?? "");
    expect(linked.state().settings.seed).toBe(78);
  });

  test("work at the address of its own link is brought back, not the link", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const page = await visit(browser, { memory });
    page.state().setSettings({ seed: 5 });
    await page.state().copyLink();
    page.state().setSettings({ seed: 6 });
    await kept(page, browser);
    const again = await visit(browser, { memory, url: page.address() });
    expect(again.state().settings.seed).toBe(6);
  });

  test("starting afresh forgets the work and gives a first visit's page", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    const page = await visit(browser, { memory });
    await work(page);
    await kept(page, browser);
    await page.state().startAfresh();
    await settle();
    expect(browser.kept.size).toBe(0);
    expect(page.state().scenes.map(({ title }) => title)).toEqual(["Sample 00", "Sample 03"]);
    expect([page.state().canUndo, page.state().settings.seed]).toEqual([false, 0]);
    await keepsNothing(browser);
    expect((await visit(browser, { memory })).state().keep.broughtBack).toBeNull();
  });
});
