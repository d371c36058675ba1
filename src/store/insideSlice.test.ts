import { expect, test } from "vitest";

import type { Pixels } from "../engine/protocol";
import type { DenoisingStep } from "../engine/protocol/inside";
import { modelInfo, pixels } from "./fakeAnswers";
import {
  isRunOutdated,
  placeOnShow,
  shownDenoising,
  shownFirstStage,
  shownSchedule,
  shownSteps,
  stepOnShow,
  whyNotInspect,
} from "./insideSelectors";
import { createReadyPage, settle, type TestPage } from "./testPage";

const stepOf = (step: number, totalSteps = 20): DenoisingStep => ({
  step,
  totalSteps,
  t: 1000 - step,
  xt: pixels(step),
  x0: pixels(step),
  latents: Float32Array.from([step]),
  attention: [{ layer: "middle", size: [1, 1], probs: new Float32Array(3) }],
});

/** A page whose run is under way, held by the test. */
async function pageInRun(numScenes = 2) {
  const page = await createReadyPage(numScenes, { held: ["inspectGenerate"] });
  const ended = page.state().inspectDenoising("placed");
  await settle();
  const [call] = page.callsOf("inspectGenerate");
  if (!call) throw new Error("No run has begun.");
  return { page, call, ended };
}

const finish = (page: TestPage, value: number): void =>
  page
    .callsOf("inspectGenerate")
    .at(-1)
    ?.answer({ image: pixels(value) });

/** A page whose first scene has the true mask of one object. */
async function pageWithTruth(held: "inspectGenerate"[] = []): Promise<TestPage> {
  const page = await createReadyPage(0, { held });
  await page.state().drawScene();
  await page.state().drawScene(); // the second has id 1 in its mask
  page.state().lookInto(page.scene("B").id);
  return page;
}

test("a run takes the placed slots and the page's settings, and keeps every evaluation", async () => {
  const { page, call, ended } = await pageInRun();
  expect(call.args).toMatchObject({ ...page.state().settings, numSlots: 3 });
  expect([...call.args.slots]).toEqual([1, 0, 1, 1, 1, 2]);
  call.progress(stepOf(1));
  call.progress(stepOf(2));
  expect(shownSteps(page.state()).map(({ step }) => step)).toEqual([1, 2]);
  expect(stepOnShow(page.state())?.step).toBe(2);
  finish(page, 9);
  await ended;
  expect(shownDenoising(page.state())).toMatchObject({ status: "done", image: pixels(9) });
  expect(shownDenoising(page.state())).toMatchObject({
    slots: [0, 1, 2].map((color) => ({ name: `slot ${color + 1} of scene A`, color })),
  });
  expect(isRunOutdated(page.state())).toBe(false);
});

test("of a thousand evaluations some sixty are kept, the last among them", async () => {
  const { page, call, ended } = await pageInRun();
  for (let step = 1; step <= 1000; step++) call.progress(stepOf(step, 1000));
  finish(page, 9);
  await ended;
  const steps = shownSteps(page.state());
  expect(steps.length).toBeLessThanOrEqual(61);
  expect(steps.at(-1)?.step).toBe(1000);
});

test("another seed ends the run; what it got to stays and is called outdated", async () => {
  const { page, call, ended } = await pageInRun();
  call.progress(stepOf(1));
  page.state().setSettings({ seed: 5 });
  await ended;
  expect(call.signal?.aborted).toBe(true);
  expect(shownDenoising(page.state()).status).toBe("stopped");
  expect(isRunOutdated(page.state())).toBe(true);
  expect(page.state().notices).toEqual([]);
  page.state().setSettings({ seed: 0 });
  expect(isRunOutdated(page.state())).toBe(false);
});

test("an edit of the scene's slots ends the run; an edit of another scene does not", async () => {
  const { page, call, ended } = await pageInRun();
  page.state().removeSlot(page.scene("B").id, 0);
  expect(call.signal?.aborted).toBe(false);
  page.state().removeSlot(page.scene("A").id, 0);
  await ended;
  expect(call.signal?.aborted).toBe(true);
  expect(shownDenoising(page.state()).status).toBe("none");
});

test("a newer run takes over, and news of the older one is not heard", async () => {
  const { page, call, ended } = await pageInRun();
  page.state().setSettings({ steps: 10 });
  const second = page.state().inspectDenoising("placed");
  await ended;
  await settle();
  call.progress(stepOf(7));
  page.callsOf("inspectGenerate").at(-1)?.progress(stepOf(1, 10));
  expect(shownSteps(page.state()).map(({ step }) => step)).toEqual([1]);
  finish(page, 4);
  await second;
  expect(shownDenoising(page.state()).status).toBe("done");
});

