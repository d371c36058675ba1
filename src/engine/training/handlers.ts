/** Training runs for the page: created, trained one at a time, listed and deleted. */
import { describeStored } from "../../data/pictureSets/setFiles";
import { openSet } from "../../data/pictureSets/openSet";
import { InputError, isAbort } from "../../errors";
import type { ModelConfig } from "../../slotdiffusion/config";
import type { FileStore } from "../../storage/fileStore";
import { disposeState } from "../../train/state";
import { fetchBundledConfig, openedModel } from "../modelLoading";
import type { Look, ModelRef, Run, RunPlan, TrainingProtocol } from "../protocol/training";
import type { Handlers, JobContext, SessionContext } from "../sessionContext";

import { canBeSaved, openRun, type ActiveRun } from "./activeRun";
import { freezeScenes, freezeSet } from "./pictures";
import { checkPlan, firstStage, planConfig, planRecipe } from "./planRecipe";
import { planSchema } from "./runSchema";
import * as runStore from "./runStore";
import { saveNow, trainRun } from "./trainRun";

/** Where pictures come from. */
export type TrainingSources = {
  openSet: typeof openSet;
  describeSet: typeof describeStored;
};

/** What is known of the run that trains, or that is about to. */
type Busy = { runId: string; active: ActiveRun | null; report: JobContext<"train">["report"] };

/** What runs leave behind that is not in their files: the latest pictures of each, and latents of the last one. */
type Kept = {
  looks: Map<string, Look>;
  latents: { runId: string; values: Float32Array; scaleFactor: number } | null;
};

type TrainingRequest = "listRuns" | "createRun" | "train" | "saveRun" | "deleteRun";

/**
 * Handlers of the requests that are about runs. A call of train that is aborted pauses: it resolves with the paused run
 * once its checkpoint is written.
 */
export function createTrainingHandlers(
  context: SessionContext,
  sources: TrainingSources = { openSet, describeSet: describeStored },
): Handlers<TrainingRequest> {
  let busy: Busy | null = null;
  const kept: Kept = { looks: new Map(), latents: null };
  const withLook = (run: Run): Run => {
    const look = kept.looks.get(run.id);
    return look ? { ...run, lastLook: structuredClone(look) } : run; // the answer's arrays move to the page
  };

  return {
    listRuns: async () => (await runStore.listRuns(await context.files())).map(withLook),
    createRun: ({ plan }, { signal }) => createRun(plan, { context, sources, signal }),
    train: async ({ runId, maxSteps }, { signal, report }) => {
      if (busy)
        throw new InputError(
          `train: expected no run under way, got ${busy.runId === runId ? "this one" : "another"}. Pause it first.`,
        );
      if (maxSteps !== null && !(Number.isInteger(maxSteps) && maxSteps > 0))
        throw new InputError(
          `train: expected a whole number of steps above 0, got ${maxSteps}. Ask for one at least.`,
        );
      const job = { runId, maxSteps, signal, report };
      busy = { runId, active: null, report };
      try {
        await trainStored(job, { context, sources, kept, busy });
        return withLook(await runStore.readRun(await context.files(), runId));
      } finally {
        busy = null;
      }
    },
    saveRun: async ({ runId }) => {
      if (busy?.runId === runId) await saveBetweenSteps(busy, context);
    },
    deleteRun: async ({ runId }) => {
      if (busy?.runId === runId)
        throw new InputError(
          "run: expected one that does not train, got one that does. Pause it first.",
        );
      await runStore.deleteRun(await context.files(), runId);
      kept.looks.delete(runId);
      if (kept.latents?.runId === runId) kept.latents = null;
    },
  };
}

type Creation = { context: SessionContext; sources: TrainingSources; signal: AbortSignal };

