import { describe, expect, test, vi } from "vitest";

import { pixels } from "./fakeAnswers";
import { createFakeWork } from "./fakeWork";
import { keepPauseMs } from "./keepSlice";
import { createTestPage, eventually, settle, slotsOf } from "./testPage";
import { shared, kept, texts, useFakeBrowser, visit, work } from "./testVisit";

useFakeBrowser();

describe("where work cannot be kept or read", () => {
  const full = (): Error => new DOMException("No room.", "QuotaExceededError");

  test("without room files go first, then pictures", async () => {
    const browser = createFakeWork();
    const memory = new Map<string, string>();
    browser.refusal = ({ put }) =>
      [...put.values()].some((part) => part instanceof Blob) ? full() : null;
    const page = await visit(browser, { memory });
    await work(page);
    await kept(page, browser);
    const again = await visit(browser, { memory });
    await eventually(() => again.scene("C").encoding.status === "ready");
    expect(again.scene("C").render.status).toBe("done");
    expect(again.scene("C").encoding).toMatchObject({ input: pixels(5) });

    browser.refusal = ({ put }) => (put.size > 0 ? full() : null);
    await again.state().generate(again.scene("C").id);
    await kept(again, browser);
    const third = await visit(browser, { memory });
    expect(third.scene("C").render.status).toBe("none");
    expect(slotsOf(third, "C")).toBe("A2 C1 C2");
  });

  test("with no room at all it is said once, and the page goes on", async () => {
    const browser = createFakeWork();
    browser.refusal = full;
    const page = await visit(browser);
    for (const seed of [1, 2]) {
      page.state().setSettings({ seed });
      vi.advanceTimersByTime(keepPauseMs);
      await eventually(() => page.state().keep.status === "closed");
    }
    expect(texts(page).filter((text) => text.includes("does not keep your work"))).toHaveLength(1);
    expect(page.state().settings.seed).toBe(2);
  });

  test("a record that is broken or newer is named, left as it is, and the page begins", async () => {
    const broken = { savedAt: 1, version: 1, scenes: "none" };
    for (const [record, word] of [
      [broken, /something else/],
      [{ ...broken, version: 2 }, /newer version/],
      ["garbage", /something else/],
    ] as const) {
      const browser = createFakeWork();
      browser.kept.set("old", { record, parts: new Map() });
      shared.set("slotdiffusion-playground.work", '"old"');
      const page = await visit(browser);
      expect(texts(page)[0]).toMatch(word);
      expect(page.state().scenes).toHaveLength(2);
      page.state().setSettings({ seed: 4 });
      await kept(page, browser);
      expect(browser.kept.get("old")?.record).toBe(record);
    }
  });

  test("a database that does not open is no obstacle", async () => {
    const browser = createFakeWork();
    shared.set("slotdiffusion-playground.work", '"old"');
    const page = createTestPage({
      services: {
        keptWork: { ...browser.tab(), database: () => Promise.reject(new Error("not allowed")) },
        storage: { getItem: (key) => shared.get(key) ?? null, setItem: () => undefined },
      },
    });
    await page.state().start();
    await settle();
    expect(page.state().scenes).toHaveLength(2);
    expect(page.state().model.status).toBe("ready");
    expect(texts(page)).toHaveLength(1);
  });
});
