/** What a run's news makes of the state: the live part and the run as its last checkpoint has it. Pure functions. */
import {
  runStages,
  type Run,
  type RunPoint,
  type RunStage,
  type TrainProgress,
} from "../engine/protocol/training";
import type { Training } from "./trainingState";

/** Points of a stage in a run's own curve, and of the live part. */
const mostCurvePoints = 2000;
const mostLivePoints = 1000;

type Place = { stage: RunStage; step: number };

/** A run under way of which nothing has been heard. */
export const newTraining = (runId: string): Training => ({
  runId,
  status: "starting",
  latents: null,
  points: [],
  stepsPerSecond: null,
  secondsLeft: null,
  memory: null,
  look: null,
  looks: [],
  savedAt: null,
});

/** Every first, second, fourth ... step, whichever is the first to leave few enough; the newest stays. */
export function thinPoints(points: readonly RunPoint[], most: number): RunPoint[] {
  let stride = 1;
  let kept = [...points];
  while (kept.length > most) {
    stride *= 2;
    kept = points.filter(({ step }, i) => step % stride === 0 || i === points.length - 1);
  }
  return kept;
}

const thinCurve = (points: readonly RunPoint[]): RunPoint[] =>
  runStages.flatMap((stage) =>
    thinPoints(
      points.filter((point) => point.stage === stage),
      mostCurvePoints,
    ),
  );

/** Whether a place of a run is behind another or the same. */
const isReached = (place: Place, until: Place): boolean => {
  const [stage, last] = [runStages.indexOf(place.stage), runStages.indexOf(until.stage)];
  return stage < last || (stage === last && place.step <= until.step);
};

/** The live part and its run, which may have been deleted in another tab. */
export type Live = { training: Training; run: Run | undefined };

/** A checkpoint was written: what it holds goes from the live part to the run. */
function takeSaved({ training, run }: Live, saved: Place, now: number): Live {
  const isSaved = (place: Place): boolean => isReached(place, saved);
  const isLive = (place: Place): boolean => !isSaved(place);
  return {
    training: {
      ...training,
      points: training.points.filter(isLive),
      looks: training.looks.filter(isLive),
      savedAt: now,
    },
    run: run && {
      ...run,
      stage: saved.stage,
      step: saved.step,
      curve: thinCurve([...run.curve, ...training.points.filter(isSaved)]),
      looks: [...run.looks, ...training.looks.filter(isSaved)],
      lastLook: training.look ?? run.lastLook,
    },
  };
}

/**
 * One piece of news.
 * @param now - milliseconds since 1970
 */
export function takeNews(live: Live, news: TrainProgress, now: number): Live {
  const { training, run } = live;
  const statusOr = (status: Training["status"]): Training["status"] =>
    training.status === "stopping" ? "stopping" : status;
  switch (news.kind) {
    case "step": {
      const { point, stepsPerSecond, secondsLeft, memory } = news;
      const points = thinPoints([...training.points, point], mostLivePoints);
      const status = statusOr("training");
      return {
        training: {
          ...training,
          status,
          latents: null,
          points,
          stepsPerSecond,
          secondsLeft,
          memory,
        },
        run,
      };
    }
    case "latents": {
      const latents = { done: news.done, total: news.total };
      return { training: { ...training, status: statusOr("starting"), latents }, run };
    }
    case "look": {
      const { look } = news;
      return { training: { ...training, look, looks: [...training.looks, look.scores] }, run };
    }
    case "saved":
      return takeSaved(live, news, now);
  }
}

/** Runs with one added or in place of its older self. */
export const putRun = (runs: Run[], run: Run): Run[] =>
  runs.some(({ id }) => id === run.id)
    ? runs.map((one) => (one.id === run.id ? run : one))
    : [...runs, run];

/** A run's whole curve: its own, and what is live of it. */
export const curveOf = (run: Run, training: Training | null): RunPoint[] =>
  training?.runId === run.id ? [...run.curve, ...training.points] : run.curve;

/** All looks of a run, the live ones last. */
export const looksOf = (run: Run, training: Training | null): Run["looks"] =>
  training?.runId === run.id ? [...run.looks, ...training.looks] : run.looks;
