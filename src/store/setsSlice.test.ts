import { describe, expect, test } from "vitest";

import { InputError, OutOfMemoryError } from "../errors";
import { setNameFor } from "./addJobs";
import { pictureFile, pixels } from "./fakeAnswers";
import { createFakeBrowser, setOf, setPicture } from "./fakeKept";
import { createReadyPage, settle, type TestPage } from "./testPage";

const video = (text: string, name = "clip.mp4"): File => new File([text], name);
const chosen = ({ state }: TestPage) =>
  state()
    .sets.find(({ id }) => id === state().chosenSet)
    ?.pictures.map(({ id }) => id);

async function pageWithSet(numTraining = 20): Promise<TestPage> {
  const browser = { ...createFakeBrowser(), sets: [setOf("s1", numTraining)] };
  const page = await createReadyPage(0, { browser });
  page.state().chooseSet("s1");
  return page;
}

describe("adding", () => {
  test("files make a set where none is chosen, and it is the one to train on", async () => {
    const page = await createReadyPage(0);
    await page.state().addToSet([pictureFile(1), pictureFile(2), pictureFile(1)], "letterbox");
    expect(page.state().sets).toMatchObject([{ id: "s1", name: "My pictures" }]);
    expect(page.state().adding).toMatchObject({
      status: "done",
      result: { added: 3, duplicates: 0 },
    });
    expect(page.callsOf("addFiles")[0]?.args).toMatchObject({ setId: "s1", fit: "letterbox" });
    expect(page.state().draft).toMatchObject({
      name: "My pictures",
      data: { kind: "set", setId: "s1" },
    });
  });

  test("a set is called after its archive or folder", () => {
    const inFolder = pictureFile(1);
    Object.defineProperty(inFolder, "webkitRelativePath", { value: "mugs/a/1.png" });
    expect(setNameFor([inFolder, pictureFile(2)])).toBe("mugs");
    expect(setNameFor([new File([""], "holiday.zip")])).toBe("holiday");
    expect(setNameFor([pictureFile(1), pictureFile(2)])).toBe("My pictures");
  });

  test("videos are decoded in the page, frame by frame, after the pictures", async () => {
    const page = await pageWithSet();
    await page.state().addToSet([video("18"), pictureFile(1)], "crop");
    expect(page.callsOf("addPixels").map(({ args }) => args.pictures.length)).toEqual([16, 2]);
    expect(page.callsOf("addPixels")[1]?.args.pictures[1]).toEqual({
      name: "clip.mp4#0017",
      pixels: pixels(17),
    });
    expect(chosen(page)).toHaveLength(21 + 1 + 18);
    expect(page.state().adding).toMatchObject({ result: { added: 19 } });
  });

  test("a video takes no more frames than the set has room for", async () => {
    const page = await pageWithSet(4990);
    await page.state().addToSet([video("100")], "crop");
    expect(chosen(page)).toHaveLength(5000);
    await page.state().addToSet([video("100")], "crop");
    expect(page.state().adding).toMatchObject({ status: "failed", message: /is full/ });
  });

  test("one file that is no video does not keep the others out, and is told of", async () => {
    const page = await pageWithSet();
    await page.state().addToSet([video("nonsense"), video("2", "good.webm")], "crop");
    expect(page.state().adding).toMatchObject({
      status: "done",
      result: { added: 2, skipped: "video: expected one, got text." },
    });
  });

  test("generated scenes go into the set, with progress of their own", async () => {
    const page = await pageWithSet();
    page.held.add("addScenes");
    const adding = page.state().addScenesToSet({ kind: "textured", seed: 7, index: 0 }, 30);
    await settle();
    page.callsOf("addScenes")[0]?.progress({ done: 3, total: 30 });
    expect(page.state().adding).toEqual({ status: "running", progress: { done: 3, total: 30 } });
    const set = setOf("s1", 30);
    page.callsOf("addScenes")[0]?.answer({ set, added: 10, duplicates: 0, skipped: "" });
    page.browser.sets = [set];
    await adding;
    expect(page.state().sets).toEqual([set]);
  });

  test("a full disk says so; what was added before stays, and the set can be used", async () => {
    const page = await pageWithSet();
    page.held.add("addFiles");
    const adding = page.state().addToSet([pictureFile(1), pictureFile(2)], "crop");
    await settle();
    page.browser.sets = [{ ...setOf("s1", 20), pictures: [setPicture("first")] }];
    page.callsOf("addFiles")[0]?.fail(new OutOfMemoryError("storage: no room."));
    await adding;
    expect(page.state().adding).toEqual({ status: "failed", message: "storage: no room." });
    expect(page.state().notices).toMatchObject([{ tone: "error", text: "storage: no room." }]);
    expect(chosen(page)).toEqual(["first"]);
  });

  test("nothing readable at all is a failure", async () => {
    const page = await createReadyPage(0, {
      answers: {
        addFiles: () => {
          throw new InputError("set: a text file named .png.");
        },
      },
    });
    await page.state().addToSet([pictureFile(1)], "crop");
    expect(page.state().adding).toMatchObject({ status: "failed", message: /text file/ });
  });

  test("cancelled, the engine is told and its answer says what stayed", async () => {
    const page = await pageWithSet();
    page.held.add("addFiles");
    const adding = page.state().addToSet([pictureFile(1), video("3")], "crop");
    await settle();
    page.state().cancelAdding();
    const [call] = page.callsOf("addFiles");
    expect(call?.signal?.aborted).toBe(true);
    expect(page.state().adding.status).toBe("running"); // until the engine has answered
    const set = setOf("s1", 25);
    page.browser.sets = [set];
    call?.answer({ set, added: 5, duplicates: 0, skipped: "" });
    await adding;
    expect(page.state().adding).toMatchObject({ status: "done", result: { added: 5 } });
    expect(page.callsOf("addPixels")).toHaveLength(0);
  });

  test("cancelled before anything was taken, nothing is shown and nothing is said", async () => {
    const page = await pageWithSet();
    page.held.add("addFiles");
    const adding = page.state().addToSet([pictureFile(1)], "crop");
    await settle();
    page.state().cancelAdding();
    page.callsOf("addFiles")[0]?.fail(new DOMException("Cancelled.", "AbortError"));
    await adding;
    expect(page.state().adding).toEqual({ status: "none" });
    expect(page.state().notices).toEqual([]);
  });

  test("a second adding waits for the first: it is left out and says so", async () => {
    const page = await pageWithSet();
    page.held.add("addFiles");
    void page.state().addToSet([pictureFile(1)], "crop");
    await page.state().addToSet([pictureFile(2)], "crop");
    await settle();
    expect(page.callsOf("addFiles")).toHaveLength(1);
    expect(page.state().notices[0]?.text).toMatch(/still being added/);
  });
});

