/** A hundred edits leave nothing behind: no tensor, no picture, no growing heap. */
import type { CDPSession, Locator, Page } from "@playwright/test";

import {
  chip,
  chipFace,
  chooseSettings,
  expect,
  openPlayground,
  removeSlot,
  render,
  startAfresh,
  test,
  waitForPicture,
  waitForSlots,
} from "./playground";

/** Bytes that a hundred edits may add to the page's heap, most of them compiled code: it was 0.7 MB, and less with each hundred. */
const heapBound = 1_500_000;

/** Bytes that they may add to objects, arrays, strings and closures of scripts. */
const objectBound = 100_000;

/** Pictures that came from the worker and have not been let go of. */
declare global {
  interface Window {
    openBitmaps: () => number;
  }
}

/** Counts the pictures that the page holds; changes nothing. */
function countBitmaps(): void {
  const open = new Set<WeakRef<ImageBitmap>>();
  const seen = new WeakSet<ImageBitmap>();
  const note = (value: unknown): void => {
    if (value instanceof ImageBitmap && !seen.has(value)) {
      seen.add(value);
      open.add(new WeakRef(value));
    } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
      Object.values(value).forEach(note);
  };
  const Original = window.Worker;
  window.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }: MessageEvent<{ value?: unknown }>) =>
        note(data.value),
      );
    }
  };
  window.openBitmaps = () => [...open].filter((ref) => (ref.deref()?.width ?? 0) > 0).length;
}

type Held = {
  tensors: string;
  tensorBytes: string;
  /** Of the page: all of its heap, and what of it is objects, arrays, strings and closures. */
  heap: number;
  objects: number;
  bitmaps: number;
  nodes: number;
};

type Snapshot = {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
};

/** Bytes of a heap that scripts made, compiled code and the browser's own left out. */
async function objectBytes(cdp: CDPSession): Promise<number> {
  const chunks: string[] = [];
  const take = ({ chunk }: { chunk: string }): void => void chunks.push(chunk);
  cdp.on("HeapProfiler.addHeapSnapshotChunk", take);
  await cdp.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  cdp.off("HeapProfiler.addHeapSnapshotChunk", take);
  const { snapshot, nodes } = JSON.parse(chunks.join("")) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf("type"), fields.indexOf("self_size")];
  const counted = ["object", "array", "string", "concatenated string", "closure", "number"];
  let bytes = 0;
  for (let at = 0; at < nodes.length; at += fields.length)
    if (counted.includes(types[0][nodes[at + type] ?? -1] ?? "")) bytes += nodes[at + size] ?? 0;
  return bytes;
}

/** A fact of the device panel. */
const fact = async (dialog: Locator, name: string): Promise<string> =>
  (await dialog
    .locator("dt", { hasText: new RegExp(`^${name}$`) })
    .locator("xpath=following-sibling::dd")
    .textContent()) ?? "";

/** What the device panel says, and the page's own memory once all garbage is collected. */
async function heldBy(page: Page, cdp: CDPSession): Promise<Held> {
  await page.getByTestId("device-badge").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Measure again" }).click();
  await page.waitForTimeout(500);
  const tensors = await fact(dialog, "Tensors now");
  const tensorBytes = await fact(dialog, "Bytes in tensors now");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  for (let round = 0; round < 3; round++) await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize: heap } = await cdp.send("Runtime.getHeapUsage");
  const { nodes } = await cdp.send("Memory.getDOMCounters");
  const bitmaps = await page.evaluate(() => window.openBitmaps());
  return { tensors, tensorBytes, heap, objects: await objectBytes(cdp), nodes, bitmaps };
}

/** Says what was held; the run's log has the figures. */
function tell(held: Record<string, Held>): void {
  test.info().annotations.push({ type: "held", description: JSON.stringify(held) });
}

/** Ten edits of scene A: placed, duplicated, removed, undone and done again; the scene is as it was after them. */
async function tenEdits(page: Page): Promise<void> {
  const undo = page.getByRole("button", { name: "Undo" });
  const redo = page.getByRole("button", { name: "Redo" });
  const more = chip(page, "A", 0).getByRole("button", { name: /^More for/ });
  await chipFace(page, "B", 2).click();
  await chipFace(page, "A", 4).click(); // 1: replaced
  await expect(chipFace(page, "A", 4)).toHaveAccessibleName(/scene B/);
  await more.click();
  await page.getByRole("button", { name: "Duplicate" }).click(); // 2
  await expect(chip(page, "A", 7)).toBeVisible();
  await removeSlot(page, "A", 7); // 3
  await undo.click(); // 4
  await redo.click(); // 5
  await removeSlot(page, "A", 1); // 6
  for (let step = 0; step < 4; step++) await undo.click(); // 7 to 10
  await expect(chipFace(page, "A", 4)).toHaveAccessibleName(/Slot 5 of scene A/);
  await more.click(); // closed again
}

test("a hundred compose edits leave memory flat", async ({ page }) => {
  test.setTimeout(600_000);
  await page.addInitScript(countBitmaps);
  await openPlayground(page);
  await waitForSlots(page, "A");
  await waitForSlots(page, "B");
  await chooseSettings(page, { sampler: "ddim", steps: 1 });
  await page.getByRole("button", { name: "Generate scene A", exact: true }).click();
  await waitForPicture(page, "A");
  const cdp = await page.context().newCDPSession(page);
  await tenEdits(page); // all code that edits need has come and is compiled
  await waitForPicture(page, "A"); // every edit asked for a picture; the last one is of the scene's own slots
  const before = await heldBy(page, cdp);

  for (let round = 0; round < 10; round++) await tenEdits(page);
  await waitForPicture(page, "A");
  await expect(render(page, "A")).toHaveAttribute("data-stale", "false");
  const after = await heldBy(page, cdp);
  tell({ before, after });
  const { heap, objects, ...same } = before;
  expect(after).toMatchObject(same);
  expect(after.objects - objects).toBeLessThan(objectBound);
  expect(after.heap - heap).toBeLessThan(heapBound);
});

test("scenes that come and go leave no elements, and no picture once undo has forgotten them", async ({
  page,
}) => {
  test.setTimeout(600_000);
  await page.addInitScript(countBitmaps);
  await openPlayground(page);
  await waitForSlots(page, "B");
  const cdp = await page.context().newCDPSession(page);
  const before = await heldBy(page, cdp);
  const rounds = 6;
  for (let round = 0; round < rounds; round++) {
    await page.getByRole("button", { name: "Add sample 05" }).click();
    await waitForSlots(page, "C");
    const card = page.getByTestId("scene-C");
    await card.getByLabel("Menu of scene C").click();
    await card.getByRole("button", { name: "Remove scene C" }).click();
  }
  const after = await heldBy(page, cdp);
  expect(after.tensors).toBe(before.tensors);
  expect(after.tensorBytes).toBe(before.tensorBytes);
  expect(after.bitmaps, "undo can bring them back").toBe(before.bitmaps + rounds);
  expect(after.nodes - before.nodes, "a scene has some 400 elements").toBeLessThan(300);
  await startAfresh(page);
  await waitForSlots(page, "B");
  const afresh = await heldBy(page, cdp);
  tell({ before, after, afresh });
  expect(afresh.bitmaps).toBe(before.bitmaps);
});