async function createRun(wanted: RunPlan, { context, sources, signal }: Creation): Promise<Run> {
  const plan = readPlan(wanted);
  const files = await context.files();
  const parent = await readParentConfig(plan.parent, context, signal);
  const { stored: pictures, planned } =
    plan.data.kind === "set"
      ? freezeSet(await sources.describeSet(files, plan.data.setId))
      : freezeScenes(plan.data, parent);
  checkPlan(plan, parent, planned);
  await checkParent(plan, files);
  const config = planConfig(plan, parent);
  const now = context.now();
  const run = {
    ...{ plan, status: "new" as const, message: "", name: plan.name, parentName: parent.name },
    ...{ createdAt: now, seconds: 0, stage: firstStage(planRecipe(plan, config)), step: 0 },
    ...{ hash: null, weightBytes: 0 },
  };
  const id = await runStore.newRunId(files, now);
  return runStore.createRun(files, id, { run, config, pictures });
}

function readPlan(plan: RunPlan): RunPlan {
  const parsed = planSchema.safeParse(plan);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new InputError(
    `train: expected a plan with every number in its range, got ${issues.join("; ")}. Change these.`,
  );
}

async function readParentConfig(
  { kind, id }: ModelRef,
  context: SessionContext,
  signal: AbortSignal,
): Promise<ModelConfig> {
  switch (kind) {
    case "bundled":
      return fetchBundledConfig(id, signal);
    case "run":
      return runStore.readConfig(await context.files(), id);
    case "opened":
      return openedModel(id, context.loaded()).config;
  }
}

/** A run that has not been trained has a configuration and no weights. */
async function checkParent({ parent, isFromScratch }: RunPlan, files: FileStore): Promise<void> {
  if (parent.kind !== "run" || isFromScratch) return;
  const { name, weightBytes } = await runStore.readRun(files, parent.id);
  if (weightBytes === 0)
    throw new InputError(
      `train: expected a run with weights to start from, got ${name}, which has none yet. Train it first.`,
    );
}

type StoredJob = TrainingProtocol["train"]["args"] & Pick<JobContext<"train">, "signal" | "report">;
type Bench = { context: SessionContext; sources: TrainingSources; kept: Kept; busy: Busy };

/** Trains a run out of its files; what it takes on the device is freed whatever happens. */
async function trainStored(job: StoredJob, bench: Bench): Promise<void> {
  const { context, sources, kept, busy } = bench;
  const { runId, maxSteps, signal, report } = job;
  context.assertRunning();
  const stored = await runStore.readProgress(await context.files(), runId);
  if (stored.run.status === "finished") return;
  const openers = { context, signal, openSet: sources.openSet };
  const active = await openRun(runId, stored, kept.looks.get(runId) ?? null, openers).catch(
    (error: unknown) => {
      if (isAbort(error) && signal.aborted) return null; // nothing new to write down
      throw error;
    },
  );
  if (!active) return;
  takeLatents(active, kept);
  busy.active = active;
  try {
    await trainRun({ active, context, maxSteps, signal, report });
  } finally {
    await context.turn(() => close(active, bench), new AbortController().signal);
  }
}

/** Within a turn, so that nobody is at work with the state. */
function close({ id, state, lastLook }: ActiveRun, { busy, kept }: Bench): Promise<void> {
  const { latents, scaleFactor } = state;
  busy.active = null;
  kept.latents = latents && { runId: id, values: latents, scaleFactor };
  if (lastLook) kept.looks.set(id, lastLook);
  disposeState(state);
  return Promise.resolve();
}

/** Latents of a run that was paused a moment ago need not be computed again. */
function takeLatents({ id, state }: ActiveRun, { latents }: Kept): void {
  if (state.stage !== "slots" || latents?.runId !== id) return;
  state.latents = latents.values;
  state.scaleFactor = latents.scaleFactor;
}

/** A checkpoint of the run under way, unless one of the same step is there when its turn comes. */
const saveBetweenSteps = (busy: Busy, context: SessionContext): Promise<void> =>
  context.turn(async () => {
    const { active, report } = busy;
    if (active && canBeSaved(active)) await saveNow({ active, report }, "paused");
  }, new AbortController().signal);
