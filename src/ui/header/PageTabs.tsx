/** The pages; while a run trains, its tab says how far it is. */
import type { PageName } from "../../store/trainingState";
import { pageNames } from "../../store/trainingState";
import type { AppState } from "../../store/state";
import { pageTitles } from "../../store/titles";
import { stepsDone } from "../../store/trainSelectors";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./PageTabs.module.css";

/** Whole percent of the run that is training; null where none is. */
function selectPercent({ training, runs }: AppState): number | null {
  const run = runs.find(({ id }) => id === training?.runId);
  if (!training || !run) return null;
  const last = training.points.at(-1);
  const done = stepsDone(last ? { ...run, stage: last.stage, step: last.step } : run);
  const total = Object.values(run.plan.steps).reduce((sum, steps) => sum + steps, 0);
  return total > 0 ? Math.floor((100 * done) / total) : 0;
}

function Tab({ name }: { name: PageName }) {
  const isCurrent = useApp((state) => state.page === name);
  const percent = useApp((state) => (name === "train" ? selectPercent(state) : null));
  const actions = useActions();
  return (
    <li>
      <button
        type="button"
        className={styles.tab}
        aria-current={isCurrent ? "page" : undefined}
        onClick={() => actions.setPage(name)}
      >
        {pageTitles[name]}
        {percent !== null && (
          <span className={styles.percent}>
            <span className="visually-hidden">, training: </span>
            {percent} %
          </span>
        )}
      </button>
    </li>
  );
}

export function PageTabs() {
  return (
    <nav aria-label="Pages">
      <ul className={styles.tabs}>
        {pageNames.map((name) => (
          <Tab key={name} name={name} />
        ))}
      </ul>
    </nav>
  );
}
