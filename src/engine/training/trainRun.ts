/** Training a run: one turn on the device for each step, with looks and checkpoints between them. */
import { isAbort } from "../../errors";
import { memoryReport } from "../../gpu/backend";
import { DivergenceError } from "../../train/divergence";
import { train, type Report } from "../../train/trainer";
import { runStages, type RunStage, type TrainProgress } from "../protocol/training";
import type { SessionContext } from "../sessionContext";

import { saveRun, type ActiveRun } from "./activeRun";
import { isKept, pointOf } from "./curve";
import { takeLook } from "./looks";
import { createPace } from "./pace";
import { firstStage, stageSteps } from "./planRecipe";
import { writeRun } from "./runStore";

/** Time between checkpoints, and pictures whose latents are computed in one turn. */
const [saveEveryMs, latentsAtOnce] = [60_000, 16];

export type TrainJob = {
  active: ActiveRun;
  context: Pick<SessionContext, "assertRunning" | "turn" | "now">;
  /** Null: to the run's end. */
  maxSteps: number | null;
  signal: AbortSignal;
  report: (progress: TrainProgress) => void;
};

type StepReport = Exclude<Report, { stage: "latents" }>;

/**
 * Trains until the run ends, `maxSteps` are done or the signal says to pause; each writes a checkpoint first. A run that
 * diverges is marked so, and its last checkpoint stays. The state remains the caller's to free.
 */
export async function trainRun(job: TrainJob): Promise<void> {
  try {
    const isAtEnd = await takeSteps(job);
    await save(job, isAtEnd ? "finished" : "paused");
  } catch (error) {
    if (error instanceof DivergenceError) await markDiverged(job, error);
    else if (isAbort(error) && job.signal.aborted) await pause(job);
    else throw error;
  }
}

/** @returns whether the run has no more steps to take */
async function takeSteps(job: TrainJob): Promise<boolean> {
  const { active, context, maxSteps } = job;
  const { config, recipe, pictures, state } = active;
  const images = pictures.training;
  const steps = train({ config, recipe, images, state, latentsAtOnce }, context.now);
  const recorder = createRecorder(job);
  try {
    if (state.stage !== "slots" || state.latents) await lookAtStart(job);
    let [taken, savedAt] = [0, context.now()];
    for (;;) {
      const report = await nextReport(job, steps, recorder.add);
      if (!report) return true;
      const ended = context.now();
      if (report.stage === "latents") {
        job.report({ kind: "latents", done: report.step, total: report.steps });
        if (report.step === report.steps) await lookAtStart(job);
      } else {
        taken += 1;
        if (isLookDue(active)) await look(job, true);
        const isEnough = taken === maxSteps && !isLastStep(report);
        if (isEnough) return false;
        if (isSaveDue(job, report, context.now() - savedAt)) {
          await save(job, "paused");
          savedAt = context.now();
        }
      }
      recorder.skip(context.now() - ended);
    }
  } finally {
    await steps.return();
  }
}

const isLastStep = ({ stage, step, steps }: StepReport): boolean =>
  stage === "slots" && step === steps;

/** Every minute unless the loss looks like running away, and at the end of a stage that another follows. */
function isSaveDue({ active }: TrainJob, report: StepReport, sinceMs: number): boolean {
  if (isLastStep(report)) return false; // written when the run has ended
  return report.step === report.steps || (sinceMs >= saveEveryMs && !active.watch.isSuspicious());
}

/** The next step in a turn of its own; null at the end. What it adds to the run is there when the turn ends. */
const nextReport = (
  { active, context, signal }: TrainJob,
  steps: AsyncGenerator<Report, void>,
  add: (report: StepReport) => void,
): Promise<Report | null> =>
  context.turn(async () => {
    try {
      context.assertRunning();
      const next = await steps.next();
      if (next.done) return null;
      if (next.value.stage !== "latents") add(next.value);
      return next.value;
    } catch (error) {
      active.isBroken = true;
      throw error;
    }
  }, signal);

