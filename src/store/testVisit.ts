/** Visits to a page of a browser that keeps work, for tests. */
import { afterEach, beforeEach, expect, vi } from "vitest";

import { modelInfo, pictureFile } from "./fakeAnswers";
import type { FakeWork } from "./fakeWork";
import { keepPauseMs } from "./keepSlice";
import { createTestPage, eventually, settle, type TestPage } from "./testPage";

type Visit = {
  url?: string;
  /** What the tab remembers; a new tab where it is left out. */
  memory?: Map<string, string>;
  hash?: string;
};

/** localStorage, which all tabs share. */
export const shared = new Map<string, string>();

/** For a file of tests: keeping waits for no clock but theirs, and each begins with an empty browser. */
export function useFakeBrowser(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());
  beforeEach(() => shared.clear());
}

/** A page of a browser that keeps work. */
export async function visit(
  browser: FakeWork,
  { url, memory, hash }: Visit = {},
): Promise<TestPage> {
  const page = createTestPage({
    ...(url !== undefined && { url }),
    ...(hash !== undefined && { answers: { loadModel: () => modelInfo("small", { hash }) } }),
    services: {
      keptWork: browser.tab(memory),
      storage: {
        getItem: (key) => shared.get(key) ?? null,
        setItem: (key, value) => void shared.set(key, value),
      },
    },
  });
  await page.state().start();
  await settle();
  return page;
}

/** Waits until the page's work is kept. */
export async function kept({ state }: TestPage, browser: FakeWork): Promise<void> {
  const before = browser.changes.length;
  vi.advanceTimersByTime(keepPauseMs);
  await eventually(() => browser.changes.length > before);
  await eventually(() => state().keep.savedAt !== null);
}

/** Lets a page keep what it wants to, and looks that this is nothing. */
export async function keepsNothing(browser: FakeWork): Promise<void> {
  const before = browser.changes.length;
  vi.advanceTimersByTime(keepPauseMs);
  await settle();
  await settle();
  expect(browser.changes.length).toBe(before);
}

/** What the page has told. */
export const texts = ({ state }: TestPage): string[] => state().notices.map(({ text }) => text);

/** Two samples, a picture of value 5 with a slot of the first sample, drawn; then the second sample removed. */
export async function work(page: TestPage): Promise<void> {
  await page.state().addFiles([pictureFile(5, "five.png")]);
  page.state().replaceSlot(page.scene("C").id, 0, { sceneId: page.scene("A").id, index: 2 });
  page.state().setSettings({ seed: 12, steps: 4 });
  await page.state().setSlotSeed(page.scene("A").id, 8);
  await page.state().generate(page.scene("C").id);
  page.state().removeScene(page.scene("B").id);
  await settle();
}
