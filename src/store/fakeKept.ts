/** For tests: the sets and runs that a fake browser keeps, whatever page looks at them. */
import type { PictureSet, SetPicture } from "../engine/protocol/sets";
import type { Run, RunPlan, RunPoint } from "../engine/protocol/training";
import { InputError } from "../errors";
import type { Answers } from "./fakeEngine";

export type FakeBrowser = { sets: PictureSet[]; runs: Run[]; isLasting: boolean };

/** A browser that keeps nothing yet. */
export const createFakeBrowser = (): FakeBrowser => ({ sets: [], runs: [], isLasting: true });

/** Requests that read or change what is kept. */
export type KeptAnswers = Pick<
  Answers,
  | "storageRoom"
  | "listSets"
  | "createSet"
  | "deleteSet"
  | "addFiles"
  | "addPixels"
  | "addScenes"
  | "removePictures"
  | "splitSet"
  | "readPictures"
  | "listRuns"
  | "createRun"
  | "train"
  | "saveRun"
  | "deleteRun"
  | "importProject"
>;

/** A picture of a set, of an id. */
export const setPicture = (id: string, isHeldOut = false): SetPicture => ({
  id,
  name: `${id}.png`,
  isHeldOut,
  hasMask: false,
  twinOf: null,
});

/** A set of so many pictures to train on and one held out, p0 p1 ... */
export const setOf = (id: string, numTraining: number): PictureSet => ({
  id,
  name: `Set ${id}`,
  resolution: [1, 1],
  pictures: Array.from({ length: numTraining + 1 }, (_, i) => setPicture(`p${i}`, i === 0)),
  split: { seed: 0, heldOut: 0.1 },
  bytes: 40,
});

/** A point of a curve. */
export const pointOf = (step: number): RunPoint => ({
  stage: "slots",
  step,
  loss: 1 / step,
  lr: 1e-4,
});

/** A run of which nothing has been trained. */
export const runOf = (id: string, plan: RunPlan, change: Partial<Run> = {}): Run => ({
  id,
  plan,
  status: "new",
  message: "",
  name: plan.name,
  parentName: "Model small",
  createdAt: 0,
  seconds: 0,
  stage: "slots",
  step: 0,
  curve: [],
  looks: [],
  lastLook: null,
  hash: null,
  weightBytes: 0,
  ...change,
});

/** A run as a checkpoint of a step has it. */
export const trainedTo = (run: Run, step: number, status: Run["status"] = "paused"): Run => ({
  ...run,
  status,
  step,
  curve: Array.from({ length: step }, (_, i) => pointOf(i + 1)),
  hash: "c".repeat(64),
  weightBytes: 40,
});

function createSetAnswers(browser: FakeBrowser) {
  let lastId = 0;
  const find = (id: string): PictureSet => {
    const set = browser.sets.find((one) => one.id === id);
    if (!set) throw new InputError(`set: expected a set, got ${id}. It was deleted.`);
    return set;
  };
  const put = (set: PictureSet): PictureSet => {
    browser.sets = browser.sets.map((one) => (one.id === set.id ? set : one));
    return set;
  };
  const add = (setId: string, names: string[]) => {
    const set = find(setId);
    const known = new Set(set.pictures.map(({ id }) => id));
    const fresh = names.filter((name) => !known.has(name));
    const pictures = [...set.pictures, ...fresh.map((name) => setPicture(name))];
    const duplicates = names.length - fresh.length;
    return { set: put({ ...set, pictures }), added: fresh.length, duplicates, skipped: "" };
  };
  return {
    storageRoom: () => ({ isLasting: browser.isLasting, usedBytes: 0, quotaBytes: null }),
    listSets: () => [...browser.sets],
    createSet: ({ name }: { name: string }) => {
      const set = { ...setOf(`s${++lastId}`, 0), name, pictures: [] };
      browser.sets = [...browser.sets, set];
      return set;
    },
    deleteSet: ({ setId }: { setId: string }) =>
      void (browser.sets = browser.sets.filter(({ id }) => id !== setId)),
    add,
    find,
    put,
  };
}

function createRunAnswers(browser: FakeBrowser) {
  const find = (id: string): Run => {
    const run = browser.runs.find((one) => one.id === id);
    if (!run) throw new InputError(`run: expected a run, got ${id}. It was deleted.`);
    return run;
  };
  return {
    listRuns: () => [...browser.runs],
    createRun: ({ plan }: { plan: RunPlan }) => {
      const run = runOf(`r${browser.runs.length + 1}`, plan);
      browser.runs = [...browser.runs, run];
      return run;
    },
    train: ({ runId, maxSteps }: { runId: string; maxSteps: number | null }) => {
      const run = find(runId);
      const end = run.plan.steps.slots;
      const step = Math.min(end, run.step + (maxSteps ?? end));
      const trained = trainedTo(run, step, step === end ? "finished" : "paused");
      browser.runs = browser.runs.map((one) => (one.id === runId ? trained : one));
      return trained;
    },
    saveRun: () => undefined,
    deleteRun: ({ runId }: { runId: string }) =>
      void (browser.runs = browser.runs.filter(({ id }) => id !== runId)),
  };
}

/** Answers of a browser that keeps what it is given. */
export function keptAnswers(browser: FakeBrowser): KeptAnswers {
  const { add, find, put, ...sets } = createSetAnswers(browser);
  return {
    ...sets,
    addFiles: ({ setId, files }) =>
      add(
        setId,
        files.map(({ path }) => path),
      ),
    addPixels: ({ setId, pictures }) =>
      add(
        setId,
        pictures.map(({ name }) => name),
      ),
    addScenes: ({ setId, first, count }) =>
      add(
        setId,
        Array.from({ length: count }, (_, i) => `${first.kind}${first.index + i}`),
      ),
    removePictures: ({ setId, ids }) => {
      const set = find(setId);
      return put({ ...set, pictures: set.pictures.filter(({ id }) => !ids.includes(id)) });
    },
    splitSet: ({ setId, split }) => put({ ...find(setId), split }),
    readPictures: ({ ids }) =>
      ids.map(() => ({ width: 1, height: 1, data: new Uint8ClampedArray([7, 0, 0, 255]) })),
    ...createRunAnswers(browser),
    importProject: ({ file }) => {
      throw new InputError(
        `project: expected a project zip, got ${file.size} bytes of another kind.`,
      );
    },
  };
}
