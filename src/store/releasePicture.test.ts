import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { pictureFile, pixels } from "./fakeAnswers";
import { createReadyPage, settle } from "./testPage";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

test("a scene's larger picture is closed when nothing can show it again, and not before", async () => {
  const open = new Set<number>();
  let made = 0;
  const prepareImage = async ({ file }: { file: Blob }) => {
    const id = ++made;
    open.add(id);
    const display = { width: 1, height: 1, close: () => void open.delete(id) };
    return { input: pixels(Number(await file.text())), display };
  };
  const page = await createReadyPage(2, { answers: { prepareImage } });
  expect([...open]).toEqual([1, 2]);
  await page.state().setFit(page.scene("A").id, "letterbox");
  expect([...open]).toEqual([2, 3]); // made anew
  page.state().removeScene(page.scene("B").id);
  expect([...open]).toEqual([2, 3]); // undo can bring it back
  page.state().undo();
  await settle();
  expect([...open]).toEqual([2, 3]);
  page.state().removeScene(page.scene("B").id);
  await page.state().addFiles([pictureFile(9)]);
  for (let edit = 0; edit < 100; edit++) page.state().moveSlot(page.scene("A").id, 0, 1);
  expect([...open]).toEqual([3, 4]); // too long ago to be undone
});