/** Notes each step in the run and tells the page. */
function createRecorder({ active, context, report }: TrainJob) {
  const started = context.now();
  const { seconds } = active.run;
  const pace = createPace(started);
  return {
    skip: pace.skip,
    add: (step: StepReport): void => {
      const now = context.now();
      active.run = { ...active.run, seconds: seconds + (now - started) / 1000 };
      active.watch.add(step);
      const point = pointOf(step);
      if (isKept(step, step.steps)) active.curve.curve.push(point);
      const left = pace.add(step.stage, now, stepsLeft(active, step));
      report({ kind: "step", point, ...left, memory: memoryReport() });
    },
  };
}

function stepsLeft({ recipe }: ActiveRun, { stage, step, steps }: StepReport): number {
  const inStages = stageSteps(recipe);
  const later = runStages.slice(runStages.indexOf(stage) + 1);
  return later.reduce((sum, name) => sum + inStages[name], steps - step);
}

/** Whether the run's looks have one of the step that it is at. */
const hasLook = ({ curve, state }: ActiveRun): boolean =>
  curve.looks.some(({ stage, step }) => stage === state.stage && step === state.step);

/** Before the first step, every so many steps and at the end of a stage; not twice. */
function isLookDue(active: ActiveRun): boolean {
  const { recipe, run, state } = active;
  const { stage, step } = state;
  const isStart = step === 0 && stage === firstStage(recipe);
  const isTime = step > 0 && (step % run.plan.lookEvery === 0 || step === endOf(active, stage));
  return (isStart || isTime) && !hasLook(active);
}

const endOf = ({ recipe }: ActiveRun, stage: RunStage): number => stageSteps(recipe)[stage];

/** The page sees where a run stands when it is taken up; only looks that are due count for its numbers. */
async function lookAtStart(job: TrainJob): Promise<void> {
  const { active } = job;
  const { state, lastLook } = active;
  const isSeen = lastLook?.scores.stage === state.stage && lastLook.scores.step === state.step;
  if (!isSeen || isLookDue(active)) await look(job, isLookDue(active));
}

async function look({ active, context, signal, report }: TrainJob, isDue: boolean): Promise<void> {
  const taken = await takeLook({
    ...active,
    turn: (part) => context.turn(part, signal),
    signal,
  });
  active.lastLook = taken;
  if (isDue) active.curve.looks.push(taken.scores);
  report({ kind: "look", look: structuredClone(taken) }); // its arrays move to the page
}

/** Writes a checkpoint when the device is free; a pause waits for it. */
const save = (job: TrainJob, status: "paused" | "finished"): Promise<void> =>
  job.context.turn(() => saveNow(job, status), new AbortController().signal);

/** Writes a checkpoint: within a turn. */
export async function saveNow(
  { active, report }: Pick<TrainJob, "active" | "report">,
  status: "paused" | "finished",
): Promise<void> {
  const bytes = await saveRun(active, status);
  const { stage, step } = active.saved.run;
  report({ kind: "saved", stage, step, bytes });
}

/** A run that was told to pause; what it is at may have run away already. */
async function pause(job: TrainJob): Promise<void> {
  try {
    await save(job, "paused");
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    await markDiverged(job, error);
  }
}

/** The last checkpoint stays; why training ended is in run.json alone. */
async function markDiverged({ active }: TrainJob, error: DivergenceError): Promise<void> {
  const { run } = active.saved;
  const kept =
    run.hash === null
      ? "No checkpoint was written before; resuming starts again"
      : `The checkpoint of step ${run.step} is kept; resuming goes on from it`;
  const message = `${error.what} ${kept} with half the learning rate, ${(run.plan.lr / 2).toPrecision(2)}.`;
  const { seconds } = active.run;
  active.run = { ...run, status: "diverged", message, seconds };
  await writeRun(active.files, active.id, active.run);
}