describe("sets", () => {
  test("survive a reload, with the chosen one chosen", async () => {
    const browser = createFakeBrowser();
    const first = await createReadyPage(0, { browser });
    await first.state().createSet("Cups");
    await first.state().createSet("Mugs");
    first.state().chooseSet("s1");
    const next = await createReadyPage(0, { browser, kept: Object.fromEntries(first.kept) });
    expect(next.state().sets.map(({ name }) => name)).toEqual(["Cups", "Mugs"]);
    expect(next.state()).toMatchObject({
      chosenSet: "s1",
      room: { isLasting: true },
      draft: { name: "Cups", data: { setId: "s1" } },
    });
  });

  test("pictures are removed, the split is drawn anew within its range", async () => {
    const page = await pageWithSet(2);
    await page.state().loadThumbnails(["p0", "p1"]);
    await page.state().removePictures(["p1"]);
    expect(chosen(page)).toEqual(["p0", "p2"]);
    expect([...page.state().thumbnails.keys()]).toEqual(["s1/p0"]);
    await page.state().splitSet({ seed: 5, heldOut: 0.9 });
    expect(page.state().sets[0]?.split).toEqual({ seed: 5, heldOut: 0.5 });
    await page.state().splitSet({ seed: NaN, heldOut: 0.1 });
    expect(page.callsOf("splitSet")).toHaveLength(1);
  });

  test("a deleted set leaves the page, its thumbnails and the plan", async () => {
    const page = await pageWithSet(2);
    await page.state().loadThumbnails(["p0"]);
    await page.state().deleteSet("s1");
    expect(page.state()).toMatchObject({ sets: [], chosenSet: null, draft: { name: "My model" } });
    expect(page.state().draft.data).toEqual({ kind: "set", setId: "" });
    expect(page.state().thumbnails.size).toBe(0);
  });

  test("an error of the engine becomes a notice and changes nothing", async () => {
    const page = await pageWithSet(2);
    page.browser.sets = [];
    await page.state().removePictures(["p1"]);
    expect(page.state().notices).toMatchObject([{ tone: "error", text: /It was deleted/ }]);
    expect(chosen(page)).toEqual(["p0", "p1", "p2"]);
  });
});

describe("thumbnails", () => {
  test("are read in batches, each once, whoever asks meanwhile", async () => {
    const page = await pageWithSet(99);
    const ids = Array.from({ length: 100 }, (_, i) => `p${i}`);
    await Promise.all([page.state().loadThumbnails(ids), page.state().loadThumbnails(ids)]);
    await page.state().loadThumbnails([...ids, "unknown"]);
    expect(page.callsOf("readPictures").map(({ args }) => args.ids.length)).toEqual([64, 36]);
    expect(page.state().thumbnails.size).toBe(100);
  });

  test("are 1,500 at most: those seen longest ago go first", async () => {
    const page = await pageWithSet(1999);
    const ids = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => `p${from + i}`);
    await page.state().loadThumbnails(ids(0, 1500));
    await page.state().loadThumbnails(ids(0, 100)); // seen again
    await page.state().loadThumbnails(ids(1500, 1600));
    const { thumbnails } = page.state();
    expect(thumbnails.size).toBe(1500);
    expect(thumbnails.has("s1/p99")).toBe(true);
    expect(thumbnails.has("s1/p100")).toBe(false);
    expect(thumbnails.has("s1/p200")).toBe(true);
  });

  test("that could not be read are asked for again", async () => {
    let isBroken = true;
    const page = await pageWithSet(1);
    const broken = await createReadyPage(0, {
      browser: page.browser,
      answers: {
        readPictures: ({ ids }) => {
          if (isBroken) throw new InputError("set: a chunk is missing.");
          return ids.map(() => pixels(1));
        },
      },
    });
    broken.state().chooseSet("s1");
    await broken.state().loadThumbnails(["p0"]);
    expect(broken.state().notices[0]?.text).toMatch(/chunk/);
    isBroken = false;
    await broken.state().loadThumbnails(["p0"]);
    expect(broken.state().thumbnails.size).toBe(1);
  });
});
