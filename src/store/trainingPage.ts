/** For tests: a page that can train, and one that does. */
import { createFakeBrowser, pointOf, setOf, trainedTo } from "./fakeKept";
import { newsPauseMs } from "./newsBatch";
import { createReadyPage, settle, type TestPage } from "./testPage";

/** What steps of the tests say of memory. */
export const memory = { numTensors: 1, tensorBytes: 4, gpuBytes: null };

/** A page with a chosen set of 20 pictures to train on, and a clock in the test's hands. */
export async function pageToTrain(): Promise<TestPage & { clock: { now: number } }> {
  const clock = { now: 1000 };
  const browser = { ...createFakeBrowser(), sets: [setOf("s1", 20)] };
  const page = await createReadyPage(0, { browser, services: { now: () => clock.now } });
  page.state().chooseSet("s1");
  return Object.assign(page, { clock });
}

/** A page on which run r1 is training, held by the test. */
export async function pageInTraining() {
  const page = await pageToTrain();
  page.held.add("train");
  const ended = page.state().startRun();
  await settle();
  const [call] = page.callsOf("train");
  const [run] = page.state().runs;
  if (!call || !run) throw new Error("Training has not begun.");
  const step = (n: number): void => {
    page.clock.now += newsPauseMs;
    const news = { point: pointOf(n), stepsPerSecond: 10, secondsLeft: 5, memory };
    call.progress({ kind: "step", ...news });
  };
  /** As the engine does: the checkpoint is kept, then the call answered. */
  const answer = (to: number, status: "paused" | "finished" | "diverged"): void => {
    const trained = trainedTo(run, to, status);
    page.browser.runs = [trained];
    call.answer(trained);
  };
  return { page, ended, call, run, step, answer };
}
