/** The tour goes on where the visitor does the thing, and is offered once. */
import { describe, expect, test } from "vitest";

import { pictureFile } from "./fakeAnswers";
import { createReadyPage, createTestPage, settle, type TestPage } from "./testPage";
import { tourSteps } from "./tourSteps";

const own = (page: TestPage, letter: string, index: number) => ({
  sceneId: page.scene(letter).id,
  index,
});
const stepOf = ({ state }: TestPage): number | string => {
  const { tour } = state();
  return tour.status === "running" ? tour.step : tour.status;
};

describe("the offer", () => {
  test("is made at the first visit and kept from a second one", () => {
    const page = createTestPage();
    expect(stepOf(page)).toBe("offered");
    page.state().endTour();
    expect([stepOf(page), page.state().announcement]).toEqual(["closed", ""]);
    expect(stepOf(createTestPage({ kept: Object.fromEntries(page.kept) }))).toBe("closed");
  });

  test("is made again where the visitor left without an answer", () => {
    const page = createTestPage();
    page.state().startTour();
    expect(stepOf(createTestPage({ kept: Object.fromEntries(page.kept) }))).toBe("offered");
  });
});

describe("the tour", () => {
  test("goes forth and back by hand, opens Play, and ends after its last step", async () => {
    const page = await createReadyPage(1);
    page.state().setPage("train");
    page.state().startTour();
    expect([stepOf(page), page.state().page]).toEqual([0, "play"]);
    page.state().moveTour(-1);
    expect(stepOf(page)).toBe(0);
    for (const { title } of tourSteps) {
      expect(page.state().announcement).toContain(title);
      page.state().moveTour(1);
    }
    expect([stepOf(page), page.state().announcement]).toEqual(["closed", "The tour is over."]);
    page.state().startTour();
    expect(stepOf(page)).toBe(0);
  });

  test("goes on with what the visitor does, each step in its scene", async () => {
    const page = await createReadyPage(1);
    page.state().startTour();
    await page.state().addFiles([pictureFile(9)]);
    expect(page.state().tour).toMatchObject({ step: 1, sceneId: page.scene("B").id });
    page.state().toggleSolo(own(page, "A", 1));
    expect(page.state().tour).toMatchObject({ step: 2, sceneId: page.scene("A").id });
    page.state().replaceSlot(page.scene("B").id, 0, own(page, "A", 1));
    expect(page.state().tour).toMatchObject({ step: 3, sceneId: page.scene("B").id });
    expect(page.state().announcement).toMatch(/replaced slot 1 of scene B\. Tour, step 4 of 4/);
  });

  test("passes over what the visitor is past already", async () => {
    const page = await createReadyPage(2);
    page.state().startTour();
    page.state().removeSlot(page.scene("A").id, 0);
    expect(stepOf(page)).toBe(3);
  });

  test("does not take a new encoding for an edit, nor anything for a step when it is closed", async () => {
    const page = await createReadyPage(1);
    page.state().removeSlot(page.scene("A").id, 0);
    expect(stepOf(page)).toBe("offered");
    page.state().startTour();
    await page.state().setSlotSeed(page.scene("A").id, 7);
    await settle();
    expect(stepOf(page)).toBe(0);
  });
});
