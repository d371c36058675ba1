/** A run's numbers on one axis of steps: stages one after another, points and looks with the place of each. */
import {
  runStages,
  type LookScores,
  type Run,
  type RunPoint,
  type RunStage,
} from "../../../engine/protocol/training";
import type { Training } from "../../../store/trainingState";
import type { PlotPoint } from "../../common/scale";

type Steps = Record<RunStage, number>;

/** Steps of the whole run. */
export const totalSteps = (steps: Steps): number =>
  runStages.reduce((sum, stage) => sum + steps[stage], 0);

/** Steps of the stages before one. */
export function stageStart(steps: Steps, stage: RunStage): number {
  const before = runStages.slice(0, runStages.indexOf(stage));
  return before.reduce((sum, name) => sum + steps[name], 0);
}

/** Stages that have steps, with the step of the whole run at which each begins. */
export const stageMarks = (steps: Steps): { stage: RunStage; x: number }[] =>
  runStages
    .filter((stage) => steps[stage] > 0)
    .map((stage) => ({ stage, x: stageStart(steps, stage) }));

/** What is live of a run, where it is the one that trains. */
export const liveOf = (run: Run, training: Training | null): Training | null =>
  training?.runId === run.id ? training : null;

/** Up to the last checkpoint from the run, the rest from the training under way; no step twice. */
function joined<Item extends { stage: RunStage; step: number }>(
  steps: Steps,
  kept: readonly Item[],
  live: readonly Item[],
): (Item & { x: number })[] {
  const place = (item: Item) => ({ ...item, x: stageStart(steps, item.stage) + item.step });
  const before = kept.map(place);
  const last = before.at(-1)?.x ?? -1;
  return [...before, ...live.map(place).filter(({ x }) => x > last)];
}

/** Loss points of a run in their order. */
export const lossCurve = (run: Run, training: Training | null): (RunPoint & { x: number })[] =>
  joined(run.plan.steps, run.curve, liveOf(run, training)?.points ?? []);

/** Looks of a run in their order. @param live - those since its last checkpoint */
export const lookCurve = (run: Run, live: readonly LookScores[]): (LookScores & { x: number })[] =>
  joined(run.plan.steps, run.looks, live);

export const lookMeasures = ["loss", "fgAri", "mIoU", "psnr"] as const;
export type LookMeasure = (typeof lookMeasures)[number];

/** One number of the looks that have it. */
export const measureCurve = (
  looks: readonly (LookScores & { x: number })[],
  measure: LookMeasure,
): PlotPoint[] =>
  looks.flatMap((look) => {
    const y = look[measure];
    return y === null || !Number.isFinite(y) ? [] : [{ x: look.x, y }];
  });

/** Where a run is: the step of the whole run, of how many. */
export function runPlace(run: Run, training: Training | null): { done: number; total: number } {
  const total = totalSteps(run.plan.steps);
  const live = liveOf(run, training)?.points.at(-1);
  const at = live ?? run;
  const done = stageStart(run.plan.steps, at.stage) + at.step;
  return { done: Math.min(total, run.status === "finished" && !live ? total : done), total };
}

/** Points of each stage apart: a line that runs on from one stage into the next would tell of nothing. */
export function splitAt(points: readonly PlotPoint[], starts: readonly number[]): PlotPoint[][] {
  const edges = [-Infinity, ...starts, Infinity];
  return edges
    .slice(1)
    .map((end, i) => points.filter(({ x }) => x > (edges[i] ?? -Infinity) && x <= end))
    .filter((part) => part.length > 0);
}
