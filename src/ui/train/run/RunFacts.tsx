/** How far a run is, how fast it goes, what it takes, and when it was last saved. */
import type { Run } from "../../../engine/protocol/training";
import type { Training } from "../../../store/trainingState";
import { formatBytes } from "../../common/format";
import { ProgressBar } from "../../common/ProgressBar";
import { formatClock, formatMoment, formatRate, formatSeconds } from "../../common/spans";
import { useApp } from "../../common/StoreContext";
import { liveOf, runPlace } from "./curve";
import styles from "./Run.module.css";
import { leftText } from "./runTexts";

const thousands = (count: number): string => count.toLocaleString("en");

function liveFacts({ stepsPerSecond, secondsLeft, memory, savedAt }: Training): string[] {
  const bytes = memory && (memory.gpuBytes ?? memory.tensorBytes);
  return [
    stepsPerSecond === null ? "speed not known yet" : formatRate(stepsPerSecond),
    leftText(secondsLeft),
    bytes === null
      ? ""
      : `${formatBytes(bytes)} of ${memory?.gpuBytes === null ? "memory" : "GPU memory"}`,
    savedAt === null ? "not saved yet" : `saved ${formatClock(savedAt)}`,
  ];
}

const restingFacts = (run: Run): string[] => [
  `begun ${formatMoment(run.createdAt)}`,
  `${formatSeconds(run.seconds)} of training`,
  `from ${run.parentName}`,
  run.weightBytes > 0 ? `model of ${formatBytes(run.weightBytes)}` : "no model yet",
];

function Latents({ done, total }: { done: number; total: number }) {
  return (
    <ProgressBar
      name="Preparing: latents of the pictures"
      fraction={total > 0 ? done / total : null}
      amount={`${thousands(done)} of ${thousands(total)}`}
    />
  );
}

export function RunFacts({ run }: { run: Run }) {
  const training = useApp((state) => liveOf(run, state.training));
  const { done, total } = runPlace(run, training);
  const isStarting = training?.status === "starting";
  const facts = training && !isStarting ? liveFacts(training) : restingFacts(run);
  return (
    <div className={styles.facts}>
      {isStarting && training.latents ? (
        <Latents {...training.latents} />
      ) : (
        <ProgressBar
          name={isStarting ? "Starting" : "Steps"}
          fraction={isStarting ? null : total > 0 ? done / total : 0}
          amount={`${thousands(done)} of ${thousands(total)}`}
        />
      )}
      <ul aria-label="About the run" data-testid="run-facts">
        {facts
          .filter((fact) => fact !== "")
          .map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
      </ul>
    </div>
  );
}
