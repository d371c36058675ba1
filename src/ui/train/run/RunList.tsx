/** All runs of this browser, to choose which one is shown. */
import type { Run } from "../../../engine/protocol/training";
import { formatMoment } from "../../common/spans";
import { useActions, useApp } from "../../common/StoreContext";
import { planSummary } from "../learn/plan";
import { Part } from "../Step";
import styles from "./Run.module.css";
import { runLine } from "./runTexts";

function RunRow({ run }: { run: Run }) {
  const isChosen = useApp((state) => state.chosenRun === run.id);
  const line = useApp((state) => runLine(run, state.training));
  const actions = useActions();
  return (
    <li>
      <button
        type="button"
        className={styles.runRow}
        aria-current={isChosen}
        onClick={() => actions.chooseRun(run.id)}
      >
        <strong>{run.name}</strong>
        <span>{line}</span>
        <span className={styles.runPlan}>
          {planSummary(run.plan)}; from {run.parentName}; {formatMoment(run.createdAt)}
        </span>
      </button>
    </li>
  );
}

export function RunList() {
  const runs = useApp((state) => state.runs);
  if (runs.length === 0) return null;
  return (
    <Part title={`Runs in this browser (${runs.length})`}>
      <ul className={styles.runs} aria-label="Runs">
        {runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
    </Part>
  );
}
