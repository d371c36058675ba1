import { expect, test } from "vitest";

import { mulberry32 } from "../math/random";
import { generatedOf } from "./fakeAnswers";
import { differenceText } from "./pictureDifference";
import { shuffle } from "./placement";
import { createReadyPage, settle, slotsOf, type TestPage } from "./testPage";

const renderOf = (page: TestPage) => {
  const { render } = page.scene("A");
  return render.status === "done" ? render : null;
};

test("the picture of another order is drawn, and its difference said", async () => {
  // A model to which order matters: the picture is the first slot's index.
  const page = await createReadyPage(1, {
    answers: { generate: ({ slots }) => generatedOf(30 * (slots[1] ?? 0)) },
  });
  await page.state().shuffleSlots(page.scene("A").id);
  expect(page.callsOf("generate")).toHaveLength(2); // before and after
  const first = page.scene("A").placed[0]?.index ?? 0;
  expect(first).toBeGreaterThan(0); // no slot keeps its place
  const difference = { mean: (30 * first) / 3, max: 30 * first };
  expect(renderOf(page)?.shuffled).toEqual(difference);
  expect(page.state().announcement).toBe(
    `Order of the slots of scene A shuffled. ${differenceText(difference)}`,
  );
  page.state().undo();
  expect(slotsOf(page, "A")).toBe("A0 A1 A2");
});

test("a current picture is not drawn again, and one slot has one order", async () => {
  const page = await createReadyPage(1);
  page.state().setAutomatic(false);
  const { id } = page.scene("A");
  await page.state().generate(id);
  await page.state().shuffleSlots(id);
  expect(page.callsOf("generate")).toHaveLength(2);
  expect(page.state().announcement).toContain("the same in every pixel");
  page.state().removeSlot(id, 0);
  page.state().removeSlot(id, 0);
  await page.state().shuffleSlots(id);
  expect(page.callsOf("generate")).toHaveLength(2);
  expect(page.state().notices[0]?.text).toBe("Scene A has one slot: it has one order.");
});

test("an edit or other settings meanwhile leave no difference behind", async () => {
  const page = await createReadyPage(1, { held: ["generate"] });
  page.state().setAutomatic(false);
  const { id } = page.scene("A");
  const answer = async (value: number): Promise<void> => {
    await settle();
    page.callsOf("generate").at(-1)?.answer(generatedOf(value));
    await settle();
  };
  void page.state().shuffleSlots(id);
  await settle();
  page.state().removeSlot(id, 0);
  await settle();
  expect(page.scene("A").placed).toHaveLength(2);
  void page.state().shuffleSlots(id);
  await answer(1);
  page.state().setSettings({ seed: 5 });
  await answer(2);
  expect(renderOf(page)?.image.data[0]).toBe(2);
  expect(renderOf(page)?.shuffled).toBeNull();
});

test("a shuffle keeps every slot and moves each", () => {
  const placed = Array.from({ length: 7 }, (_, index) => ({
    sceneId: "s",
    index,
    key: `${index}`,
  }));
  for (let seed = 0; seed < 20; seed++) {
    const order = shuffle({ placed, isOwnOrder: true }, mulberry32(seed)).placed;
    expect(order.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(order.some(({ index }, place) => index === place)).toBe(false);
  }
});