test("stopped by hand, a run keeps its steps", async () => {
  const { page, call, ended } = await pageInRun();
  call.progress(stepOf(1));
  page.state().stopDenoising();
  await ended;
  expect(call.signal?.aborted).toBe(true);
  expect(shownDenoising(page.state())).toMatchObject({ status: "stopped", steps: [stepOf(1)] });
});

test("a failure stands where the steps would be", async () => {
  const { page, call, ended } = await pageInRun();
  call.fail(new Error("inspect: out of memory."));
  await ended;
  const message = "inspect: out of memory.";
  expect(shownDenoising(page.state())).toMatchObject({ status: "failed", message });
});

test("the step on show follows the newest until another is chosen", async () => {
  const { page, call } = await pageInRun();
  for (const step of [1, 2, 3]) call.progress(stepOf(step));
  page.state().showStep(0);
  call.progress(stepOf(4));
  expect(stepOnShow(page.state())?.step).toBe(1);
  page.state().showStep(99);
  call.progress(stepOf(5));
  expect(stepOnShow(page.state())?.step).toBe(5);
});

test("a step is decoded once, and another step ends the decoding", async () => {
  const { page, call } = await pageInRun();
  for (const step of [1, 2]) call.progress(stepOf(step));
  page.held.add("decodeLatents");
  page.state().showStep(0);
  const decoding = page.state().decodeStep();
  page.state().showStep(1);
  await decoding;
  expect(page.callsOf("decodeLatents")[0]?.signal?.aborted).toBe(true);
  expect(page.state().inside).toMatchObject({ decoding: null, decoded: new Map() });
  page.held.clear();
  await page.state().decodeStep();
  await page.state().decodeStep();
  expect(page.callsOf("decodeLatents")).toHaveLength(2);
  expect([...page.state().inside.decoded.values()]).toEqual<Pixels[]>([pixels(2)]);
});

test("another scene has nothing of this one's, and ends its run", async () => {
  const { page, call, ended } = await pageInRun();
  call.progress(stepOf(1));
  page.state().lookInto(page.scene("B").id);
  await ended;
  expect(call.signal?.aborted).toBe(true);
  expect(shownDenoising(page.state()).status).toBe("none");
  expect(placeOnShow(page.state())).toBe(-1);
});

test("slots from true masks are asked for and drawn, under the objects' names", async () => {
  const page = await pageWithTruth(["inspectGenerate"]);
  const ended = page.state().tryExperiment("truth");
  await settle();
  expect(page.callsOf("truthSlots")[0]?.args.ids).toEqual(new Uint8Array([1]));
  const [call] = page.callsOf("inspectGenerate");
  expect(call?.args.numSlots).toBe(1);
  call?.progress(stepOf(1));
  finish(page, 3);
  await ended;
  expect(shownDenoising(page.state())).toMatchObject({
    status: "done",
    origin: "truth",
    slots: [{ name: "object 1", color: 0 }],
  });
  await page.state().tryExperiment(null);
  await page.state().tryExperiment("truth");
  expect(page.callsOf("inspectGenerate"), "the picture is there").toHaveLength(1);
});

test("without true masks the experiment says so and asks nothing", async () => {
  const page = await createReadyPage(1);
  expect(whyNotInspect(page.state(), "truth")).toContain("no true masks");
  await page.state().tryExperiment("truth");
  expect(page.callsOf("truthSlots")).toEqual([]);
  expect(page.state().notices).toMatchObject([{ tone: "info" }]);
});

test("the first stage is asked once for a picture, and again for another", async () => {
  const page = await createReadyPage(2);
  await page.state().inspectFirstStage();
  await page.state().inspectFirstStage();
  expect(page.callsOf("inspectFirstStage")).toHaveLength(1);
  expect(shownFirstStage(page.state())).toMatchObject({ status: "done", result: { psnr: 30 } });
  page.state().lookInto(page.scene("B").id);
  expect(shownFirstStage(page.state()).status).toBe("none");
  await page.state().tryExperiment("firstStage");
  expect(page.callsOf("inspectFirstStage").at(-1)?.args.input).toEqual(pixels(2));
});

test("another model shows nothing of the one before", async () => {
  let loads = 0;
  const answers = { loadModel: () => modelInfo(`m${++loads}`) };
  const page = await createReadyPage(1, { answers });
  await Promise.all([
    page.state().inspectDenoising("placed"),
    page.state().inspectFirstStage(),
    page.state().readSchedule(),
  ]);
  expect(shownSchedule(page.state()).status).toBe("done");
  expect(shownDenoising(page.state()).status).toBe("done");
  await page.state().loadBundled("large");
  await settle();
  expect(shownSchedule(page.state()).status).toBe("none");
  expect(shownFirstStage(page.state()).status).toBe("none");
  expect(shownDenoising(page.state()).status).toBe("none");
  await page.state().readSchedule();
  expect(shownSchedule(page.state()).status).toBe("done");
});
