/** What the page says of a run: where it is, how long it takes, what to do when it went wrong. */
import type { Run } from "../../../engine/protocol/training";
import type { Training } from "../../../store/trainingState";
import { formatSeconds } from "../../common/spans";
import { stageTitles } from "../learn/plan";
import { liveOf, runPlace } from "./curve";

/** One word for a run's state. */
export function runWord(run: Run, training: Training | null): string {
  const live = liveOf(run, training);
  if (live) return { starting: "starting", training: "training", stopping: "pausing" }[live.status];
  return { new: "not begun", paused: "paused", finished: "finished", diverged: "diverged" }[
    run.status
  ];
}

const count = (value: number): string => value.toLocaleString("en");

/** "Training: step 120 of 600, VQ-VAE" */
export function runLine(run: Run, training: Training | null): string {
  const { done, total } = runPlace(run, training);
  const word = runWord(run, training);
  const stage = liveOf(run, training)?.points.at(-1)?.stage ?? run.stage;
  const line = `${word.charAt(0).toUpperCase()}${word.slice(1)}: step ${count(done)} of ${count(total)}`;
  return done < total ? `${line}, ${stageTitles[stage]}` : line;
}

/** "about 4 min left"; an estimate is told roughly. */
export function leftText(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "time left not known yet";
  if (seconds < 10) return "a few seconds left";
  const rough = seconds < 60 ? Math.ceil(seconds / 10) * 10 : Math.ceil(seconds / 60) * 60;
  return `about ${formatSeconds(rough)} left`;
}

/** What to do about a run whose numbers ran away. */
export const divergedAdvice =
  "Its last good checkpoint is kept. Resume from there, or start anew with a learning rate three times smaller.";
